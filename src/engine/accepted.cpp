#include "engine/accepted.hpp"

#include <algorithm>
#include <vector>

#include "diff/existence.hpp"
#include "model/secret_echoes.hpp"

namespace drift::engine_internal {
namespace {

const Resource* pointer(const std::optional<Resource>& r) { return r ? &*r : nullptr; }

const Resource* ancestor_of(const Loaded& sides) {
  return diff_internal::ancestor_of({.desired = pointer(sides.desired),
                                     .recorded = pointer(sides.recorded),
                                     .actual = pointer(sides.actual),
                                     .baseline = pointer(sides.baseline),
                                     .actual_known = sides.actual_known});
}

bool taken_out_by_ignore_rule(const Change& c) { return c.mode.has_value(); }

// What a person sees of the section when accepting, and accepts by it: where the actual value moved.
std::vector<Change> shown(const ResourceComparison& c, Section section) {
  std::vector<Change> out;
  const auto moved = [](const Change& x) { return x.relation != Relation::pending; };
  for (const Change& x : c.changes)
    if (x.section == section && moved(x)) out.push_back(x);
  if (section != Section::inputs) return out;
  // A change that outputs and inputs have in common is shown among the outputs alone.
  for (const Change& x : c.suppressed) {
    const auto twin = [&](const Change& o) { return o.section == Section::attributes && o.path == x.path && o.kind == x.kind && moved(o); };
    if (x.section == section && !taken_out_by_ignore_rule(x) && std::any_of(c.changes.begin(), c.changes.end(), twin)) out.push_back(x);
  }
  return out;
}

// `now` with what ignore rules took out as it was: the changes that were shown are made to what was, because the indexes in their paths
// count there. What follows from other paths (a hash) is not known to follow from the accepted ones alone, and stays, too.
void keep_what_was_ignored(const ResourceComparison& c, const Resource& was, Resource& now) {
  if (std::none_of(c.suppressed.begin(), c.suppressed.end(), taken_out_by_ignore_rule)) return;
  now.attributes = apply_changes(was.attributes, shown(c, Section::attributes)).value_or(Value());
  now.inputs = apply_changes(was.inputs, shown(c, Section::inputs));
  for (const Change& x : c.suppressed) {
    if (x.section != Section::resource || !taken_out_by_ignore_rule(x)) continue;
    const std::string name = x.path.text();
    if (name == "id") now.id = was.id;
    if (name == "type") now.type = was.type;
    if (name == "tainted") now.tainted = was.tainted;
  }
}

}  // namespace

std::optional<Resource> accepted_resource(const ResourceComparison& c, const Loaded& sides) {
  const bool deleted = c.existence == Existence::deleted;
  std::optional<Resource> r = sides.actual;
  if (deleted) {
    const Resource* known = sides.known();
    if (known != nullptr) r = *known;
  }
  if (!r) return r;
  if (const Resource* was = deleted ? nullptr : ancestor_of(sides)) keep_what_was_ignored(c, *was, *r);
  r->address = c.address;
  r->absent = deleted;
  r->private_data.clear();
  const Resource* const all[] = {pointer(sides.desired), pointer(sides.recorded), pointer(sides.actual), pointer(sides.baseline)};
  model_internal::SecretEchoes(all).mark(*r);  // what is written seals what is marked
  return r;
}

}  // namespace drift::engine_internal
