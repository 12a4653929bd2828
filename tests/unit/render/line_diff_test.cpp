#include "render/line_diff.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace drift::render_internal;

namespace {
std::string shown(std::string_view a, std::string_view b, std::size_t context = 1) {
  std::string out;
  for (const DiffLine& l : line_diff(a, b, context))
    out += static_cast<char>(l.sign) + std::string(l.text) + (l.unterminated ? "$" : "") + '\n';
  return out;
}
}  // namespace

TEST_CASE("unified, with context, gaps and nothing around") {
  CHECK(shown("a\nb\nc\n", "a\nb\nc\n").empty());
  CHECK(shown("a\nb\nc\n", "a\nX\nc\n") == " a\n-b\n+X\n c\n");
  CHECK(shown("1\n2\n3\n4\n5\n6\n7\n", "1\nX\n3\n4\n5\nY\n7\n") == " 1\n-2\n+X\n 3\n.\n 5\n-6\n+Y\n 7\n");
  CHECK(shown("a\nb\n", "a\nb\nc\n") == " b\n+c\n");
  CHECK(shown("", "a\nb\n") == "+a\n+b\n");
  CHECK(shown("b\nc\n", "a\nb\nc\n", 0) == "+a\n");
}

TEST_CASE("a missing last newline is a difference") {
  CHECK(shown("a\nb", "a\nb\n") == " a\n-b$\n+b\n");
  CHECK(shown("a\nb", "a\nc") == " a\n-b\n+c\n");
}

TEST_CASE("the signs rebuild both texts") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string a, b;
    for (auto i = random() % 12; i > 0; --i) a += std::string(1, static_cast<char>('a' + random() % 4)) + '\n';
    for (auto i = random() % 12; i > 0; --i) b += std::string(1, static_cast<char>('a' + random() % 4)) + '\n';
    std::string left, right;
    for (const DiffLine& l : line_diff(a, b, 100)) {
      if (l.sign != LineSign::added) left += std::string(l.text) + '\n';
      if (l.sign != LineSign::removed) right += std::string(l.text) + '\n';
    }
    if (a != b) {
      CHECK(left == a);
      CHECK(right == b);
    }
  }
}

TEST_CASE("huge texts without anything in common are replaced as a whole, at once") {
  std::string a, b;
  for (int i = 0; i < 5000; ++i) {
    a += "a" + std::to_string(i) + '\n';
    b += "b" + std::to_string(i) + '\n';
  }
  CHECK(line_diff(a, b, 1).size() == 10000);
}
