#include "drift/diff/rules.hpp"

#include <array>
#include <utility>

namespace drift {
namespace {

template <class E, std::size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

constexpr Names<Comparator, 9> kComparators{{
    {Comparator::exact, "exact"},
    {Comparator::number, "number"},
    {Comparator::json, "json"},
    {Comparator::set, "set"},
    {Comparator::keyed_list, "keyed_list"},
    {Comparator::empty_is_absent, "empty_is_absent"},
    {Comparator::case_insensitive, "case_insensitive"},
    {Comparator::default_value, "default_value"},
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

}  // namespace

std::string_view comparator_name(Comparator c) noexcept { return name_of(kComparators, c); }
std::optional<Comparator> comparator_from_name(std::string_view name) noexcept { return value_of(kComparators, name); }
std::string_view ignore_mode_name(IgnoreMode m) noexcept { return name_of(kModes, m); }
std::optional<IgnoreMode> ignore_mode_from_name(std::string_view name) noexcept { return value_of(kModes, name); }

}  // namespace drift
