#include "third/decompress.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace drift::third {
namespace {

constexpr int gzip_only = 16 + MAX_WBITS;

Error damaged() {
  return Error(Errc::bad_structure, "the compressed data was damaged").next("write the document again, or give it without compression");
}

Error too_long(std::uint64_t most) {
  return Error(Errc::byte_limit, "the document was larger than the limit of " + std::to_string(most) + " bytes when it was decompressed")
      .next("raise the byte limit if the document is to be trusted");
}

}  // namespace

struct Decompressor::State {
  explicit State(Compression k) : kind(k) {
    if (kind == Compression::gzip && inflateInit2(&gzip, gzip_only) != Z_OK) throw std::bad_alloc();
    if (kind == Compression::zstd && (zstd = ZSTD_createDStream()) == nullptr) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (kind == Compression::gzip) inflateEnd(&gzip);
    ZSTD_freeDStream(zstd);
  }

  Status feed_gzip(std::string_view input, std::string& out, std::uint64_t most);
  Status feed_zstd(std::string_view input, std::string& out, std::uint64_t most);
  Status take(std::size_t got, std::string& out, std::uint64_t most) {
    if (got > most - std::min<std::uint64_t>(most, out.size())) return too_long(most);
    out.append(room.data(), got);
    return {};
  }

  Compression kind;
  z_stream gzip{};
  ZSTD_DStream* zstd = nullptr;
  bool inside = true;  // amid a member or frame, or before the first one
  std::array<char, std::size_t{64} << 10> room{};
};

Status Decompressor::State::feed_gzip(std::string_view input, std::string& out, std::uint64_t most) {
  while (!input.empty()) {
    if (!inside) {
      if (inflateReset(&gzip) != Z_OK) return damaged();
      inside = true;
    }
    const std::size_t part = std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max());
    gzip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // NOLINT: zlib does not write there
    gzip.avail_in = static_cast<uInt>(part);
    for (bool more = true; more;) {
      gzip.next_out = reinterpret_cast<Bytef*>(room.data());
      gzip.avail_out = static_cast<uInt>(room.size());
      const int status = inflate(&gzip, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return damaged();
      DRIFT_TRY(take(room.size() - gzip.avail_out, out, most));
      inside = status != Z_STREAM_END;
      more = inside && gzip.avail_out == 0;
    }
    const std::size_t left = gzip.avail_in;
    if (inside && left > 0) return damaged();
    input.remove_prefix(part - left);
  }
  return {};
}

Status Decompressor::State::feed_zstd(std::string_view input, std::string& out, std::uint64_t most) {
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  for (bool full = false; in.pos < in.size || full;) {
    ZSTD_outBuffer got{room.data(), room.size(), 0};
    const std::size_t wanted = ZSTD_decompressStream(zstd, &got, &in);
    if (ZSTD_isError(wanted) != 0) return damaged();
    DRIFT_TRY(take(got.pos, out, most));
    inside = wanted != 0;
    full = got.pos == got.size && inside;
  }
  return {};
}

Compression compression_of(std::string_view first_bytes) noexcept {
  if (first_bytes.starts_with("\x1f\x8b")) return Compression::gzip;
  if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  return Compression::none;
}

Decompressor::Decompressor(Compression kind) : s_(std::make_unique<State>(kind)) {}
Decompressor::~Decompressor() = default;

Status Decompressor::feed(std::string_view input, std::string& out, std::uint64_t most) {
  switch (s_->kind) {
    case Compression::gzip:
      return s_->feed_gzip(input, out, most);
    case Compression::zstd:
      return s_->feed_zstd(input, out, most);
    case Compression::none:
      break;
  }
  if (input.size() > most - std::min<std::uint64_t>(most, out.size())) return too_long(most);
  out.append(input);
  return {};
}

Status Decompressor::finish() const {
  if (s_->kind == Compression::none || !s_->inside) return {};
  return Error(Errc::truncated, "the compressed data ended too early").next("write the document again, or give it without compression");
}

}  // namespace drift::third
