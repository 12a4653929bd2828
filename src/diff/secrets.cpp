#include "diff/secrets.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace drift::diff_internal {
namespace {

// A path with its indexes left out. The separators cannot be confused: each key is led by its length.
void append_shape(std::string& shape, const Path::Segment& segment) {
  if (const auto* key = std::get_if<std::string>(&segment)) {
    shape += std::to_string(key->size()) + ':' + *key;
  } else {
    shape += '*';
  }
}

using Shapes = std::set<std::string>;

void collect(const Value& v, std::string& shape, Shapes& out) {
  if (v.is_secret()) {
    out.insert(shape);
    return;
  }
  const std::size_t size = shape.size();
  if (v.is_object()) {
    for (const auto& [key, member] : v.as_object()) {
      if (!member.holds_secret()) continue;
      append_shape(shape, key);
      collect(member, shape, out);
      shape.resize(size);
    }
  } else if (v.is_list()) {
    for (const Value& element : v.as_list()) {
      if (!element.holds_secret()) continue;
      append_shape(shape, std::uint64_t{0});
      collect(element, shape, out);
      shape.resize(size);
    }
  }
}

class Marker {
 public:
  Marker(const Shapes& shapes, const Schema* schema) : shapes_(shapes), schema_(schema) {}

  // True when the value at `path` is secret as a whole.
  [[nodiscard]] bool covers(const Path& path) const {
    std::string shape;
    Path prefix;
    if (secret_at(shape, prefix)) return true;
    for (const Path::Segment& segment : path.segments()) {
      append_shape(shape, segment);
      std::visit([&](const auto& s) { prefix.push(s); }, segment);
      if (secret_at(shape, prefix)) return true;
    }
    return false;
  }

  void mark_below(std::optional<Value>& v, const Path& path) const {
    if (!v || v->is_secret() || !(v->is_object() || v->is_list())) return;
    std::string shape;
    for (const Path::Segment& segment : path.segments()) append_shape(shape, segment);
    Path at = path;
    v = marked(*v, shape, at);
  }

 private:
  [[nodiscard]] bool secret_at(const std::string& shape, const Path& path) const {
    return shapes_.count(shape) != 0 || (schema_ != nullptr && schema_->at(path).sensitive);
  }

  Value marked(Value v, std::string& shape, Path& at) const {
    if (v.is_secret()) return v;
    const std::size_t size = shape.size();
    const auto below = [&](const auto& segment, const Value& was) {
      append_shape(shape, segment);
      at.push(segment);
      Value now = was;
      if (secret_at(shape, at)) {
        if (!now.is_secret()) now.mark(Secret::plain);
      } else {
        now = marked(std::move(now), shape, at);
      }
      at.pop();
      shape.resize(size);
      return now;
    };
    if (v.is_object()) {
      const Object members = v.as_object();
      for (const auto& [key, member] : members) v.edit_object().set(key, below(key, member));
    } else if (v.is_list()) {
      for (std::size_t i = 0; i < v.as_list().size(); ++i) {
        Value now = below(std::uint64_t{i}, v.as_list()[i]);
        v.edit_list()[i] = std::move(now);
      }
    }
    return v;
  }

  const Shapes& shapes_;
  const Schema* schema_;
};

void mark_whole(std::optional<Value>& v) {
  if (v && !v->is_secret()) v->mark(Secret::plain);
}

void protect(Change& c, const Marker& marker) {
  const auto sides = {&c.desired, &c.recorded, &c.actual, &c.baseline};
  bool whole = c.sensitive || marker.covers(c.path);
  bool below = false;
  std::optional<Value::Kind> kind;
  bool kinds_differ = false;
  for (const std::optional<Value>* v : sides) {
    if (!*v) continue;
    whole = whole || (*v)->is_secret();
    below = below || (*v)->holds_secret();
    kinds_differ = kinds_differ || (kind && *kind != (*v)->kind());
    kind = (*v)->kind();
  }
  // A value of another kind may hold the same secret in another form: an object, and the JSON text of it.
  whole = whole || (below && kinds_differ);
  c.sensitive = whole;
  for (std::optional<Value>* v : {&c.desired, &c.recorded, &c.actual, &c.baseline}) {
    if (whole) {
      mark_whole(*v);
    } else {
      marker.mark_below(*v, c.path);
    }
  }
}

int order(ChangeKind k) { return k == ChangeKind::removed ? 0 : k == ChangeKind::modified ? 1 : 2; }

}  // namespace

void protect_secrets(std::vector<Change>& changes, const std::vector<const Value*>& roots, const Schema* schema) {
  if (changes.empty()) return;
  Shapes shapes;
  std::string shape;
  for (const Value* root : roots)
    if (root != nullptr && root->holds_secret()) collect(*root, shape, shapes);
  const bool facts = schema != nullptr && !schema->empty();
  const bool any = std::any_of(changes.begin(), changes.end(), [](const Change& c) { return c.sensitive; });
  if (shapes.empty() && !facts && !any) return;
  const Marker marker(shapes, facts ? schema : nullptr);
  for (Change& c : changes) protect(c, marker);
}

void protect_echoes(std::vector<Change>& changes, const model_internal::SecretEchoes& echoes) {
  for (Change& c : changes) {
    const auto sides = {&c.desired, &c.recorded, &c.actual, &c.baseline};
    const auto whole = [&](const std::optional<Value>* v) { return *v && (**v).is_string() && echoes.in(**v); };
    if (!c.sensitive && std::any_of(sides.begin(), sides.end(), whole)) {
      c.sensitive = true;
      if (c.why == "value") c.why = "secret";
    }
    for (std::optional<Value>* v : sides) {
      if (!*v) continue;
      if (c.sensitive)
        mark_whole(*v);
      else
        echoes.mark(**v);
    }
  }
}

void sort_changes(std::vector<Change>& changes) {
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    if (a.section != b.section) return a.section < b.section;
    if (a.path < b.path) return true;
    if (b.path < a.path) return false;
    return std::make_tuple(order(a.kind), a.relation, std::string_view(a.rule)) <
           std::make_tuple(order(b.kind), b.relation, std::string_view(b.rule));
  });
}

}  // namespace drift::diff_internal
