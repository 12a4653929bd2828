// That a comparison is done in a number of steps that its size accounts for, and that it can be stopped. Steps are counted, not timed.
#include "diff/judge.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;
using drift::diff_internal::kMaxAskedSteps;

namespace {

struct Counted {
  ResourceComparison out;
  std::size_t steps = 0;  // rounded down to what one stop check stands for
};

Counted counted(Value recorded, Value actual, std::string type, const RuleSet* rules = nullptr, std::optional<Value> desired = {}) {
  Counted c;
  CompareContext ctx;
  ctx.rules = rules;
  ctx.stop = [&] {
    c.steps += kStepsPerStopCheck;
    return Status();
  };
  const auto side = [&](Value v) {
    Resource r = resource("{}", type);
    r.attributes = std::move(v);
    return r;
  };
  const Resource was = side(std::move(recorded));
  const Resource is = side(std::move(actual));
  const std::optional<Resource> planned = desired ? std::optional(side(*std::move(desired))) : std::nullopt;
  c.out = compare({.desired = planned ? &*planned : nullptr, .recorded = &was, .actual = &is}, ctx);
  return c;
}

Value member(std::string_view key, Value v) {
  Object o;
  o.set(key, std::move(v));
  return o;
}

Value nested(Value v, int depth) {
  for (int i = 0; i < depth; ++i) v = Value::List{std::move(v)};
  return v;
}

Value::List numbered(std::size_t n, const std::string& prefix) {
  Value::List l;
  for (std::size_t i = 0; i < n; ++i) l.push_back(member("name", prefix + std::to_string(i)));
  return l;
}

}  // namespace

TEST_CASE("lists in lists take steps by their depth, not by its power") {
  for (const char* type : {"t", "a:b:C"}) {
    const Counted c = counted(member("v", nested(1, 120)), member("v", nested(2, 120)), type);
    CHECK(c.out.changes.size() == 1);
    CHECK(c.steps <= 2 * kStepsPerStopCheck);
  }
  // Beside something, so that there is a choice at each level.
  Value a = 1;
  Value b = 2;
  for (int i = 0; i < 60; ++i) {
    a = Value::List{std::move(a), "x", i};
    b = Value::List{"y", std::move(b)};
  }
  CHECK(counted(member("v", a), member("v", b), "a:b:C").steps <= 100 * kStepsPerStopCheck);
  Value secret = a;
  secret.mark(Secret::plain);
  CHECK(counted(member("v", secret), member("v", b), "a:b:C").steps <= 100 * kStepsPerStopCheck);
}

TEST_CASE("what two sides added is paired without asking each about each") {
  const std::size_t n = 6000;
  RuleSet rules;
  rules.comparators.push_back({"s", "*", pattern("l"), Comparator::set, {}, {}});
  rules.comparators.push_back({"c", "*", pattern("l[*].name"), Comparator::case_insensitive, {}, {}});
  const Counted c = counted(member("l", Value::List{}), member("l", numbered(n, "a")), "t", &rules, member("l", numbered(n, "A")));
  CHECK(c.out.changes.size() == n);
  for (const Change& change : c.out.changes) CHECK(change.relation == Relation::converged);
  CHECK(c.steps <= 20 * n);
  const Counted apart = counted(member("l", Value::List{}), member("l", numbered(n, "a")), "t", &rules, member("l", numbered(n, "b")));
  CHECK(apart.out.changes.size() == 2 * n);
  CHECK(apart.steps <= 20 * n);
}

TEST_CASE("elements of a large set meet under the rules of what is in them") {
  const std::size_t n = 3000;
  Value::List a;
  Value::List b;
  for (std::size_t i = 0; i < n; ++i) {
    const auto rule = [&](Value::List blocks) {
      Object o;
      o.set("cidr_blocks", std::move(blocks));
      o.set("from_port", i);
      return Value(std::move(o));
    };
    a.push_back(rule({"10.0.0.0/8", "10.1.0.0/16"}));
    b.insert(b.begin(), rule({"10.1.0.0/16", "10.0.0.0/8"}));
  }
  const Counted same = counted(member("ingress", a), member("ingress", b), "aws_security_group");
  CHECK(same.out.changes.empty());
  CHECK(!same.out.suppressed.empty());
  CHECK(same.steps <= 30 * n);
  b[7].edit_object().set("from_port", 70'000);
  CHECK(lines(counted(member("ingress", a), member("ingress", b), "aws_security_group").out.changes) ==
        Lines{"added ingress[7]", "removed ingress[2992]"});
}

TEST_CASE("elements that have to be asked about are asked within a budget, and the change says so") {
  const std::size_t n = 2000;
  const auto sealed = [&](const char* prefix) {
    Value::List l = numbered(n, prefix);
    for (std::size_t i = 0; i < n; ++i) l[i].edit_object().set("password", Value(prefix + std::to_string(i)).mark(Secret::ciphertext));
    return l;
  };
  RuleSet rules;
  rules.comparators.push_back({"s", "*", pattern("l"), Comparator::set, {}, {}});
  const Counted c = counted(member("l", sealed("a")), member("l", sealed("b")), "t", &rules);
  CHECK(c.out.changes.size() == 2 * n);
  for (const Change& change : c.out.changes) CHECK(change.why == "too_many_to_match");
  CHECK(c.steps <= kMaxAskedSteps + 20 * n);
}

TEST_CASE("a comparison hears when it has to stop, and says nothing of the resource then") {
  CompareContext ctx;
  std::size_t asked = 0;
  ctx.stop = [&]() -> Status { return ++asked < 3 ? Status() : Error(Errc::deadline, "the time was over"); };
  Resource was = resource("{}");
  was.attributes = member("l", numbered(20'000, "a"));
  Resource is = resource("{}");
  is.attributes = member("l", numbered(20'000, "b"));
  const auto out = compare_resource({.recorded = &was, .actual = &is}, ctx);
  REQUIRE(!out.ok());
  CHECK(out.error().code() == Errc::deadline);
  CHECK(asked == 3);
}
