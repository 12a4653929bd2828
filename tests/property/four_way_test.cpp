// The four-way compare against the reference differ, and properties of the whole resource.
#include <doctest/doctest.h>

#include <algorithm>

#include "drift/diff/compare.hpp"
#include "drift/model/json.hpp"
#include "support/random_value.hpp"
#include "support/reference_differ.hpp"

using namespace drift;
using drift::testing::RandomValue;

namespace {

Resource resource(Value attributes) {
  Resource r;
  r.address = "t.x";
  r.type = "t";
  r.attributes = std::move(attributes);
  return r;
}

struct Case {
  Resource desired, recorded, actual, baseline;
  explicit Case(std::uint64_t seed) {
    RandomValue random(seed, {.secrets = true, .tagged_lists = true});
    RandomValue plan(seed + 1'000'000, {.secrets = true, .unknowns = true, .tagged_lists = true});
    const Value common = random.object();
    const auto edits = [&] { return static_cast<int>(random.below(5)); };
    baseline = resource(random.mutate(common, edits()));
    recorded = resource(random.mutate(common, edits()));
    actual = resource(random.mutate(common, edits()));
    // Sometimes both move alike.
    const bool alike = random.chance(50);
    desired = resource(plan.mutate(alike ? actual.attributes : common, edits()));
    for (Resource* r : {&baseline, &recorded, &actual, &desired})
      if (!r->attributes.is_object()) r->attributes = Object{};
  }
};

ResourceComparison compare(const ResourceSides& sides) {
  const CompareContext ctx;
  return compare_resource(sides, ctx).value();
}

constexpr std::uint64_t kTrees = 3000;

}  // namespace

TEST_CASE("three sides, recorded as ancestor: the reference differ agrees") {
  std::size_t relations[4] = {};
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    const Case c(seed);
    const ResourceComparison out = compare({.desired = &c.desired, .recorded = &c.recorded, .actual = &c.actual});
    INFO("seed " << seed << "\ndesired  " << to_json(c.desired.attributes) << "\nrecorded " << to_json(c.recorded.attributes)
                 << "\nactual   " << to_json(c.actual.attributes));
    CHECK(
        (testing::in_reference_form(out.changes) ==
         testing::reference_diff({.ancestor = &c.recorded.attributes, .actual = &c.actual.attributes, .desired = &c.desired.attributes})));
    for (const Change& change : out.changes) ++relations[static_cast<std::size_t>(change.relation)];
  }
  for (const std::size_t n : relations) CHECK(n > 100);  // the trees do reach every relation
}

TEST_CASE("four sides, baseline as ancestor: the recorded side changes no relation") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    const Case c(seed);
    const ResourceComparison out = compare({.desired = &c.desired, .recorded = &c.recorded, .actual = &c.actual, .baseline = &c.baseline});
    INFO("seed " << seed << "\ndesired  " << to_json(c.desired.attributes) << "\nbaseline " << to_json(c.baseline.attributes)
                 << "\nrecorded " << to_json(c.recorded.attributes) << "\nactual   " << to_json(c.actual.attributes));
    CHECK((testing::in_reference_form(out.changes) == testing::reference_diff({.ancestor = &c.baseline.attributes,
                                                                               .actual = &c.actual.attributes,
                                                                               .desired = &c.desired.attributes,
                                                                               .bystander = &c.recorded.attributes})));
  }
}

TEST_CASE("not read: only what is pending shows, and nothing drifts") {
  for (std::uint64_t seed = 0; seed < kTrees / 3; ++seed) {
    const Case c(seed);
    const ResourceComparison out = compare({.desired = &c.desired, .recorded = &c.recorded, .actual_known = false});
    CHECK(!out.drifted());
    CHECK((testing::in_reference_form(out.changes) ==
           testing::reference_diff({.ancestor = &c.recorded.attributes, .has_actual = false, .desired = &c.desired.attributes})));
  }
}

TEST_CASE("what was accepted does not drift and is not forgotten") {
  for (std::uint64_t seed = 0; seed < kTrees; ++seed) {
    const Case c(seed);
    const ResourceComparison before = compare({.recorded = &c.recorded, .actual = &c.actual});
    const ResourceComparison after = compare({.recorded = &c.recorded, .actual = &c.actual, .baseline = &c.actual});
    INFO("seed " << seed << "\nrecorded " << to_json(c.recorded.attributes) << "\nactual   " << to_json(c.actual.attributes));
    CHECK(!after.drifted());
    CHECK(before.changes.empty() == after.suppressed.empty());
    CHECK(std::all_of(after.suppressed.begin(), after.suppressed.end(), [](const Change& s) { return s.rule == "baseline"; }));
    // Each accepted difference is named: it stands where the difference stood, or above or below it.
    for (const Change& change : before.changes) {
      CHECK(std::any_of(after.suppressed.begin(), after.suppressed.end(),
                        [&](const Change& s) { return s.path.starts_with(change.path) || change.path.starts_with(s.path); }));
    }
  }
}

TEST_CASE("every change shows the values of its sides as they are at its path") {
  for (std::uint64_t seed = 0; seed < kTrees / 3; ++seed) {
    RandomValue random(seed, {.tagged_lists = true});
    const Resource recorded = resource(random.object());
    const Resource actual = resource(random.mutate(recorded.attributes, 4));
    for (const Change& change : compare({.recorded = &recorded, .actual = &actual}).changes) {
      const Value* was = change.path.resolve(recorded.attributes);
      const Value* is = change.path.resolve(actual.attributes);
      CHECK((was == nullptr ? !change.recorded : change.recorded == *was));
      CHECK((is == nullptr ? !change.actual : change.actual == *is));
    }
  }
}
