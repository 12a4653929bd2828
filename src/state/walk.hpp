// Walking an object or an array with a Reading's scanner, member by member; giving an error its place.
//
// In both, null is an empty one, as Go's writers have it; `what` names the value in errors.
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "state/reader_internal.hpp"

namespace drift::state_internal {

// fn(const std::string& key) -> Status consumes the member's value.
template <class Fn>
Status each_member(Reading& in, std::string_view what, const Fn& fn) {
  auto type = in.scanner.peek();
  if (!type) return std::move(type).error();
  if (*type == JsonType::null) return in.check_value();
  DRIFT_TRY(in.scanner.expect(JsonType::object, what));
  DRIFT_TRY(in.scanner.enter_object());
  for (;;) {
    auto more = in.scanner.next_member();
    if (!more) return std::move(more).error();
    if (!*more) return {};
    DRIFT_TRY(fn(std::string(in.scanner.key())));
  }
}

// fn() -> Status consumes the element.
template <class Fn>
Status each_element(Reading& in, std::string_view what, const Fn& fn) {
  auto type = in.scanner.peek();
  if (!type) return std::move(type).error();
  if (*type == JsonType::null) return in.check_value();
  DRIFT_TRY(in.scanner.expect(JsonType::array, what));
  DRIFT_TRY(in.scanner.enter_array());
  for (;;) {
    auto more = in.scanner.next_element();
    if (!more) return std::move(more).error();
    if (!*more) return {};
    DRIFT_TRY(fn());
  }
}

// fn(const Span&) -> Status for each element.
template <class Fn>
Status each_span(Reading& in, std::string_view what, const Fn& fn) {
  return each_element(in, what, [&]() -> Status {
    auto span = in.scanner.take_value();
    if (!span) return std::move(span).error();
    return fn(*span);
  });
}

// `e` with the place it came up at, where it has none. Its subject (a duplicate address) stays; without one it is about the document.
[[nodiscard]] inline Error located(Error e, const OpenSource& source, std::uint64_t offset) {
  if (e.where()) return e;
  if (e.subject().empty()) return std::move(e).at(source.name()).position(position_in(source, offset));
  e.add_context("while reading " + source.name());
  return std::move(e).position(position_in(source, offset));
}

}  // namespace drift::state_internal
