// The plain two-way diff: the walk with two sides.
#include <utility>

#include "diff/secrets.hpp"
#include "diff/walk.hpp"

namespace drift {

std::vector<Change> diff_values(const Value* a, const Value* b, std::string_view type, const CompareContext& ctx) {
  using namespace diff_internal;
  Selector selector(ctx, type);
  const std::function<Status()> never;
  Work work(never);
  Path path;
  Walker walker(selector, work, Section::attributes, kRecorded, path);
  Sides roots{};
  roots[kRecorded] = a;
  roots[kActual] = b;
  walker.run(roots, bit(kActual), PathTree());
  protect_secrets(walker.changes, {a, b}, ctx.schema);
  sort_changes(walker.changes);
  return std::move(walker.changes);
}

}  // namespace drift
