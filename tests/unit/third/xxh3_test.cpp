#include "third/xxh3.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace third = drift::third;

TEST_CASE("XXH3: known values, so that stored fingerprints keep their meaning") {
  // From xxHash's own documentation and test suite: the hash of no bytes, seed 0.
  CHECK(third::xxh3_128("").hi == 0x99AA06D3014798D8ULL);
  CHECK(third::xxh3_128("").lo == 0x6001C324468D497FULL);
  CHECK(third::xxh3_64("") == 0x2D06800538D394C2ULL);
  CHECK(third::xxh3_64("abc", 1) != third::xxh3_64("abc", 2));
}

TEST_CASE("a stream gives what one piece gives, for any cut, and starts anew") {
  std::mt19937_64 random(3);
  third::Xxh3Stream stream;
  for (int i = 0; i < 300; ++i) {
    std::string bytes(random() % 3000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t n = random() % 500;
      stream.update(std::string_view(bytes).substr(at, n));
      at += n;
    }
    REQUIRE(stream.finish() == third::xxh3_128(bytes));
  }
}
