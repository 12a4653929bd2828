#include "diff/engine_answer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "diff/comparators.hpp"
#include "diff/rule_names.hpp"
#include "diff/secrets.hpp"

namespace drift::diff_internal {
namespace {

using Property = EngineAnswer::Property;

bool about(const Path& place, const Path& path) { return path.starts_with(place) || place.starts_with(path); }
bool about(const Property& p, const Path& path) { return about(p.path, path); }

// Where what the engine names is: a provider may name what no side has (keys with dots that it does not quote), and means something of
// what holds it, at worst of the whole resource.
Path place_of(const Property& p, const ResourceSides& sides) {
  std::size_t most = 0;
  const auto follow = [&](const Value& root) {
    Path prefix;
    for (const Path::Segment& segment : p.path.segments()) {
      std::visit([&](const auto& s) { prefix.push(s); }, segment);
      if (prefix.resolve(root) == nullptr) return;
      most = std::max(most, prefix.size());
    }
  };
  for (const Resource* r : {sides.recorded, sides.actual}) {
    follow(r->attributes);
    if (r->inputs) follow(*r->inputs);
  }
  const auto& all = p.path.segments();
  return Path({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(most)});
}

std::vector<Path> places_of(const EngineAnswer& answer, const ResourceSides& sides) {
  std::vector<Path> out;
  for (const Property& p : answer.properties) out.push_back(place_of(p, sides));
  return out;
}

bool covered(const EngineAnswer& answer, const std::vector<Path>& places, const Path& path) {
  return answer.changed && (places.empty() || std::any_of(places.begin(), places.end(), [&](const Path& p) { return about(p, path); }));
}

// The engine compared with what was recorded; what a person accepted, or a plan wants, is another matter.
bool engine_can_tell(const Change& c, const ResourceSides& sides) {
  if (c.relation != Relation::drift || sides.recorded == nullptr) return false;
  const bool alone = sides.baseline == nullptr || sides.baseline->absent;
  if (c.section == Section::resource) return c.path.text() == "id" && (alone || sides.baseline->id == sides.recorded->id);
  if (alone) return true;
  return c.recorded.has_value() == c.baseline.has_value() && (!c.recorded || same_content(*c.recorded, *c.baseline));
}

const Value* in_inputs(const Resource* r, const Path& path) { return r != nullptr && r->inputs ? path.resolve(*r->inputs) : nullptr; }

std::optional<Value> copy_of(const Value* v) { return v != nullptr ? std::optional<Value>(*v) : std::nullopt; }

// What the program gave beside what there is: those two the engine compares.
Change change_of(const Property& p, const ResourceSides& sides) {
  Change c;
  c.path = p.path;
  c.section = Section::inputs;
  c.kind = p.kind == EngineAnswer::Kind::added     ? ChangeKind::added
           : p.kind == EngineAnswer::Kind::removed ? ChangeKind::removed
                                                   : ChangeKind::modified;
  c.why = "engine";
  c.recorded = copy_of(in_inputs(sides.recorded, p.path));
  const Value* now = p.of_inputs ? nullptr : p.path.resolve(sides.actual->attributes);
  c.actual = copy_of(now != nullptr ? now : in_inputs(sides.actual, p.path));
  c.forces_replacement = p.replaces;
  return c;
}

// What is secret anywhere in the resource is one here.
void protect(std::vector<Change>& changes, const ResourceSides& sides) {
  std::vector<const Value*> roots;
  for (const Resource* r : {sides.recorded, sides.actual, sides.baseline, sides.desired}) {
    if (r == nullptr) continue;
    roots.push_back(&r->attributes);
    if (r->inputs) roots.push_back(&*r->inputs);
  }
  protect_secrets(changes, roots, nullptr);
}

const Value* at(const Resource* r, Section section, const Path& path) {
  if (r == nullptr) return nullptr;
  return section == Section::inputs ? in_inputs(r, path) : path.resolve(r->attributes);
}

// Differences within what is one value to the engine are one difference, of that value.
void join_wholes(const EngineAnswer& answer, const ResourceSides& sides, std::vector<Change>& changes) {
  std::vector<Change> kept, joined;
  for (Change& c : changes) {
    const auto inside = [&](const Property& p) { return p.whole && c.section != Section::resource && p.path < c.path && about(p, c.path); };
    const auto p = std::find_if(answer.properties.begin(), answer.properties.end(), inside);
    if (p == answer.properties.end()) {
      kept.push_back(std::move(c));
      continue;
    }
    const auto same = [&](const Change& other) { return other.section == c.section && other.path == p->path; };
    if (std::any_of(joined.begin(), joined.end(), same)) continue;
    c.path = p->path;
    c.kind = ChangeKind::modified;
    c.why = "value";
    c.recorded = copy_of(at(sides.recorded, c.section, c.path));
    c.actual = copy_of(at(sides.actual, c.section, c.path));
    c.desired = copy_of(at(sides.desired, c.section, c.path));
    c.baseline = copy_of(at(sides.baseline, c.section, c.path));
    joined.push_back(std::move(c));
  }
  protect(joined, sides);
  kept.insert(kept.end(), std::make_move_iterator(joined.begin()), std::make_move_iterator(joined.end()));
  changes = std::move(kept);
}

// The program sets what it gave as an input; all else the provider computes. No schema is known that would say more.
bool is_own(const Path& path, const ResourceSides& sides) {
  const auto given = [&](const Resource* r, const std::string& key) {
    return r != nullptr && r->inputs && r->inputs->find(key) != nullptr;
  };
  const auto* key = path.empty() ? nullptr : std::get_if<std::string>(&path.segments().front());
  return key != nullptr && (given(sides.recorded, *key) || given(sides.actual, *key));
}
void classify(std::vector<Change>& changes, const ResourceSides& sides) {
  for (Change& c : changes)
    if (c.drift_class == DriftClass::unknown && c.section == Section::attributes && !c.path.empty())
      c.drift_class = is_own(c.path, sides) ? DriftClass::config_owned : DriftClass::computed_only;
}

// Whether a difference that was taken out is one that made the engine say that something differs. What it was told to ignore is none, nor
// is a mark, nor what only a plan wants.
bool explains(const Change& c, const ResourceSides& sides) {
  if (c.section == Section::resource || c.relation == Relation::pending) return false;
  if (c.rule == kEngineRule || c.rule == kEngineDiffRule || c.rule == kUnmarkedRule) return false;
  return c.section == Section::inputs || is_own(c.path, sides);
}

// A person accepted all that there is, from which, and from what was recorded, what the engine says follows. Where the engine names a place
// of which nothing is to be seen, no less is enough: it may speak of what differs elsewhere.
bool accepted(const ResourceSides& sides, const ResourceComparison& out, const std::function<bool(const Change&)>& is_ignored) {
  if (sides.baseline == nullptr || sides.baseline->absent) return false;
  const auto differs = [](const Change& c) { return c.relation == Relation::drift || c.relation == Relation::conflict; };
  const auto may_differ = [&](const Change& c) {
    return (c.rule == kEngineDiffRule || c.rule == kSecretRule || c.rule == kUnknownRule) && !is_ignored(c);
  };
  return std::none_of(out.changes.begin(), out.changes.end(), differs) &&
         std::none_of(out.suppressed.begin(), out.suppressed.end(), may_differ);
}

std::vector<Change> unseen(const EngineAnswer& answer, const ResourceSides& sides, const ResourceComparison& out) {
  std::vector<Change> found;
  for (const Property& p : answer.properties) {
    const Path place = place_of(p, sides);
    const auto same = [&](const Change& c) {
      return c.section != Section::resource && c.rule != kUnmarkedRule && about(place.empty() ? p.path : place, c.path);
    };
    const bool seen =
        std::any_of(out.changes.begin(), out.changes.end(), same) || std::any_of(out.suppressed.begin(), out.suppressed.end(), same);
    if (!seen) found.push_back(change_of(p, sides));
  }
  if (!answer.properties.empty()) return found;
  const auto named = [](const Change& c) { return c.section != Section::resource && c.relation != Relation::pending; };
  if (std::any_of(out.changes.begin(), out.changes.end(), named)) return found;
  if (std::any_of(out.suppressed.begin(), out.suppressed.end(), [&](const Change& c) { return explains(c, sides); })) return found;
  found.emplace_back();
  found.back().section = Section::resource;
  found.back().why = "engine";
  return found;
}

}  // namespace

void apply_engine_answer(const EngineAnswer& answer, const ResourceSides& sides, ResourceComparison& out) {
  if (sides.recorded == nullptr || sides.actual == nullptr) return;
  const std::vector<Path> places = places_of(answer, sides);
  join_wholes(answer, sides, out.changes);
  classify(out.changes, sides);
  classify(out.suppressed, sides);
  std::vector<Change> kept;
  for (Change& c : out.changes) {
    const bool out_of_sight = engine_can_tell(c, sides) && (c.section == Section::resource || !covered(answer, places, c.path));
    if (out_of_sight) c.rule = kEngineDiffRule;
    for (const Property& p : answer.properties)
      if (p.replaces && c.section != Section::resource && about(p, c.path)) c.forces_replacement = true;
    (out_of_sight ? out.suppressed : kept).push_back(std::move(c));
  }
  out.changes = std::move(kept);
}

bool add_unseen(const EngineAnswer& answer, const ResourceSides& sides, const std::function<bool(const Change&)>& is_ignored,
                ResourceComparison& out) {
  if (sides.recorded == nullptr || sides.actual == nullptr || !answer.changed) return false;
  std::vector<Change> found = unseen(answer, sides, out);
  protect(found, sides);
  const bool known = accepted(sides, out, is_ignored);
  for (Change& c : found)
    if (known) c.rule = kBaselineRule;
  std::vector<Change>& to = known ? out.suppressed : out.changes;
  const bool any = !found.empty();
  to.insert(to.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  return any && !known;
}

}  // namespace drift::diff_internal
