#include "third/decompress.hpp"

#include <doctest/doctest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

using namespace drift;
using namespace drift::third;

namespace {

constexpr std::uint64_t plenty = std::uint64_t{1} << 30;

std::string text_of(std::size_t n) {
  std::string out;
  for (std::size_t i = 0; out.size() < n; ++i) out += "resource " + std::to_string(i * 7919 % 10007) + '\n';
  out.resize(n);
  return out;
}

std::string gzip(const std::string& text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  std::string in = text;
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const std::size_t n = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  REQUIRE(ZSTD_isError(n) == 0);
  out.resize(n);
  return out;
}

Result<std::string> decompress(std::string_view bytes, std::size_t chunk, std::uint64_t most = plenty) {
  Decompressor in(compression_of(bytes));
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += chunk) DRIFT_TRY(in.feed(bytes.substr(at, chunk), out, most));
  DRIFT_TRY(in.finish());
  return out;
}

}  // namespace

TEST_CASE("decompress: the first bytes say what it is") {
  CHECK(compression_of(gzip("x")) == Compression::gzip);
  CHECK(compression_of(zstd("x")) == Compression::zstd);
  CHECK(compression_of("{\"version\":3}") == Compression::none);
  CHECK(compression_of("") == Compression::none);
  CHECK(compression_of("\x1f") == Compression::none);
}

TEST_CASE("decompress: texts of any length come back, in chunks of any size") {
  for (const std::size_t n :
       {std::size_t{0}, std::size_t{1}, std::size_t{65535}, std::size_t{65536}, std::size_t{65537}, std::size_t{400'000}}) {
    const std::string text = text_of(n);
    for (const std::string& packed : {gzip(text), zstd(text)}) {
      for (const std::size_t chunk : {std::size_t{1}, std::size_t{13}, std::size_t{65536}, std::size_t{1} << 20}) {
        CAPTURE(n);
        CAPTURE(chunk);
        const auto out = decompress(packed, chunk);
        REQUIRE(out.ok());
        CHECK(*out == text);
      }
    }
  }
}

TEST_CASE("decompress: members and frames behind each other are one text") {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{1} << 20}) {
    CHECK(decompress(gzip("one ") + gzip("two"), chunk).value() == "one two");
    CHECK(decompress(zstd("one ") + zstd("two"), chunk).value() == "one two");
  }
}

TEST_CASE("decompress: a text that ends too early is truncated, at every byte") {
  for (const std::string& packed : {gzip(text_of(300)), zstd(text_of(300))}) {
    for (std::size_t n = compression_magic_bytes; n < packed.size(); ++n) {
      CAPTURE(n);
      const auto out = decompress(std::string_view(packed).substr(0, n), 7);
      REQUIRE_FALSE(out.ok());
      CHECK(out.error().code() == Errc::truncated);
    }
  }
}

TEST_CASE("decompress: damaged bytes are an error, and so are others behind the text") {
  std::string packed = gzip(text_of(5000));
  packed[packed.size() - 5] = static_cast<char>(packed[packed.size() - 5] ^ 0x55);  // of the checksum
  CHECK(decompress(packed, 64).error().code() == Errc::bad_structure);
  CHECK(decompress(gzip("x") + "tail", 64).error().code() == Errc::bad_structure);
  CHECK(decompress(zstd("x") + "tail", 64).error().code() == Errc::bad_structure);
}

TEST_CASE("decompress: what grows beyond the limit is stopped there") {
  const std::string zeros(50'000'000, '0');
  for (const std::string& packed : {gzip(zeros), zstd(zeros)}) {
    CHECK(packed.size() < 100'000);
    Decompressor in(compression_of(packed));
    std::string out;
    const Status s = in.feed(packed, out, 1'000'000);
    REQUIRE_FALSE(s.ok());
    CHECK(s.error().code() == Errc::byte_limit);
    CHECK(out.size() <= 1'000'000);
    CHECK(decompress(packed, 65536, zeros.size()).ok());
  }
  std::string out;
  CHECK(Decompressor(Compression::none).feed("12345", out, 4).error().code() == Errc::byte_limit);
}
