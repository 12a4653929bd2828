#include "drift/model/path.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "drift/model/json.hpp"
#include "unit/model/random_value.hpp"

using drift::Errc;
using drift::Path;
using drift::Value;

namespace {

Path path(std::string_view text) {
  auto p = Path::parse(text);
  REQUIRE_MESSAGE(p.ok(), std::string(text));
  return *p;
}

Path random_path(std::mt19937_64& random) {
  Path p;
  for (std::size_t n = random() % 5; n > 0; --n) {
    if (random() % 3 == 0)
      p.push(random() >> (random() % 64));
    else
      p.push(drift_test::random_text(random));
  }
  return p;
}

}  // namespace

TEST_CASE("canonical text: bare where it can be, quoted where it must be") {
  Path p;
  CHECK(p.text().empty());
  p.push("a");
  p.push("b-c_d$e/f:g");
  p.push("c.d");
  p.push(std::uint64_t{0});
  CHECK(p.text() == R"(a.b-c_d$e/f:g["c.d"][0])");
  CHECK(Path().child("").child("x").text() == R"([""].x)");
  CHECK(Path().child(std::uint64_t{7}).child("x").text() == "[7].x");
  CHECK(Path().child("0").text() == "0");  // a key of digits, not an index
  CHECK(Path().child("*").text() == R"(["*"])");
  CHECK(Path().child("a\"b\\c\nd").text() == R"(["a\"b\\c\nd"])");
  CHECK(Path().child("\x01").text() == R"(["\u0001"])");
  CHECK(Path().child("caf\xC3\xA9").text() == "caf\xC3\xA9");
}

TEST_CASE("text is read back, also in looser spellings") {
  CHECK(path("").empty());
  CHECK(path("a.b[\"c.d\"][0]").segments() == std::vector<Path::Segment>{"a", "b", "c.d", std::uint64_t{0}});
  CHECK(path("a b.c*]d").segments() == std::vector<Path::Segment>{"a b", "c*]d"});
  CHECK(path("[\"a\"][\"b\"]").text() == "a.b");
  CHECK(path(R"(["\u00e9\ud83d\ude00\/"])").segments()[0] == Path::Segment("\xC3\xA9\xF0\x9F\x98\x80/"));
  CHECK(path("[18446744073709551615]").segments()[0] == Path::Segment(std::uint64_t{18446744073709551615U}));
}

TEST_CASE("malformed text is refused with its column") {
  const std::pair<const char*, std::uint64_t> bad[] = {
      {".a", 1},        {"a.", 3},    {"a..b", 3},      {"a[", 2},          {"a[]", 3},           {"a[x]", 3},
      {"a[-1]", 3},     {"a[01]", 3}, {"a[0", 2},       {"a[*]", 2},        {"a[\"b]", 3},        {"a[\"b\"", 6},
      {"a[\"b\"x]", 6}, {"a[0]b", 5}, {"[\"\\q\"]", 3}, {"[\"\\u12\"]", 3}, {"[\"\\ud800\"]", 3}, {"[18446744073709551616]", 2},
      {"a.[0]", 3}};
  for (const auto& one : bad) {
    const std::string text = one.first;
    const auto r = Path::parse(text);
    REQUIRE_MESSAGE(!r.ok(), text);
    CHECK(r.error().code() == Errc::invalid_argument);
    CHECK_MESSAGE(r.error().where()->column == one.second, text);
  }
}

TEST_CASE("any path is read back from its text") {
  std::mt19937_64 random(12);
  for (int i = 0; i < 20000; ++i) {
    const Path p = random_path(random);
    INFO(p.text());
    REQUIRE(path(p.text()) == p);
    const auto terraform = Path::from_terraform(p.to_terraform());
    REQUIRE(terraform.ok());
    REQUIRE(*terraform == p);
  }
}

TEST_CASE("keys of any bytes at all are read back") {
  std::mt19937_64 random(13);
  for (int i = 0; i < 20000; ++i) {
    std::string key(random() % 6, '\0');
    for (char& c : key) c = static_cast<char>(random());
    const Path p = Path().child("x").child(key);
    REQUIRE(path(p.text()) == p);
    REQUIRE(*Path::from_terraform(p.to_terraform()) == p);
  }
}

TEST_CASE("JSON Pointer: the examples of RFC 6901") {
  const Value doc = *drift::parse_json(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})");
  const auto at = [&](std::string_view pointer) { return Path::from_pointer(pointer)->resolve(doc); };
  CHECK(at("") == &doc);
  CHECK(at("/foo")->as_list().size() == 2);
  CHECK(*at("/foo/0") == Value("bar"));
  int expected = 0;
  for (const char* pointer : {"/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n"}) {
    REQUIRE(at(pointer) != nullptr);
    CHECK(*at(pointer) == Value(expected++));
    CHECK(Path::from_pointer(pointer)->to_pointer() == pointer);
  }
  CHECK(Path::from_pointer("/~01")->segments()[0] == Path::Segment("~1"));
}

TEST_CASE("JSON Pointer: tokens of digits are indexes, others keys; malformed ones are refused") {
  CHECK(Path::from_pointer("/0/12/01/-/1a")->segments() ==
        std::vector<Path::Segment>{std::uint64_t{0}, std::uint64_t{12}, "01", "-", "1a"});
  CHECK(Path::from_pointer("/18446744073709551616")->segments()[0] == Path::Segment("18446744073709551616"));
  for (const char* bad : {"a", "a/b", "/~", "/~2", "/a~"}) CHECK_FALSE_MESSAGE(Path::from_pointer(bad).ok(), std::string(bad));
  std::mt19937_64 random(14);
  for (int i = 0; i < 10000; ++i) {
    const Path p = random_path(random);
    REQUIRE(Path::from_pointer(p.to_pointer())->to_pointer() == p.to_pointer());
  }
}

TEST_CASE("Pulumi property paths: the forms of its documentation") {
  const auto segments = [](std::string_view text) { return Path::from_pulumi(text)->segments(); };
  using S = std::vector<Path::Segment>;
  CHECK(segments("root") == S{"root"});
  CHECK(segments("root.nested") == S{"root", "nested"});
  CHECK(segments(R"(root["nested"])") == S{"root", "nested"});
  CHECK(segments("root.double.nest") == S{"root", "double", "nest"});
  CHECK(segments("root.array[0]") == S{"root", "array", std::uint64_t{0}});
  CHECK(segments("root.array[0][1].nested") == S{"root", "array", std::uint64_t{0}, std::uint64_t{1}, "nested"});
  CHECK(segments(R"(root["key with \"escaped\" quotes"])") == S{"root", "key with \"escaped\" quotes"});
  CHECK(segments(R"(root["key with a ."])") == S{"root", "key with a ."});
  CHECK(segments(R"(["root key with a ."][100])") == S{"root key with a .", std::uint64_t{100}});
  CHECK(segments(R"(["a\b"])") == S{"a\\b"});  // only \" is an escape
  for (const char* bad : {"root[*]", R"(root["*"])", "*", "a.*", "a[", "a[x]", "a[\"b]", ".a", "a.", "a[0]b"})
    CHECK_FALSE_MESSAGE(Path::from_pulumi(bad).ok(), std::string(bad));
}

TEST_CASE("Pulumi property paths are read back, but for what their grammar cannot say") {
  std::mt19937_64 random(15);
  for (int i = 0; i < 20000; ++i) {
    const Path p = random_path(random);
    const bool sayable = std::all_of(p.segments().begin(), p.segments().end(), [](const Path::Segment& s) {
      const auto* key = std::get_if<std::string>(&s);
      return key == nullptr || (*key != "*" && !(key->ends_with('\\') && key->find_first_of(".[]\"") != std::string::npos));
    });
    if (!sayable) continue;
    INFO(p.to_pulumi());
    const auto back = Path::from_pulumi(p.to_pulumi());
    REQUIRE(back.ok());
    REQUIRE(*back == p);
  }
}

TEST_CASE("Terraform attribute paths, the legacy form included") {
  CHECK(Path::from_terraform(R"(a.b[0]["k"])")->text() == "a.b[0].k");
  CHECK(Path::from_terraform("ingress.0.cidr_blocks.1")->text() == "ingress[0].cidr_blocks[1]");
  CHECK(Path::from_terraform(R"(a["$${x}"])")->segments()[1] == Path::Segment("${x}"));
  CHECK(Path::from_terraform(R"(a["\U0001F600"])")->segments()[1] == Path::Segment("\xF0\x9F\x98\x80"));
  CHECK(Path().child("tags").child("kubernetes.io/x").child("0").to_terraform() == R"(tags["kubernetes.io/x"]["0"])");
  for (const char* bad : {"a[*]", "a.*", "a.", R"(a["\b"])"}) CHECK_FALSE_MESSAGE(Path::from_terraform(bad).ok(), std::string(bad));
}

TEST_CASE("Terraform's sensitive_attributes steps") {
  const auto read = [](std::string_view json) { return Path::from_terraform_steps(*drift::parse_json(json)); };
  CHECK(read(R"([{"type":"get_attr","value":"a"},{"type":"index","value":{"value":0,"type":"number"}},
                 {"type":"index","value":{"value":"k","type":"string"}}])")
            ->text() == "a[0].k");
  CHECK(read("[]")->empty());
  for (const char* bad :
       {"{}", "[1]", R"([{"type":"get_attr"}])", R"([{"type":"get_attr","value":1}])", R"([{"type":"splat","value":"a"}])",
        R"([{"type":"index","value":{"value":-1,"type":"number"}}])", R"([{"type":"index","value":{"value":1.5}}])",
        R"([{"type":"index","value":{"type":"number"}}])", R"([{"type":"index","value":{"value":true}}])"})
    CHECK_MESSAGE(read(bad).error().code() == Errc::bad_structure, std::string(bad));
}

TEST_CASE("resolve finds what is there") {
  const Value v = *drift::parse_json(R"({"a":[{"b":1},2],"0":"zero","n":null})");
  CHECK(*path("a[0].b").resolve(v) == Value(1));
  CHECK(*path("a[1]").resolve(v) == Value(2));
  CHECK(path("n").resolve(v)->is_null());
  CHECK(path("").resolve(v) == &v);
  CHECK(*path("0").resolve(v) == Value("zero"));
  CHECK(*path("[0]").resolve(v) == Value("zero"));  // JSON Pointer does not tell an index from a key
  for (const char* absent : {"x", "a[2]", "a.b", "a.0", "n.x", "a[0].b.c", "a[18446744073709551615]", "[1]"})
    CHECK_MESSAGE(path(absent).resolve(v) == nullptr, std::string(absent));
}

TEST_CASE("edit changes one copy only; a miss changes nothing") {
  Value v = *drift::parse_json(R"({"a":[{"b":1},2],"0":3})");
  const Value before = v;
  CHECK(path("a[0].b").edit(v, [](Value& x) { x = Value("new"); }));
  CHECK(path("[0]").edit(v, [](Value& x) { x = Value(4); }));
  CHECK(drift::to_json(v) == R"({"0":4,"a":[{"b":"new"},2]})");
  CHECK(drift::to_json(before) == R"({"0":3,"a":[{"b":1},2]})");
  CHECK_FALSE(path("a[9]").edit(v, [](Value&) { FAIL("must not be called"); }));
  CHECK(path("").edit(v, [](Value& x) { x = Value(); }));
  CHECK(v.is_null());
}

TEST_CASE("order: indexes by number, before keys by bytes; a prefix first") {
  std::vector<std::string> texts = {"b", "a[10]", "a.x", "a", "[3]", "a[2]", "a[2].z", "B", "", "a.0"};
  std::sort(texts.begin(), texts.end(), [](const std::string& x, const std::string& y) { return path(x) < path(y); });
  CHECK(texts == std::vector<std::string>{"", "[3]", "B", "a", "a[2]", "a[2].z", "a[10]", "a.0", "a.x", "b"});
}

TEST_CASE("starts_with goes by whole segments") {
  CHECK(path("a.b").starts_with(path("a")));
  CHECK(path("a.b").starts_with(path("")));
  CHECK(path("a").starts_with(path("a")));
  CHECK_FALSE(path("ab").starts_with(path("a")));
  CHECK_FALSE(path("a").starts_with(path("a.b")));
  CHECK_FALSE(path("a[0]").starts_with(path("a.0")));
}
