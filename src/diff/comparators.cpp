#include "diff/comparators.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

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

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: each up to there is a double

// What the whole number beyond 2^53 is as a double; none for anything else.
std::optional<double> big_integer(const Value& v) {
  if (!v.is_number() || v.as_number().canonical().find("e-") != std::string::npos) return std::nullopt;
  const double d = v.as_number().to_double();
  if (!std::isfinite(d) || std::abs(d) < kExactIntegers) return std::nullopt;
  return d;
}

// `n` is what is written for `d`: with as few digits as name it, or with all of its digits.
bool was_double(const Number& n, double d) {
  std::array<char, 400> text{};
  const auto shortest = std::to_chars(text.data(), text.data() + text.size(), d, std::chars_format::scientific);
  if (n == Number::parse(std::string_view(text.data(), static_cast<std::size_t>(shortest.ptr - text.data()))).value()) return true;
  std::snprintf(text.data(), text.size(), "%.0f", d);
  return n == Number::parse(text.data()).value();
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

bool equal_as_float64(const Value& a, const Value& b) {
  const std::optional<double> left = big_integer(a);
  const std::optional<double> right = big_integer(b);
  return left && right && *left == *right && (was_double(a.as_number(), *left) || was_double(b.as_number(), *left));
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

bool append_as_float64(const Value& v, std::string& out) {
  const std::optional<double> d = big_integer(v);
  if (!d) return false;
  out.push_back('D');
  append_canonical(Value(Number::from_double(*d).value()), out);
  return true;
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
