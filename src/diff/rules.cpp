#include "drift/diff/rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "diff/rule_names.hpp"

namespace drift {
namespace {

template <class E, std::size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

constexpr Names<Comparator, 10> kComparators{{
    {Comparator::exact, "exact"},
    {Comparator::number, "number"},
    {Comparator::json, "json"},
    {Comparator::set, "set"},
    {Comparator::keyed_list, "keyed_list"},
    {Comparator::empty_is_absent, "empty_is_absent"},
    {Comparator::case_insensitive, "case_insensitive"},
    {Comparator::default_value, "default_value"},
    {Comparator::float64, "float64"},
    {Comparator::ignored, "ignored"},
}};

constexpr Names<IgnoreMode, 5> kModes{{
    {IgnoreMode::hide, "hide"},
    {IgnoreMode::mute, "mute"},
    {IgnoreMode::accept, "accept"},
    {IgnoreMode::watch_only, "watch_only"},
    {IgnoreMode::never_push, "never_push"},
}};

template <class E, std::size_t N>
std::string_view name_of(const Names<E, N>& names, E value) noexcept {
  for (const auto& [e, name] : names)
    if (e == value) return name;
  return "unknown";
}

template <class E, std::size_t N>
std::optional<E> value_of(const Names<E, N>& names, std::string_view text) noexcept {
  for (const auto& [e, name] : names)
    if (name == text) return e;
  return std::nullopt;
}

template <class E, std::size_t N>
std::vector<std::string_view> names_in(const Names<E, N>& names) {
  std::vector<std::string_view> out;
  for (const auto& [e, name] : names) out.push_back(name);
  return out;
}

}  // namespace

std::string_view comparator_name(Comparator c) noexcept { return name_of(kComparators, c); }
std::optional<Comparator> comparator_from_name(std::string_view name) noexcept { return value_of(kComparators, name); }
std::vector<std::string_view> comparator_names() { return names_in(kComparators); }
std::string_view ignore_mode_name(IgnoreMode m) noexcept { return name_of(kModes, m); }
std::optional<IgnoreMode> ignore_mode_from_name(std::string_view name) noexcept { return value_of(kModes, name); }
std::vector<std::string_view> ignore_mode_names() { return names_in(kModes); }

bool is_fixed_rule_name(std::string_view name) {
  using namespace diff_internal;
  for (const std::string_view fixed : {kBaselineRule, kOutputsRule, kSecretRule, kUnmarkedRule, kUnknownRule})
    if (name == fixed) return true;
  for (const std::string_view family : {kEngineFamily, kSchemaFamily, kBuiltinFamily})
    if (name.starts_with(family)) return true;
  const std::vector<ComparatorRule>& builtin = RuleSet::builtin();
  return std::any_of(builtin.begin(), builtin.end(), [&](const ComparatorRule& r) { return r.name == name; });
}

}  // namespace drift
