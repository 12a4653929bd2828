#include "render/change_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "drift/model/json.hpp"
#include "sample.hpp"

using namespace drift;

namespace {

std::string shown(const Change& c, TextOptions o = {.unicode = false}, Basis basis = {false, true, true, false}) {
  std::string out;
  render_internal::ChangeLayout layout;
  layout.options = &o;
  render_internal::append_change(out, c, &basis, layout);
  return out;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    most = std::max(most, render_internal::columns_of(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return most;
}

}  // namespace

TEST_CASE("values of every kind") {
  CHECK(shown(test::change("a", Value(), Value(true))) == "  ~ a: null -> true\n");
  CHECK(shown(test::change("a", *parse_json("18446744073709551616"), *parse_json("18446744073709551617"))) ==
        "  ~ a: 18446744073709551616 -> 18446744073709551617\n");
  CHECK(shown(test::change("a", Value("x\"y"), Value("x\\y"))) == "  ~ a: \"x\\\"y\" -> \"x\\\\y\"\n");
  CHECK(shown(test::change("a", std::nullopt, *parse_json(R"({"b":[1]})"))) == "  + a: {\"b\":[1]}\n");
  CHECK(shown(test::change("a", Value("x"), Value("y")), {.unicode = true}) == "  ~ a: \"x\" \u2192 \"y\"\n");
  CHECK(shown(test::change("", Value(1), Value(2))) == "  ~ (resource): 1 -> 2\n");
}

TEST_CASE("sections, relations, rules that restrict acting") {
  Change c = test::change("a", Value(1), std::nullopt);
  c.section = Section::inputs;
  CHECK(shown(c) == "  - a [inputs]: 1\n");
  c = test::change("a", Value(1), Value(1));
  c.kind = ChangeKind::modified;
  c.relation = Relation::pending;
  c.desired = Value::unknown();
  CHECK(shown(c) == "  ~ a: 1 -> (known after apply) (pending: desired, not there yet)\n");
  c = test::change("a", Value(1), Value(2));
  c.relation = Relation::converged;
  CHECK(shown(c) == "  ~ a: 1 -> 2 (converged: desired too)\n");
  c.relation = Relation::drift;
  c.rule = "ours";
  c.mode = IgnoreMode::never_push;
  c.reason = "by hand";
  CHECK(shown(c) == "  ~ a: 1 -> 2\n      rule ours (never_push): by hand\n");
}

TEST_CASE("the baseline is where a change comes from, when it took part") {
  Change c = test::change("a", Value(1), Value(3));
  c.baseline = Value(2);
  CHECK(shown(c, {.unicode = false}, {false, true, true, true}) == "  ~ a: 2 -> 3\n");
}

TEST_CASE("secrets: that it changed, nothing else") {
  CHECK(shown(test::change("a", test::secret("x"), test::secret("y"))) == "  ~ a: (sensitive, changed)\n");
  CHECK(shown(test::change("a", std::nullopt, test::secret("y"))) == "  + a: (sensitive)\n");
  CHECK(shown(test::change("a", test::secret("x"), std::nullopt)) == "  - a: (sensitive)\n");
  Change c = test::change("a", test::secret("x", Secret::ciphertext), test::secret("y", Secret::digest));
  c.why = "secret_cannot_tell";
  CHECK(shown(c) == "  ~ a: (sensitive, cannot be compared)\n");
  c = test::change("a", test::secret("x"), test::secret("x"));
  c.why = "secret_unmarked";
  CHECK(shown(c) == "  ~ a: (sensitive, unchanged, and not marked so where it was recorded)\n");
  Object before, after;
  before.set("p", test::secret("x"));
  after.set("p", test::secret("y"));
  CHECK(shown(test::change("a", Value(before), Value(after))) == "  ~ a: (sensitive, changed)\n");
  after.set("q", Value(1));
  CHECK(shown(test::change("a", Value(before), Value(after))) == "  ~ a: {\"p\":\"(sensitive)\"} -> {\"p\":\"(sensitive)\",\"q\":1}\n");
}

TEST_CASE("a text of several lines is a line diff") {
  const char* before = "# who may reach the admin port\n10.0.0.0/8        # office and VPN\n198.51.100.0/24   # partner\n";
  const std::string after = std::string(before) + "0.0.0.0/0         # TEMPORARY, remove tomorrow\n";
  CHECK(shown(test::change("content", Value(before), Value(after))) == R"(  ~ content:
        198.51.100.0/24   # partner
      + 0.0.0.0/0         # TEMPORARY, remove tomorrow
)");
  CHECK(shown(test::change("content", std::nullopt, Value("a\nb"))) == "  + content:\n      + a\n      + b (no newline at the end)\n");
  CHECK(shown(test::change("content", Value("a\n\tb\n"), Value("a\n\tc\n"))) == "  ~ content:\n        a\n      - \\tb\n      + \\tc\n");
}

TEST_CASE("a long line diff is capped") {
  std::string after;
  for (int i = 0; i < 1500; ++i) after += std::to_string(i) + '\n';
  const std::string text = shown(test::change("c", Value("x\n"), Value(after)));
  CHECK(text.find("        ... 1,481 more lines\n") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 22);
}

TEST_CASE("long strings show where they differ, within the width") {
  const std::string common(200, 'a'), rest(200, 'z');
  const std::string text = shown(test::change("policy", Value(common + "GET" + rest), Value(common + "PUT" + rest)));
  CHECK(text == R"(  ~ policy:
      - "...aaaaaaaaaaaaaaaaaaaaaaaaaaaaa[[GE]]Tzzzzzzzzzzzzzzzzzzzzzzzzzzzz..."
      + "...aaaaaaaaaaaaaaaaaaaaaaaaaaaaa[[PU]]Tzzzzzzzzzzzzzzzzzzzzzzzzzzzz..."
)");
  CHECK(shown(test::change("policy", Value(common + "GET" + rest), Value(common + "PUT" + rest)), {.unicode = true})
            .find("\u27e6GE\u27e7T") != std::string::npos);
  CHECK(widest(text) <= 80);
  // The difference itself may be long, or at an end.
  for (const auto& [a, b] :
       {std::pair{common + rest, rest + common}, {common, common + rest}, {common + "x", "y" + common}, {rest + "\u4e16", rest + "\u754c"}})
    for (const std::size_t width : {40U, 60U, 80U, 100U})
      for (const bool unicode : {true, false}) {
        const std::string lines = shown(test::change("p", Value(a), Value(b)), {.unicode = unicode, .width = width});
        CHECK(lines.find(unicode ? "\u27e6" : "[[") != std::string::npos);
        CHECK(widest(lines) <= width);
      }
}

TEST_CASE("without a limit nothing is cut") {
  const std::string common(500, 'a');
  CHECK(shown(test::change("p", Value(common + "x"), Value(common + "y")), {.unicode = false, .width = 0}) ==
        "  ~ p: \"" + common + "x\" -> \"" + common + "y\"\n");
}

TEST_CASE("a difference inside a letter of several bytes keeps the letter whole") {
  const auto [a, b] = render_internal::inline_diff("x\u00e9y", "x\u00e8y", 0, {});
  CHECK(a == "x\u27e6\u00e9\u27e7y");
  CHECK(b == "x\u27e6\u00e8\u27e7y");
}

TEST_CASE("long containers are compared line by line") {
  const Value before = *parse_json(R"({"name":"a long enough name to pass the width","ports":[80,443],"owner":"somebody somewhere"})");
  const Value after = *parse_json(R"({"name":"a long enough name to pass the width","ports":[80,8443],"owner":"somebody somewhere"})");
  CHECK(shown(test::change("c", before, after)) == R"(  ~ c:
            80,
      -     443
      +     8443
          ]
)");
}

TEST_CASE("one long line among several shows where it differs") {
  const std::string common(200, 'a');
  const std::string text = shown(test::change("c", Value("x\n" + common + "1\n"), Value("x\n" + common + "2\n")));
  CHECK(text.find("[[1]]") != std::string::npos);
  CHECK(text.find("[[2]]") != std::string::npos);
  CHECK(widest(text) <= 80);
}
