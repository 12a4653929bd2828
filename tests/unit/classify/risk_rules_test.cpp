#include "classify/risk_rules.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "drift/classify/classify.hpp"
#include "drift/model/json.hpp"

using namespace drift;

namespace {

// One example of the rule file as a comparison; `back` swaps the ends.
ResourceComparison comparison_of(const Value& rule, const Value& example, bool back) {
  ResourceComparison c;
  c.address = "x";
  c.type = example.string_or("type");
  c.basis.recorded = c.basis.actual = true;
  const std::string_view verdict = rule.string_or("verdict", "changed");
  if (verdict == "deleted") c.existence = Existence::deleted;
  if (verdict == "unmanaged") c.existence = Existence::unmanaged;
  if (verdict != "changed") return c;
  Change change;
  change.path = *Path::parse(example.string_or("path"));
  if (example.string_or("section") == "resource") change.section = Section::resource;
  const Value* from = example.find(back ? "to" : "from");
  const Value* to = example.find(back ? "from" : "to");
  if (from != nullptr) change.recorded = *from;
  if (to != nullptr) change.actual = *to;
  change.kind = from == nullptr ? ChangeKind::added : to == nullptr ? ChangeKind::removed : ChangeKind::modified;
  c.changes.push_back(change);
  return c;
}

Result<std::vector<classify_internal::RiskRule>> parse(const char* json) { return classify_internal::parse_risk_rule(*parse_json(json)); }

}  // namespace

TEST_CASE("every built-in rule hits its hits and misses its misses, and its reverse hits the way back") {
  const Result<Value> doc = parse_json(classify_internal::builtin_risk_rules());
  REQUIRE(doc.ok());
  for (const Value& rule : doc->find("rules")->as_list()) {
    const std::string id(rule.string_or("id"));
    CAPTURE(id);
    Value alone{Object{}};
    alone.edit_object().set("version", 1);
    alone.edit_object().set("rules", Value::List{rule});
    const Result<RiskRules> rules = RiskRules::parse(to_json(alone));
    REQUIRE(rules.ok());
    const Value* examples = rule.find("examples");
    REQUIRE(examples != nullptr);
    REQUIRE_FALSE(examples->find("hit")->as_list().empty());
    REQUIRE_FALSE(examples->find("miss")->as_list().empty());
    const auto hits = [&](const Value& example, bool back) {
      return rules->assess(comparison_of(rule, example, back)).rule == (back ? id + ".reverse" : id);
    };
    for (const Value& example : examples->find("hit")->as_list()) {
      CAPTURE(to_json(example));
      CHECK(hits(example, false));
      const std::string path(example.string_or("path"));
      // A whole container that comes or goes also counts as a change that no rule knows, which is worse than the way back.
      const bool whole = example.find("to") != nullptr && (example.find("to")->is_object() || path == "ingress");
      if (rule.find("reverse") != nullptr && !whole) CHECK(hits(example, true));
    }
    for (const Value& example : examples->find("miss")->as_list()) {
      CAPTURE(to_json(example));
      CHECK_FALSE(hits(example, false));
    }
  }
}

TEST_CASE("built-in rules: enough of them, each with an id and a why of its own") {
  const Result<Value> doc = parse_json(classify_internal::builtin_risk_rules());
  REQUIRE(doc.ok());
  std::set<std::string> ids;
  for (const Value& rule : doc->find("rules")->as_list()) CHECK(ids.insert(std::string(rule.string_or("id"))).second);
  CHECK(ids.size() >= 50);
  CHECK(RiskRules::builtin().size() > ids.size());  // the reverses
}

TEST_CASE("a rule that is not understood is refused by its id") {
  const char* bad[] = {
      R"({"id":"r","type":"*","path":"a","class":"security","level":"high"})",                                   // no why
      R"({"id":"r","type":"*","path":"a","class":"security","level":"awful","why":"w"})",                        //
      R"({"id":"r","type":"*","path":"a","class":"bad","level":"high","why":"w"})",                              //
      R"({"id":"r","type":"*","path":"a","class":"security","level":"high","why":"w","direction":"up"})",        //
      R"({"id":"r","type":"*","path":"a","class":"security","level":"high","why":"w","levle":"x"})",             //
      R"({"id":"r","path":"a","class":"security","level":"high","why":"w"})",                                    // no type
      R"({"id":"r","type":"*","class":"security","level":"high","why":"w"})",                                    // no path
      R"({"id":"r","type":"*","path":"a","verdict":"deleted","class":"security","level":"high","why":"w"})",     // both
      R"({"id":"r","type":"*","verdict":"gone","class":"security","level":"high","why":"w"})",                   //
      R"({"id":"r","type":"*","path":"a[","class":"security","level":"high","why":"w"})",                        //
      R"({"id":"r","type":7,"path":"a","class":"security","level":"high","why":"w"})",                           //
      R"({"id":"r","type":"*","path":"a","section":"inputs","class":"security","level":"high","why":"w"})",      //
      R"({"id":"r","type":"*","verdict":"deleted","class":"security","level":"high","why":"w","reverse":"x"})",  //
      R"({"id":"r","type":"*","path":"a","class":"security","level":"high","why":"w","when":{"nope":true}})",
  };
  for (const char* json : bad) {
    CAPTURE(json);
    const auto r = parse(json);
    REQUIRE_FALSE(r.ok());
    CHECK(r.error().code() == Errc::invalid_rule);
    CHECK(r.error().subject() == "risk rule r");
    CHECK_FALSE(r.error().next_step().empty());
  }
  CHECK_FALSE(parse(R"({"type":"*"})").ok());
  CHECK_FALSE(parse("7").ok());
}

TEST_CASE("a reverse is the way back, and only information") {
  const auto r = parse(R"({"id":"r","type":"*","path":"a","class":"security","level":"critical","direction":"widen","why":"w","reverse":"b",
                          "when":{"false_to_true":true}})");
  REQUIRE(r.ok());
  REQUIRE(r->size() == 2);
  CHECK((*r)[1].risk.rule == "r.reverse");
  CHECK((*r)[1].risk.level == RiskLevel::info);
  CHECK((*r)[1].risk.direction == RiskDirection::narrow);
  const Value yes(true), no(false);
  CHECK((*r)[0].holds(&no, &yes));
  CHECK_FALSE((*r)[0].holds(&yes, &no));
  CHECK((*r)[1].holds(&yes, &no));
}
