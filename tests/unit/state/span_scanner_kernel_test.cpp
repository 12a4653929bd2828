#include "state/span_scanner_kernel.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

using namespace drift::state_internal;

namespace {

struct Answer {
  std::size_t end;
  BracketState state;
  friend bool operator==(const Answer&, const Answer&) = default;
};

// The text in pieces that are cut at `cut`.
Answer run(BracketKernel kernel, std::string_view text, std::size_t cut) {
  Answer a{kNotEnded, {}};
  a.end = kernel(text.data(), cut, a.state);
  if (a.end != kNotEnded) return a;
  a.end = kernel(text.data() + cut, text.size() - cut, a.state);
  if (a.end != kNotEnded) a.end += cut;
  return a;
}

std::size_t end_of(std::string_view text) {
  BracketState state;
  return scan_brackets_scalar(text.data(), text.size(), state);
}

// Random bytes, rich in what matters.
std::string random_text(std::mt19937_64& random, std::size_t size) {
  static constexpr std::string_view alphabet = "\"\"\"\\\\\\{}[]{}[]u:, \n0a\xC3\x80\x7F\x5B";
  std::string text(size, ' ');
  const unsigned dull = static_cast<unsigned>(random() % 4);  // how much of it means nothing
  for (char& c : text) c = random() % 4 < dull ? 'x' : alphabet[random() % alphabet.size()];
  if (size > 0) text[0] = random() % 2 == 0 ? '{' : '[';
  return text;
}

}  // namespace

TEST_CASE("the scalar kernel finds the bracket that closes the first one") {
  CHECK(end_of("{}") == 2);
  CHECK(end_of("[] ]") == 2);
  CHECK(end_of(R"({"a":[1,{"b":"}"}]} tail)") == 19);
  CHECK(end_of(R"({"a\"}":1})") == 10);
  CHECK(end_of(R"({"a\\"})") == 7);
  CHECK(end_of(R"({"a)") == kNotEnded);
  CHECK(end_of("[[[]]") == kNotEnded);
}

TEST_CASE("a scan notices unicode escapes only where they are escapes") {
  const auto unicode = [](std::string_view text) {
    BracketState state;
    (void)scan_brackets_scalar(text.data(), text.size(), state);
    return state.unicode_escape;
  };
  CHECK(unicode(R"(["\u0041"])"));
  CHECK_FALSE(unicode(R"(["\\u0041"])"));
  CHECK_FALSE(unicode(R"(["u\n"])"));
  CHECK_FALSE(unicode(R"([] "\u0041")"));  // behind the end
}

TEST_CASE("the vector kernel gives the scalar kernel's answer and state on any bytes") {
  const BracketKernel vector = bracket_kernel_avx2();
  if (vector == nullptr) {
    MESSAGE("this processor has no AVX2: nothing to compare");
    return;
  }
  std::mt19937_64 random(20261121);
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_text(random, random() % 400);
    const std::size_t cut = text.empty() ? 0 : random() % (text.size() + 1);
    const Answer expected = run(&scan_brackets_scalar, text, cut);
    const Answer got = run(vector, text, cut);
    CAPTURE(text);
    CAPTURE(cut);
    REQUIRE(got == expected);
  }
}

TEST_CASE("the kernels agree wherever a text is cut in two") {
  const BracketKernel vector = bracket_kernel_avx2() != nullptr ? bracket_kernel_avx2() : &scan_brackets_scalar;
  std::mt19937_64 random(7);
  for (int round = 0; round < 60; ++round) {
    const std::string text = random_text(random, 200 + random() % 60);
    const Answer whole = run(&scan_brackets_scalar, text, text.size());
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CAPTURE(text);
      CAPTURE(cut);
      REQUIRE(run(&scan_brackets_scalar, text, cut) == whole);
      REQUIRE(run(vector, text, cut) == whole);
    }
  }
}

TEST_CASE("runs of backslashes of every length and place end where they should") {
  const BracketKernel vector = bracket_kernel_avx2() != nullptr ? bracket_kernel_avx2() : &scan_brackets_scalar;
  for (std::size_t before = 0; before < 70; ++before) {
    for (std::size_t run_length = 0; run_length < 140; ++run_length) {
      const std::string text = "[\"" + std::string(before, 'x') + std::string(run_length, '\\') + "\"]\"]" + std::string(80, ' ');
      REQUIRE(run(vector, text, text.size()) == run(&scan_brackets_scalar, text, text.size()));
    }
  }
}
