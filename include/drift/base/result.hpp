// Result<T>: a T or an Error. Status: success or an Error.
//
// Example:
//   Result<Snapshot> s = read_state_file("prod.tfstate");
//   if (!s) return std::move(s).error();
//   use(*s);
//
// Thread rule: an ordinary value. Reading the wrong side is a bug and throws std::logic_error; nothing else here throws.
#pragma once

#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "drift/base/error.hpp"

namespace drift {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return v_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() & {
    need(0);
    return *std::get_if<0>(&v_);
  }
  [[nodiscard]] const T& value() const& {
    need(0);
    return *std::get_if<0>(&v_);
  }
  [[nodiscard]] T&& value() && {
    need(0);
    return std::move(*std::get_if<0>(&v_));
  }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const& {
    need(1);
    return *std::get_if<1>(&v_);
  }
  [[nodiscard]] Error& error() & {
    need(1);
    return *std::get_if<1>(&v_);
  }
  [[nodiscard]] Error&& error() && {
    need(1);
    return std::move(*std::get_if<1>(&v_));
  }

 private:
  void need(std::size_t index) const {
    if (v_.index() != index) throw std::logic_error("drift::Result: the other side was asked for");
  }
  std::variant<T, Error> v_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::in_place, std::move(error)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] const Error& error() const& {
    need();
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    need();
    return std::move(*error_);
  }

 private:
  void need() const {
    if (!error_) throw std::logic_error("drift::Status: no error to give");
  }
  std::optional<Error> error_;
};

}  // namespace drift

// Returns the error of `expr` (a Status or Result) from the enclosing function, if there is one.
#define DRIFT_TRY(expr)                                                                                   \
  do {                                                                                                    \
    if (auto drift_try_ = (expr); !drift_try_.ok()) return ::drift::Error(std::move(drift_try_).error()); \
  } while (false)
