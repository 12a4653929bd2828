// gzip (RFC 1952, zlib) and zstd (RFC 8878, libzstd), read as streams behind a std-only interface.
//
// Example:
//   Decompressor in(compression_of(first_chunk));
//   while (chunk) DRIFT_TRY(in.feed(chunk, out, most_bytes));
//   DRIFT_TRY(in.finish());
//
// Several members or frames behind each other are one text, as everywhere. Errors: E_BAD_STRUCTURE for damaged bytes, E_TRUNCATED,
// E_BYTE_LIMIT when the text would grow beyond what is allowed; they have no subject. After an error, do not go on.
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"

namespace drift::third {

enum class Compression : std::uint8_t { none, gzip, zstd };

// How many bytes compression_of() has to see.
inline constexpr std::size_t compression_magic_bytes = 4;
// By the first bytes. No JSON begins so.
[[nodiscard]] Compression compression_of(std::string_view first_bytes) noexcept;

class Decompressor {
 public:
  explicit Decompressor(Compression kind);
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  ~Decompressor();
  // Appends what `input` says to `out`, which may become `most` bytes long in all.
  Status feed(std::string_view input, std::string& out, std::uint64_t most);
  // There is no more input.
  [[nodiscard]] Status finish() const;

 private:
  struct State;
  std::unique_ptr<State> s_;
};

}  // namespace drift::third
