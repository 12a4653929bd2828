#include "support/random_value.hpp"

#include <vector>

namespace drift::testing {
namespace {

// Few keys and few scalars, so that random trees meet each other often.
std::string key(std::uint64_t n) {
  static const char* const kKeys[] = {"a", "b", "c", "tags", "a.b", "", "x y", "Größe", "0", "name", "id", "[k]"};
  return kKeys[n % (sizeof kKeys / sizeof *kKeys)];
}

void leaves(const Value& v, Path& at, std::vector<Path>& out) {
  if (v.is_object()) {
    for (const auto& [k, member] : v.as_object()) {
      at.push(k);
      leaves(member, at, out);
      at.pop();
    }
  } else if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      at.push(std::uint64_t{i});
      leaves(v.as_list()[i], at, out);
      at.pop();
    }
  } else {
    out.push_back(at);
  }
}

}  // namespace

Value RandomValue::scalar() {
  switch (below(options_.unknowns ? 12 : 11)) {
    case 0:
      return {};
    case 1:
      return chance(50);
    case 2:
    case 3:
      return static_cast<std::int64_t>(below(4)) - 1;
    case 4:
      return Value(Number::parse(chance(50) ? "18446744073709551616" : "18446744073709551617").value());
    case 5:
      return Value(Number::parse(chance(50) ? "1.0" : "1e1").value());
    case 6:
      return "";
    case 7:
      return std::string("line\n\"quoted\" \xC3\xA9");
    case 11:
      return Value::unknown();
    default:
      return std::string("s") + std::to_string(below(5));
  }
}

Value RandomValue::any(int depth) {
  Value v = depth <= 0 || chance(40) ? scalar() : !options_.lists || chance(60) ? object(depth) : list(depth);
  if (options_.secrets && chance(8) && !v.is_null() && !v.is_unknown()) v.mark(Secret::plain);
  return v;
}

// The value is made first: the order in which arguments are evaluated is not the same on every machine.
void RandomValue::add_member(Object& o, Value v) { o.set(key(below(12)), std::move(v)); }

Value RandomValue::object(int depth) {
  Object o;
  const std::uint64_t n = below(static_cast<std::uint64_t>(options_.width) + 1);
  for (std::uint64_t i = 0; i < n; ++i) add_member(o, any(depth - 1));
  return o;
}

Value RandomValue::tagged(Value v, std::size_t index) const {
  const std::string tag = "#" + std::to_string(index);
  if (v.is_object()) {
    v.edit_object().set("#", tag);
  } else if (v.is_list()) {
    Object o;
    o.set("#", tag);
    o.set("list", std::move(v));
    v = std::move(o);
  } else {
    const Secret mark = v.secret();
    v = Value(tag + (v.is_string() ? v.as_string() : v.is_number() ? v.as_number().text() : "-"));
    v.mark(mark);
  }
  return v;
}

Value RandomValue::list(int depth) {
  Value::List l;
  const std::uint64_t n = below(static_cast<std::uint64_t>(options_.width) + 1);
  for (std::uint64_t i = 0; i < n; ++i) {
    Value v = any(depth - 1);
    l.push_back(options_.tagged_lists ? tagged(std::move(v), i) : std::move(v));
  }
  return l;
}

// Lists that need no alignment stay of one length: so no list may come where one was.
Value RandomValue::fresh_tree() {
  const bool lists = options_.lists;
  options_.lists = lists && !options_.tagged_lists;
  Value v = any(2);
  options_.lists = lists;
  return v;
}

// Walks down at random and changes what it ends at.
void RandomValue::edit(Value& v) {
  if (v.is_object() && !v.as_object().empty() && chance(80)) {
    const auto begin = v.as_object().begin();
    const std::string chosen = (begin + static_cast<std::ptrdiff_t>(below(v.as_object().size())))->first;
    if (chance(15)) {
      v.edit_object().erase(chosen);
    } else if (chance(15)) {
      add_member(v.edit_object(), fresh_tree());
    } else {
      edit(*v.edit_object().find(chosen));
    }
  } else if (v.is_list() && !v.as_list().empty() && chance(80)) {
    Value::List& l = v.edit_list();
    const std::size_t i = below(l.size());
    const auto at = l.begin() + static_cast<std::ptrdiff_t>(i);
    if (options_.tagged_lists) {
      edit(*at);
      *at = tagged(std::move(*at), i);
    } else if (chance(20)) {
      l.erase(at);
    } else if (chance(30)) {
      l.insert(at, fresh_tree());
    } else if (chance(10)) {
      std::swap(l[i], l[below(l.size())]);
    } else {
      edit(*at);
    }
  } else if (!(v.is_list() && options_.tagged_lists)) {
    v = fresh_tree();
  }
}

Value RandomValue::mutate(Value v, int edits) {
  for (int i = 0; i < edits; ++i) {
    if (v.is_object() && v.as_object().empty()) {
      add_member(v.edit_object(), fresh_tree());
    } else {
      edit(v);
    }
  }
  return v;
}

std::pair<Value, Path> RandomValue::mutate_one_leaf(const Value& original) {
  Value v = original;
  std::vector<Path> all;
  Path at;
  leaves(v, at, all);
  if (all.empty()) return {v, {}};
  const Path path = all[below(all.size())];
  const std::string text = "fresh-" + std::to_string(++fresh_);
  path.edit(v, [&](Value& leaf) { leaf = Value(text); });
  return {v, path};
}

}  // namespace drift::testing
