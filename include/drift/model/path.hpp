// Path: where in a resource a value is. One canonical text everywhere.
//
// Canonical text: `a.b["c.d"][0]`: a key that is made of letters, digits, '_', '-', '$', '/', ':' or any non-ASCII byte, and is not empty,
// is written bare (with a dot before it unless it is first); every other key is quoted in brackets with JSON string escapes; an index is
// a decimal number in brackets. The empty path (the resource itself) is "".
//
// Conversions: JSON Pointer (RFC 6901), Pulumi property path (pkg/resource/property_path), Terraform attribute path (`a.b[0]["k"]` and the
// step list of `sensitive_attributes`).
//
// PathPattern adds `*` (any one key: `tags.*`), `[*]` (any one key or index: `ingress[*]`) and `**` (any number of segments, also none).
// A '*' inside a longer bare key is an error there; `["*"]` is the key of that name. So the text of a Path matches just that path.
//
// Thread rule: ordinary values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"

namespace drift {

class Path {
 public:
  using Segment = std::variant<std::string, std::uint64_t>;  // key or index

  Path() = default;
  explicit Path(std::vector<Segment> segments) : segments_(std::move(segments)) {}
  // Reads canonical text; the bare-key rule is relaxed on reading (any run up to '.', '[' or the end). E_INVALID_ARGUMENT with the column.
  static Result<Path> parse(std::string_view text);
  static Result<Path> from_pointer(std::string_view pointer);  // "/a/0": a token of digits only becomes an index
  static Result<Path> from_pulumi(std::string_view text);      // refuses wildcards (use PathPattern)
  static Result<Path> from_terraform(std::string_view text);   // `a.b[0]["k"]`, also legacy `a.0.b`
  // The step list of Terraform's `sensitive_attributes`:
  // [{"type":"get_attr","value":"a"},{"type":"index","value":{"value":0,"type":"number"}}].
  static Result<Path> from_terraform_steps(const Value& steps);

  [[nodiscard]] std::string text() const;  // canonical
  [[nodiscard]] std::string to_pointer() const;
  [[nodiscard]] std::string to_pulumi() const;
  [[nodiscard]] std::string to_terraform() const;

  [[nodiscard]] const std::vector<Segment>& segments() const noexcept { return segments_; }
  [[nodiscard]] bool empty() const noexcept { return segments_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return segments_.size(); }
  void push(std::string key) { segments_.emplace_back(std::move(key)); }
  void push(std::uint64_t index) { segments_.emplace_back(index); }
  void pop() { segments_.pop_back(); }
  [[nodiscard]] Path child(std::string_view key) const;
  [[nodiscard]] Path child(std::uint64_t index) const;
  [[nodiscard]] bool starts_with(const Path& prefix) const;

  // The value at this path below `root`, or nullptr when absent.
  [[nodiscard]] const Value* resolve(const Value& root) const;
  // Gives the value at this path below `root` to `fn` for change; false when absent.
  template <class Fn>
  bool edit(Value& root, Fn&& fn) const {
    Value* at = locate(root);
    if (at == nullptr) return false;
    fn(*at);
    return true;
  }

  friend bool operator==(const Path&, const Path&) = default;
  // Order of reports: segment by segment; an index sorts by number, before any key; keys by bytes; a prefix before what it begins.
  friend bool operator<(const Path& a, const Path& b);

 private:
  Value* locate(Value& root) const;
  std::vector<Segment> segments_;
};

class PathPattern {
 public:
  static Result<PathPattern> parse(std::string_view text);
  // A Pulumi property path with wildcards: `[*]`, and `["*"]` or `*` as `*`. text() is what parse() reads.
  static Result<PathPattern> from_pulumi(std::string_view text);
  [[nodiscard]] bool matches(const Path& path) const;
  // True when the pattern matches `path` or one of its ancestors, the empty path excepted.
  [[nodiscard]] bool covers(const Path& path) const;
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // Rank among patterns that match the same path: more literal segments first, `**` last. Equal ranks are ambiguous.
  [[nodiscard]] int specificity() const noexcept;

 private:
  struct AnyKey {};    // `*`
  struct Any {};       // `[*]`
  struct AnyDepth {};  // `**`
  using Part = std::variant<std::string, std::uint64_t, AnyKey, Any, AnyDepth>;
  static bool match_from(const std::vector<Part>& parts, std::size_t i, const Path& path, std::size_t j, bool prefix_ok);
  std::vector<Part> parts_;
  std::string text_;
};

// A set of patterns, for "is this path one of those": sensitive paths, ignore lists.
class PathSet {
 public:
  void add(PathPattern p) { patterns_.push_back(std::move(p)); }
  [[nodiscard]] bool matches(const Path& path) const;
  [[nodiscard]] bool covers(const Path& path) const;
  [[nodiscard]] bool empty() const noexcept { return patterns_.empty(); }
  [[nodiscard]] const std::vector<PathPattern>& patterns() const noexcept { return patterns_; }

 private:
  std::vector<PathPattern> patterns_;
};

// Shell-like glob over a whole address or type: `*` any run, `?` one byte, `\` escapes; no character classes ('[' is literal, because
// Terraform addresses are full of it). At most pattern times text steps, never more.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace drift
