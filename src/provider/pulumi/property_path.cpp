// Pulumi's property paths: read as loosely as the engine reads them, and followed as its ignoreChanges follow them.
#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "provider/pulumi/property.hpp"

namespace drift::pulumi_internal {
namespace {

struct Wildcard {};
using Step = std::variant<std::string, std::uint64_t, Wildcard>;
using Steps = std::vector<Step>;

// `["..."]` at the start of `text`, cut off from it; only \" is an escape.
std::optional<std::string> quoted_key(std::string_view& text) {
  std::string key;
  for (std::size_t i = 2; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (i + 1 >= text.size() || text[i + 1] != ']') return std::nullopt;
      text.remove_prefix(i + 2);
      return key;
    }
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
    key += text[i];
  }
  return std::nullopt;
}

std::optional<Step> bracket(std::string_view& text) {
  if (text.size() > 1 && text[1] == '"') {
    std::optional<std::string> key = quoted_key(text);
    if (!key) return std::nullopt;
    if (*key == "*") return Step(Wildcard{});
    return Step(*std::move(key));
  }
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view inside = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  if (inside == "*") return Step(Wildcard{});
  std::uint64_t index = 0;
  const auto [stop, fault] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (fault != std::errc() || stop != inside.data() + inside.size()) return std::nullopt;
  return Step(index);
}

std::optional<Steps> parse(std::string_view text) {
  Steps out;
  if (text.starts_with('.')) return std::nullopt;
  while (!text.empty()) {
    if (text[0] == '.') {
      text.remove_prefix(1);
      if (text.empty()) return std::nullopt;
    } else if (text[0] == '[') {
      std::optional<Step> step = bracket(text);
      if (!step) return std::nullopt;
      out.push_back(*std::move(step));
    } else {
      const std::size_t end = std::min(text.find_first_of(".["), text.size());
      out.push_back(text.substr(0, end) == "*" ? Step(Wildcard{}) : Step(std::string(text.substr(0, end))));
      text.remove_prefix(end);
    }
  }
  return out;
}

// One step of an ignored path, at which `before` is (null: nothing) and `now` is to become it.
class Resetter {
 public:
  explicit Resetter(const Steps& steps) : steps_(steps) {}

  bool run(const Value& before, Value& now) { return at(0, before, now, false, false); }

 private:
  bool at(std::size_t i, const Value& before, Value& now, bool was_secret, bool is_secret) {
    if (i >= steps_.size()) return false;
    if (tag_of(before) == Tag::secret) {
      const Value* inner = before.find("value");
      return inner != nullptr && at(i, *inner, now, true, is_secret);
    }
    if (tag_of(now) == Tag::secret) {
      Value* inner = now.edit_object().find("value");
      return inner != nullptr && at(i, before, *inner, was_secret, true);
    }
    const bool leaf = i + 1 == steps_.size();
    const auto taken = [&](const Value& v) { return was_secret && !is_secret ? secret_of(v) : v; };
    if (const auto* index = std::get_if<std::uint64_t>(&steps_[i])) {
      if (!before.is_list() || !now.is_list()) return !before.is_list() && !now.is_list();
      const std::size_t k = *index, most = before.as_list().size(), have = now.as_list().size();
      if (k >= most || k >= have) return leaf && k >= most && k >= have;
      if (!leaf) return at(i + 1, before.as_list()[k], now.edit_list()[k], was_secret, is_secret);
      now.edit_list()[k] = taken(before.as_list()[k]);
      return true;
    }
    if (std::holds_alternative<Wildcard>(steps_[i]))
      return leaf ? all_leaves(before, now, was_secret && !is_secret) : all(i, before, now, was_secret, is_secret);
    const std::string& key = std::get<std::string>(steps_[i]);
    const Value* old = plain_object(before) ? before.find(key) : nullptr;
    if (leaf) {
      if (!plain_object(now)) return old == nullptr;
      if (old != nullptr)
        now.edit_object().set(key, taken(*old));
      else
        now.edit_object().erase(key);
      return true;
    }
    if (!plain_object(before) || !plain_object(now)) return !plain_object(before) && !plain_object(now);
    if (now.find(key) == nullptr) return old == nullptr;
    const Value nothing;
    return at(i + 1, old != nullptr ? *old : nothing, *now.edit_object().find(key), was_secret, is_secret);
  }

  bool all_leaves(const Value& before, Value& now, bool as_secret) {
    const auto taken = [&](const Value& v) { return as_secret ? secret_of(v) : v; };
    if (plain_object(now)) {
      if (!plain_object(before)) return true;
      Object out;
      for (const auto& [key, v] : before.as_object()) out.set(key, taken(v));
      now = Value(std::move(out));
      return true;
    }
    if (!now.is_list()) return false;
    if (!before.is_list()) return true;
    const Value::List& old = before.as_list();
    Value::List& fresh = now.edit_list();
    for (std::size_t k = 0; k < std::min(old.size(), fresh.size()); ++k) fresh[k] = taken(old[k]);
    return old.size() == fresh.size();
  }

  bool all(std::size_t i, const Value& before, Value& now, bool was_secret, bool is_secret) {
    if (plain_object(before) && plain_object(now)) {
      for (const auto& [key, old] : before.as_object()) {
        if (now.find(key) == nullptr) return false;
        if (!at(i + 1, old, *now.edit_object().find(key), was_secret, is_secret)) return false;
      }
      return true;
    }
    if (!before.is_list() || !now.is_list()) return false;
    const std::size_t both = std::min(before.as_list().size(), now.as_list().size());
    for (std::size_t k = 0; k < both; ++k)
      if (!at(i + 1, before.as_list()[k], now.edit_list()[k], was_secret, is_secret)) return false;
    return before.as_list().size() == now.as_list().size();
  }

  static Value secret_of(const Value& v) {
    Value out = tagged(Tag::secret);
    out.edit_object().set("value", v);
    return out;
  }

  const Steps& steps_;
};

}  // namespace

bool reset_path(std::string_view path, const Value& before, Value& now) {
  const std::optional<Steps> steps = parse(path);
  return steps && Resetter(*steps).run(before, now);
}

namespace {

const Value* bare(const Value* v) { return v != nullptr && tag_of(*v) == Tag::secret ? v->find("value") : v; }

// What is at one step below `v`, which may be a secret; null: nothing.
const Value* below(const Value* v, const Path::Segment& segment) {
  v = bare(v);
  if (v == nullptr) return nullptr;
  if (const auto* key = std::get_if<std::string>(&segment)) return v->find(*key);
  const std::uint64_t index = std::get<std::uint64_t>(segment);
  return v->is_list() && index < v->as_list().size() ? &v->as_list()[index] : nullptr;
}

bool is_secret(const Value& v) { return v.is_secret() || tag_of(v) == Tag::secret; }

// What ends a key in a name that somebody wrote without quotes; "-" and what is no ASCII may stand in one.
bool may_end_key(char c) {
  const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  return !word && static_cast<unsigned char>(c) < 0x80;
}

// Follows a name by all keys that its rest may begin with. What led to no secret once is not followed again: there are more ways through a
// name of repeated keys than anybody could wait for.
class SecretInName {
 public:
  bool find(const Value& v, std::string_view rest) {
    if (is_secret(v)) return !place.empty();
    if ((!v.is_object() && !v.is_list()) || !in_vain_.emplace(&v, rest.size()).second) return false;
    const std::size_t size = place.size();
    while (true) {
      if (v.is_object() ? member(v, rest) : v.is_list() && element(v, rest)) return true;
      while (place.size() > size) place.pop();
      if (rest.empty() || !may_end_key(rest[0])) return false;
      rest.remove_prefix(1);
    }
  }
  Path place;

 private:
  bool member(const Value& object, std::string_view rest) {
    for (std::size_t end = 1; end <= rest.size(); ++end) {
      if (end < rest.size() && !may_end_key(rest[end])) continue;
      const Value* v = object.find(rest.substr(0, end));
      if (v == nullptr) continue;
      place.push(std::string(rest.substr(0, end)));
      if (find(*v, rest.substr(end))) return true;
      place.pop();
    }
    return false;
  }

  bool element(const Value& list, std::string_view rest) {
    std::uint64_t index = 0;
    const auto [stop, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (fault != std::errc() || index >= list.as_list().size()) return false;
    place.push(index);
    if (find(list.as_list()[index], rest.substr(static_cast<std::size_t>(stop - rest.data())))) return true;
    place.pop();
    return false;
  }

  std::set<std::pair<const Value*, std::size_t>> in_vain_;
};

}  // namespace

bool leads(const Value& property, const Path& path) {
  const Value* v = &property;
  for (const Path::Segment& segment : path.segments())
    if (v != nullptr) v = below(v, segment);
  return v != nullptr;
}

Path up_to_secret(const Value& root, Path path) {
  const Value* v = &root;
  for (std::size_t i = 0; v != nullptr && i < path.size(); ++i) {
    v = below(v, path.segments()[i]);
    if (v == nullptr || !is_secret(*v)) continue;
    const auto begin = path.segments().begin();
    return Path({begin, begin + static_cast<std::ptrdiff_t>(i + 1)});
  }
  return path;
}

std::optional<Path> secret_in_name(const Value& root, std::string_view name) {
  SecretInName in;
  if (!in.find(root, name)) return std::nullopt;
  return std::move(in.place);
}

bool is_whole(const Value& property, const Path& path) {
  const auto whole = [](const Value* v) {
    const Tag tag = v != nullptr ? tag_of(*v) : Tag::none;
    return tag == Tag::asset || tag == Tag::archive || tag == Tag::reference;
  };
  const Value* v = bare(&property);
  for (const Path::Segment& segment : path.segments()) {
    if (v == nullptr || whole(v)) break;
    v = bare(below(v, segment));
  }
  return whole(v);
}

std::optional<Path> path_of(std::string_view text) {
  const std::optional<Steps> steps = parse(text);
  if (!steps) return std::nullopt;
  Path out;
  for (const Step& step : *steps) {
    if (const auto* key = std::get_if<std::string>(&step))
      out.push(*key);
    else if (const auto* index = std::get_if<std::uint64_t>(&step))
      out.push(*index);
    else
      return std::nullopt;
  }
  return out;
}

}  // namespace drift::pulumi_internal
