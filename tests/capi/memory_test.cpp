// No memory, at every place where a call asks for some: the call fails with DRIFT_E_OUT_OF_MEMORY, nothing is thrown across the border, and
// nothing is lost. The operators of this program are those of the library too.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "drift.h"
#include "drift_unstable.h"

namespace {

thread_local long left = -1;  // allocations that this thread still gets; -1: all
thread_local bool refused = false;

void *allocate(std::size_t n) {
  if (left == 0) {
    refused = true;
    return nullptr;
  }
  if (left > 0) --left;
  return std::malloc(n == 0 ? 1 : n);
}

int faults = 0;
#define CHECK(yes) ((yes) ? void() : void((++faults, std::printf("%s:%d: %s\n", __FILE__, __LINE__, #yes))))

const char *const state =
    R"({"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"l","outputs":{},"resources":[{"mode":"managed","type":"t","name":"a",)"
    R"("provider":"provider[\"registry.terraform.io/x/t\"]","instances":[{"schema_version":0,"attributes":{"id":"i","size":14,"tags":["a","b"]}}]}]})";

// Calls `fn` with memory for 0, 1, 2... allocations, until it needs no more than it gets.
template <class Fn>
void with_ever_more_memory(const char *name, Fn &&fn) {
  const std::uint64_t before = drift_x_handles();
  long n = 0;
  bool enough = false;
  for (; !enough && n < 100'000; ++n) {
    refused = false;
    left = n;
    drift_error *err = nullptr;
    const std::int32_t code = fn(&err);
    left = -1;
    enough = !refused;
    if (code != DRIFT_OK && code != DRIFT_E_OUT_OF_MEMORY) {
      const char *text = nullptr;
      drift_error_text(err, DRIFT_ERROR_MESSAGE, &text, nullptr);
      std::printf("%s with %ld allocations: %s\n", name, n, text);
    }
    CHECK(enough ? code == DRIFT_OK : code == DRIFT_OK || code == DRIFT_E_OUT_OF_MEMORY);
    CHECK((code == DRIFT_OK) == (err == nullptr));
    CHECK(code == DRIFT_OK || std::strcmp(drift_error_name(err), "E_OUT_OF_MEMORY") == 0);
    drift_error_free(err);
    CHECK(drift_x_handles() == before);
  }
  CHECK(enough && n > 1);
  std::printf("%s: %ld allocations\n", name, n - 1);
}

template <class Handle, class Free>
std::int32_t ended(std::int32_t code, Handle *handle, Free &&free_it) {
  CHECK((code == DRIFT_OK) == (handle != nullptr));
  free_it(handle);
  return code;
}

}  // namespace

void *operator new(std::size_t n) {
  if (void *p = allocate(n)) return p;
  throw std::bad_alloc();
}
void *operator new[](std::size_t n) { return operator new(n); }
void *operator new(std::size_t n, const std::nothrow_t &) noexcept { return allocate(n); }
void *operator new[](std::size_t n, const std::nothrow_t &) noexcept { return allocate(n); }
void operator delete(void *p) noexcept { std::free(p); }
void operator delete[](void *p) noexcept { std::free(p); }
void operator delete(void *p, std::size_t) noexcept { std::free(p); }
void operator delete[](void *p, std::size_t) noexcept { std::free(p); }

int main() {
  drift_engine *engine = nullptr;
  drift_source *a = nullptr, *b = nullptr;
  drift_report *report = nullptr;
  std::string changed = state;
  changed.replace(changed.find("14"), 2, "15");
  CHECK(drift_engine_new(nullptr, 0, &engine, nullptr) == DRIFT_OK);
  CHECK(drift_source_bytes(state, DRIFT_NUL, "a", 1, &a, nullptr) == DRIFT_OK);
  CHECK(drift_source_bytes(changed.data(), changed.size(), "b", 1, &b, nullptr) == DRIFT_OK);
  CHECK(drift_diff(engine, a, b, 0, &report, nullptr) == DRIFT_OK);  // what is made once is made
  drift_report_free(report);

  with_ever_more_memory("engine", [](drift_error **err) {
    drift_engine *e = nullptr;
    const std::int32_t code = drift_engine_new(
        R"({"settings":{"ignore":[{"name":"t","path":"tags","mode":"mute","reason":"r"}]},"targets":["t.*"]})", DRIFT_NUL, &e, err);
    return ended(code, e, drift_engine_free);
  });
  with_ever_more_memory("snapshot", [&](drift_error **err) {
    drift_snapshot *s = nullptr;
    const std::int32_t code = drift_snapshot_open(a, nullptr, 0, &s, err);
    return ended(code, s, drift_snapshot_free);
  });
  with_ever_more_memory("builder", [](drift_error **err) {
    drift_builder *builder = nullptr;
    std::int32_t code = drift_builder_new(&builder, err);
    if (code == DRIFT_OK)
      code = drift_builder_add(builder, R"({"address":"t.a","type":"t","attributes":{"x":[1,{"y":"z"}]}})", DRIFT_NUL, err);
    drift_builder_free(builder);
    return code;
  });
  with_ever_more_memory("diff", [&](drift_error **err) {
    drift_report *r = nullptr;
    std::int32_t code = drift_diff(engine, a, b, 0, &r, err);
    drift_change_view change;
    std::size_t got = 0;
    if (code == DRIFT_OK) code = drift_report_changes(r, DRIFT_OF_FINDINGS, 0, &change, sizeof change, 1, &got, err);
    CHECK(code != DRIFT_OK || got == 1);
    drift_blob *text = nullptr;
    if (code == DRIFT_OK) code = drift_report_render(r, DRIFT_RENDER_JSON, nullptr, &text, err);
    drift_blob_free(text);
    drift_report_free(r);
    return code;
  });

  drift_source_free(a);
  drift_source_free(b);
  drift_engine_free(engine);
  return faults == 0 ? 0 : 1;
}
