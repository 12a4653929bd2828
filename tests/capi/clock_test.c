/* A clock of the host's: deadlines pass when the host says so, and not before. */
#include <string.h>
#include <time.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "folder.h"

#define SECOND INT64_C(1000000000)
#define START (INT64_C(1700000000) * SECOND)

/* One queue of the host's, read_timeout and attempts as given. */
static drift_run *start_at(const char *config) {
  drift_engine *engine = engine_of(config);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_run *run = NULL;
  drift_source *state = text_source(secret_state("x", 14), "state");
  options.state = state;
  options.flags = DRIFT_SCAN_HOST_CLOCK;
  options.clock_ns = START;
  OK(drift_scan_start(engine, &options, &run, &err));
  drift_source_free(state);
  drift_engine_free(engine);
  return run;
}

static int64_t seconds_of_the_machine(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec;
}

static void a_read_runs_out_of_the_hosts_time(void) {
  const int64_t before = seconds_of_the_machine();
  drift_run *run = start_at("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"read_timeout\":\"1h\",\"attempts\":1}");
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  const uint64_t ticket = drift_event_ticket(event);
  int64_t now = START;
  int32_t kind = DRIFT_EV_NONE;
  int given_up = 0;
  drift_report *report;
  drift_problem_view problem;
  size_t got = 0;
  drift_event_free(event);
  while (kind != DRIFT_EV_DONE) {
    OK(drift_run_set_time(run, now += 1800 * SECOND, &err));
    while (drift_run_next(run, 50, &event, &err) == DRIFT_OK) {
      kind = drift_event_kind(event);
      if (kind == DRIFT_EV_GIVEN_UP && (uint64_t)drift_event_number(event, DRIFT_N_TICKET) == ticket) ++given_up;
      drift_event_free(event);
    }
  }
  CHECK_NUMBER(given_up, 1);
  CHECK_NUMBER(drift_run_answer(run, ticket, "{\"results\":[{\"absent\":true}]}", DRIFT_NUL, &err), DRIFT_END);
  report = report_of(run);
  OK(drift_report_problems(report, 0, &problem, sizeof problem, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_NUMBER(problem.code, DRIFT_E_READ_TIMEOUT);
  CHECK(seconds_of_the_machine() - before < 600); /* an hour did not pass */
  drift_report_free(report);
  drift_run_free(run);
}

static void a_pause_between_attempts_is_told(void) {
  drift_run *run = start_at("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"attempts\":3}");
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  int32_t kind = DRIFT_EV_NONE;
  int asked = 0;
  int64_t wanted;
  OK(drift_run_fail(run, drift_event_ticket(event), DRIFT_E_READ_THROTTLED, "too many requests", DRIFT_NUL, 1, &err));
  drift_event_free(event);
  /* Once, however long the host takes. */
  event = event_of(run, DRIFT_EV_WANT_TIME);
  wanted = drift_event_number(event, DRIFT_N_TIME);
  CHECK(wanted > START && wanted < START + 3600 * SECOND);
  CHECK_NUMBER(drift_event_ticket(event), 0);
  drift_event_free(event);
  CHECK_NUMBER(drift_run_next(run, 100, &event, &err), DRIFT_TIMEOUT);
  /* It is the time of the next attempt: one step, and the host is asked. */
  OK(drift_run_set_time(run, wanted, &err));
  while (kind != DRIFT_EV_DONE) {
    OK(drift_run_next(run, -1, &event, &err));
    kind = drift_event_kind(event);
    CHECK(kind != DRIFT_EV_WANT_TIME);
    if (kind == DRIFT_EV_WANT_READ) {
      ++asked;
      OK(answer_read(run, event, queue_in_sync, &err));
    }
    drift_event_free(event);
  }
  CHECK_NUMBER(asked, 1);
  drift_run_free(run);
}

static void elapsed_is_what_the_host_said(void) {
  drift_run *run = start_at(ACME);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  drift_summary summary;
  drift_report *report;
  OK(drift_run_set_time(run, START + 5 * SECOND, &err));
  OK(answer_read(run, event, queue_in_sync, &err));
  drift_event_free(event);
  drain(run);
  report = report_of(run);
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  CHECK_NUMBER(summary.elapsed_ns, 5 * SECOND);
  drift_report_free(report);
  drift_run_free(run);
}

static void time_does_not_go_back(void) {
  drift_run *run = start_at(ACME);
  OK(drift_run_set_time(run, START, &err));
  OK(drift_run_set_time(run, START + 1, &err));
  FAILS(drift_run_set_time(run, START, &err), DRIFT_E_INVALID_ARGUMENT);
  OK(drift_run_cancel(run, &err));
  drain(run);
  drift_run_free(run);
}

static void a_run_by_the_machines_clock_takes_no_time(void) {
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  FAILS(drift_run_set_time(run, START, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK(error_text(DRIFT_ERROR_NEXT)[0] != '\0');
  drift_run_free(run);
}

static void timeout_of_a_run(const char *config) {
  drift_engine *engine = engine_of(config);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_source *state = text_source(secret_state("x", 14), "state");
  drift_run *run = NULL;
  drift_report *report = NULL;
  options.state = state;
  options.timeout_ms = 50; /* of the machine's time; nobody answers */
  OK(drift_scan_start(engine, &options, &run, &err));
  drain(run);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_DEADLINE);
  drift_run_free(run);
  drift_source_free(state);
  drift_engine_free(engine);
}

static void a_timeout_of_the_whole_run(void) {
  timeout_of_a_run(ACME);
  /* The same where the first question is one of configuration. */
  timeout_of_a_run("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"settings\":{\"providers\":{\"acme\":{\"x\":1}}}}");
}

static void a_time_beyond_all_sums(void) {
  drift_engine *engine = engine_of(ACME);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_source *state = text_source(secret_state("x", 14), "state");
  drift_run *run = NULL;
  options.state = state;
  options.flags = DRIFT_SCAN_HOST_CLOCK;
  options.clock_ns = INT64_MAX - 1000;
  FAILS(drift_scan_start(engine, &options, &run, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "clock_ns");
  options.clock_ns = INT64_MIN;
  FAILS(drift_scan_start(engine, &options, &run, &err), DRIFT_E_INVALID_ARGUMENT);
  run = start_at(ACME);
  FAILS(drift_run_set_time(run, INT64_MAX, &err), DRIFT_E_INVALID_ARGUMENT);
  drift_run_free(run);
  drift_source_free(state);
  drift_engine_free(engine);
}

/* A read whose question nobody has pulled yet is not asked any more when its time is over. */
static void what_was_given_up_unseen_is_not_asked(void) {
  drift_run *run = start_at("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"read_timeout\":\"1h\",\"attempts\":1}");
  drift_event *event = NULL;
  int32_t fd = -1, kind = DRIFT_EV_NONE;
  drift_report *report = NULL;
  int questions = 0;
  int64_t now = START;
  OK(drift_run_wait_fd(run, &fd, &err));
  while (drift_run_report(run, &report, &err) == DRIFT_TIMEOUT) OK(drift_run_set_time(run, now += 600 * SECOND, &err));
  while (kind != DRIFT_EV_DONE) {
    OK(drift_run_next(run, 0, &event, &err));
    kind = drift_event_kind(event);
    questions += kind == DRIFT_EV_WANT_READ || kind == DRIFT_EV_GIVEN_UP;
    drift_event_free(event);
  }
  CHECK_NUMBER(questions, 0);
  drift_report_free(report);
  drift_run_free(run);
}

static void both_timeouts_hold(void) {
  drift_engine *engine = engine_of("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"timeout\":\"50ms\"}");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_source *state = text_source(secret_state("x", 14), "state");
  drift_run *run = NULL;
  drift_report *report = NULL;
  options.state = state;
  options.timeout_ms = 3600 * 1000;
  OK(drift_scan_start(engine, &options, &run, &err));
  drain(run);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_DEADLINE);
  drift_run_free(run);
  drift_source_free(state);
  drift_engine_free(engine);
}

int main(void) {
  RUN(a_read_runs_out_of_the_hosts_time);
  RUN(a_pause_between_attempts_is_told);
  RUN(elapsed_is_what_the_host_said);
  RUN(time_does_not_go_back);
  RUN(a_run_by_the_machines_clock_takes_no_time);
  RUN(a_timeout_of_the_whole_run);
  RUN(a_time_beyond_all_sums);
  RUN(what_was_given_up_unseen_is_not_asked);
  RUN(both_timeouts_hold);
  return check_result();
}
