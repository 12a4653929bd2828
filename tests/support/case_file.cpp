#include "support/case_file.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace drift::testing {
namespace {

std::string_view trim(std::string_view s) {
  const auto from = s.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return s.substr(from, s.find_last_not_of(" \t\r") - from + 1);
}

[[noreturn]] void refuse(const std::string& file, int line, const std::string& why) {
  throw std::runtime_error(file + ":" + std::to_string(line) + ": " + why);
}

void read_file(const std::filesystem::path& path, std::vector<TextCase>& cases) {
  std::ifstream in(path);
  const std::string file = path.filename().string();
  std::string raw;
  const std::size_t before = cases.size();
  for (int line = 1; std::getline(in, raw); ++line) {
    const std::string_view text = trim(raw);
    if (text.empty() || text.front() == '#') continue;
    if (raw.front() == ' ' || raw.front() == '\t') {
      if (cases.size() == before || cases.back().fields.empty()) refuse(file, line, "an indented line continues a field; there is none");
      std::string& value = cases.back().fields.back().value;
      if (!value.empty()) value += '\n';
      value += text;
      continue;
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) refuse(file, line, "expected `key: value`");
    const std::string key(trim(text.substr(0, colon)));
    const std::string value(trim(text.substr(colon + 1)));
    if (key == "case") {
      if (value.empty()) refuse(file, line, "a case needs a name");
      cases.push_back({file, line, value, {}});
    } else if (cases.size() == before) {
      refuse(file, line, "a file begins with `case: <name>`");
    } else {
      cases.back().fields.push_back({key, value, line});
    }
  }
}

}  // namespace

std::string_view TextCase::get(std::string_view key) const {
  for (const CaseField& f : fields)
    if (f.key == key) return f.value;
  return {};
}

bool TextCase::has(std::string_view key) const {
  return std::any_of(fields.begin(), fields.end(), [&](const CaseField& f) { return f.key == key; });
}

std::vector<std::string> TextCase::lines(std::string_view key) const {
  std::vector<std::string> out;
  std::string_view rest = get(key);
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (const std::string_view text = trim(rest.substr(0, end)); !text.empty()) out.emplace_back(text);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return out;
}

std::vector<TextCase> read_cases(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<TextCase> cases;
  for (const auto& file : files) read_file(file, cases);
  return cases;
}

std::vector<std::string> words(std::string_view text, std::size_t most) {
  std::vector<std::string> out;
  text = trim(text);
  while (!text.empty()) {
    const auto end = out.size() == most ? std::string_view::npos : text.find_first_of(" \t");
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text = trim(text.substr(end));
  }
  return out;
}

}  // namespace drift::testing
