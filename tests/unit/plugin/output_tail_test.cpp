#include "plugin/output_tail.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace drift::plugin;

TEST_CASE("a panic is kept whole from its line on, in whatever pieces it comes") {
  const std::string log = "{\"@message\":\"panic: not here\"}\nxpanic: nor here\n pan\npan";
  const std::string panic = "panic: boom\n\ngoroutine 1 [running]:\n";
  const std::string all = log + "\n" + panic;
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    OutputTail tail(1000, 1000);
    for (std::size_t at = 0; at < all.size(); at += piece) tail.feed(std::string_view(all).substr(at, piece));
    CHECK(tail.panic() == panic);
    CHECK(tail.tail() == all);
  }
  OutputTail fatal(1000, 20);
  fatal.feed("fatal error: all goroutines are asleep - deadlock!\n");
  CHECK(fatal.panic().size() == 20);
  OutputTail none(1000, 1000);
  none.feed("panic:");
  none.feed("no space\n");
  CHECK(none.panic().empty());
}

TEST_CASE("the tail is the last of much, and begins with a line") {
  OutputTail tail(100, 100);
  for (int i = 0; i < 1000; ++i) tail.feed("line " + std::to_string(i) + "\n");
  CHECK(tail.tail().size() <= 100);
  CHECK(tail.tail().ends_with("line 998\nline 999\n"));
  CHECK(tail.tail().starts_with("line "));
  tail.feed(std::string(5000, 'x'));
  CHECK(tail.tail() == std::string(100, 'x'));
}

TEST_CASE("the tail does not depend on the pieces that it came in") {
  const std::string all = std::string(300, 'a') + "\n" + std::string(150, 'b') + "\nshort\n";
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    OutputTail tail(100, 100);
    for (std::size_t at = 0; at < all.size(); at += piece) tail.feed(std::string_view(all).substr(at, piece));
    CHECK(tail.tail() == "short\n");
  }
}

TEST_CASE("lines are cut, and long ones cut off") {
  LineCutter cutter(10);
  std::vector<std::string> lines;
  const auto take = [&](std::string_view line) { lines.emplace_back(line); };
  cutter.feed("a\r\nb", take);
  cutter.feed("c\n\n0123456789abcdef", take);
  cutter.feed("ghi\nrest", take);
  CHECK(lines == std::vector<std::string>{"a", "bc", "", "0123456789"});
  CHECK(cutter.rest() == "rest");
}

TEST_CASE("what is shown of it is short and harmless") {
  CHECK(short_output("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\tmain.go:5\n", "tail") ==
        "panic: x | goroutine 1 [running]: | main.main()");
  CHECK(short_output("", "one\ntwo\nthree\nfour") == "two | three | four");
  CHECK(short_output("", "\x1b[31mred\n") == " [31mred");
  CHECK(short_output("", std::string(5000, 'x')).size() == 403);
  CHECK(short_output("", "").empty());
}
