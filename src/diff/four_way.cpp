// compare_resource: existence, the four-way walk of each section, then the rules that take differences out.
#include <algorithm>
#include <map>
#include <utility>

#include "diff/comparators.hpp"
#include "diff/engine_answer.hpp"
#include "diff/existence.hpp"
#include "diff/ignore.hpp"
#include "diff/path_tree.hpp"
#include "diff/rule_names.hpp"
#include "diff/secrets.hpp"
#include "diff/untyped.hpp"
#include "diff/walk.hpp"

namespace drift {
namespace {

using namespace diff_internal;  // NOLINT(google-build-using-namespace)

using Resources = std::array<const Resource*, kSides>;

struct Comparing {
  Resources side{};  // those that take part
  unsigned ancestor = kRecorded;
  Selector selector;
  Work work;
  ResourceComparison& out;
  PathTree unmarked{};
};

unsigned slot_of(const Resources& side, const Resource* resource) {
  for (const unsigned slot : {kBaseline, kRecorded, kDesired})
    if (side[slot] == resource) return slot;
  return kRecorded;
}

void move_into(std::vector<Change>& to, std::vector<Change>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// `root` gives a resource's value of the section, or nullptr when it has none; then that side takes no part in this section.
template <class Root>
void walk_section(Comparing& c, Section section, Root root) {
  Sides roots{};
  unsigned movers = 0;
  std::vector<const Value*> all;
  for (unsigned side = 0; side < kSides; ++side) {
    roots[side] = c.side[side] == nullptr ? nullptr : root(*c.side[side]);
    if (roots[side] == nullptr) continue;
    all.push_back(roots[side]);
    if (side == c.ancestor || side == kBaseline) continue;
    if (side != kRecorded || c.ancestor == kBaseline) movers |= bit(side);
  }
  if (roots[c.ancestor] == nullptr) return;
  if (roots[kActual] == nullptr) movers &= ~bit(kRecorded);  // what was accepted shows only against what is there
  Path path;
  Walker walker(c.selector, c.work, section, c.ancestor, path);
  const PathTree none;
  walker.run(roots, movers, section == Section::attributes ? c.unmarked : none);
  protect_secrets(walker.changes, all, c.selector.schema());
  protect_secrets(walker.suppressed, all, c.selector.schema());
  move_into(c.out.changes, walker.changes);
  move_into(c.out.suppressed, walker.suppressed);
}

void resource_change(Comparing& c, std::string_view name, Value was, Value is, bool secret = false) {
  Change change;
  change.sensitive = secret;
  if (secret)
    for (Value* v : {&was, &is}) v->mark(Secret::plain);
  change.path.push(std::string(name));
  change.section = Section::resource;
  change.why = "value";
  (c.ancestor == kBaseline ? change.baseline : c.ancestor == kDesired ? change.desired : change.recorded) = std::move(was);
  change.actual = std::move(is);
  c.out.changes.push_back(std::move(change));
}

bool id_is_attribute(const Resource& r) {
  const Value* id = r.attributes.find("id");
  return id != nullptr && id->is_string() && id->as_string() == r.id;
}

// Providers say of the attribute, not of the identity, that it is a secret; both are the same text.
bool hides_id(const Comparing& c) {
  Path id;
  id.push("id");
  const Schema* schema = c.selector.schema();
  if (schema != nullptr && schema->at(id).sensitive) return true;
  return std::any_of(c.side.begin(), c.side.end(), [](const Resource* r) { return r != nullptr && drift::id_is_secret(*r); });
}

// The identity of the resource itself. A plan knows none of it.
void walk_resource(Comparing& c) {
  const Resource& was = *c.side[c.ancestor];
  if (c.side[kActual] == nullptr || c.ancestor == kDesired) return;
  const Resource& is = *c.side[kActual];
  const bool ids = !was.id.empty() && !is.id.empty() && !(id_is_attribute(was) && id_is_attribute(is));
  if (ids && was.id != is.id) resource_change(c, "id", was.id, is.id, hides_id(c));
  if (!was.type.empty() && !is.type.empty() && was.type != is.type) resource_change(c, "type", was.type, is.type);
  // No live read says that something is tainted, so only what becomes tainted is a change.
  if (is.tainted && !was.tainted) resource_change(c, "tainted", was.tainted, is.tainted);
}

// A deletion that a person accepted: expected, and still there to be seen among what was suppressed.
void note_accepted_deletion(const ResourceSides& sides, ResourceComparison& out) {
  const bool accepted = sides.baseline != nullptr && sides.baseline->absent && sides.recorded != nullptr;
  if (out.existence != Existence::absent || !accepted) return;
  Change change;
  change.section = Section::resource;
  change.kind = ChangeKind::removed;
  change.why = "missing";
  change.rule = kBaselineRule;
  out.suppressed.push_back(std::move(change));
}

bool same_value(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() == b.has_value() && (!a || same_content(*a, *b));
}

bool same_change(const Change& a, const Change& b) {
  return a.kind == b.kind && a.relation == b.relation && same_value(a.actual, b.actual) && same_value(a.recorded, b.recorded) &&
         same_value(a.baseline, b.baseline) && same_value(a.desired, b.desired);
}

// Pulumi keeps what the program gave and what the provider answered; a change of one property shows in both.
void fold_inputs(ResourceComparison& out) {
  const auto of_inputs = [](const Change& c) { return c.section == Section::inputs; };
  if (std::none_of(out.changes.begin(), out.changes.end(), of_inputs)) return;
  std::vector<Change> kept;
  std::vector<Change> inputs;
  for (Change& change : out.changes) (of_inputs(change) ? inputs : kept).push_back(std::move(change));
  std::multimap<Path, std::size_t> outputs;  // places in `kept`, by path
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (kept[i].section == Section::attributes) outputs.emplace(kept[i].path, i);
  for (Change& change : inputs) {
    const auto [first, last] = outputs.equal_range(change.path);
    const bool twice = std::any_of(first, last, [&](const auto& at) { return same_change(kept[at.second], change); });
    if (twice) change.rule = kOutputsRule;
    (twice ? out.suppressed : kept).push_back(std::move(change));
  }
  out.changes = std::move(kept);
}

bool counts(const Change& c) { return c.relation == Relation::drift || c.relation == Relation::conflict; }

// A derived path follows from others; it is a finding only when nothing else of the resource differs for real.
void fold_derived(ResourceComparison& out) {
  const auto source = [](const Change& c) { return !c.derived && counts(c); };
  const bool explained =
      std::any_of(out.changes.begin(), out.changes.end(), source) ||
      std::any_of(out.suppressed.begin(), out.suppressed.end(), [&](const Change& c) { return c.mode.has_value() && source(c); });
  if (!explained) return;
  std::vector<Change> kept;
  for (Change& change : out.changes) {
    const bool fold = change.derived && !change.mode;
    if (fold) change.rule = "schema:derived";
    (fold ? out.suppressed : kept).push_back(std::move(change));
  }
  out.changes = std::move(kept);
}

void hide_echoes(const ResourceSides& sides, ResourceComparison& out) {
  if (out.changes.empty() && out.suppressed.empty()) return;
  const Resource* const all[] = {sides.desired, sides.recorded, sides.actual, sides.baseline};
  const model_internal::SecretEchoes echoes{std::span(all)};
  if (echoes.empty()) return;
  protect_echoes(out.changes, echoes);
  protect_echoes(out.suppressed, echoes);
}

void count_hits(const ResourceComparison& c, const CompareContext& ctx) {
  if (ctx.rule_hits == nullptr) return;
  const auto hit = [&](const std::string& rule) {
    if (!rule.empty()) ++(*ctx.rule_hits)[rule];
  };
  hit(c.existence_rule);
  for (const Change& change : c.changes) hit(change.rule);
  for (const Change& change : c.suppressed) hit(change.rule);
}

void compare_sections(const ResourceSides& sides, Comparing& c) {
  const Resource* baseline = sides.baseline != nullptr && !sides.baseline->absent ? sides.baseline : nullptr;
  c.side[kDesired] = sides.desired;
  c.side[kRecorded] = sides.recorded;
  c.side[kActual] = sides.actual_known ? sides.actual : nullptr;
  c.side[kBaseline] = baseline;
  c.ancestor = slot_of(c.side, ancestor_of(sides));
  if (c.side[c.ancestor] == nullptr) return;
  // A plan may hold a resource of which it knows nothing yet.
  const auto attributes = [&](const Resource& r) { return &r == sides.desired && r.attributes.is_null() ? nullptr : &r.attributes; };
  walk_section(c, Section::attributes, attributes);
  walk_section(c, Section::inputs, [](const Resource& r) { return r.inputs ? &*r.inputs : nullptr; });
  walk_resource(c);
}

}  // namespace

Result<ResourceComparison> compare_resource(const ResourceSides& given, const CompareContext& ctx) {
  const TypedSides typed(given);
  const ResourceSides& sides = typed.sides();
  ResourceComparison out;
  for (const Resource* r : {sides.recorded, sides.baseline, sides.desired, sides.actual}) {
    if (r == nullptr) continue;
    if (out.address.empty()) out.address = r->address;
    if (out.type.empty()) out.type = r->type;
  }
  out.basis = basis_of(sides);
  out.existence = existence_of(sides);
  const bool present = out.existence == Existence::present || out.existence == Existence::unread;
  if (present) {
    Comparing c{{}, kRecorded, Selector(ctx, out.type), Work(ctx.stop), out};
    if (sides.unmarked != nullptr) c.unmarked = PathTree(*sides.unmarked);
    compare_sections(sides, c);
    if (c.work.stopped()) return Error(*c.work.stopped()).in("while comparing " + out.address);
    if (c.selector.ambiguous()) return Error(*c.selector.ambiguous()).in("while comparing " + out.address);
    fold_inputs(out);
    if (sides.engine != nullptr) apply_engine_answer(*sides.engine, sides, out);
  }
  note_accepted_deletion(sides, out);
  Ignorer ignorer(ctx, sides, out.address, out.type);
  for (Status s : {ignorer.judge_existence(out), ignorer.judge_changes(out)})
    if (!s.ok()) return std::move(s).error().in("while comparing " + out.address);
  const auto is_ignored = [&](const Change& c) { return ignorer.takes_out_change(c); };
  if (present && sides.engine != nullptr && add_unseen(*sides.engine, sides, is_ignored, out))
    if (Status s = ignorer.judge_changes(out); !s.ok()) return std::move(s).error().in("while comparing " + out.address);
  fold_derived(out);
  hide_echoes(sides, out);
  sort_changes(out.changes);
  sort_changes(out.suppressed);
  count_hits(out, ctx);
  return out;
}

}  // namespace drift
