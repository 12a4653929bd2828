#include "state/byte_source.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

using namespace drift;
using namespace drift::state_internal;
namespace fs = std::filesystem;

namespace {

struct TempDir {
  fs::path path;
  TempDir() {
    std::string name = (fs::temp_directory_path() / "drift-bytes-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { fs::remove_all(path); }
  std::string file(const std::string& name, std::string_view content) const {
    const fs::path p = path / name;
    std::ofstream(p, std::ios::binary) << content;
    return p.string();
  }
};

std::string all_of(const OpenSource& s, std::size_t step = 7) {
  std::string out;
  std::string buffer(step, '\0');
  for (;;) {
    auto got = s.read(out.size(), buffer.data(), step);
    REQUIRE(got.ok());
    if (*got == 0) return out;
    out.append(buffer, 0, *got);
  }
}

}  // namespace

TEST_CASE("bytes, borrowed bytes, files and streams give what they hold") {
  const TempDir dir;
  const std::string text = "some bytes that are longer than one step";
  const std::string path = dir.file("a.json", text);
  std::FILE* stream = std::fopen(path.c_str(), "rb");
  REQUIRE(stream != nullptr);
  for (const ByteSource& source :
       {ByteSource::bytes(text), ByteSource::borrow(text), ByteSource::file(path), ByteSource::stream(stream, "stdin")}) {
    auto open = open_source(source, {});
    REQUIRE(open.ok());
    CHECK((*open)->size() == text.size());
    CHECK(all_of(**open) == text);
    CHECK((*open)->unchanged().ok());
    CHECK((*open)->name() == source.name());
    // A second use is the same document, also of a stream that is at its end by now.
    auto again = open_source(source, {});
    REQUIRE(again.ok());
    CHECK(*again == *open);
  }
  std::fclose(stream);
}

TEST_CASE("only a document in memory counts as memory") {
  const TempDir dir;
  const std::string path = dir.file("a", "12345");
  const std::string borrowed = "12345";
  CHECK((*open_source(ByteSource::file(path), {}))->memory_bytes() == 0);
  CHECK((*open_source(ByteSource::borrow(borrowed), {}))->memory_bytes() == 0);
  CHECK((*open_source(ByteSource::bytes("12345"), {}))->memory_bytes() == 5);
}

TEST_CASE("a file is opened when it is first used, and the error says what is wrong with it") {
  const TempDir dir;
  const ByteSource missing = ByteSource::file((dir.path / "none").string());
  auto open = open_source(missing, {});
  REQUIRE_FALSE(open.ok());
  CHECK(open.error().code() == Errc::not_found);
  CHECK(open.error().subject() == missing.name());
  CHECK_FALSE(open.error().next_step().empty());
  dir.file("none", "now");
  CHECK(open_source(missing, {}).ok());

  auto folder = open_source(ByteSource::file(dir.path.string()), {});
  REQUIRE_FALSE(folder.ok());
  CHECK(folder.error().code() == Errc::io);

  if (::geteuid() != 0) {  // nothing is forbidden to root
    const std::string secret = dir.file("secret", "x");
    fs::permissions(secret, fs::perms::none);
    auto denied = open_source(ByteSource::file(secret), {});
    REQUIRE_FALSE(denied.ok());
    CHECK(denied.error().code() == Errc::permission);
  }
}

TEST_CASE("a FIFO is read to memory") {
  const TempDir dir;
  const std::string path = (dir.path / "fifo").string();
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const std::string text(200'000, 'x');
  std::thread writer([&] { std::ofstream(path, std::ios::binary) << text; });
  auto open = open_source(ByteSource::file(path), {});
  writer.join();
  REQUIRE(open.ok());
  CHECK((*open)->size() == text.size());
  CHECK(all_of(**open, 4096) == text);
}

TEST_CASE("a wait for bytes ends with the deadline and with a cancel") {
  const TempDir dir;
  const std::string path = (dir.path / "fifo").string();
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const OpContext short_time{.cancel = {}, .deadline = Deadline::after(system_clock(), std::chrono::milliseconds(20))};
  auto nobody_writes = open_source(ByteSource::file(path), {}, short_time);
  REQUIRE_FALSE(nobody_writes.ok());
  CHECK(nobody_writes.error().code() == Errc::deadline);

  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::FILE* stream = ::fdopen(ends[0], "rb");
  REQUIRE(::write(ends[1], "{", 1) == 1);
  const OpContext cancelled;
  std::thread canceller([&] {
    // When the pipe is empty again the byte was taken, and the reader is waiting or about to.
    for (int left = 1; left != 0;) REQUIRE(::ioctl(ends[0], FIONREAD, &left) == 0);
    cancelled.cancel.cancel();
  });
  auto waits = open_source(ByteSource::stream(stream, "pipe"), {}, cancelled);
  canceller.join();
  std::fclose(stream);
  ::close(ends[1]);
  REQUIRE_FALSE(waits.ok());
  CHECK(waits.error().code() == Errc::cancelled);
}

TEST_CASE("a document over the byte limit is refused whatever it comes from") {
  const TempDir dir;
  const std::string text(100, 'x');
  const std::string path = dir.file("a", text);
  JsonLimits limits;
  limits.max_bytes = 99;
  std::FILE* stream = std::fopen(path.c_str(), "rb");
  REQUIRE(stream != nullptr);
  for (const ByteSource& source :
       {ByteSource::bytes(text), ByteSource::borrow(text), ByteSource::file(path), ByteSource::stream(stream, "-")}) {
    auto open = open_source(source, limits);
    REQUIRE_FALSE(open.ok());
    CHECK(open.error().code() == Errc::byte_limit);
  }
  std::fclose(stream);
  limits.max_bytes = 100;
  CHECK(open_source(ByteSource::file(path), limits).ok());
  // The limit of a later use counts too.
  const ByteSource used = ByteSource::file(path);
  CHECK(open_source(used, {}).ok());
  limits.max_bytes = 10;
  CHECK_FALSE(open_source(used, limits).ok());
}

TEST_CASE("a file that changes is noticed; one that is replaced by a rename still gives the old bytes") {
  const TempDir dir;
  const std::string path = dir.file("a", "the old content");
  auto open = open_source(ByteSource::file(path), {});
  REQUIRE(open.ok());
  const std::string other = dir.file("b", "something else!");
  fs::rename(other, path);
  CHECK((*open)->unchanged().ok());
  CHECK(all_of(**open) == "the old content");

  auto fresh = open_source(ByteSource::file(path), {});
  REQUIRE(fresh.ok());
  fs::resize_file(path, 4);  // in place
  auto changed = (*fresh)->unchanged();
  REQUIRE_FALSE(changed.ok());
  CHECK(changed.error().code() == Errc::changed_while_reading);
  CHECK(changed.error().is_retryable());
  char buffer[32];
  auto read = (*fresh)->read(0, buffer, sizeof buffer);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code() == Errc::changed_while_reading);
}

TEST_CASE("positions are counted over the whole document") {
  const std::string text = std::string(70'000, '\n') + "abc";
  auto open = open_source(ByteSource::borrow(text), {});
  REQUIRE(open.ok());
  const TextPosition p = position_in(**open, 70'002);
  CHECK(p.line == 70'001);
  CHECK(p.column == 3);
  CHECK(p.byte == 70'002);
  CHECK(position_in(**open, 0).line == 1);
  CHECK(position_in(**open, 1'000'000).byte == text.size());  // no further than there is something
}

TEST_CASE("what is compressed is decompressed, wherever it comes from and whatever it is called") {
  // printf '{"a":1}' | gzip -n; printf '{"a":1}' | zstd
  const std::string gzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x56\x4a\x54\xb2\x32\xac\x05\x00\xaf\xac\x1b\x56\x07\x00\x00\x00",
                         27);
  const std::string zstd("\x28\xb5\x2f\xfd\x04\x58\x39\x00\x00\x7b\x22\x61\x22\x3a\x31\x7d\x48\x8b\xfc\x32", 20);
  const TempDir dir;
  for (const std::string& packed : {gzip, zstd}) {
    const std::string path = dir.file("dev.json", packed);
    std::FILE* stream = std::fopen(path.c_str(), "rb");
    REQUIRE(stream != nullptr);
    for (const ByteSource& source :
         {ByteSource::bytes(packed), ByteSource::borrow(packed), ByteSource::file(path), ByteSource::stream(stream, "stdin")}) {
      CAPTURE(source.name());
      auto opened = open_source(source, {});
      if (!opened) FAIL(opened.error().to_string());
      CHECK(all_of(**opened) == "{\"a\":1}");
      CHECK((*opened)->unchanged().ok());
      JsonLimits small;
      small.max_bytes = 6;
      CHECK(open_source(ByteSource::bytes(packed), small).error().code() == Errc::byte_limit);
    }
    std::fclose(stream);
    const auto cut = open_source(ByteSource::bytes(packed.substr(0, packed.size() - 1), "cut"), {});
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().code() == Errc::truncated);
    CHECK(cut.error().subject() == "cut");
  }
}
