#include "engine/marks.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/secret_echoes.hpp"
#include "model/secret_places.hpp"

namespace drift::engine_internal {
namespace {

// Every value of the resource on every side; what the program gave stands at the same place in what came of it.
std::vector<Value*> roots_of(std::span<Resource* const> sides) {
  std::vector<Value*> roots;
  for (Resource* r : sides) {
    if (r == nullptr) continue;
    roots.push_back(&r->attributes);
    if (r->inputs) roots.push_back(&*r->inputs);
  }
  return roots;
}

void drop_secret_ids(std::span<Resource* const> sides) {
  if (std::none_of(sides.begin(), sides.end(), [](const Resource* r) { return r != nullptr && id_is_secret(*r); })) return;
  for (Resource* r : sides)
    if (r != nullptr) r->id.clear();
}

// `v` with the marks that `sides` have at the same places.
Value with_marks_of(Value v, std::span<const Resource* const> sides) {
  std::vector<Value> copies;
  for (const Resource* r : sides) {
    copies.push_back(r->attributes);
    if (r->inputs) copies.push_back(*r->inputs);
  }
  std::vector<Value*> roots{&v};
  for (Value& copy : copies) roots.push_back(&copy);
  model_internal::share_secret_places(roots);
  return v;
}

}  // namespace

std::vector<Path> unmarked_places(const Resource& recorded, const Resource& actual, std::span<const Resource* const> others,
                                  const Schema* schema) {
  const Resource* const own[] = {&recorded};
  const Resource* const answer[] = {&actual};
  const Value known = with_marks_of(recorded.attributes, own);
  std::vector<Path> out;
  const auto take = [&](std::vector<Path> found, bool by_schema) {
    for (Path& path : found) {
      const SchemaFacts facts = schema != nullptr ? schema->at(path) : SchemaFacts();
      const bool gives_away = facts.derived || (!by_schema && !facts.reveals.empty());
      const bool twice = std::any_of(out.begin(), out.end(), [&](const Path& p) { return path.starts_with(p); });
      if (!gives_away && !twice) out.push_back(std::move(path));
    }
  };
  if (schema != nullptr) take(model_internal::newly_secret(known, schema->mark_sensitive(known)), true);
  if (!actual.attributes.holds_secret()) return out;
  const Value said = with_marks_of(known, others);
  take(model_internal::newly_secret(said, with_marks_of(said, answer)), false);
  // A text that holds a secret is marked in recordings, by nobody else's care.
  const model_internal::SecretEchoes echoes(own);
  std::erase_if(out, [&](const Path& path) {
    const Value* v = path.resolve(recorded.attributes);
    return v != nullptr && v->is_string() && echoes.in(*v);
  });
  return out;
}

void share_marks(std::span<Resource* const> sides, const Schema* schema) {
  if (schema != nullptr)
    for (Resource* r : sides)
      if (r != nullptr) r->attributes = schema->mark_sensitive(std::move(r->attributes));
  const std::vector<Value*> roots = roots_of(sides);
  model_internal::share_secret_places(roots);
  if (schema != nullptr) schema->mark_revealing(roots);
  drop_secret_ids(sides);
}

}  // namespace drift::engine_internal
