#include <cstring>
#include <new>

#include "drift/version.hpp"
#include "fence.hpp"
#include "model/utf8.hpp"

namespace drift::capi {
namespace {

// Made when the library is loaded, so that there is something to give when there is no memory, and never destroyed.
drift_error* const no_memory = new_handle<drift_error>(std::make_shared<const ErrorBody>(
    Error(Errc::out_of_memory, "there was not enough memory").next("read smaller documents, or give the process more memory")));

constexpr std::uint32_t version_number = DRIFT_VERSION_MAJOR * 1'000'000U + DRIFT_VERSION_MINOR * 1'000U + DRIFT_VERSION_PATCH;
static_assert(version_number == DRIFT_HEADER_VERSION, "drift.h and version.hpp name one version");

}  // namespace

std::int32_t failed(drift_error** err, Error error) noexcept {
  const std::int32_t code = code_of(error.code());
  if (err == nullptr) return code;
  try {
    *err = new_handle<drift_error>(std::make_shared<const ErrorBody>(std::move(error)));
  } catch (...) {
    return out_of_memory(err);
  }
  return code;
}

std::int32_t out_of_memory(drift_error** err) noexcept {
  if (err != nullptr) *err = no_memory;
  return DRIFT_E_OUT_OF_MEMORY;
}

std::int32_t failed_internally(drift_error** err, const char* what) noexcept {
  try {
    const std::string words = what != nullptr ? std::string("an internal error: ") + what : "an internal error";
    return failed(err, Error(Errc::internal, words).next("please report it"));
  } catch (...) {
    return out_of_memory(err);
  }
}

Error bad_handle(const char* argument) {
  return Error(Errc::handle, "the handle is NULL, of another kind, or was freed before")
      .at(argument)
      .next("look where it was made and freed: this is a mistake in the program");
}

Error null_argument(const char* argument) {
  return Error(Errc::invalid_argument, "the pointer is NULL").at(argument).next("give a place for the result");
}

Result<std::string_view> text_in(const char* p, std::size_t n, const char* argument) {
  if (p != nullptr) return std::string_view(p, n == DRIFT_NUL ? std::strlen(p) : n);
  if (n == 0) return std::string_view("");
  return Error(Errc::invalid_argument, "the text is NULL").at(argument).next("give a text, or the length 0");
}

Result<std::string_view> utf8_in(const char* p, std::size_t n, const char* argument) {
  Result<std::string_view> text = text_in(p, n, argument);
  if (!text) return text;
  const std::size_t bad = model_internal::invalid_utf8_at(*text);
  if (bad == text->size()) return text;
  return Error(Errc::bad_utf8, "the text was not UTF-8 at byte " + std::to_string(bad)).at(argument).next("encode it as UTF-8");
}

Result<std::string_view> path_in(const char* p, std::size_t n, const char* argument) {
  Result<std::string_view> text = text_in(p, n, argument);
  if (!text || text->find('\0') == std::string_view::npos) return text;
  return Error(Errc::invalid_argument, "there is a zero byte in the text").at(argument).next("give the text without it");
}

}  // namespace drift::capi

using drift::capi::body_of;

extern "C" {

const char* drift_version(void) { return drift::version(); }
uint32_t drift_version_number(void) { return drift::capi::version_number; }

int32_t drift_version_check(uint32_t header_version) {
  const uint32_t own = drift::capi::version_number;
  const uint32_t step = own < 1'000'000U ? 1'000U : 1'000'000U;
  return header_version / step == own / step && header_version <= own ? DRIFT_OK : DRIFT_E_OPTION_UNSUPPORTED;
}

int32_t drift_error_code(const drift_error* e) {
  const auto* body = body_of(e);
  return body != nullptr ? drift::capi::code_of((*body)->error.code()) : DRIFT_E_HANDLE;
}

const char* drift_error_name(const drift_error* e) {
  const auto* body = body_of(e);
  return drift::errc_name(body != nullptr ? (*body)->error.code() : drift::Errc::handle).data();
}

void drift_error_text(const drift_error* e, int32_t which, const char** p, size_t* n) {
  const auto* body = body_of(e);
  std::string_view text = "";
  if (body != nullptr) {
    const drift::capi::ErrorBody& b = **body;
    if (which == DRIFT_ERROR_MESSAGE) text = b.message;
    if (which == DRIFT_ERROR_SUBJECT) text = b.error.subject();
    if (which == DRIFT_ERROR_NEXT) text = b.error.next_step();
    if (which == DRIFT_ERROR_CONTEXTS) text = b.contexts;
    if (which == DRIFT_ERROR_BARE) text = b.error.message();
  }
  drift::capi::text_out(text, p, n);
}

int32_t drift_error_is_retryable(const drift_error* e) {
  const auto* body = body_of(e);
  return body != nullptr && (*body)->error.is_retryable() ? 1 : 0;
}

int32_t drift_error_position(const drift_error* e, uint64_t* line, uint64_t* column, uint64_t* byte) {
  const auto* body = body_of(e);
  const bool has = body != nullptr && (*body)->error.where().has_value();
  const drift::TextPosition at = has ? *(*body)->error.where() : drift::TextPosition{0, 0, 0};
  if (line != nullptr) *line = at.line;
  if (column != nullptr) *column = at.column;
  if (byte != nullptr) *byte = at.byte;
  if (body == nullptr) return DRIFT_E_HANDLE;
  return has ? DRIFT_OK : DRIFT_END;
}

void drift_error_free(drift_error* e) {
  if (e != drift::capi::no_memory) drift::capi::end_handle(e);
}

int32_t drift_blob_data(const drift_blob* b, const char** p, size_t* n) {
  const std::string* body = body_of(b);
  drift::capi::text_out(body != nullptr ? std::string_view(*body) : std::string_view(), p, n);
  return body != nullptr ? DRIFT_OK : DRIFT_E_HANDLE;
}

void drift_blob_free(drift_blob* b) { drift::capi::end_handle(b); }

}  // extern "C"
