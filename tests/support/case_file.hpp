// Text case files: tests that anyone can add without C++. tests/cases/README.md describes the format.
//
// Thread rule: ordinary values.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace drift::testing {

struct CaseField {
  std::string key;
  std::string value;  // continued lines joined by newlines, outer blanks cut
  int line = 0;
};

struct TextCase {
  std::string file;  // its name, without the folder
  int line = 0;
  std::string name;
  std::vector<CaseField> fields;  // in the order of the file

  // The value of the first field with this key; "" when there is none.
  [[nodiscard]] std::string_view get(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const;
  // The lines of a field, blanks cut, empty ones left out.
  [[nodiscard]] std::vector<std::string> lines(std::string_view key) const;
};

// All cases of all *.case files of `folder`, sorted by file name. Throws std::runtime_error with file and line for what it cannot read.
[[nodiscard]] std::vector<TextCase> read_cases(const std::filesystem::path& folder);

// The words of a line; a word in double quotes or a JSON value may hold blanks only when it comes last: `words(text, 2)` gives two words
// and the rest of the line.
[[nodiscard]] std::vector<std::string> words(std::string_view text, std::size_t most = static_cast<std::size_t>(-1));

}  // namespace drift::testing
