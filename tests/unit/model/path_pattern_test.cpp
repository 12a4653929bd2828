#include <doctest/doctest.h>

#include <functional>
#include <random>

#include "drift/model/path.hpp"

using drift::Errc;
using drift::Path;
using drift::PathPattern;

namespace {

PathPattern pattern(std::string_view text) {
  auto p = PathPattern::parse(text);
  REQUIRE_MESSAGE(p.ok(), std::string(text));
  return *p;
}
bool matches(std::string_view p, std::string_view path) { return pattern(p).matches(*Path::parse(path)); }
bool covers(std::string_view p, std::string_view path) { return pattern(p).covers(*Path::parse(path)); }

}  // namespace

TEST_CASE("patterns without wildcards match one path") {
  CHECK(matches("a.b[0]", "a.b[0]"));
  CHECK(matches("", ""));
  CHECK_FALSE(matches("", "a"));
  CHECK_FALSE(matches("a", "a.b"));
  CHECK_FALSE(matches("a.b", "a"));
  CHECK_FALSE(matches("a[0]", "a.0"));
}

TEST_CASE("* is one key, [*] one key or index, ** any number of segments") {
  CHECK(matches("tags.*", "tags.x"));
  CHECK(matches("tags.*", R"(tags["a.b"])"));
  CHECK_FALSE(matches("tags.*", "tags[0]"));
  CHECK_FALSE(matches("tags.*", "tags"));
  CHECK_FALSE(matches("tags.*", "tags.x.y"));
  CHECK(matches("ingress[*]", "ingress[3]"));
  CHECK(matches("ingress[*]", "ingress.x"));
  CHECK(matches("**", ""));
  CHECK(matches("**", "a[0].b"));
  CHECK(matches("a.**", "a"));
  CHECK(matches("a.**", "a.b[0]"));
  CHECK(matches("**.id", "id"));
  CHECK(matches("**.id", "a[0].id"));
  CHECK(matches("**.id", "id.id"));
  CHECK_FALSE(matches("**.id", "a.id.x"));
  CHECK(matches("a.**.b.**.c", "a.b.x.b.c"));
  CHECK_FALSE(matches("a.**.b.**.c", "a.x.c"));
}

TEST_CASE("covers takes in all that is below, never by way of the empty path") {
  CHECK(covers("a", "a"));
  CHECK(covers("a", "a.b[0]"));
  CHECK_FALSE(covers("a.b", "a"));
  CHECK(covers("a[*]", "a[0].x.y"));
  CHECK(covers("**.secret", "x.secret.y"));
  CHECK_FALSE(covers("", "a"));
  CHECK_FALSE(covers("", ""));
  CHECK_FALSE(covers("**", ""));
  CHECK(covers("**", "a"));
}

TEST_CASE("the text of a path is a pattern of just that path") {
  const Path odd = Path().child("*").child("**").child("a*b").child(std::uint64_t{1});
  CHECK(pattern(odd.text()).matches(odd));
  CHECK_FALSE(pattern(odd.text()).matches(Path().child("x").child("**").child("a*b").child(std::uint64_t{1})));
  CHECK(PathPattern::parse("a.foo*").error().code() == Errc::invalid_argument);
  CHECK(PathPattern::parse("a.foo*").error().where()->column == 2);
  CHECK_FALSE(PathPattern::parse("a.***").ok());
  CHECK_FALSE(PathPattern::parse("a..b").ok());
  CHECK_FALSE(PathPattern::parse("a[**]").ok());
  CHECK(pattern("a.*").text() == "a.*");
}

TEST_CASE("specificity: literals first, then no **, then narrower wildcards") {
  const auto rank = [](std::string_view text) { return pattern(text).specificity(); };
  CHECK(rank("a.b") > rank("a.*"));
  CHECK(rank("a.*") > rank("a[*]"));
  CHECK(rank("a[*]") > rank("a.**"));
  CHECK(rank("a.**") > rank("*.*"));
  CHECK(rank("*.*") > rank("**"));
  CHECK(rank("a.*") == rank("*.a"));
}

TEST_CASE("matching agrees with the obvious recursive definition") {
  std::mt19937_64 random(16);
  const char* const pieces[] = {"a", "b", "[0]", "*", "[*]", "**"};
  const auto join = [&](std::size_t most, std::size_t kinds) {
    std::vector<std::string> out;
    for (std::size_t n = random() % (most + 1); n > 0; --n) out.emplace_back(pieces[random() % kinds]);
    return out;
  };
  const auto text_of = [](const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& p : parts) text += (text.empty() || p[0] == '[' ? "" : ".") + p;
    return text;
  };
  for (int i = 0; i < 30000; ++i) {
    const auto parts = join(5, 6), segments = join(6, 3);
    const std::function<bool(std::size_t, std::size_t, bool)> slow = [&](std::size_t p, std::size_t s, bool prefix_ok) {
      if (p == parts.size()) return s == segments.size() || (prefix_ok && s > 0);
      if (parts[p] == "**") return slow(p + 1, s, prefix_ok) || (s < segments.size() && slow(p, s + 1, prefix_ok));
      if (s == segments.size()) return false;
      const bool fits = parts[p] == "[*]" || parts[p] == segments[s] || (parts[p] == "*" && segments[s][0] != '[');
      return fits && slow(p + 1, s + 1, prefix_ok);
    };
    INFO(text_of(parts), " on ", text_of(segments));
    REQUIRE(matches(text_of(parts), text_of(segments)) == slow(0, 0, false));
    REQUIRE(covers(text_of(parts), text_of(segments)) == (!segments.empty() && slow(0, 0, true)));
  }
}

TEST_CASE("many ** do not blow up") {
  std::string text, path;
  for (int i = 0; i < 60; ++i) text += "**.a.";
  for (int i = 0; i < 500; ++i) path += "a.";
  CHECK_FALSE(matches(text + "b", path + "c"));
  CHECK(matches(text + "c", path + "c"));
}

TEST_CASE("a path set is the union of its patterns") {
  drift::PathSet set;
  CHECK(set.empty());
  CHECK_FALSE(set.covers(*Path::parse("a")));
  set.add(pattern("a.b"));
  set.add(pattern("x[*]"));
  CHECK(set.matches(*Path::parse("x[1]")));
  CHECK_FALSE(set.matches(*Path::parse("a.b.c")));
  CHECK(set.covers(*Path::parse("a.b.c")));
  CHECK_FALSE(set.covers(*Path::parse("a")));
}

TEST_CASE("Pulumi property paths become patterns") {
  const char* const cases[][2] = {
      {"tags", "tags"},
      {"a.b", "a.b"},
      {R"(a["c.d"][0].e)", R"(a["c.d"][0].e)"},
      {R"(["root key"].x)", R"(["root key"].x)"},
      {R"(a["quoted \"x\""])", R"(a["quoted \"x\""])"},
      {R"(a["back\slash"])", R"(a["back\\slash"])"},  // only \" is an escape
      {"a[*].b", "a[*].b"},
      {R"(a["*"].b)", "a.*.b"},
      {"a.*", "a.*"},
      {"a.b*c.**", R"(a["b*c"]["**"])"},
      {R"(["plain"])", "plain"},
      {"", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c[0]);
    const auto read = drift::PathPattern::from_pulumi(c[0]);
    REQUIRE(read.ok());
    CHECK(read->text() == c[1]);
    CHECK(read->specificity() == pattern(c[1]).specificity());
  }
  CHECK(drift::PathPattern::from_pulumi(R"(a["b\c"][*])")->matches(*Path::from_pulumi(R"(a["b\c"][7])")));
  for (const char* bad : {"a.", ".a", "a[", "a[]", "a[x]", R"(a["x)", R"(a["x"b)", "a[0]b", R"(a["x\"])"})
    CHECK_FALSE_MESSAGE(drift::PathPattern::from_pulumi(bad).ok(), std::string(bad));
}

TEST_CASE("globs: *, ?, escapes, and brackets that are just brackets") {
  using drift::glob_match;
  CHECK(glob_match("", ""));
  CHECK(glob_match("*", ""));
  CHECK_FALSE(glob_match("", "a"));
  CHECK_FALSE(glob_match("?", ""));
  CHECK(glob_match("module.a.aws_x.y[*]", "module.a.aws_x.y[\"k\"]"));
  CHECK_FALSE(glob_match("a[01]", "a0"));
  CHECK(glob_match("a[01]", "a[01]"));
  CHECK(glob_match("a?c", "abc"));
  CHECK(glob_match("a\\*c", "a*c"));
  CHECK_FALSE(glob_match("a\\*c", "abc"));
  CHECK(glob_match("a\\\\", "a\\"));
  CHECK(glob_match("a\\", "a\\"));  // nothing to escape: itself
  CHECK(glob_match("\\?", "?"));
  CHECK_FALSE(glob_match("\\?", "x"));
  CHECK(glob_match("*a*b*", "xxaxxbxx"));
  CHECK_FALSE(glob_match("*a*b", "ab-"));
  CHECK(glob_match("**", "anything"));
  std::string stars;
  for (int i = 0; i < 200; ++i) stars += "*a";
  CHECK_FALSE(glob_match(stars + "b", std::string(20000, 'a')));
}
