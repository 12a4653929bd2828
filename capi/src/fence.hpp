// The fence around every entry of the C interface: nothing is thrown across it, and an error is a code and, where it is wanted, a handle.
//
// Thread rule: any.
#pragma once

#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "drift/base/result.hpp"
#include "handle.hpp"
#include "text_block.hpp"

namespace drift::capi {

struct ErrorBody {
  explicit ErrorBody(Error e) : error(std::move(e)), message(error.to_string()) {
    for (const std::string& context : error.contexts()) contexts += (contexts.empty() ? "" : "\n") + context;
  }
  Error error;
  std::string message;
  std::string contexts;
};

// What an entry came to: a word (DRIFT_OK, DRIFT_END...) or an error.
class Outcome {
 public:
  Outcome(std::int32_t word) : word_(word) {}         // NOLINT(google-explicit-constructor)
  Outcome(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  Outcome(Status status) {                            // NOLINT(google-explicit-constructor)
    if (!status.ok()) error_ = std::move(status).error();
  }
  [[nodiscard]] std::int32_t word() const noexcept { return word_; }
  [[nodiscard]] std::optional<Error>& error() noexcept { return error_; }

 private:
  std::int32_t word_ = DRIFT_OK;
  std::optional<Error> error_;
};

[[nodiscard]] inline std::int32_t code_of(Errc code) noexcept { return -static_cast<std::int32_t>(code); }
// Puts `error` into *err (where there is one) and gives its code. Without memory it is the one error that was made beforehand.
std::int32_t failed(drift_error** err, Error error) noexcept;
std::int32_t out_of_memory(drift_error** err) noexcept;
// An exception that nobody foresaw; `what` may be nullptr.
std::int32_t failed_internally(drift_error** err, const char* what) noexcept;

// Clears the outputs, runs `fn` (which gives an Outcome), and turns what it throws into an error.
template <class Fn, class... Outs>
std::int32_t fence(drift_error** err, Fn&& fn, Outs*... outs) noexcept {
  if (err != nullptr) *err = nullptr;
  ((outs != nullptr ? void(*outs = Outs{}) : void()), ...);
  try {
    Outcome outcome = std::forward<Fn>(fn)();
    if (outcome.error()) return failed(err, std::move(*outcome.error()));
    return outcome.word();
  } catch (const std::bad_alloc&) {
    return out_of_memory(err);
  } catch (const std::exception& e) {
    return failed_internally(err, e.what());
  } catch (...) {
    return failed_internally(err, nullptr);
  }
}

[[nodiscard]] Error bad_handle(const char* argument);
[[nodiscard]] Error null_argument(const char* argument);
// A text argument; DRIFT_NUL measures it. NULL is the empty text only where n is 0.
[[nodiscard]] Result<std::string_view> text_in(const char* p, std::size_t n, const char* argument);
// The same, and UTF-8; E_BAD_UTF8 with the byte.
[[nodiscard]] Result<std::string_view> utf8_in(const char* p, std::size_t n, const char* argument);
// The same of a path or another text that a system call takes: no zero byte in it.
[[nodiscard]] Result<std::string_view> path_in(const char* p, std::size_t n, const char* argument);

inline void text_out(std::string_view text, const char** p, std::size_t* n) noexcept {
  if (p != nullptr) *p = text.data();
  if (n != nullptr) *n = text.size();
}

// A page of rows; `first_version` is the size of the row's first version.
template <class Row>
Outcome page(const std::vector<Row>& rows, std::size_t first_version, std::uint64_t first, Row* views, std::size_t stride, std::size_t cap,
             std::size_t* out_got) {
  if (cap > 0 && views == nullptr) return null_argument("views");
  if (cap > 0 && stride < first_version)
    return Error(Errc::invalid_argument, "the stride is smaller than the first version of the row")
        .at("stride")
        .next("give sizeof of the view");
  *out_got = copy_rows(rows, first, views, stride, cap);
  return DRIFT_OK;
}

}  // namespace drift::capi

// The body of a handle argument, or the error that says which argument it was.
// NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared cannot stand in parentheses.
#define DRIFT_CAPI_BODY(name, handle)                \
  auto* const name = ::drift::capi::body_of(handle); \
  if (name == nullptr) return ::drift::capi::bad_handle(#handle)
#define DRIFT_CAPI_OUT(out) \
  if ((out) == nullptr) return ::drift::capi::null_argument(#out)
// NOLINTEND(bugprone-macro-parentheses)
