#include "classify/predicates.hpp"

#include <algorithm>
#include <optional>

#include "classify/world.hpp"
#include "drift/model/json.hpp"

namespace drift::classify_internal {
namespace {

using Op = Predicate::Op;

bool is_absent(const Value* v) { return v == nullptr || v->is_null(); }
bool is_opaque(const Value* v) {
  return v != nullptr && (v->secret() == Secret::ciphertext || v->secret() == Secret::digest || v->is_unknown());
}

// Equal content, whatever the mark; absent equals null.
bool same(const Value* a, const Value& b) {
  if (is_opaque(a)) return false;
  if (is_absent(a)) return b.is_null();
  Value plain = *a;
  plain.mark(Secret::none);
  return plain == b;
}

bool same_as_any(const Value* a, const std::vector<Value>& list) {
  return std::any_of(list.begin(), list.end(), [&](const Value& b) { return same(a, b); });
}

bool holds(const Value* v, const Value& wanted) {
  if (is_absent(v) || is_opaque(v)) return false;
  if (v->is_list()) return std::any_of(v->as_list().begin(), v->as_list().end(), [&](const Value& e) { return holds(&e, wanted); });
  if (v->is_object())
    return std::any_of(v->as_object().begin(), v->as_object().end(), [&](const Object::Member& m) { return holds(&m.second, wanted); });
  return same(v, wanted);
}

std::vector<const Value*> elements(const Value* v) {
  std::vector<const Value*> out;
  if (is_absent(v)) return out;
  if (!v->is_list()) return {v};
  for (const Value& e : v->as_list()) out.push_back(&e);
  return out;
}

// Does `b` have an element that `a` lacks, multiplicity counted? Sorting keeps it n log n.
bool has_more(const Value* a, const Value* b) {
  if (is_opaque(a) || is_opaque(b)) return false;
  const auto less = [](const Value* x, const Value* y) { return Value::compare(*x, *y) < 0; };
  std::vector<const Value*> left = elements(a), right = elements(b);
  std::sort(left.begin(), left.end(), less);
  std::sort(right.begin(), right.end(), less);
  return !std::includes(left.begin(), left.end(), right.begin(), right.end(), less);
}

std::optional<bool> truth(const Value* v) {
  if (is_absent(v) || is_opaque(v)) return std::nullopt;
  if (v->is_bool()) return v->as_bool();
  if (v->is_string() && v->as_string() == "true") return true;
  if (v->is_string() && v->as_string() == "false") return false;
  return std::nullopt;
}

bool goes(const Value* from, const Value* to, bool value) {
  const std::optional<bool> a = truth(from), b = truth(to);
  if (value) return b == true && (a == false || is_absent(from));
  return a == true && (b == false || is_absent(to));
}

std::optional<Number> number(const Value* v) {
  if (is_absent(v) || is_opaque(v)) return std::nullopt;
  if (v->is_number()) return v->as_number();
  if (!v->is_string()) return std::nullopt;
  Result<Number> n = Number::parse(v->as_string());
  return n ? std::optional<Number>(*n) : std::nullopt;
}

// Both ends are numbers and `to` is on the far side of `from` and, where given, of the limit. sign: 1 grows, -1 falls.
bool moves(const Value* from, const Value* to, int sign, const std::vector<Value>& limit) {
  const std::optional<Number> a = number(from), b = number(to);
  if (!a || !b || Number::compare(*b, *a) * sign <= 0) return false;
  return limit.empty() || Number::compare(*b, limit.front().as_number()) * sign > 0;
}

bool parse_mode(std::string_view text, std::uint32_t& mode) {
  if (text.substr(0, 2) == "0o") text.remove_prefix(2);
  if (text.size() < 3 || text.size() > 5) return false;
  mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7') return false;
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode <= 07777;
}

struct Modes {
  std::uint32_t from = 0, to = 0;
};

std::optional<Modes> modes(const Value* from, const Value* to) {
  Modes m;
  const auto read = [](const Value* v, std::uint32_t& mode) {
    return !is_absent(v) && !is_opaque(v) && v->is_string() && parse_mode(v->as_string(), mode);
  };
  if (!read(from, m.from) || !read(to, m.to)) return std::nullopt;
  return m;
}

bool modes_gained(const Value* from, const Value* to, std::uint32_t mask) {
  const std::optional<Modes> m = modes(from, to);
  return m && (m->to & ~m->from & mask) != 0;
}

bool modes_narrowed(const Value* from, const Value* to) {
  const std::optional<Modes> m = modes(from, to);
  return m && (m->to & ~m->from) == 0 && m->to != m->from;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool text_contains(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool contains_any(const Value* v, const std::vector<Value>& words) {
  if (is_absent(v) || is_opaque(v)) return false;
  if (v->is_list()) return std::any_of(v->as_list().begin(), v->as_list().end(), [&](const Value& e) { return contains_any(&e, words); });
  if (v->is_object())
    return std::any_of(v->as_object().begin(), v->as_object().end(),
                       [&](const Object::Member& m) { return contains_any(&m.second, words); });
  if (!v->is_string()) return false;
  return std::any_of(words.begin(), words.end(), [&](const Value& w) { return text_contains(v->as_string(), w.as_string()); });
}

// Strings that are "*" or end in ":*" ("s3:*"), also inside JSON held as text.
std::size_t wildcards(const Value* v, bool in_json = false) {
  if (is_absent(v) || is_opaque(v)) return 0;
  std::size_t n = 0;
  if (v->is_list()) {
    for (const Value& e : v->as_list()) n += wildcards(&e, in_json);
  } else if (v->is_object()) {
    for (const auto& [key, member] : v->as_object()) n += wildcards(&member, in_json);
  } else if (v->is_string()) {
    const std::string& s = v->as_string();
    if (s == "*" || (s.size() > 2 && s.compare(s.size() - 2, 2, ":*") == 0)) return 1;
    if (in_json || s.find('*') == std::string::npos) return 0;
    const Result<Value> json = parse_json(s);
    if (json && (json->is_object() || json->is_list())) n = wildcards(&*json, true);
  }
  return n;
}

Error bad(std::string message) { return Error(Errc::invalid_rule, std::move(message)); }

std::vector<Value> one_or_many(const Value& v) { return v.is_list() ? v.as_list() : std::vector<Value>{v}; }

struct OpName {
  std::string_view name;
  Op op;
};

// Those that only take `true`.
constexpr OpName flags[] = {
    {"changed", Op::changed},
    {"added", Op::added},
    {"removed", Op::removed},
    {"adds_elements", Op::adds_elements},
    {"drops_elements", Op::drops_elements},
    {"wildcard_appears", Op::wildcard_appears},
    {"cidr_opens_world", Op::opens_world},
    {"cidr_opens_world_v4", Op::opens_world4},
    {"cidr_opens_world_v6", Op::opens_world6},
    {"cidr_closes_world", Op::closes_world},
    {"true_to_false", Op::true_to_false},
    {"false_to_true", Op::false_to_true},
    {"mode_narrows", Op::mode_narrows},
};

}  // namespace

Result<Predicate> Predicate::parse(const Value& when) { return parse_object(when, 0, false); }

Result<Predicate> Predicate::parse_object(const Value& when, unsigned depth, bool one_side) {
  if (!when.is_object() || when.as_object().empty()) return bad("a condition has to be an object that is not empty");
  if (depth > 32) return bad("conditions were nested too deep");
  Predicate all;
  all.op_ = Op::all;
  for (const auto& [name, arg] : when.as_object()) {
    Result<Predicate> p = one_side ? parse_side_op(name, arg) : parse_op(name, arg, depth + 1);
    if (!p) return p;
    all.kids_.push_back(std::move(*p));
  }
  return all;
}

Result<Predicate> Predicate::parse_side_op(std::string_view name, const Value& arg) {
  Predicate p;
  if (name == "eq" || name == "ne") {
    p.op_ = name == "eq" ? Op::eq : Op::ne;
    p.args_ = {arg};
  } else if (name == "in" && arg.is_list()) {
    p.op_ = Op::in;
    p.args_ = arg.as_list();
  } else if (name == "absent" && arg.is_bool() && arg.as_bool()) {
    p.op_ = Op::absent;
  } else if (name == "contains_any" && arg.is_list()) {
    p.op_ = Op::side_contains_any;
    p.args_ = arg.as_list();
    for (const Value& w : p.args_)
      if (!w.is_string() || w.as_string().empty()) return bad("contains_any takes a list of words");
  } else {
    return bad("a side takes eq, ne, in, absent or contains_any, not \"" + std::string(name) + "\" as it was given");
  }
  return p;
}

Result<Predicate> Predicate::parse_op(std::string_view name, const Value& arg, unsigned depth) {
  for (const OpName& flag : flags) {
    if (flag.name != name) continue;
    if (!arg.is_bool() || !arg.as_bool()) return bad("\"" + std::string(name) + "\" takes only true");
    Predicate p;
    p.op_ = flag.op;
    return p;
  }
  if (name == "all" || name == "any" || name == "not" || name == "from" || name == "to") return parse_nested(name, arg, depth);
  return parse_content(name, arg);
}

Result<Predicate> Predicate::parse_nested(std::string_view name, const Value& arg, unsigned depth) {
  Predicate p;
  if (name == "all" || name == "any") {
    if (!arg.is_list() || arg.as_list().empty()) return bad("\"" + std::string(name) + "\" takes a list of conditions");
    p.op_ = name == "all" ? Op::all : Op::any;
    for (const Value& kid : arg.as_list()) {
      Result<Predicate> k = parse_object(kid, depth, false);
      if (!k) return k;
      p.kids_.push_back(std::move(*k));
    }
    return p;
  }
  Result<Predicate> k = parse_object(arg, depth, name != "not");
  if (!k) return k;
  p.op_ = name == "not" ? Op::negate : name == "from" ? Op::from : Op::to;
  p.kids_.push_back(std::move(*k));
  return p;
}

Result<Predicate> Predicate::parse_content(std::string_view name, const Value& arg) {
  Predicate p;
  if (name == "becomes") {
    const Value* to = arg.find("to");
    const Value* from = arg.find("from");
    if (to == nullptr || arg.as_object().size() != (from != nullptr ? 2U : 1U)) return bad("becomes takes \"to\" and perhaps \"from\"");
    p.op_ = Op::becomes;
    p.args_ = one_or_many(*to);
    if (from != nullptr) p.other_ = one_or_many(*from);
    return p;
  }
  if (name == "gains" || name == "loses") {
    p.op_ = name == "gains" ? Op::gains : Op::loses;
    p.args_ = one_or_many(arg);
    return p;
  }
  if (name == "grows" || name == "falls") {
    p.op_ = name == "grows" ? Op::grows : Op::falls;
    if (arg.is_number())
      p.args_ = {arg};
    else if (!arg.is_bool() || !arg.as_bool())
      return bad("\"" + std::string(name) + "\" takes true or a number to pass");
    return p;
  }
  if (name == "mode_widens" || name == "mode_gains") {
    p.op_ = Op::mode_gains;
    p.mask_ = 06022;  // setuid, setgid, and write for the group and for others
    if (name == "mode_widens" && (!arg.is_bool() || !arg.as_bool())) return bad("\"mode_widens\" takes only true");
    if (name == "mode_gains" && (!arg.is_string() || !parse_mode(arg.as_string(), p.mask_)))
      return bad("\"mode_gains\" takes an octal mask");
    return p;
  }
  if (name == "contains_any") {
    Result<Predicate> k = parse_side_op(name, arg);
    if (k) k->op_ = Op::contains_any;
    return k;
  }
  return bad("the condition \"" + std::string(name) + "\" is not known");
}

bool Predicate::opens(const Value* from, const Value* to) const {
  if (is_opaque(from) || is_opaque(to)) return false;
  const WorldCount a = count_world(from), b = count_world(to);
  const bool v4 = b.v4 > a.v4, v6 = b.v6 > a.v6;
  switch (op_) {
    case Op::opens_world4:
      return v4;
    case Op::opens_world6:
      return v6;
    case Op::closes_world:
      return !v4 && !v6 && (b.v4 < a.v4 || b.v6 < a.v6);
    default:
      return v4 || v6;
  }
}

bool Predicate::eval(const Value* from, const Value* to) const {
  const auto holds_now = [&](const Predicate& k) { return k.eval(from, to); };
  switch (op_) {
    case Op::all:
      return std::all_of(kids_.begin(), kids_.end(), holds_now);
    case Op::any:
      return std::any_of(kids_.begin(), kids_.end(), holds_now);
    case Op::negate:
      return !holds_now(kids_.front());
    case Op::from:
      return kids_.front().eval_side(from);
    case Op::to:
      return kids_.front().eval_side(to);
    case Op::changed:
      return true;
    case Op::added:
      return is_absent(from) && !is_absent(to);
    case Op::removed:
      return !is_absent(from) && is_absent(to);
    default:
      return eval_content(from, to);
  }
}

bool Predicate::eval_content(const Value* from, const Value* to) const {
  switch (op_) {
    case Op::becomes:
      if (is_opaque(from) || is_opaque(to) || !same_as_any(to, args_)) return false;
      return other_.empty() ? !same_as_any(from, args_) : same_as_any(from, other_);
    case Op::gains:
      return std::any_of(args_.begin(), args_.end(), [&](const Value& w) { return holds(to, w) && !holds(from, w); });
    case Op::loses:
      return std::any_of(args_.begin(), args_.end(), [&](const Value& w) { return holds(from, w) && !holds(to, w); });
    case Op::adds_elements:
      return has_more(from, to);
    case Op::drops_elements:
      return has_more(to, from);
    case Op::wildcard_appears:
      return wildcards(to) > wildcards(from);
    case Op::opens_world:
    case Op::opens_world4:
    case Op::opens_world6:
    case Op::closes_world:
      return opens(from, to);
    case Op::grows:
      return moves(from, to, 1, args_);
    case Op::falls:
      return moves(from, to, -1, args_);
    case Op::true_to_false:
      return goes(from, to, false);
    case Op::false_to_true:
      return goes(from, to, true);
    case Op::mode_gains:
      return modes_gained(from, to, mask_);
    case Op::mode_narrows:
      return modes_narrowed(from, to);
    case Op::contains_any:
      return contains_any(to, args_) && !contains_any(from, args_);
    default:
      return false;
  }
}

// `all` joins what was asked of one side.
bool Predicate::eval_side(const Value* v) const {
  switch (op_) {
    case Op::all:
      return std::all_of(kids_.begin(), kids_.end(), [&](const Predicate& k) { return k.eval_side(v); });
    case Op::eq:
      return same(v, args_.front());
    case Op::ne:
      return !is_opaque(v) && !same(v, args_.front());
    case Op::in:
      return same_as_any(v, args_);
    case Op::absent:
      return is_absent(v);
    case Op::side_contains_any:
      return contains_any(v, args_);
    default:
      return false;
  }
}

}  // namespace drift::classify_internal
