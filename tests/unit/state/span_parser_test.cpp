#include "state/span_parser.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace drift;
using namespace drift::state_internal;

namespace {

struct Parse {
  std::string text;  // with padding behind
  std::size_t size;
  JsonLimits limits;
  SpanParser parser;
  explicit Parse(const std::string& t, JsonLimits l = {})
      : text(t + std::string(kSpanPadding, '\0')),
        size(t.size()),
        limits(l),
        parser(*open_source(ByteSource::borrow(std::string_view(text).substr(0, size)), {}), l, {}) {}
  Span span(std::uint32_t depth = 0) const { return {std::string_view(text).substr(0, size), 0, depth, true}; }
};

// The fast way and the exact way, which have to agree: the same bytes and value, or the same kind of error.
void compare_ways(const std::string& text, JsonLimits limits = {}) {
  CAPTURE(text);
  Parse p(text, limits);
  auto exact = parse_json(text, limits);
  auto view = p.parser.parse(p.span());
  std::optional<Errc> fault;
  std::string bytes;
  if (view) {
    auto canonical = p.parser.canonical(*view);
    if (canonical)
      bytes = *canonical;
    else
      fault = canonical.error().code();
    CHECK(p.parser.unique_keys(*view).ok() == canonical.ok());
  } else {
    fault = view.error().code();
  }
  REQUIRE(fault.has_value() != exact.ok());
  if (!exact) {
    CHECK(*fault == exact.error().code());
    return;
  }
  std::string expected;
  append_canonical(*exact, expected);
  CHECK(bytes == expected);
  view = p.parser.parse(p.span());
  REQUIRE(view.ok());
  auto value = p.parser.value(*view);
  REQUIRE(value.ok());
  CHECK(*value == *exact);
  CHECK(to_json(*value) == to_json(*exact));  // numbers keep their own text
}

class RandomJson {
 public:
  explicit RandomJson(std::uint64_t seed) : random_(seed) {}
  std::string document() {
    out_.clear();
    value(0);
    return out_;
  }
  // One byte changed, put in or taken out, so that most are no JSON any more.
  std::string damaged() {
    std::string text = document();
    static constexpr std::string_view bytes = "{}[]\":,\\u0dD8-+.eE \n\x01\x80\xC3\xED";
    const std::size_t at = random_() % text.size();
    const char c = bytes[random_() % bytes.size()];
    switch (random_() % 3) {
      case 0:
        text[at] = c;
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      default:
        text.erase(at, 1);
    }
    return text;
  }

 private:
  template <std::size_t N>
  void one_of(const char* const (&choices)[N]) {
    out_ += choices[random_() % N];
  }
  void space() {
    if (random_() % 4 == 0) out_ += random_() % 2 == 0 ? " " : "\n\t";
  }
  void value(int depth) {
    space();
    const auto kind = random_() % (depth > 5 ? 4 : 6);
    if (kind == 0)
      number();
    else if (kind == 1)
      string();
    else if (kind == 2)
      one_of({"null", "true", "false"});
    else if (kind == 3)
      one_of({"{}", "[]", "\"\"", "0"});
    else
      container(kind == 4, depth);
    space();
  }
  void container(bool object, int depth) {
    out_ += object ? '{' : '[';
    const auto n = random_() % 6;
    for (std::uint64_t i = 0; i < n; ++i) {
      if (i > 0) out_ += ',';
      if (object) {
        space();
        if (random_() % 40 == 0)
          out_ += "\"same\"";
        else
          string(i);
        space();
        out_ += ':';
      }
      value(depth + 1);
    }
    out_ += object ? '}' : ']';
  }
  void string(std::uint64_t salt = 99) {
    out_ += '"';
    const auto n = random_() % 12;
    for (std::uint64_t i = 0; i < n; ++i) {
      one_of({"a", "b", "zz", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e4", "\\ud83d\\ude00", "\xC3\xA4", "\xF0\x9F\x98\x80", "{",
              "]", "some longer text in between"});
    }
    if (salt != 99) out_ += std::to_string(salt);
    out_ += '"';
  }
  void number() {
    one_of({"0",
            "-0",
            "1",
            "-1",
            "1500",
            "10",
            "1.0",
            "0.10",
            "1e3",
            "1E-7",
            "-2.50e+2",
            "0e5",
            "-0.0",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
            "18446744073709551615",
            "18446744073709551616",
            "123456789012345678901234567890",
            "1e400",
            "1e-400",
            "0.30000000000000004",
            "3.141592653589793238462643383279"});
  }
  std::mt19937_64 random_;
  std::string out_;
};

}  // namespace

TEST_CASE("canonical bytes and values are those of the exact reader") {
  for (const char* text : {"{}", "[]", "null", "true", "false", "0", "-0", "-0.0", "1500", "\"\"", "\"a\\u0000b\"", R"({"b":1,"a":2})",
                           R"({"a":{"c":1,"b":[1,2,{}]}})", R"({"aaaaaaaaaa":1,"aaaaaaaaab":2,"aaaaaaaa":3,"aaaaaaaa\u0000":4,"a":5,"":6})",
                           R"(["1.50",1.50,15e-1,1e400,18446744073709551616])", R"({"z":0.5,"a":[2.5,{"q":1e2,"b":-1.25}]})",
                           R"(["\ud83d\ude00"])", "  [ 1 , 2 ]\n"}) {
    compare_ways(text);
  }
}

TEST_CASE("random documents read the same both ways") {
  RandomJson random(3);
  for (int i = 0; i < 3000; ++i) compare_ways(random.document());
}

TEST_CASE("damaged documents are refused or read the same both ways") {
  RandomJson random(11);
  for (int i = 0; i < 6000; ++i) compare_ways(random.damaged());
}

TEST_CASE("surrogates: pairs are characters, lone ones errors") {
  compare_ways(R"(["\ud83d\ude00","\uD83D\uDE00"])");
  for (const char* text :
       {R"(["\ud800"])", R"(["\udc00"])", R"(["\udc00\ud800"])", R"(["\ud800x"])", R"(["\ud800\u0041"])", R"({"\udfff":1})"}) {
    CAPTURE(text);
    Parse p(text);
    auto view = p.parser.parse(p.span());
    REQUIRE_FALSE(view.ok());
    CHECK(view.error().code() == Errc::lone_surrogate);
  }
}

TEST_CASE("the depth limit counts the containers around the span, and is exact") {
  JsonLimits limits;
  for (std::uint32_t max : {1U, 2U, 5U, 128U, 512U}) {
    limits.max_depth = max;
    for (std::uint32_t depth = 1; depth <= max + 1; ++depth) {
      compare_ways(std::string(depth, '[') + std::string(depth, ']'), limits);
      std::string object = "1";
      for (std::uint32_t i = 0; i < depth; ++i) object = "{\"a\":" + object + "}";
      if (depth + 3 > max) compare_ways(object, limits);
    }
    Parse fits(std::string(1, '[') + "1]", limits);
    CHECK(fits.parser.parse(fits.span(max - 1)).ok());
    auto deep = fits.parser.parse(fits.span(max));
    REQUIRE_FALSE(deep.ok());
    CHECK(deep.error().code() == Errc::depth_limit);
  }
  // A million brackets are no more work than the limit.
  Parse p(std::string(1'000'000, '['), {});
  auto deep = p.parser.parse(p.span());
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.error().code() == Errc::depth_limit);
}

TEST_CASE("an error in a span names its place in the document") {
  const std::string before = "{\n  \"a\": ";
  const std::string text = before + "{\"x\":1,\n\"y\":2,\"x\":3}}" + std::string(kSpanPadding, ' ');
  SpanParser parser(*open_source(ByteSource::borrow(text), {}), {}, {});
  auto view = parser.parse({std::string_view(text).substr(before.size(), 20), before.size(), 1, true});
  REQUIRE(view.ok());
  auto canonical = parser.canonical(*view);
  REQUIRE_FALSE(canonical.ok());
  CHECK(canonical.error().code() == Errc::duplicate_key);
  REQUIRE(canonical.error().where());
  CHECK(canonical.error().where()->line == 3);
  CHECK(canonical.error().where()->column == 7);
  CHECK(canonical.error().where()->byte == before.size() + 14);
}

TEST_CASE("values are counted against the limit of the document") {
  JsonLimits limits;
  limits.max_nodes = 10;
  Parse p("[1,2,3]", limits);
  for (int i = 0; i < 2; ++i) REQUIRE(p.parser.canonical(*p.parser.parse(p.span())).ok());  // 8
  auto over = p.parser.canonical(*p.parser.parse(p.span()));
  REQUIRE_FALSE(over.ok());
  CHECK(over.error().code() == Errc::node_limit);
}

TEST_CASE("a view gives what is there, and the empty answer for another type") {
  Parse p(
      R"({"s":"t\u0041","n":-7,"u":18446744073709551615,"big":18446744073709551616,"d":1.50,"b":true,"z":null,"l":[1,[2,3],{"k":"v"}],"o":{}})");
  auto parsed = p.parser.parse(p.span());
  REQUIRE(parsed.ok());
  const JsonView v = *parsed;
  CHECK(v.is_object());
  CHECK(v.size() == 9);
  CHECK(v.find("s").string() == "tA");
  CHECK(v.string_or("s") == "tA");
  CHECK(v.string_or("n", "none") == "none");
  CHECK(v.find("n").int64() == -7);
  CHECK_FALSE(v.find("n").uint64());
  CHECK(v.find("u").uint64() == 18446744073709551615U);
  CHECK_FALSE(v.find("u").int64());
  CHECK_FALSE(v.find("big").uint64());
  CHECK(v.find("big").number_text() == "18446744073709551616");
  CHECK(v.find("d").number_text() == "1.50");
  CHECK(v.find("b").boolean());
  CHECK(v.find("z").is_null());
  CHECK_FALSE(v.find("absent"));
  CHECK(v.find("absent").string().empty());
  CHECK(v.find("s").find("x").size() == 0);
  std::vector<std::size_t> sizes;
  for (auto c = v.find("l").begin(); c; c.next()) sizes.push_back(c.value().size());
  CHECK(sizes == std::vector<std::size_t>{0, 2, 1});
  CHECK_FALSE(v.find("s").begin());
  CHECK_FALSE(v.find("o").begin());
}

TEST_CASE("members can be left out of the canonical bytes of an object, of itself only") {
  Parse p(R"({"b":1,"skip":[1],"a":{"skip":2}})");
  auto view = p.parser.parse(p.span());
  REQUIRE(view.ok());
  const std::string_view left_out[] = {"skip", "none"};
  auto bytes = p.parser.canonical_without(*view, left_out, 2);
  REQUIRE(bytes.ok());
  std::string expected;
  append_canonical(*parse_json(R"({"a":{"skip":2},"b":1})"), expected);
  CHECK(*bytes == expected);
}

TEST_CASE("a long object with many members out of order is sorted and its duplicates are found") {
  std::string text = "{";
  for (int i = 3000; i > 0; --i) text += "\"key" + std::to_string(i * 7919 % 3001) + "\":" + std::to_string(i) + ",";
  compare_ways(text + "\"last\":0}");
  compare_ways(text + "\"key5\":0}");
}
