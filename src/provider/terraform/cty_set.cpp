#include "provider/terraform/cty_set.hpp"

#include <algorithm>

namespace drift::terraform_internal {
namespace {

int compare(const Value& a, const Value& b) {
  if (a.is_null() != b.is_null()) return a.is_null() ? 1 : -1;
  return Value::compare(a, b);  // unknown is the last kind
}

bool same(const Value& a, const Value& b) { return compare(a, b) == 0 && !a.holds_unknown(); }

}  // namespace

bool is_set_ordered(const Value::List& elements) {
  const auto wrong = [](const Value& a, const Value& b) {
    const int c = compare(a, b);
    return c > 0 || (c == 0 && !a.holds_unknown());
  };
  return std::adjacent_find(elements.begin(), elements.end(), wrong) == elements.end();
}

void order_set(Value::List& elements) {
  if (is_set_ordered(elements)) return;
  std::stable_sort(elements.begin(), elements.end(), [](const Value& a, const Value& b) { return compare(a, b) < 0; });
  elements.erase(std::unique(elements.begin(), elements.end(), same), elements.end());
}

}  // namespace drift::terraform_internal
