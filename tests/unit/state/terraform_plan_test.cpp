#include <doctest/doctest.h>

#include <string>

#include "drift/model/json.hpp"
#include "unit/state/reading.hpp"

using namespace drift;
using reading::good;
using reading::load;
using reading::note;
using reading::refusal;

namespace {

std::string resource(const std::string& address, const std::string& values) {
  const std::string known = R"("mode":"managed","type":"t","name":"n","provider_name":"p/t","schema_version":0)";
  return "{\"address\":\"" + address + "\"," + known + ",\"values\":" + values + "}";
}
std::string values(const std::string& resources) { return "{\"root_module\":{\"resources\":[" + resources + "]}}"; }
std::string change(const std::string& address, const std::string& masks, const std::string& more = {}) {
  const std::string known = R"("mode":"managed","type":"t","name":"n")";
  return "{\"address\":\"" + address + "\"," + known + more + R"(,"change":{"actions":["update"],"before":{},"after":{},)" + masks + "}}";
}
std::string plan(const std::string& members) { return R"({"format_version":"1.2","terraform_version":"1.9.0",)" + members + "}"; }

}  // namespace

TEST_CASE("plan: planned values become desired, the prior state recorded, resource_drift what is reported") {
  const Document doc = good(plan("\"planned_values\":" + values(resource("t.n", R"({"id":"i","a":2})")) + R"(,"resource_drift":[)" +
                                 change("t.n", "\"after_unknown\":{}") + "]" +
                                 R"(,"prior_state":{"format_version":"1.0","terraform_version":"1.9.0","values":)" +
                                 values(resource("t.n", R"({"id":"i","a":1})") + "," + resource("t.gone", "{}")) + "}"));
  CHECK(doc.format == "terraform-plan");
  CHECK(doc.desired->side() == Side::desired);
  CHECK(doc.recorded->side() == Side::recorded);
  CHECK(doc.desired->provenance().engine_version == "1.9.0");
  CHECK(doc.desired->size() == 1);
  CHECK(doc.recorded->size() == 2);
  CHECK(doc.reported_drift == std::vector<std::string>{"t.n"});
  CHECK(load(*doc.desired, "t.n").attributes.find("a")->as_number() == Number(std::int64_t{2}));
  CHECK(load(*doc.recorded, "t.n").attributes.find("a")->as_number() == Number(std::int64_t{1}));
}

TEST_CASE("plan: a plan without a prior state has a desired side only") {
  CHECK_FALSE(good(plan("\"planned_values\":" + values(""))).recorded.has_value());
  CHECK_FALSE(good(plan("\"planned_values\":" + values("") + ",\"prior_state\":null")).recorded.has_value());
  CHECK(refusal(plan("\"resource_changes\":[]")) == Errc::bad_structure);
}

TEST_CASE("plan: the masks of resource_changes reach the planned resource, wherever they stand") {
  const std::string planned =
      "\"planned_values\":" + values(resource("t.n", R"({"a":1,"p":"x"})") + "," + resource("t.m", R"({"a":1,"p":"x"})"));
  const std::string changes = "\"resource_changes\":[" +
                              change("t.n", R"("after_unknown":{"id":true,"tags":{}},"after_sensitive":{"p":true})") + "," +
                              change("t.m", R"("after_unknown":{"tags":{}},"after_sensitive":{"p":false})") + "," +
                              change("t.m", R"("after_unknown":{"a":true})", R"(,"deposed":"00000001")") + "]";
  const Document before = good(plan(changes + "," + planned));
  const Document behind = good(plan(planned + "," + changes));
  const Document none = good(plan(planned));
  CHECK(before.desired->content_hash() == behind.desired->content_hash());
  const Resource n = load(*behind.desired, "t.n");
  CHECK(n.id.empty());
  CHECK(n.attributes.find("id")->is_unknown());
  CHECK(n.attributes.find("p")->secret() == Secret::plain);
  const Resource m = load(*behind.desired, "t.m");
  CHECK_FALSE(m.attributes.holds_unknown());
  CHECK_FALSE(m.attributes.holds_secret());
  // What is not known yet is no reason to think two resources equal; what is sensitive is no reason to think them different.
  CHECK(behind.desired->entry(0).canonical != none.desired->entry(0).canonical);
  CHECK(behind.desired->entry(1).canonical == none.desired->entry(1).canonical);
}

TEST_CASE("plan: masks hold against a known document with other masks") {
  const std::string planned = "\"planned_values\":" + values(resource("t.n", R"({"a":1})"));
  const std::string unknown = plan(planned + ",\"resource_changes\":[" + change("t.n", R"("after_unknown":{"id":true})") + "]");
  const std::string sensitive = plan(planned + ",\"resource_changes\":[" + change("t.n", R"("after_sensitive":{"a":true})") + "]");
  for (const std::string& first : {plan(planned), unknown, sensitive}) {
    const Document known = good(first);
    for (const std::string& second : {plan(planned), unknown, sensitive}) {
      const Document fresh = good(second);
      const Document reused = good(second, &*known.desired);
      CHECK(fresh.desired->content_hash() == reused.desired->content_hash());
      CHECK(load(*fresh.desired, "t.n").attributes == load(*reused.desired, "t.n").attributes);
    }
  }
}

TEST_CASE("plan: an errored plan, deferred changes and moves are noted") {
  const Document doc = good(plan("\"planned_values\":" + values(resource("t.n", "{}")) +
                                 R"(,"errored":true,"deferred_changes":[{"reason":"x"},{"reason":"y"}],"resource_changes":[)" +
                                 change("t.n", "\"after_unknown\":{}", R"(,"previous_address":"t.old")") + "]"));
  CHECK(note(*doc.desired, "plan_errored") != nullptr);
  REQUIRE(note(*doc.desired, "deferred_changes") != nullptr);
  CHECK(note(*doc.desired, "deferred_changes")->message.find("2 ") == 0);
  REQUIRE(note(*doc.desired, "moved") != nullptr);
  CHECK(note(*doc.desired, "moved")->address == "t.n");
  CHECK(note(*doc.desired, "moved")->message.find("t.old") != std::string::npos);
  REQUIRE(doc.desired->moves().size() == 1);
  CHECK(doc.desired->moves()[0].address == "t.n");
  CHECK(doc.desired->moves()[0].previous == "t.old");
  CHECK(good(plan("\"errored\":false,\"planned_values\":" + values(""))).desired->notes().empty());
}

TEST_CASE("plan: refusals") {
  CHECK(refusal(R"({"format_version":"2.0","planned_values":{}})") == Errc::unsupported_version);
  CHECK(refusal(R"({"planned_values":{},"resource_changes":[]})") != Errc::internal);
  CHECK(refusal(plan(R"("planned_values":{},"resource_changes":{})")) == Errc::bad_structure);
  CHECK(refusal(plan(R"("planned_values":{},"resource_changes":[17])")) == Errc::bad_structure);
  CHECK(refusal(plan(R"("planned_values":{},"resource_changes":[{"address":"a","change":{"after":{"x":1,"x":2}}}])")) ==
        Errc::duplicate_key);
  CHECK(refusal(plan(R"("planned_values":[])")) == Errc::bad_structure);
}
