// The pump: events pulled and handed to a table of functions, in the calling thread.
#include <utility>

#include "options.hpp"
#include "run.hpp"

namespace drift::capi {
namespace {

constexpr std::size_t host_v1 = 72;
static_assert(host_v1 <= sizeof(drift_host));

Error not_offered(const char* what) {
  return Error(Errc::invalid_argument, std::string("the host has no function to ") + what).next("set it in drift_host");
}

std::int32_t read_or_list(const drift_host& host, drift_run* run, RunState& state, const EventBody& e) {
  auto* const fn = e.kind == DRIFT_EV_WANT_READ ? host.read : e.kind == DRIFT_EV_WANT_LIST ? host.list : host.configure;
  if (fn != nullptr) return fn(host.user, run, e.ticket, e.name.c_str(), e.body.data(), e.body.size());
  if (e.kind == DRIFT_EV_WANT_CONFIGURE)
    (void)state.answer(e.ticket, {});
  else
    (void)state.fail(e.ticket, not_offered(e.kind == DRIFT_EV_WANT_READ ? "read resources" : "list resources"));
  return 0;
}

// One event; what the host's function returned.
std::int32_t hand_over(const drift_host& host, drift_run* run, RunState& state, const EventBody& e) {
  switch (e.kind) {
    case DRIFT_EV_WANT_READ:
    case DRIFT_EV_WANT_LIST:
    case DRIFT_EV_WANT_CONFIGURE:
      return read_or_list(host, run, state, e);
    case DRIFT_EV_WANT_SOURCE:
      if (host.source != nullptr) return host.source(host.user, run, e.ticket, e.name.c_str());
      (void)state.fail(e.ticket, not_offered("fetch documents"));
      return 0;
    case DRIFT_EV_WANT_TIME:
      return host.time != nullptr ? host.time(host.user, run, e.time) : 0;
    case DRIFT_EV_LOG:
      if (host.log == nullptr) return 0;
      return host.log(host.user, static_cast<std::int32_t>(e.level), e.code.c_str(), e.address.c_str(), e.message.c_str());
    case DRIFT_EV_PROGRESS:
      return host.progress != nullptr ? host.progress(host.user, e.done, e.total) : 0;
    default:
      return 0;
  }
}

class Pumping {
 public:
  explicit Pumping(RunState& state) : state_(state) { state_.enter_pump(); }
  ~Pumping() { state_.leave_pump(); }
  Pumping(const Pumping&) = delete;
  Pumping& operator=(const Pumping&) = delete;

 private:
  RunState& state_;
};

Outcome pump(drift_run* run, RunState& state, const drift_host& host) {
  const Pumping here(state);
  std::int32_t stopped_by = 0;
  for (;;) {
    std::shared_ptr<const EventBody> event;
    Outcome next = state.next(-1, event);
    if (next.error() || next.word() != DRIFT_OK) return stopped_by != 0 && !next.error() ? Outcome(stopped_by) : next;
    if (event->kind == DRIFT_EV_DONE) return stopped_by;
    if (stopped_by != 0) continue;
    stopped_by = hand_over(host, run, state, *event);
    if (stopped_by != 0) state.cancel();
  }
}

// Pumps the run to its end, and frees it.
template <class Ask>
Outcome pump_and_ask(drift_run* run, const drift_host& host, Ask&& ask) {
  struct Free {
    void operator()(drift_run* r) const { drift_run_free(r); }
  };
  const std::unique_ptr<drift_run, Free> owned(run);
  Result<std::shared_ptr<RunState>> state = lock_run(run);
  if (!state) return std::move(state).error();
  Outcome pumped = pump(run, **state, host);
  if (pumped.error() || pumped.word() != DRIFT_OK) return pumped;
  return std::forward<Ask>(ask)(run);
}

}  // namespace
}  // namespace drift::capi

using namespace drift;        // NOLINT(google-build-using-namespace)
using namespace drift::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

void drift_host_init(drift_host* host, size_t size) {
  const drift_host defaults = DRIFT_HOST_INIT;
  options_init(host, size, defaults);
}

int32_t drift_run_pump(drift_run* run, const drift_host* host, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    const Result<drift_host> h = options_in(host, host_v1, "host");
    if (!h) return h.error();
    Result<std::shared_ptr<RunState>> state = lock_run(run);
    if (!state) return std::move(state).error();
    return pump(run, **state, *h);
  });
}

int32_t drift_scan(const drift_engine* engine, const drift_scan_options* options, const drift_host* host, drift_report** out_report,
                   drift_error** err) {
  drift_run* run = nullptr;
  if (out_report != nullptr) *out_report = nullptr;
  const int32_t started = drift_scan_start(engine, options, &run, err);
  if (started != DRIFT_OK) return started;
  int32_t code = DRIFT_OK;
  const int32_t pumped = fence(err, [&]() -> Outcome {
    const Result<drift_host> h = options_in(host, host_v1, "host");
    if (!h) {
      drift_run_free(run);
      return h.error();
    }
    return pump_and_ask(run, *h, [&](drift_run* ended) -> Outcome {
      code = drift_run_report(ended, out_report, err);
      return DRIFT_OK;
    });
  });
  return pumped != DRIFT_OK ? pumped : code;
}

int32_t drift_accept(const drift_engine* engine, const drift_scan_options* options, const char* const* globs, size_t n_globs,
                     const char* path, size_t path_n, const drift_host* host, drift_blob** out_json, drift_error** err) {
  drift_run* run = nullptr;
  if (out_json != nullptr) *out_json = nullptr;
  const int32_t started = drift_accept_start(engine, options, globs, n_globs, path, path_n, &run, err);
  if (started != DRIFT_OK) return started;
  int32_t code = DRIFT_OK;
  const int32_t pumped = fence(err, [&]() -> Outcome {
    const Result<drift_host> h = options_in(host, host_v1, "host");
    if (!h) {
      drift_run_free(run);
      return h.error();
    }
    return pump_and_ask(run, *h, [&](drift_run* ended) -> Outcome {
      code = drift_run_accepted(ended, out_json, err);
      return DRIFT_OK;
    });
  });
  return pumped != DRIFT_OK ? pumped : code;
}

}  // extern "C"
