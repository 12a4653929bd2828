#include "drift/model/value.hpp"

#include <algorithm>

namespace drift {
namespace {

// A copy of the shared content when others hold it too, so that a change is not seen through them.
template <class T>
T& detach(std::shared_ptr<T>& p) {
  if (p.use_count() > 1) {
    p = std::make_shared<T>(*p);
  } else {
    // use_count() does not order memory; giving up a probe does, so all that a former holder on another thread read happened before.
    std::shared_ptr<T> probe = p;
    probe.reset();
  }
  return *p;
}

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int compare_lists(const Value::List& a, const Value::List& b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i)
    if (const int c = Value::compare(a[i], b[i]); c != 0) return c;
  return order(a.size(), b.size());
}

int compare_objects(const Object& a, const Object& b) {
  auto x = a.begin(), y = b.begin();
  for (; x != a.end() && y != b.end(); ++x, ++y) {
    if (const int c = x->first.compare(y->first); c != 0) return c < 0 ? -1 : 1;
    if (const int c = Value::compare(x->second, y->second); c != 0) return c;
  }
  return order(a.size(), b.size());
}

// True when `test` holds for `v` or a value below it.
template <class Test>
bool any_of(const Value& v, const Test& test) {
  if (test(v)) return true;
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), [&](const Value& e) { return any_of(e, test); });
  if (v.is_object())
    return std::any_of(v.as_object().begin(), v.as_object().end(), [&](const Object::Member& m) { return any_of(m.second, test); });
  return false;
}

struct KeyLess {
  bool operator()(const Object::Member& m, std::string_view key) const { return m.first < key; }
};

}  // namespace

Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(Value&& other) noexcept = default;

Value::Value(List l) : v_(std::make_shared<List>(std::move(l))) {}
Value::Value(Object o) : v_(std::make_shared<Object>(std::move(o))) {}

Value Value::unknown() {
  Value v;
  v.v_ = Unknown{};
  return v;
}

Value::List& Value::edit_list() { return detach(std::get<std::shared_ptr<List>>(v_)); }
Object& Value::edit_object() { return detach(std::get<std::shared_ptr<Object>>(v_)); }

const Value* Value::find(std::string_view key) const { return is_object() ? as_object().find(key) : nullptr; }

std::string_view Value::string_or(std::string_view key, std::string_view otherwise) const {
  const Value* member = find(key);
  return member != nullptr && member->is_string() ? std::string_view(member->as_string()) : otherwise;
}

bool Value::holds_secret() const {
  return any_of(*this, [](const Value& v) { return v.is_secret(); });
}

bool Value::holds_unknown() const {
  return any_of(*this, [](const Value& v) { return v.is_unknown(); });
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind() != b.kind() || a.secret_ != b.secret_) return false;
  switch (a.kind()) {
    case Value::Kind::list:
      return &a.as_list() == &b.as_list() || a.as_list() == b.as_list();
    case Value::Kind::object:
      return &a.as_object() == &b.as_object() ||
             std::equal(a.as_object().begin(), a.as_object().end(), b.as_object().begin(), b.as_object().end());
    default:
      return a.v_ == b.v_;
  }
}

int Value::compare(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return order(a.kind(), b.kind());
  int c = 0;
  switch (a.kind()) {
    case Kind::null:
    case Kind::unknown:
      break;
    case Kind::boolean:
      c = order(a.as_bool(), b.as_bool());
      break;
    case Kind::number:
      c = Number::compare(a.as_number(), b.as_number());
      break;
    case Kind::string:
      c = order(a.as_string(), b.as_string());
      break;
    case Kind::list:
      c = compare_lists(a.as_list(), b.as_list());
      break;
    case Kind::object:
      c = compare_objects(a.as_object(), b.as_object());
      break;
  }
  return c != 0 ? c : order(a.secret_, b.secret_);
}

Object::Object(std::vector<Member> members) : members_(std::move(members)) {
  const auto before = [](const Member& a, const Member& b) { return a.first < b.first; };
  const auto unordered = [](const Member& a, const Member& b) { return a.first >= b.first; };
  if (std::adjacent_find(members_.begin(), members_.end(), unordered) == members_.end()) return;
  std::stable_sort(members_.begin(), members_.end(), before);
  // Of equal keys the last one stays.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (i + 1 < members_.size() && members_[i].first == members_[i + 1].first) continue;
    if (kept != i) members_[kept] = std::move(members_[i]);
    ++kept;
  }
  members_.resize(kept);
}

const Value* Object::find(std::string_view key) const {
  const auto it = std::lower_bound(members_.begin(), members_.end(), key, KeyLess{});
  return it != members_.end() && it->first == key ? &it->second : nullptr;
}

Value* Object::find(std::string_view key) {
  const auto it = std::lower_bound(members_.begin(), members_.end(), key, KeyLess{});
  return it != members_.end() && it->first == key ? &it->second : nullptr;
}

Value& Object::set(std::string_view key, Value value) {
  auto it = std::lower_bound(members_.begin(), members_.end(), key, KeyLess{});
  if (it != members_.end() && it->first == key) {
    it->second = std::move(value);
  } else {
    it = members_.emplace(it, std::string(key), std::move(value));
  }
  return it->second;
}

bool Object::erase(std::string_view key) {
  const auto it = std::lower_bound(members_.begin(), members_.end(), key, KeyLess{});
  if (it == members_.end() || it->first != key) return false;
  members_.erase(it);
  return true;
}

}  // namespace drift
