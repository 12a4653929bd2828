#include "run.hpp"

#include <unistd.h>

#include <mutex>
#include <utility>

#include "job.hpp"
#include "options.hpp"
#include "process.hpp"

namespace drift::capi {
namespace {

Error forked(const char* argument) {
  return Error(Errc::forked, "the handle was made before fork(), and its threads are in the other process")
      .at(argument)
      .next("make engine and run in the process that uses them");
}

Status copy_source(const drift_source* source, std::optional<SourceBody>& out, const char* argument) {
  if (source == nullptr) return {};
  const SourceBody* body = body_of(source);
  if (body == nullptr) return bad_handle(argument);
  out = *body;
  return {};
}

constexpr std::size_t scan_options_v1 = 56;
static_assert(scan_options_v1 <= sizeof(drift_scan_options));
constexpr std::uint32_t scan_flags = DRIFT_SCAN_HOST_CLOCK | DRIFT_SCAN_UNMANAGED | DRIFT_SCAN_NO_BASELINE | DRIFT_SCAN_QUIET;

Result<ScanJob> scan_job(const drift_engine* engine, const drift_scan_options& o) {
  const auto* const body = body_of(engine);
  if (body == nullptr) return bad_handle("engine");
  if ((*body)->pid != ::getpid()) return forked("engine");
  ScanJob job;
  job.engine = *body;
  DRIFT_TRY(known_flags(o.flags, scan_flags, "options->flags"));
  DRIFT_TRY(copy_source(o.state, job.state, "options->state"));
  DRIFT_TRY(copy_source(o.desired, job.desired, "options->desired"));
  DRIFT_TRY(copy_source(o.baseline, job.baseline, "options->baseline"));
  DRIFT_TRY(copy_source(o.actual, job.actual, "options->actual"));
  job.timeout_ms = o.timeout_ms;
  job.find_unmanaged = (o.flags & DRIFT_SCAN_UNMANAGED) != 0;
  job.no_baseline = (o.flags & DRIFT_SCAN_NO_BASELINE) != 0;
  return job;
}

// Starts `job` and gives the run to the caller.
Outcome started(const drift_scan_options& o, bool borrows, std::function<Finish(RunState&)> job, drift_run** out_run) {
  std::optional<std::int64_t> clock;
  if ((o.flags & DRIFT_SCAN_HOST_CLOCK) != 0) clock = o.clock_ns;
  if (clock && !HostClock::takes(*clock)) return HostClock::beyond("options->clock_ns");
  struct End {
    void operator()(drift_run* r) const { end_handle(r); }
  };
  const auto run = std::make_shared<RunState>((o.flags & DRIFT_SCAN_QUIET) != 0, clock, borrows);
  std::unique_ptr<drift_run, End> handle(new_handle<drift_run>(run));
  DRIFT_TRY(run->start(std::move(job)));
  *out_run = handle.release();
  return DRIFT_OK;
}

bool borrowed(const std::optional<SourceBody>& source) {
  const auto* document = source ? std::get_if<DocumentSource>(&*source) : nullptr;
  return document != nullptr && document->may_borrow();
}

bool borrows(const ScanJob& job) { return borrowed(job.state) || borrowed(job.desired) || borrowed(job.baseline) || borrowed(job.actual); }

Result<DiffJob> diff_job(const drift_engine* engine, const drift_source* a, const drift_source* b, std::int64_t timeout_ms) {
  const auto* const body = body_of(engine);
  if (body == nullptr) return bad_handle("engine");
  if ((*body)->pid != ::getpid()) return forked("engine");
  const SourceBody* const first = body_of(a);
  if (first == nullptr) return bad_handle("a");
  const SourceBody* const second = body_of(b);
  if (second == nullptr) return bad_handle("b");
  return DiffJob{*body, *first, *second, timeout_ms};
}

Error wrong_kind(const char* wanted) {
  return Error(Errc::invalid_argument, "this run does not end so").at("run").next(std::string("ask it for ") + wanted);
}

}  // namespace

Result<std::shared_ptr<RunState>> lock_run(const drift_run* run) {
  const std::lock_guard lock(process_locks().handles);
  const auto* const body = body_of(run);
  if (body == nullptr) return bad_handle("run");
  if ((*body)->pid() != ::getpid()) return forked("run");
  return *body;
}

}  // namespace drift::capi

using namespace drift;        // NOLINT(google-build-using-namespace)
using namespace drift::capi;  // NOLINT(google-build-using-namespace)

// NOLINTBEGIN(bugprone-macro-parentheses): as in fence.hpp
#define DRIFT_CAPI_RUN(name, handle)                         \
  Result<std::shared_ptr<RunState>> name = lock_run(handle); \
  if (!(name)) return std::move(name).error()
// NOLINTEND(bugprone-macro-parentheses)

extern "C" {

void drift_scan_options_init(drift_scan_options* o, size_t size) {
  const drift_scan_options defaults = DRIFT_SCAN_OPTIONS_INIT;
  options_init(o, size, defaults);
}

int32_t drift_scan_start(const drift_engine* engine, const drift_scan_options* options, drift_run** out_run, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_run);
        const Result<drift_scan_options> o = options_in(options, scan_options_v1, "options");
        if (!o) return o.error();
        Result<ScanJob> job = scan_job(engine, *o);
        if (!job) return std::move(job).error();
        const bool lent = borrows(*job);
        return started(
            *o, lent, [job = *std::move(job)](RunState& run) { return run_scan_job(job, run); }, out_run);
      },
      out_run);
}

int32_t drift_accept_start(const drift_engine* engine, const drift_scan_options* options, const char* const* globs, size_t n_globs,
                           const char* path, size_t path_n, drift_run** out_run, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_run);
        Result<drift_scan_options> o = options_in(options, scan_options_v1, "options");
        if (!o) return std::move(o).error();
        o->baseline = nullptr;  // which baseline it is, `path` says
        o->flags &= ~DRIFT_SCAN_NO_BASELINE;
        Result<ScanJob> scan = scan_job(engine, *o);
        if (!scan) return std::move(scan).error();
        AcceptJob job{*std::move(scan), {}, {}};
        if (n_globs > 0 && globs == nullptr) return null_argument("globs");
        for (size_t i = 0; i < n_globs; ++i) {
          Result<std::string_view> glob = utf8_in(globs[i], DRIFT_NUL, "globs");
          if (!glob) return std::move(glob).error();
          job.globs.emplace_back(*glob);
        }
        if (job.globs.empty())
          return Error(Errc::invalid_argument, "there is nothing to accept").at("globs").next("give an address, or * for all");
        Result<std::string_view> where = path_in(path, path_n, "path");
        if (!where) return std::move(where).error();
        job.path = *where;
        const bool lent = borrows(job.scan);
        return started(
            *o, lent, [job = std::move(job)](RunState& run) { return run_accept_job(job, run); }, out_run);
      },
      out_run);
}

int32_t drift_diff_start(const drift_engine* engine, const drift_source* a, const drift_source* b, int64_t timeout_ms, drift_run** out_run,
                         drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_run);
        Result<DiffJob> job = diff_job(engine, a, b, timeout_ms);
        if (!job) return std::move(job).error();
        const drift_scan_options defaults = DRIFT_SCAN_OPTIONS_INIT;
        const bool lent = borrowed(job->a) || borrowed(job->b);
        return started(
            defaults, lent, [job = *std::move(job)](RunState& run) { return run_diff_job(job, run); }, out_run);
      },
      out_run);
}

int32_t drift_diff(const drift_engine* engine, const drift_source* a, const drift_source* b, int64_t timeout_ms, drift_report** out_report,
                   drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_report);
        const Result<DiffJob> job = diff_job(engine, a, b, timeout_ms);
        if (!job) return job.error();
        const CallAtWork call;
        DRIFT_TRY(call.check());
        Result<Report> report = diff_now(*job, call.cancel_token());
        if (!report) return std::move(report).error();
        *out_report = new_handle<drift_report>(std::make_shared<const ReportBody>(*std::move(report)));
        return DRIFT_OK;
      },
      out_report);
}

int32_t drift_run_next(drift_run* run, int64_t timeout_ms, drift_event** out_event, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_event);
        DRIFT_CAPI_RUN(state, run);
        return (*state)->next(timeout_ms,
                              [&](std::shared_ptr<const EventBody> event) { *out_event = new_handle<drift_event>(std::move(event)); });
      },
      out_event);
}

int32_t drift_run_wait_fd(const drift_run* run, int32_t* out_fd, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_OUT(out_fd);
    *out_fd = -1;
    DRIFT_CAPI_RUN(state, run);
    Result<std::int32_t> fd = (*state)->wait_fd();
    if (!fd) return std::move(fd).error();
    *out_fd = *fd;
    return DRIFT_OK;
  });
}

int32_t drift_run_answer(drift_run* run, uint64_t ticket, const char* answer, size_t n, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_RUN(state, run);
    Result<std::string_view> text = text_in(answer, n, "answer");
    if (!text) return std::move(text).error();
    return (*state)->answer(ticket, *text);
  });
}

int32_t drift_run_fail(drift_run* run, uint64_t ticket, int32_t code, const char* message, size_t n, int32_t retryable, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_RUN(state, run);
    Result<std::string_view> text = utf8_in(message, n, "message");
    if (!text) return std::move(text).error();
    const bool in_range = code <= 0 && code >= -999;
    const auto errc = static_cast<Errc>(code == 0 ? -DRIFT_E_READ_FAILED : in_range ? -code : 0);
    if (!in_range || !errc_from_name(errc_name(errc)))
      return Error(Errc::invalid_argument, "this is no error code of libdrift's").at("code").next("give a DRIFT_E_* code, or 0");
    const std::string words = text->empty() ? "the host could not answer" : std::string(*text);
    Error e(errc, one_line(words));
    const bool again = retryable != 0 ? retryable > 0 : e.is_retryable();
    return (*state)->fail(ticket, Error(std::move(e).retryable(again)));
  });
}

int32_t drift_run_set_time(drift_run* run, int64_t clock_ns, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_RUN(state, run);
    return (*state)->set_time(clock_ns);
  });
}

int32_t drift_run_cancel(drift_run* run, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_RUN(state, run);
    (*state)->cancel();
    return DRIFT_OK;
  });
}

int32_t drift_run_report(const drift_run* run, drift_report** out_report, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_report);
        DRIFT_CAPI_RUN(state, run);
        Finish finish = (*state)->finish();
        if (std::holds_alternative<std::monostate>(finish)) return DRIFT_TIMEOUT;
        if (auto* error = std::get_if<Error>(&finish)) return std::move(*error);
        auto* report = std::get_if<std::shared_ptr<const ReportBody>>(&finish);
        if (report == nullptr) return wrong_kind("drift_run_accepted()");
        *out_report = new_handle<drift_report>(std::move(*report));
        return DRIFT_OK;
      },
      out_report);
}

int32_t drift_run_accepted(const drift_run* run, drift_blob** out_json, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_json);
        DRIFT_CAPI_RUN(state, run);
        Finish finish = (*state)->finish();
        if (std::holds_alternative<std::monostate>(finish)) return DRIFT_TIMEOUT;
        if (auto* error = std::get_if<Error>(&finish)) return std::move(*error);
        auto* accepted = std::get_if<Accepted>(&finish);
        if (accepted == nullptr) return wrong_kind("drift_run_report()");
        *out_json = new_handle<drift_blob>(std::move(accepted->json));
        return DRIFT_OK;
      },
      out_json);
}

void drift_run_free(drift_run* run) {
  fence(nullptr, [&]() -> Outcome {
    std::shared_ptr<RunState> state;
    {
      const std::lock_guard lock(process_locks().handles);
      const auto* const body = body_of(run);
      if (body == nullptr) return DRIFT_OK;
      state = *body;
    }
    const bool ours = state->pid() == ::getpid();
    if (ours && !state->close()) return DRIFT_E_BUSY;
    const std::lock_guard lock(process_locks().handles);
    const auto ended = end_handle(run);
    // After fork() its thread is elsewhere: what it was made of is left alone.
    if (!ours) new std::shared_ptr<RunState>(std::move(state));  // NOLINT: see above
    return DRIFT_OK;
  });
}

int32_t drift_event_kind(const drift_event* ev) {
  const auto* const body = body_of(ev);
  return body != nullptr ? (*body)->kind : DRIFT_EV_NONE;
}

uint64_t drift_event_ticket(const drift_event* ev) {
  const auto* const body = body_of(ev);
  return body != nullptr && (*body)->kind != DRIFT_EV_GIVEN_UP ? (*body)->ticket : 0;
}

void drift_event_text(const drift_event* ev, int32_t which, const char** p, size_t* n) {
  const auto* const body = body_of(ev);
  std::string_view text = "";
  if (body != nullptr) {
    if (which == DRIFT_T_NAME) text = (*body)->name;
    if (which == DRIFT_T_BODY) text = (*body)->body;
    if (which == DRIFT_T_CODE) text = (*body)->code;
    if (which == DRIFT_T_ADDRESS) text = (*body)->address;
    if (which == DRIFT_T_MESSAGE) text = (*body)->message;
  }
  text_out(text, p, n);
}

int64_t drift_event_number(const drift_event* ev, int32_t which) {
  const auto* const body = body_of(ev);
  if (body == nullptr) return 0;
  if (which == DRIFT_N_DONE) return (*body)->done;
  if (which == DRIFT_N_TOTAL) return (*body)->total;
  if (which == DRIFT_N_LEVEL) return (*body)->level;
  if (which == DRIFT_N_TIME) return (*body)->time;
  if (which == DRIFT_N_TICKET) return static_cast<int64_t>((*body)->ticket);
  return 0;
}

void drift_event_free(drift_event* ev) { end_handle(ev); }

}  // extern "C"
