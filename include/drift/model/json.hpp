// JSON text to Value and back: the bounded, strict reader (RFC 8259) for anything untrusted and small, and the exact writer.
//
// Limits: nesting depth, number of nodes, bytes, time. Duplicate keys, bad UTF-8, lone surrogates and trailing bytes are errors that name
// line, column and byte, and never the value. Numbers keep their text.
//
// Example:
//   Result<Value> v = parse_json(R"({"a":18446744073709551617})");
//
// Thread rule: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "drift/base/cancel.hpp"
#include "drift/model/value.hpp"

namespace drift {

struct JsonLimits {
  std::uint32_t max_depth = 128;                           // containers inside each other; 512 is the most that is accepted
  std::uint64_t max_nodes = 50'000'000;                    // values in one document
  std::uint64_t max_bytes = std::uint64_t{16} << 30;       // one document
  std::uint64_t max_span_bytes = std::uint64_t{64} << 20;  // one resource, and any document that is read as one tree
};

// `origin` is added to positions in errors (the bytes, lines and columns before `text` in the document it was cut from).
Result<Value> parse_json(std::string_view text, const JsonLimits& limits = {}, const OpContext& ctx = {}, TextPosition origin = {});

// The position of byte `offset` of `text`, counted on from `origin`.
[[nodiscard]] TextPosition position_of(std::string_view text, std::uint64_t offset, TextPosition origin = {});

// Compact JSON; object members in key order; numbers with their own text; a string's bytes that are not UTF-8 become U+FFFD.
// A value marked secret is written as "(sensitive)" whatever its kind, so that no caller can leak one by accident;
// an unknown value as "(known after apply)".
[[nodiscard]] std::string to_json(const Value& v);
void append_json(std::string& out, const Value& v);
// The same on several lines, two blanks per level.
[[nodiscard]] std::string to_json_pretty(const Value& v);
// Appends `s` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view s);

}  // namespace drift
