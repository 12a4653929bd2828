// Reads path text segment by segment: what Path::parse, PathPattern::parse and the forms of Terraform and Pulumi have in common.
//
// Thread rule: any. Ownership: views into the caller's text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"

namespace drift::model_internal {

struct PathToken {
  enum class Kind : std::uint8_t { bare, quoted, index, any };
  Kind kind = Kind::bare;
  std::string key;          // bare, quoted
  std::uint64_t index = 0;  // index
  // Where one path is to be read: what is no single place. In a Pulumi path also `["*"]` is a wildcard.
  [[nodiscard]] bool is_star() const { return kind == Kind::any || (kind == Kind::bare && key == "*"); }
  [[nodiscard]] bool is_pulumi_star() const { return kind == Kind::any || (kind != Kind::index && key == "*"); }
};

class PathScanner {
 public:
  // Which escapes a quoted key may hold. Pulumi: \" only, every other backslash stands for itself.
  enum class Quotes : std::uint8_t { json, hcl, pulumi };
  PathScanner(std::string_view text, Quotes quotes) : text_(text), quotes_(quotes) {}

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  // The next segment; only when !done(). E_INVALID_ARGUMENT with the column.
  Result<PathToken> next();
  // E_INVALID_ARGUMENT about the segment that was read last.
  [[nodiscard]] Error refuse(const char* message) const { return error(message, start_); }

 private:
  [[nodiscard]] Error error(const char* message, std::size_t at) const;
  Result<PathToken> bare();
  Result<PathToken> bracket();
  Status quoted(std::string& key);
  Status escape(std::string& key);
  Status unicode(std::string& key, std::size_t count);

  std::string_view text_;
  Quotes quotes_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the segment that was read last
};

// Decimal digits without leading zeros that fit; false otherwise.
[[nodiscard]] bool read_index(std::string_view digits, std::uint64_t& index);

}  // namespace drift::model_internal
