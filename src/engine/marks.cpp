#include "engine/marks.hpp"

#include <algorithm>
#include <utility>
#include <vector>

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

}  // namespace

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
