#include "state/span_scanner.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace drift;
using namespace drift::state_internal;

namespace {

struct Scan {
  std::string text;
  JsonLimits limits;
  SpanScanner in;
  explicit Scan(std::string t, JsonLimits l = {}) : text(std::move(t)), limits(l), in(*open_source(ByteSource::borrow(text), {}), l, {}) {}
};

// Walks an object of values: name -> raw text. The first error ends it.
Result<std::map<std::string, std::string>> members(SpanScanner& in) {
  std::map<std::string, std::string> out;
  DRIFT_TRY(in.enter_object());
  for (;;) {
    auto more = in.next_member();
    if (!more) return std::move(more).error();
    if (!*more) break;
    const std::string key = in.key();
    auto span = in.take_value();
    if (!span) return std::move(span).error();
    out[key] = span->text;
  }
  DRIFT_TRY(in.finish());
  return out;
}

Error fault_of(const std::string& text, JsonLimits limits = {}) {
  Scan s(text, limits);
  auto got = members(s.in);
  REQUIRE_FALSE(got.ok());
  return got.error();
}

}  // namespace

TEST_CASE("members and their raw values are found") {
  Scan s(" {\"a\" : 1 , \"b\":[1, {\"x\":\"]\"}],\"c\":\"t\\\"e\",\"d\":null,\"e\":-1.5e3,\"f\":{}}\n");
  auto got = members(s.in);
  REQUIRE(got.ok());
  CHECK(*got == std::map<std::string, std::string>{
                    {"a", "1"}, {"b", "[1, {\"x\":\"]\"}]"}, {"c", "\"t\\\"e\""}, {"d", "null"}, {"e", "-1.5e3"}, {"f", "{}"}});
}

TEST_CASE("a span knows its offset and depth") {
  Scan s("{\"a\":[  {\"b\":1}]}");
  REQUIRE(s.in.enter_object().ok());
  REQUIRE(*s.in.next_member());
  CHECK(s.in.key_offset() == 1);
  REQUIRE(s.in.enter_array().ok());
  REQUIRE(*s.in.next_element());
  auto span = s.in.take_value();
  REQUIRE(span.ok());
  CHECK(span->text == "{\"b\":1}");
  CHECK(span->offset == 8);
  CHECK(span->depth == 2);
  CHECK_FALSE(*s.in.next_element());
  CHECK_FALSE(*s.in.next_member());
  CHECK(s.in.finish().ok());
}

TEST_CASE("member names are decoded, and wrong ones refused") {
  Scan s(R"({"\u00e4\n":1,"ü":2,"":3})");
  auto got = members(s.in);
  REQUIRE(got.ok());
  CHECK(got->count("\xC3\xA4\n") == 1);
  CHECK(got->count("\xC3\xBC") == 1);
  CHECK(got->count("") == 1);
  CHECK(fault_of("{\"\xFF\":1}").code() == Errc::bad_utf8);
  CHECK(fault_of(R"({"\ud800":1})").code() == Errc::lone_surrogate);
  CHECK(fault_of("{\"a\nb\":1}").code() == Errc::parse);
}

TEST_CASE("the same name twice in a walked object is an error at the second, however it is written") {
  const Error e = fault_of("{\"a\":1,\n \"\\u0061\":2}");
  CHECK(e.code() == Errc::duplicate_key);
  REQUIRE(e.where());
  CHECK(e.where()->line == 2);
  CHECK(e.where()->column == 2);
  Scan fine(R"([{"a":1},{"a":1}])");
  REQUIRE(fine.in.enter_array().ok());
  for (int i = 0; i < 2; ++i) {
    REQUIRE(*fine.in.next_element());
    REQUIRE(fine.in.enter_object().ok());
    REQUIRE(*fine.in.next_member());
    REQUIRE(fine.in.skip_value().ok());
    REQUIRE_FALSE(*fine.in.next_member());
  }
}

TEST_CASE("what stands between spans has to be JSON") {
  const std::vector<std::string> wrong = {"{,}",         "{\"a\"}", "{\"a\" 1}", "{\"a\":1,}",   "{\"a\":1 \"b\":2}",
                                          "{\"a\":}",    "{a:1}",   "[1]",       "{\"a\"::1}",   "{\"a\":[];}",
                                          "{\"a\":1,,}", "{1:2}",   "{\"a\":1]", "{\"a\":\x01}", "{\"a\":\xC2\xA0 1}"};
  for (const std::string& text : wrong) {
    CAPTURE(text);
    const Error e = fault_of(text);
    CHECK(e.code() == Errc::parse);
    CHECK(e.where().has_value());
  }
}

TEST_CASE("every prefix of a document is truncated, and bytes behind it are trailing") {
  const std::string text = R"({"a" : [1,{"b":"\"x\u0041"}], "c":true ,"d":"s"})";
  for (std::size_t n = 0; n < text.size(); ++n) {
    CAPTURE(n);
    CHECK(fault_of(text.substr(0, n)).code() == Errc::truncated);
  }
  CHECK(fault_of(text + "{").code() == Errc::trailing_bytes);
  CHECK(fault_of(text + " \n x").where()->line == 2);
  Scan s(text + " \r\n\t ");
  CHECK(members(s.in).ok());
}

TEST_CASE("a byte order mark is passed over at the beginning only") {
  Scan s("\xEF\xBB\xBF{\"a\":1}");
  CHECK(members(s.in).ok());
  CHECK(fault_of("\xEF\xBB").code() == Errc::parse);
  CHECK(fault_of("{\xEF\xBB\xBF}").code() == Errc::parse);
}

TEST_CASE("a value larger than the window is held whole; one larger than the limit is not") {
  const std::string big(3'000'000, 'x');
  Scan s("{\"a\":[\"" + big + "\"],\"b\":\"" + big + "\"}");
  auto got = members(s.in);
  REQUIRE(got.ok());
  CHECK(got->at("a").size() == big.size() + 4);
  CHECK(got->at("b").size() == big.size() + 2);

  JsonLimits limits;
  limits.max_span_bytes = big.size();
  const Error e = fault_of("{\"first\":1,\n\"a\":[\"" + big + "\"]}", limits);
  CHECK(e.code() == Errc::byte_limit);
  CHECK(e.where()->line == 2);
  CHECK(fault_of("{\"a\":\"" + big + "\"}", limits).code() == Errc::byte_limit);
  CHECK(fault_of("{\"a\":" + std::string(big.size() + 1, '1') + "}", limits).code() == Errc::byte_limit);
}

TEST_CASE("take_value_within leaves a large value where it is") {
  Scan s("[[1,2,3,4,5,6,7,8,9],[1]]");
  REQUIRE(s.in.enter_array().ok());
  REQUIRE(*s.in.next_element());
  auto none = s.in.take_value_within(10);
  REQUIRE(none.ok());
  CHECK_FALSE(none->has_value());
  auto all = s.in.take_value();
  REQUIRE(all.ok());
  CHECK(all->text == "[1,2,3,4,5,6,7,8,9]");
  REQUIRE(*s.in.next_element());
  auto small = s.in.take_value_within(3);
  REQUIRE(small.ok());
  REQUIRE(small->has_value());
  CHECK((*small)->text == "[1]");
}

TEST_CASE("skip_value passes over values of any size without holding them") {
  JsonLimits limits;
  limits.max_span_bytes = 100;
  std::string list = "[";
  for (int i = 0; i < 400'000; ++i) list += "{\"n\":\"]\"},";
  list += "1]";
  Scan s("{\"a\":" + list + ",\"b\":2,\"c\":\"x\"}", limits);
  REQUIRE(s.in.enter_object().ok());
  REQUIRE(*s.in.next_member());
  REQUIRE(s.in.skip_value().ok());
  REQUIRE(*s.in.next_member());
  CHECK(s.in.key() == "b");
  REQUIRE(s.in.skip_value().ok());
  REQUIRE(*s.in.next_member());
  REQUIRE(s.in.skip_value().ok());
  CHECK_FALSE(*s.in.next_member());
}

TEST_CASE("one can come back to a mark, also after the window has moved on") {
  const std::string filler(2'500'000, 'y');
  Scan s("{\"x\":0,\"a\":{\"skip\":\"" + filler + "\",\"b\":1},\"z\":9}");
  REQUIRE(s.in.enter_object().ok());
  REQUIRE(*s.in.next_member());
  REQUIRE(s.in.skip_value().ok());
  REQUIRE(*s.in.next_member());
  auto mark = s.in.mark();
  REQUIRE(mark.ok());
  for (int pass = 0; pass < 2; ++pass) {
    REQUIRE(s.in.enter_object().ok());
    REQUIRE(*s.in.next_member());
    REQUIRE(s.in.skip_value().ok());
    REQUIRE(*s.in.next_member());
    CHECK(s.in.key() == "b");
    REQUIRE(s.in.skip_value().ok());
    CHECK_FALSE(*s.in.next_member());
    if (pass == 0) s.in.rewind(*mark);
  }
  REQUIRE(*s.in.next_member());
  CHECK(s.in.key() == "z");
  CHECK(s.in.take_value()->text == "9");
  CHECK_FALSE(*s.in.next_member());
  CHECK(s.in.finish().ok());
}

TEST_CASE("depth, nodes and the caller's wish to stop are limits of the walk") {
  JsonLimits limits;
  limits.max_depth = 3;
  Scan s("[[[[1]]]]", limits);
  REQUIRE(s.in.enter_array().ok());
  REQUIRE(*s.in.next_element());
  REQUIRE(s.in.enter_array().ok());
  REQUIRE(*s.in.next_element());
  REQUIRE(s.in.enter_array().ok());
  REQUIRE(*s.in.next_element());
  auto deep = s.in.enter_array();
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.error().code() == Errc::depth_limit);

  limits = {};
  limits.max_nodes = 2;
  CHECK(fault_of(R"({"a":1,"b":2,"c":3})", limits).code() == Errc::node_limit);

  const std::string text = "[1,2]";
  OpContext context;
  SpanScanner in(*open_source(ByteSource::borrow(text), {}), {}, context);
  REQUIRE(in.enter_array().ok());
  context.cancel.cancel();
  auto stopped = in.next_element();
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().code() == Errc::cancelled);
}

TEST_CASE("a million brackets are not read to their end") {
  Scan s("{\"a\":" + std::string(1'000'000, '[') + "}");
  REQUIRE(s.in.enter_object().ok());
  REQUIRE(*s.in.next_member());
  auto skipped = s.in.skip_value();
  REQUIRE_FALSE(skipped.ok());
  CHECK(skipped.error().code() == Errc::depth_limit);
}

TEST_CASE("expect names what was met and what was wanted") {
  Scan s("[1]");
  auto wrong = s.in.expect(JsonType::object, "the member x");
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().code() == Errc::bad_structure);
  CHECK(wrong.error().message() == "the member x was an array where an object was expected");
  CHECK(s.in.expect(JsonType::array, "it").ok());
}
