// The fuzz properties on seeded random inputs and on every file of tests/fuzz/seeds, as an ordinary test with any compiler.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz/properties.hpp"

namespace {

namespace fs = std::filesystem;

void check_all(const std::string& input) {
  CAPTURE(input);
  CHECK(fuzz::check_kernels(input) == "");
  CHECK(fuzz::check_read_document(input) == "");
  CHECK(fuzz::check_canonical(input) == "");
  CHECK(fuzz::check_plugin_bytes(input) == "");
  CHECK(fuzz::check_pulumi_bytes(input) == "");
  CHECK(fuzz::check_grpc_server(input) == "");
}

std::vector<std::string> seeds() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(DRIFT_TEST_DIR) / "fuzz" / "seeds")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> out;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return out;
}

// One to four small damages: bytes that mean something changed, put in, taken out; pieces doubled or dropped; cut short.
std::string damage(std::string text, std::mt19937_64& random) {
  static constexpr std::string_view bytes = "{}[]\":,\\u0123dDfFnt-+.eE \n\x01\x7F\x80\xC3\xED\xF4";
  for (auto n = 1 + random() % 4; n > 0 && !text.empty(); --n) {
    const std::size_t at = random() % text.size();
    const std::size_t length = std::min<std::size_t>(1 + random() % 40, text.size() - at);
    switch (random() % 6) {
      case 0:
        text[at] = bytes[random() % bytes.size()];
        break;
      case 1:
        text.insert(at, 1, bytes[random() % bytes.size()]);
        break;
      case 2:
        text.erase(at, 1);
        break;
      case 3:
        text.erase(at, length);
        break;
      case 4:
        text.insert(at, text.substr(at, length));
        break;
      default:
        text.resize(random() % 8 == 0 ? at : text.size());
    }
  }
  return text;
}

}  // namespace

TEST_CASE("fuzz: the seeds") {
  const auto all = seeds();
  REQUIRE(all.size() >= 8);
  for (const std::string& seed : all) check_all(seed);
}

TEST_CASE("fuzz: damaged seeds") {
  const auto all = seeds();
  std::mt19937_64 random(42);
  for (int round = 0; round < 4000; ++round) check_all(damage(all[random() % all.size()], random));
}

TEST_CASE("fuzz: bytes without sense") {
  static constexpr std::string_view bytes = "{}[]{}[]\"\"\"\\\\::,,0123456789-.eEtruefalsn \n\xC3\xA4\x80";
  std::mt19937_64 random(43);
  for (int round = 0; round < 6000; ++round) {
    std::string text(random() % 300, ' ');
    for (char& c : text) c = bytes[random() % bytes.size()];
    check_all(text);
  }
}
