// SpanScanner: walks the shallow levels of a JSON document step by step and cuts out whole values ("spans") without parsing them.
//
// What stands between spans is validated here (structure, commas, colons, keys, duplicate keys of the walked objects, depth, trailing
// bytes); what is inside a span is only bracketed, and the caller gives every span to SpanParser, which validates it.
//
// Example (all calls return Result or Status; error handling left out):
//   SpanScanner in(source, limits, context);
//   in.enter_object();
//   while (*in.next_member()) {
//     if (in.key() == "resources") { in.enter_array(); while (*in.next_element()) use(*in.take_value()); }
//     else parser.check(*in.take_value(), in.depth());
//   }
//   in.finish();
// After next_member() or next_element() gave true, exactly one value must be consumed: take_value(), skip_value(), or enter_*() and then
// its next_*() until false.
//
// Memory: one window (1 MiB) that grows only to hold a span, at most to limits.max_span_bytes; none for a document that is in memory.
// Thread rule: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "drift/model/hash.hpp"
#include "state/byte_source.hpp"

namespace drift::state_internal {

// What a value is, told by its first byte.
enum class JsonType : std::uint8_t { null, boolean, number, string, array, object };
[[nodiscard]] std::string_view json_type_name(JsonType t) noexcept;  // "an object", "a string", ...

// The complete bytes of one value. `text` is valid until the next call of the scanner that gave it, and has kSpanPadding readable bytes
// behind it.
struct Span {
  std::string_view text;
  std::uint64_t offset = 0;     // of text[0] in the document
  std::uint32_t depth = 0;      // containers around it
  bool unicode_escapes = true;  // a `\u` may be in it (false: certainly not)
};
inline constexpr std::size_t kSpanPadding = 64;

class SpanScanner {
 public:
  SpanScanner(std::shared_ptr<const OpenSource> source, const JsonLimits& limits, const OpContext& context);

  // The type of the next value, which stays. E_TRUNCATED at the end of the document, E_PARSE when no value starts here.
  Result<JsonType> peek();
  // E_BAD_STRUCTURE (naming `what`) when the next value is another type.
  Status expect(JsonType type, std::string_view what);

  Status enter_object();
  Status enter_array();
  // True: key() is the next member's name, its value comes next. False: the object ended and was left. E_DUPLICATE_KEY.
  Result<bool> next_member();
  [[nodiscard]] const std::string& key() const noexcept { return key_; }  // decoded
  [[nodiscard]] std::uint64_t key_offset() const noexcept { return key_offset_; }
  Result<bool> next_element();

  Result<Span> take_value();                                             // E_BYTE_LIMIT over limits.max_span_bytes
  Result<std::optional<Span>> take_value_within(std::size_t max_bytes);  // none: it is larger and was left where it is
  // Passes over the next value when it is `size` bytes with this fingerprint, and gives its offset; none, and nothing consumed, when it is
  // not. For values that were met before: equal bytes end where those ended, which is faster to find out than the end itself.
  Result<std::optional<std::uint64_t>> skip_value_like(std::uint64_t size, const Fingerprint& raw);
  // Passes over a value of any size without holding or validating it.
  Status skip_value();
  // Only white space may follow: E_TRAILING_BYTES.
  Status finish();

  // A place to come back to. Only before a value; only while no outer container was left since.
  struct Mark {
    std::uint64_t offset = 0;
    std::size_t depth = 0;
  };
  Result<Mark> mark();
  void rewind(const Mark& m);

  [[nodiscard]] std::uint32_t depth() const noexcept { return static_cast<std::uint32_t>(frames_.size()); }
  [[nodiscard]] std::uint64_t offset() const noexcept { return base_ + pos_; }
  [[nodiscard]] const OpenSource& source() const noexcept { return *source_; }
  // An error of this document with its position.
  [[nodiscard]] Error error(Errc code, std::string message, std::uint64_t offset) const;
  // Members and elements that were walked so far.
  [[nodiscard]] std::uint64_t nodes() const noexcept { return nodes_; }

 private:
  struct HashFingerprint {
    std::size_t operator()(const Fingerprint& f) const noexcept { return static_cast<std::size_t>(f.lo); }
  };
  struct Frame {
    bool object = false;
    bool first = true;
    std::unordered_set<Fingerprint, HashFingerprint> keys;
  };
  struct Extent {
    std::size_t size = 0;          // bytes of the value
    bool unicode_escapes = false;  // a `\u` is in it
    bool complete = true;          // false: larger than the limit that was given
  };

  Result<bool> fill();       // reads on behind the window, keeping all from pos_ on; false at the end of the document
  Result<char> next_byte();  // skips white space; stays on the byte
  Status enter(char open, std::string_view what);
  Status read_key();
  Result<bool> separator(char close);  // true: a value or member comes; false: the container ended and was left
  Status count_node();
  Span consume(const Extent& extent);
  // The extent of the value at pos_, all of which is in the window then.
  Result<Extent> measure(std::uint64_t max_bytes);
  Result<Extent> measure_container(std::uint64_t max_bytes);
  Result<Extent> measure_string(std::uint64_t max_bytes);
  Result<Extent> measure_plain(std::uint64_t max_bytes);
  Status skip_container();
  Status check_depth(std::uint64_t inner_depth);
  [[nodiscard]] Error truncated() const;
  [[nodiscard]] Error unexpected(std::string_view wanted) const;

  std::shared_ptr<const OpenSource> source_;
  JsonLimits limits_;
  OpContext context_;
  std::vector<char> buffer_;      // the window of a file; padding for the last spans of a document in memory
  const char* window_ = nullptr;  // buffer_, or the whole document
  bool in_memory_ = false;
  std::uint64_t base_ = 0;  // offset in the document of window_[0]
  std::size_t pos_ = 0;     // of the next byte in the window
  std::size_t end_ = 0;     // bytes of the window that are filled
  std::vector<Frame> frames_;
  std::string key_;
  std::uint64_t key_offset_ = 0;
  std::uint64_t nodes_ = 0;
};

}  // namespace drift::state_internal
