// OpenTofu's drift equivalence tests as an oracle: which resources and which paths drifted between the state (recorded) and the plan's
// refreshed prior state (actual) has to be what the plan's own resource_drift says.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "corpus/corpus.hpp"
#include "drift/engine/scan.hpp"
#include "drift/model/json.hpp"

using namespace drift;

namespace {

using Drift = std::map<std::string, std::set<std::string>>;  // address -> JSON Pointers

// Slow and obvious, and nothing of the library's own diff.
void naive_compare(const Value* a, const Value* b, const std::string& pointer, std::set<std::string>& out) {
  if (a != nullptr && b != nullptr && a->is_object() && b->is_object()) {
    std::set<std::string> keys;
    for (const auto& [key, member] : a->as_object()) keys.insert(key);
    for (const auto& [key, member] : b->as_object()) keys.insert(key);
    for (const std::string& key : keys) {
      std::string below = pointer;
      below += '/';
      below += key;
      naive_compare(a->find(key), b->find(key), below, out);
    }
    return;
  }
  if (a == nullptr || b == nullptr || !(*a == *b)) out.insert(pointer);
}

std::string plan_file(const std::string& name) { return "opentofu_drift/outputs/" + name + "/plan.json"; }

Value plan_tree(const std::string& name) {
  std::ifstream in(corpus::root() / plan_file(name), std::ios::binary);
  auto v = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
  REQUIRE(v.ok());
  return *v;
}

Drift oracle(const Value& plan) {
  Drift out;
  for (const Value& r : plan.find("resource_drift")->as_list()) {
    const Value& change = *r.find("change");
    naive_compare(change.find("before"), change.find("after"), "", out[std::string(r.string_or("address"))]);
  }
  return out;
}

// Address in the plan -> address in the state, for what the plan says it moved.
std::map<std::string, std::string> moves(const Value& plan) {
  std::map<std::string, std::string> out;
  for (const Value& r : plan.find("resource_changes")->as_list())
    if (!r.string_or("previous_address").empty()) out.emplace(r.string_or("address"), r.string_or("previous_address"));
  return out;
}

Drift found_by_library(const Result<Report>& report) {
  if (!report) FAIL(report.error().to_string());
  Drift out;
  for (const Finding& f : report->findings) {
    CHECK(f.verdict == Verdict::changed);
    for (const Change& c : f.changes) {
      CHECK(c.relation != Relation::pending);
      CHECK(c.section == Section::attributes);
      out[f.address].insert(c.path.to_pointer());
    }
  }
  return out;
}

void check_oracle(const std::string& name) {
  CAPTURE(name);
  auto state = corpus::read("opentofu_drift/tests/" + name + "/terraform.tfstate");
  if (!state) FAIL(state.error().to_string());
  auto plan = corpus::read(plan_file(name));
  if (!plan) FAIL(plan.error().to_string());
  REQUIRE(plan->recorded.has_value());
  REQUIRE(plan->desired.has_value());
  const Value tree = plan_tree(name);
  const Drift expected = oracle(tree);
  CHECK_FALSE(expected.empty());
  const std::map<std::string, std::string> moved = moves(tree);
  const auto state_source = corpus::source("opentofu_drift/tests/" + name + "/terraform.tfstate");
  CHECK(found_by_library(diff_documents({.a = state_source, .b = corpus::source(plan_file(name))})) == expected);
  ScanRequest against_plan;
  against_plan.state = state_source;
  against_plan.desired = corpus::source(plan_file(name));
  against_plan.actual = corpus::source(plan_file(name));
  const Result<Report> report = scan(against_plan);
  if (!report) FAIL(report.error().to_string());
  std::vector<std::string> found;
  for (const Finding& f : report->findings) found.push_back(f.address);

  std::vector<std::string> addresses;
  for (const auto& [address, paths] : expected) addresses.push_back(address);
  CHECK(found == addresses);
  std::sort(plan->reported_drift.begin(), plan->reported_drift.end());
  CHECK(plan->reported_drift == addresses);
  for (const auto& [address, previous] : moved) {
    CHECK(state->recorded->find(previous).has_value());
    CHECK_FALSE(state->recorded->find(address).has_value());
    CHECK(std::any_of(plan->desired->notes().begin(), plan->desired->notes().end(),
                      [&, &to = address](const Note& n) { return n.code == "moved" && n.address == to; }));
  }
  // What the plan wrote as state afterwards is what it planned: nothing was unknown in these.
  auto after = corpus::read("opentofu_drift/outputs/" + name + "/state.json");
  if (!after) FAIL(after.error().to_string());
  CHECK(after->recorded->content_hash() == plan->desired->content_hash());
}

}  // namespace

TEST_CASE("corpus: OpenTofu and libdrift agree on which resources and paths drifted") {
  if (!corpus::has("opentofu_drift")) return;
  for (const char* name : {"drift_simple", "drift_relevant_attributes", "moved_with_drift"}) check_oracle(name);
}

TEST_CASE("corpus: a resource that moved and drifted is found under its new address") {
  if (!corpus::has("opentofu_drift")) return;
  const Value tree = plan_tree("moved_with_drift");
  const std::string type = "tfcoremock_simple_resource.";
  CHECK(moves(tree) == std::map<std::string, std::string>{{type + "base_after", type + "base_before"}});
  CHECK(oracle(tree).count(type + "base_after") == 1);
}
