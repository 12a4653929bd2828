#include "diff/comparators.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"

namespace drift::diff_internal {
namespace {

std::optional<Number> as_number(const Value& v) {
  if (v.is_number()) return v.as_number();
  if (!v.is_string()) return std::nullopt;
  Result<Number> parsed = Number::parse(v.as_string());
  if (!parsed) return std::nullopt;
  return std::move(parsed).value();
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A policy document, not a data set: beyond this the strings are compared as they are.
constexpr JsonLimits kEmbedded{.max_depth = 64, .max_nodes = 100'000, .max_bytes = 4U << 20U, .max_span_bytes = 4U << 20U};

}  // namespace

bool same_content(const Value& a, const Value& b) {
  if (a == b) return true;
  if (!a.holds_secret() && !b.holds_secret()) return false;
  std::string left;
  std::string right;
  append_canonical(a, left);
  append_canonical(b, right);
  return left == right;
}

bool equal_as_number(const Value& a, const Value& b) {
  const std::optional<Number> left = as_number(a);
  if (!left) return false;
  const std::optional<Number> right = as_number(b);
  return right && *left == *right;
}

bool equal_as_json(const Value& a, const Value& b) {
  if (!a.is_string() || !b.is_string()) return false;
  if (a.as_string() == b.as_string()) return true;
  const Result<Value> left = parse_json(a.as_string(), kEmbedded);
  if (!left) return false;
  const Result<Value> right = parse_json(b.as_string(), kEmbedded);
  return right && *left == *right;
}

bool equal_without_case(const Value& a, const Value& b) {
  if (!a.is_string() || !b.is_string()) return false;
  const std::string& left = a.as_string();
  const std::string& right = b.as_string();
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool append_as_number(const Value& v, std::string& out) {
  const std::optional<Number> number = as_number(v);
  if (number) append_canonical(Value(*number), out);
  return number.has_value();
}

bool append_as_json(const Value& v, std::string& out) {
  if (!v.is_string()) return false;
  const Result<Value> document = parse_json(v.as_string(), kEmbedded);
  if (!document) return false;
  out.push_back('J');
  append_canonical(*document, out);
  return true;
}

bool append_without_case(const Value& v, std::string& out) {
  if (!v.is_string()) return false;
  std::string text = v.as_string();
  std::transform(text.begin(), text.end(), text.begin(), lower);
  append_canonical(Value(std::move(text)), out);
  return true;
}

bool is_empty_value(const Value* v) {
  if (v == nullptr || v->is_null()) return true;
  if (v->is_string()) return v->as_string().empty();
  if (v->is_list()) return v->as_list().empty();
  return v->is_object() && v->as_object().empty();
}

bool equal_with_default(const Value* a, const Value* b, const Value& otherwise) {
  const Value& left = a == nullptr || a->is_null() ? otherwise : *a;
  const Value& right = b == nullptr || b->is_null() ? otherwise : *b;
  return same_content(left, right);
}

}  // namespace drift::diff_internal
