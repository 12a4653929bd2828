// The pump: events pulled and handed to a table of functions, in the calling thread.
#include <utility>

#include "options.hpp"
#include "run.hpp"

namespace drift::capi {
namespace {

constexpr std::size_t host_v1 = 80;
static_assert(host_v1 <= sizeof(drift_host));

Result<drift_host> host_in(const drift_host* given) {
  Result<drift_host> host = options_in(given, host_v1, "host");
  if (host && host->reserved != 0)
    return Error(Errc::option_unsupported, "`reserved` is set, which this version of the library does not know")
        .at("host")
        .next("use a newer library, or leave it 0");
  return host;
}

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
    case DRIFT_EV_WANT_DECRYPT:
      if (host.decrypt != nullptr) return host.decrypt(host.user, run, e.ticket, e.name.c_str(), e.body.data(), e.body.size());
      (void)state.fail(e.ticket, not_offered("decrypt secrets"));
      return 0;
    case DRIFT_EV_WANT_TIME:
      return host.time != nullptr ? host.time(host.user, run, e.time) : 0;
    case DRIFT_EV_LOG:
      if (host.log == nullptr) return 0;
      return host.log(host.user, static_cast<std::int32_t>(e.level), e.code.c_str(), e.address.c_str(), e.message.c_str());
    case DRIFT_EV_PROGRESS:
      return host.progress != nullptr ? host.progress(host.user, e.done, e.total) : 0;
    case DRIFT_EV_GIVEN_UP:
      return host.given_up != nullptr ? host.given_up(host.user, run, e.ticket) : 0;
    default:
      return 0;
  }
}

struct LeavePump {
  void operator()(RunState* state) const { state->leave_pump(); }
};

Outcome pump(drift_run* run, RunState& state, const drift_host& host) {
  DRIFT_TRY(state.enter_pump());
  const std::unique_ptr<RunState, LeavePump> here(&state);
  std::int32_t stopped_by = 0;
  for (;;) {
    std::shared_ptr<const EventBody> event;
    Outcome next = state.next_in_pump(event);
    if (next.error() || next.word() != DRIFT_OK) return stopped_by != 0 && !next.error() ? Outcome(stopped_by) : next;
    if (event->kind == DRIFT_EV_DONE) return stopped_by;
    if (stopped_by != 0) continue;
    stopped_by = hand_over(host, run, state, *event);
    if (stopped_by != 0) state.cancel();
  }
}

// Starts a run, pumps it to its end, asks it for what it came to, and frees it. All arguments are looked at before anything begins.
template <class Out, class Start, class Ask>
int32_t in_one_call(const drift_host* given, Out** out, const char* out_name, drift_error** err, Start&& start, Ask&& ask) {
  struct Free {
    void operator()(drift_run* r) const { drift_run_free(r); }
  };
  int32_t code = DRIFT_OK;  // of a call that has put its own error into *err
  const int32_t own = fence(
      err,
      [&]() -> Outcome {
        if (out == nullptr) return null_argument(out_name);
        const Result<drift_host> host = host_in(given);
        if (!host) return host.error();
        drift_run* run = nullptr;
        code = std::forward<Start>(start)(&run);
        if (code != DRIFT_OK) return DRIFT_OK;
        const std::unique_ptr<drift_run, Free> owned(run);
        Result<std::shared_ptr<RunState>> state = lock_run(run);
        if (!state) return std::move(state).error();
        Outcome pumped = pump(run, **state, *host);
        if (pumped.error() || pumped.word() != DRIFT_OK) return pumped;
        code = std::forward<Ask>(ask)(run);
        return DRIFT_OK;
      },
      out);
  return own != DRIFT_OK ? own : code;
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
    const Result<drift_host> h = host_in(host);
    if (!h) return h.error();
    Result<std::shared_ptr<RunState>> state = lock_run(run);
    if (!state) return std::move(state).error();
    return pump(run, **state, *h);
  });
}

int32_t drift_scan(const drift_engine* engine, const drift_scan_options* options, const drift_host* host, drift_report** out_report,
                   drift_error** err) {
  return in_one_call(
      host, out_report, "out_report", err, [&](drift_run** run) { return drift_scan_start(engine, options, run, err); },
      [&](drift_run* run) { return drift_run_report(run, out_report, err); });
}

int32_t drift_accept(const drift_engine* engine, const drift_scan_options* options, const char* const* globs, size_t n_globs,
                     const char* path, size_t path_n, const drift_host* host, drift_blob** out_json, drift_error** err) {
  return in_one_call(
      host, out_json, "out_json", err,
      [&](drift_run** run) { return drift_accept_start(engine, options, globs, n_globs, path, path_n, run, err); },
      [&](drift_run* run) { return drift_run_accepted(run, out_json, err); });
}

}  // extern "C"
