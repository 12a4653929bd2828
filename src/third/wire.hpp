// Protocol Buffers wire format (protobuf.dev/programming-guides/encoding): the one place that includes protozero, whose types it shows.
//
// Example:
//   std::string_view name;
//   Status s = read_message(bytes, "Deferred", [&](WireReader& r) {
//     if (r.tag_and_type() == wire_key(1, WireType::length_delimited)) name = text_of(r); else r.skip();
//   });
//
// Rules: a field that is not known, or is of another wire type than expected, is skipped. Malformed bytes are an E_PARSE that names the
// message and never a byte of it; protozero's exceptions do not leave read_message().
// Thread rule: any. Ownership: views are into the bytes that are read; a WireWriter appends to the caller's string.
#pragma once

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"

namespace drift::third {

using WireReader = protozero::pbf_reader;
using WireWriter = protozero::pbf_writer;
using WireType = protozero::pbf_wire_type;

// What tag_and_type() gives for field `tag` of wire type `type`.
[[nodiscard]] constexpr std::uint32_t wire_key(std::uint32_t tag, WireType type) noexcept {
  return tag << 3U | static_cast<std::uint32_t>(type);
}
[[nodiscard]] constexpr std::uint32_t wire_bytes(std::uint32_t tag) noexcept { return wire_key(tag, WireType::length_delimited); }
[[nodiscard]] constexpr std::uint32_t wire_varint(std::uint32_t tag) noexcept { return wire_key(tag, WireType::varint); }

// The length-delimited field that the reader is at.
[[nodiscard]] inline std::string_view bytes_of(WireReader& r) {
  const protozero::data_view v = r.get_view();
  return {v.data(), v.size()};
}

// Runs `read`, which reads a message named `message`; malformed bytes are an error.
template <class Read>
Status guard(std::string_view message, Read&& read) {
  try {
    read();
  } catch (const protozero::exception&) {
    return Error(Errc::parse, "a message of the plugin was malformed").in("while reading its " + std::string(message));
  }
  return {};
}

// Calls `field(reader)` at each field of a message, inside a guard().
template <class Field>
void read_inner(std::string_view bytes, Field&& field) {
  WireReader r(bytes.data(), bytes.size());
  while (r.next()) field(r);
}

// Calls `field(reader)` at each field of the message; `field` must take or skip it. `message` is the name for errors.
template <class Field>
Status read_message(std::string_view bytes, std::string_view message, Field&& field) {
  return guard(message, [&] { read_inner(bytes, field); });
}

}  // namespace drift::third
