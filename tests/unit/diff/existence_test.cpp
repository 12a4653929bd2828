#include "diff/existence.hpp"

#include "unit/diff/support.hpp"

using namespace drift;
using namespace drift::testing;
using drift::diff_internal::ancestor_of;
using drift::diff_internal::existence_of;

namespace {
const Resource kOne = resource("{}");
Resource absent() {
  Resource r = kOne;
  r.absent = true;
  return r;
}
}  // namespace

TEST_CASE("expected and there, or not") {
  CHECK(existence_of({.recorded = &kOne, .actual = &kOne}) == Existence::present);
  CHECK(existence_of({.recorded = &kOne}) == Existence::deleted);
  CHECK(existence_of({.baseline = &kOne}) == Existence::deleted);
  CHECK(existence_of({.actual = &kOne}) == Existence::unmanaged);
  CHECK(existence_of({}) == Existence::absent);
}

TEST_CASE("a failed read is never a deletion") {
  CHECK(existence_of({.recorded = &kOne, .actual_known = false}) == Existence::unread);
  const ResourceComparison out = compare({.recorded = &kOne, .actual_known = false});
  CHECK(!out.drifted());
  CHECK(!out.basis.actual);
}

TEST_CASE("a program alone expects nothing to be there yet") {
  CHECK(existence_of({.desired = &kOne}) == Existence::absent);
  CHECK(existence_of({.desired = &kOne, .actual = &kOne}) == Existence::present);
}

TEST_CASE("a deletion that was accepted") {
  const Resource gone = absent();
  CHECK(existence_of({.recorded = &kOne, .baseline = &gone}) == Existence::absent);
  // There again: the state says it should be; where no state does, nobody does.
  CHECK(existence_of({.recorded = &kOne, .actual = &kOne, .baseline = &gone}) == Existence::present);
  CHECK(ancestor_of({.recorded = &kOne, .actual = &kOne, .baseline = &gone}) == &kOne);
  CHECK(existence_of({.actual = &kOne, .baseline = &gone}) == Existence::unmanaged);
}

TEST_CASE("an engine in the middle of something does not expect to find it") {
  Resource replacing = kOne;
  replacing.pending_replacement = true;
  CHECK(existence_of({.recorded = &replacing}) == Existence::absent);
  Resource deposed = kOne;
  deposed.pending_delete = true;
  CHECK(existence_of({.recorded = &deposed}) == Existence::absent);
  CHECK(existence_of({.recorded = &deposed, .actual = &kOne}) == Existence::present);
}

TEST_CASE("baseline before recorded before desired") {
  const Resource a = kOne, b = kOne, c = kOne;
  CHECK(ancestor_of({.desired = &a, .recorded = &b, .baseline = &c}) == &c);
  CHECK(ancestor_of({.desired = &a, .recorded = &b}) == &b);
  CHECK(ancestor_of({.desired = &a}) == &a);
  CHECK(ancestor_of({}) == nullptr);
}
