#include "classify/predicates.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "drift/model/json.hpp"

using namespace drift;
using classify_internal::Predicate;

namespace {

// "-" stands for absent.
bool holds(const char* when, const std::string& from, const std::string& to) {
  const Result<Predicate> p = Predicate::parse(*parse_json(when));
  REQUIRE(p.ok());
  const auto side = [](const std::string& text) { return text == "-" ? std::optional<Value>() : std::optional<Value>(*parse_json(text)); };
  const std::optional<Value> a = side(from), b = side(to);
  return p->eval(a ? &*a : nullptr, b ? &*b : nullptr);
}

}  // namespace

TEST_CASE("presence") {
  CHECK(holds(R"({"added":true})", "-", "1"));
  CHECK(holds(R"({"added":true})", "null", "1"));
  CHECK_FALSE(holds(R"({"added":true})", "2", "1"));
  CHECK(holds(R"({"removed":true})", "1", "null"));
  CHECK_FALSE(holds(R"({"removed":true})", "-", "null"));
  CHECK(holds(R"({"changed":true})", "1", "2"));
}

TEST_CASE("values") {
  CHECK(holds(R"({"becomes":{"from":"a","to":["b","c"]}})", "\"a\"", "\"c\""));
  CHECK_FALSE(holds(R"({"becomes":{"from":"a","to":"b"}})", "\"x\"", "\"b\""));
  CHECK(holds(R"({"becomes":{"to":"b"}})", "-", "\"b\""));
  CHECK_FALSE(holds(R"({"becomes":{"to":["a","b"]}})", "\"a\"", "\"b\""));
  CHECK(holds(R"({"becomes":{"from":"a","to":null}})", "\"a\"", "-"));
  CHECK(holds(R"({"from":{"eq":1},"to":{"ne":1}})", "1.0", "2"));
  CHECK_FALSE(holds(R"({"from":{"eq":1},"to":{"ne":1}})", "2", "3"));
  CHECK(holds(R"({"to":{"in":[1,2]}})", "-", "2"));
  CHECK(holds(R"({"to":{"absent":true}})", "1", "-"));
  CHECK(holds(R"({"from":{"contains_any":["ADMIN"]}})", "\"an admin\"", "-"));
}

TEST_CASE("what a list or set holds") {
  CHECK(holds(R"({"gains":"x"})", R"(["a"])", R"(["a","x"])"));
  CHECK(holds(R"({"gains":["y","x"]})", "-", R"("x")"));
  CHECK_FALSE(holds(R"({"gains":"x"})", R"(["x"])", R"(["x","a"])"));
  CHECK(holds(R"({"loses":"x"})", R"(["x"])", "[]"));
  CHECK(holds(R"({"adds_elements":true})", R"([1,2])", R"([2,3])"));
  CHECK(holds(R"({"adds_elements":true})", R"([1])", R"([1,1])"));
  CHECK_FALSE(holds(R"({"adds_elements":true})", R"([1,2])", R"([2,1])"));
  CHECK(holds(R"({"drops_elements":true})", R"([1,2])", R"([2])"));
  CHECK(holds(R"({"contains_any":["Admin"]})", R"(["read"])", R"(["arn:x/AdministratorAccess"])"));
  CHECK_FALSE(holds(R"({"contains_any":["Admin"]})", R"("admin")", R"("administrator")"));
}

TEST_CASE("wildcards, also inside a policy text") {
  CHECK(holds(R"({"wildcard_appears":true})", R"("{\"a\":\"s3:Get\"}")", R"("{\"a\":\"s3:*\"}")"));
  CHECK_FALSE(holds(R"({"wildcard_appears":true})", R"("{\"a\":\"*\"}")", R"("{\"b\":\"*\"}")"));
  CHECK_FALSE(holds(R"({"wildcard_appears":true})", "-", R"("a*b")"));
}

TEST_CASE("numbers are exact") {
  CHECK(holds(R"({"grows":true})", "18446744073709551616", "18446744073709551617"));
  CHECK_FALSE(holds(R"({"grows":true})", "1", "1.0"));
  CHECK(holds(R"({"falls":true})", "\"7\"", "0"));
  CHECK(holds(R"({"grows":1})", "1", "2"));
  CHECK_FALSE(holds(R"({"grows":3})", "1", "2"));
  CHECK(holds(R"({"falls":5})", "9", "4"));
  CHECK_FALSE(holds(R"({"grows":true})", "-", "2"));
}

TEST_CASE("switches") {
  CHECK(holds(R"({"true_to_false":true})", "true", "false"));
  CHECK(holds(R"({"true_to_false":true})", "\"true\"", "-"));
  CHECK_FALSE(holds(R"({"true_to_false":true})", "-", "false"));
  CHECK(holds(R"({"false_to_true":true})", "-", "true"));
  CHECK_FALSE(holds(R"({"false_to_true":true})", "true", "true"));
}

TEST_CASE("file modes") {
  CHECK(holds(R"({"mode_widens":true})", "\"0644\"", "\"0664\""));
  CHECK(holds(R"({"mode_widens":true})", "\"0755\"", "\"4755\""));
  CHECK_FALSE(holds(R"({"mode_widens":true})", "\"0600\"", "\"0644\""));
  CHECK(holds(R"({"mode_gains":"0044"})", "\"0600\"", "\"0o644\""));
  CHECK(holds(R"({"mode_narrows":true})", "\"0644\"", "\"0600\""));
  CHECK_FALSE(holds(R"({"mode_narrows":true})", "\"0644\"", "\"0610\""));
  CHECK_FALSE(holds(R"({"mode_widens":true})", "\"0644\"", "\"rw-rw-rw-\""));
}

TEST_CASE("combinations") {
  CHECK(holds(R"({"any":[{"added":true},{"grows":true}]})", "1", "2"));
  CHECK_FALSE(holds(R"({"all":[{"added":true},{"grows":true}]})", "1", "2"));
  CHECK(holds(R"({"not":{"added":true}})", "1", "2"));
  CHECK_FALSE(holds(R"({"changed":true,"added":true})", "1", "2"));
}

TEST_CASE("what cannot be looked into is guessed at by no operator of content") {
  Value sealed("0.0.0.0/0");
  sealed.mark(Secret::digest);
  const Value plain("0.0.0.0/0"), unknown = Value::unknown();
  for (const char* when :
       {R"({"gains":"0.0.0.0/0"})", R"({"cidr_opens_world":true})", R"({"becomes":{"to":"0.0.0.0/0"}})", R"({"to":{"eq":"0.0.0.0/0"}})",
        R"({"contains_any":["0.0"]})", R"({"grows":true})", R"({"true_to_false":true})", R"({"adds_elements":true})"}) {
    const Result<Predicate> p = Predicate::parse(*parse_json(when));
    REQUIRE(p.ok());
    CAPTURE(when);
    CHECK_FALSE(p->eval(nullptr, &sealed));
    CHECK_FALSE(p->eval(nullptr, &unknown));
  }
  const Result<Predicate> opens = Predicate::parse(*parse_json(R"({"cidr_opens_world":true})"));
  CHECK(opens->eval(nullptr, &plain));
  CHECK_FALSE(opens->eval(&sealed, &plain));
}

TEST_CASE("a condition that is not understood is refused") {
  for (const char* when :
       {R"({})", R"([])", R"("added")", R"({"added":false})", R"({"addded":true})", R"({"all":[]})", R"({"any":{"added":true}})",
        R"({"to":{"like":"x"}})", R"({"becomes":{"from":1}})", R"({"becomes":{"to":1,"two":2}})", R"({"becomes":1})", R"({"grows":"x"})",
        R"({"mode_gains":"rw"})", R"({"contains_any":"x"})", R"({"contains_any":[1]})"}) {
    CAPTURE(when);
    const Result<Predicate> p = Predicate::parse(*parse_json(when));
    REQUIRE_FALSE(p.ok());
    CHECK(p.error().code() == Errc::invalid_rule);
  }
  std::string deep = R"({"added":true})";
  for (int i = 0; i < 60; ++i) deep = R"({"not":)" + deep + "}";
  CHECK_FALSE(Predicate::parse(*parse_json(deep)).ok());
}
