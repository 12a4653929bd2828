#include "drift/model/schema.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace drift {
namespace {

// Marks below `v`, which is at `path`; leaves alone (and shared) what holds nothing sensitive.
template <class Sensitive>
bool mark_below(Value& v, Path& path, const Sensitive& sensitive) {
  if (sensitive(path, v)) {
    if (v.is_secret()) return false;  // what the reader knows (ciphertext, digest) stays
    v.mark(Secret::plain);
    return true;
  }
  bool marked = false;
  if (v.is_list()) {
    for (std::size_t i = 0; i < v.as_list().size(); ++i) {
      path.push(std::uint64_t{i});
      Value copy = v.as_list()[i];
      if (mark_below(copy, path, sensitive)) {
        v.edit_list()[i] = std::move(copy);
        marked = true;
      }
      path.pop();
    }
  } else if (v.is_object()) {
    const Value before = v;  // keeps the members in place while v is changed
    for (const auto& [key, value] : before.as_object()) {
      path.push(key);
      Value copy = value;
      if (mark_below(copy, path, sensitive)) {
        v.edit_object().set(key, std::move(copy));
        marked = true;
      }
      path.pop();
    }
  }
  return marked;
}

bool any_matches(const std::vector<PathPattern>& patterns, const Path& path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const PathPattern& p) { return p.matches(path); });
}

// True when a value at one of `patterns` is secret, as a whole or in part.
bool secret_at(const Value& v, Path& path, const std::vector<PathPattern>& patterns, bool above = false) {
  const bool secret = above || v.is_secret();
  if (!secret && !v.holds_secret()) return false;
  if (any_matches(patterns, path)) return !v.is_null();
  bool found = false;
  const auto below = [&](const auto& segment, const Value& child) {
    path.push(segment);
    found = found || secret_at(child, path, patterns, secret);
    path.pop();
  };
  if (v.is_list())
    for (std::size_t i = 0; i < v.as_list().size(); ++i) below(std::uint64_t{i}, v.as_list()[i]);
  if (v.is_object())
    for (const auto& [key, member] : v.as_object()) below(key, member);
  return found;
}

PathPattern parsed(std::string_view pattern) {
  Result<PathPattern> p = PathPattern::parse(pattern);
  if (!p) throw std::invalid_argument("drift::Schema: malformed pattern " + std::string(pattern));
  return *std::move(p);
}

}  // namespace

Schema& Schema::add(std::string_view pattern, SchemaFacts facts) {
  std::vector<PathPattern> reveals;
  for (const std::string& text : facts.reveals) reveals.push_back(parsed(text));
  if (facts.derived && reveals.empty()) reveals.push_back(parsed("**"));
  entries_.push_back({parsed(pattern), std::move(facts), std::move(reveals)});
  return *this;
}

SchemaFacts Schema::at(const Path& path) const {
  SchemaFacts all;
  // Of facts that are no flags, the most specific pattern's holds; of equal ones the first.
  int type_rank = std::numeric_limits<int>::min(), key_rank = type_rank, default_rank = type_rank;
  const auto take = [](int rank, int& best, bool has) {
    if (!has || rank <= best) return false;
    best = rank;
    return true;
  };
  for (const Entry& e : entries_) {
    if (!e.pattern.matches(path)) continue;
    const SchemaFacts& f = e.facts;
    all.computed |= f.computed;
    all.read_only |= f.read_only;
    all.write_only |= f.write_only;
    all.sensitive |= f.sensitive;
    all.force_new |= f.force_new;
    all.set |= f.set;
    all.derived |= f.derived;
    all.empty_is_absent |= f.empty_is_absent;
    all.float64 |= f.float64;
    all.reveals.insert(all.reveals.end(), f.reveals.begin(), f.reveals.end());
    const int rank = e.pattern.specificity();
    if (take(rank, type_rank, f.type != TypeHint::any)) all.type = f.type;
    if (take(rank, key_rank, f.list_key.has_value())) all.list_key = f.list_key;
    if (take(rank, default_rank, f.default_value.has_value())) all.default_value = f.default_value;
  }
  return all;
}

Value Schema::mark_sensitive(Value root) const {
  std::vector<const PathPattern*> patterns;
  for (const Entry& e : entries_)
    if (e.facts.sensitive) patterns.push_back(&e.pattern);
  if (patterns.empty()) return root;
  Path path;
  mark_below(root, path, [&](const Path& p, const Value&) {
    for (const PathPattern* pattern : patterns)
      if (pattern->matches(p)) return true;
    return false;
  });
  return root;
}

void Schema::mark_revealing(std::span<Value* const> roots) const {
  if (std::none_of(roots.begin(), roots.end(), [](const Value* root) { return root->holds_secret(); })) return;
  Path path;
  for (const Entry& e : entries_) {
    if (e.reveals.empty()) continue;
    if (std::none_of(roots.begin(), roots.end(), [&](const Value* root) { return secret_at(*root, path, e.reveals); })) continue;
    for (Value* root : roots) mark_below(*root, path, [&](const Path& p, const Value& v) { return !v.is_null() && e.pattern.matches(p); });
  }
}

}  // namespace drift
