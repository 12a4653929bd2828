/* A host as a table of functions: the same events, handed out by drift_scan(), drift_accept() and drift_run_pump() on the thread that
 * called. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "folder.h"

typedef struct world {
  pthread_t thread; /* that pumps */
  queue_result result;
  int32_t stop_with; /* what read() gives back */
  unsigned reads, lists, sources, configures, times, logs, steps, other_threads;
  int64_t done, total;
  const char *document;
  drift_error *error; /* of an answer */
} world;

static void enter(world *w) { w->other_threads += pthread_equal(w->thread, pthread_self()) == 0; }

static int32_t on_read(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  world *w = user;
  enter(w);
  ++w->reads;
  CHECK_TEXT(provider, "acme");
  CHECK_NUMBER(strlen(body), n);
  if (w->stop_with != 0) return w->stop_with;
  return answer_body(run, ticket, body, w->result, &w->error);
}

static int32_t on_list(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  world *w = user;
  enter(w);
  ++w->lists;
  CHECK_TEXT(provider, "acme");
  CHECK_NUMBER(strlen(body), n);
  return drift_run_answer(run, ticket, "{\"resources\":[]}", DRIFT_NUL, &w->error);
}

static int32_t on_source(void *user, drift_run *run, uint64_t ticket, const char *name) {
  world *w = user;
  enter(w);
  ++w->sources;
  CHECK_TEXT(name, "state");
  return drift_run_answer(run, ticket, w->document, DRIFT_NUL, &w->error);
}

static int32_t on_configure(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  world *w = user;
  enter(w);
  ++w->configures;
  CHECK_TEXT(provider, "acme");
  CHECK_NUMBER(strlen(body), n);
  return drift_run_answer(run, ticket, NULL, 0, &w->error);
}

static int32_t on_log(void *user, int32_t level, const char *code, const char *address, const char *message) {
  world *w = user;
  enter(w);
  ++w->logs;
  CHECK(level >= DRIFT_LOG_DEBUG && level <= DRIFT_LOG_ERROR);
  CHECK(code != NULL && address != NULL && message != NULL && message[0] != '\0');
  return 0;
}

static int32_t on_progress(void *user, int64_t done, int64_t total) {
  world *w = user;
  enter(w);
  ++w->steps;
  w->done = done;
  w->total = total;
  return 0;
}

static drift_host host_of(world *w) {
  drift_host host = DRIFT_HOST_INIT;
  memset(w, 0, sizeof *w);
  w->thread = pthread_self();
  w->result = queue_changed;
  host.user = w;
  host.read = on_read;
  host.list = on_list;
  host.source = on_source;
  host.configure = on_configure;
  host.log = on_log;
  host.progress = on_progress;
  return host;
}

static void a_scan_in_one_call(void) {
  world w;
  drift_host host = host_of(&w);
  drift_engine *engine = engine_of(
      "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"can_list\":true}],\"find_unmanaged\":true,"
      "\"settings\":{\"providers\":{\"acme\":{\"region\":\"eu\"}}}}");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_source *source = NULL;
  drift_report *report = NULL;
  drift_summary summary;
  char *queues = queue_state(5);
  w.document = queues;
  OK(drift_source_host("state", DRIFT_NUL, &source, &err));
  options.state = source;
  OK(drift_scan(engine, &options, &host, &report, &err));
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  CHECK_NUMBER(summary.changed, 5);
  CHECK(w.reads >= 1 && w.lists == 1 && w.sources == 1 && w.configures == 1);
  CHECK_NUMBER(w.done, 5);
  CHECK_NUMBER(w.total, 5);
  CHECK_NUMBER(w.other_threads, 0);
  CHECK(w.error == NULL);
  drift_report_free(report);
  drift_source_free(source);
  drift_engine_free(engine);
  free(queues);
}

static void log_records_arrive(void) {
  world w;
  drift_host host = host_of(&w);
  drift_run *run = start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"attempts\":2}", 1, NULL, 0);
  w.result = queue_refused;
  OK(drift_run_pump(run, &host, &err));
  CHECK(w.steps >= 1);
  CHECK(w.logs >= 1);
  drift_run_free(run);
}

static void any_other_return_stops_the_run_and_comes_back(void) {
  static const int32_t words[] = {1, 77, -1, -9999, INT32_MAX, INT32_MIN};
  size_t i;
  for (i = 0; i < sizeof words / sizeof words[0]; ++i) {
    world w;
    drift_host host = host_of(&w);
    drift_run *run = start_queues(ACME, 3, NULL, 0);
    drift_report *report = NULL;
    w.stop_with = words[i];
    CHECK_NUMBER(drift_run_pump(run, &host, &err), words[i]);
    CHECK(err == NULL); /* it is the host's own word, not a failure of the library */
    CHECK_NUMBER(w.reads, 1);
    FAILS(drift_run_report(run, &report, &err), DRIFT_E_CANCELLED);
    drift_run_free(run);
  }
}

static void a_scan_that_the_host_stops(void) {
  world w;
  drift_host host = host_of(&w);
  drift_engine *engine = engine_of(ACME);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_report *report = NULL;
  char *queues = queue_state(2);
  drift_source *state = text_source(queues, "state");
  options.state = state;
  w.stop_with = 42;
  CHECK_NUMBER(drift_scan(engine, &options, &host, &report, &err), 42);
  CHECK(report == NULL && err == NULL);
  drift_source_free(state);
  drift_engine_free(engine);
  free(queues);
}

/* What has no function fails as if the host had said so; the scan goes on without it. */
static void a_host_that_can_do_nothing(void) {
  drift_engine *engine = engine_of(ACME);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_report *report = NULL;
  drift_summary summary;
  drift_problem_view problem;
  char *queues = queue_state(2);
  drift_source *state = text_source(queues, "state");
  size_t got = 0;
  options.state = state;
  OK(drift_scan(engine, &options, NULL, &report, &err));
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  CHECK_NUMBER(summary.complete, 0);
  CHECK_NUMBER(summary.drifted, 0);
  OK(drift_report_problems(report, 0, &problem, sizeof problem, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK(problem.message.n > 0);
  drift_report_free(report);
  drift_source_free(state);
  drift_engine_free(engine);
  free(queues);
}

typedef struct freer {
  int32_t seen;
} freer;

static int32_t free_from_inside(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  freer *f = user;
  drift_error *error = NULL;
  int32_t fd = -1;
  (void)provider;
  (void)n;
  drift_run_free(run);                           /* refused: this thread is in the run's pump */
  f->seen = drift_run_wait_fd(run, &fd, &error); /* so the handle is as good as before */
  drift_error_free(error);
  return answer_body(run, ticket, body, queue_changed, NULL);
}

static void a_run_is_not_freed_from_inside_its_pump(void) {
  freer f = {-1};
  drift_host host = DRIFT_HOST_INIT;
  drift_run *run = start_queues(ACME, 2, NULL, 0);
  drift_report *report;
  drift_summary summary;
  host.user = &f;
  host.read = free_from_inside;
  OK(drift_run_pump(run, &host, &err));
  CHECK_NUMBER(f.seen, DRIFT_OK);
  report = report_of(run);
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  CHECK_NUMBER(summary.changed, 2);
  drift_report_free(report);
  drift_run_free(run);
}

/* From inside a callback the whole library can be used, another scan included. */
static int32_t scan_inside(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  world inner;
  drift_host host = host_of(&inner);
  drift_run *second = start_queues(ACME, 3, NULL, 0);
  (void)provider;
  (void)n;
  OK(drift_run_pump(second, &host, &err));
  *(unsigned *)user += inner.reads;
  drift_run_free(second);
  return answer_body(run, ticket, body, queue_changed, NULL);
}

static void a_scan_inside_a_scan(void) {
  unsigned reads = 0;
  drift_host host = DRIFT_HOST_INIT;
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  host.user = &reads;
  host.read = scan_inside;
  OK(drift_run_pump(run, &host, &err));
  CHECK(reads >= 1);
  drift_run_free(run);
}

static void a_run_that_is_done_is_pumped_to_no_harm(void) {
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  OK(drift_run_pump(run, NULL, &err));
  CHECK(drift_run_pump(run, NULL, &err) >= 0);
  CHECK(err == NULL);
  drift_run_free(run);
}

/* From inside: the run's events are its pump's, and its own pump is at work. */
static int32_t on_read_of_a_meddler(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  world *w = user;
  drift_event *event = NULL;
  drift_host other = DRIFT_HOST_INIT;
  (void)provider;
  (void)n;
  FAILS(drift_run_pump(run, &other, &err), DRIFT_E_BUSY);
  FAILS(drift_run_next(run, 0, &event, &err), DRIFT_E_BUSY);
  CHECK(event == NULL);
  drift_run_free(run); /* does nothing */
  ++w->reads;
  return answer_body(run, ticket, body, w->result, &w->error);
}

static void a_pump_is_not_entered_again(void) {
  world w;
  drift_host host = host_of(&w);
  drift_run *run = start_queues(ACME, 1, NULL, DRIFT_SCAN_QUIET);
  drift_report *report;
  drift_event *event = NULL;
  host.read = on_read_of_a_meddler;
  OK(drift_run_pump(run, &host, &err));
  CHECK_NUMBER(w.reads, 1);
  CHECK_NUMBER(drift_run_next(run, 0, &event, &err), DRIFT_END); /* the pump took DRIFT_EV_DONE */
  report = report_of(run);
  drift_report_free(report);
  drift_run_free(run);
}

typedef struct late {
  uint64_t ticket;
  unsigned given_up;
} late;

static int32_t on_read_never(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  (void)run;
  (void)provider;
  (void)body;
  (void)n;
  ((late *)user)->ticket = ticket;
  return 0;
}

static int32_t on_given_up(void *user, drift_run *run, uint64_t ticket) {
  late *l = user;
  CHECK_NUMBER(drift_run_answer(run, ticket, "{\"results\":[{\"absent\":true}]}", DRIFT_NUL, &err), DRIFT_END);
  l->given_up += ticket == l->ticket;
  return 0;
}

static void a_host_is_told_what_was_given_up(void) {
  late l = {0, 0};
  drift_host host = DRIFT_HOST_INIT;
  drift_run *run =
      start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"read_timeout\":\"30ms\",\"attempts\":1}", 1, NULL, 0);
  host.user = &l;
  host.read = on_read_never;
  host.given_up = on_given_up;
  OK(drift_run_pump(run, &host, &err));
  CHECK_NUMBER(l.given_up, 1);
  drift_run_free(run);
}

static void a_reserved_member_is_zero(void) {
  world w;
  drift_host host = host_of(&w);
  drift_engine *engine = engine_of(ACME);
  drift_report *report = NULL;
  host.reserved = 7;
  FAILS(drift_scan(engine, NULL, &host, &report, &err), DRIFT_E_OPTION_UNSUPPORTED);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "reserved");
  drift_engine_free(engine);
}

int main(void) {
  RUN(a_scan_in_one_call);
  RUN(log_records_arrive);
  RUN(any_other_return_stops_the_run_and_comes_back);
  RUN(a_scan_that_the_host_stops);
  RUN(a_host_that_can_do_nothing);
  RUN(a_run_is_not_freed_from_inside_its_pump);
  RUN(a_scan_inside_a_scan);
  RUN(a_run_that_is_done_is_pumped_to_no_harm);
  RUN(a_pump_is_not_entered_again);
  RUN(a_host_is_told_what_was_given_up);
  RUN(a_reserved_member_is_zero);
  return check_result();
}
