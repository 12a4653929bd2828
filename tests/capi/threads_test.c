/* Many threads: what drift.h calls "any" and "shared" is used so, and a run is cancelled, answered and freed from wherever it pleases.
 * Worth most under ThreadSanitizer. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "drift_unstable.h"

#define THREADS 8
#define QUEUES 40u

static drift_engine *engine; /* shared by all */
static drift_source *state;
static atomic_ulong wrong;

static void expect(int yes) {
  if (!yes) atomic_fetch_add(&wrong, 1);
}

static void set_up(const char *config) {
  char *queues = queue_state(QUEUES);
  engine = engine_of(config);
  state = text_source(queues, "state");
  free(queues);
}

static void tear_down(void) {
  drift_source_free(state);
  drift_engine_free(engine);
  CHECK_NUMBER(atomic_load(&wrong), 0);
}

static drift_run *start(uint32_t flags) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_run *run = NULL;
  options.state = state;
  options.flags = flags;
  expect(drift_scan_start(engine, &options, &run, NULL) == DRIFT_OK);
  return run;
}

static void at_once(void *(*work)(void *), void *argument, size_t n) {
  pthread_t threads[THREADS];
  size_t i;
  for (i = 0; i < n; ++i) REQUIRE(pthread_create(&threads[i], NULL, work, argument) == 0);
  for (i = 0; i < n; ++i) REQUIRE(pthread_join(threads[i], NULL) == 0);
}

/* Pulls until DONE, DRIFT_END or an error; the last word. Answers reads. */
static int32_t pull(drift_run *run, queue_result result) {
  for (;;) {
    drift_event *event = NULL;
    const int32_t status = drift_run_next(run, -1, &event, NULL);
    const int32_t kind = drift_event_kind(event);
    if (kind == DRIFT_EV_WANT_READ && result != NULL) {
      const int32_t answered = answer_read(run, event, result, NULL);
      expect(answered == DRIFT_OK || answered == DRIFT_END || answered == DRIFT_E_HANDLE);
    }
    drift_event_free(event);
    if (status != DRIFT_OK || kind == DRIFT_EV_DONE) return status;
  }
}

static void *whole_scan(void *argument) {
  int i;
  (void)argument;
  for (i = 0; i < 4; ++i) {
    drift_run *run = start(0);
    drift_report *report = NULL;
    drift_summary summary;
    expect(pull(run, queue_changed) == DRIFT_OK);
    expect(drift_run_report(run, &report, NULL) == DRIFT_OK);
    drift_run_free(run);
    summary.struct_size = sizeof summary;
    expect(drift_report_summary(report, &summary, NULL) == DRIFT_OK && summary.changed == QUEUES);
    drift_report_free(report);
  }
  return NULL;
}

static void scans_side_by_side(void) {
  set_up(ACME);
  at_once(whole_scan, NULL, THREADS);
  tear_down();
}

/* One run: the test's thread pulls, and hands each read to one of the threads that answer. */
typedef struct desk {
  drift_run *run;
  pthread_mutex_t mutex;
  pthread_cond_t change;
  drift_event *waiting[QUEUES];
  size_t count;
  int closed;
} desk;

static void *clerk(void *argument) {
  desk *d = argument;
  for (;;) {
    drift_event *event;
    pthread_mutex_lock(&d->mutex);
    while (d->count == 0 && !d->closed) pthread_cond_wait(&d->change, &d->mutex);
    event = d->count > 0 ? d->waiting[--d->count] : NULL;
    pthread_mutex_unlock(&d->mutex);
    if (event == NULL) return NULL;
    expect(answer_read(d->run, event, queue_changed, NULL) == DRIFT_OK);
    drift_event_free(event);
  }
}

static void answers_from_other_threads(void) {
  desk d;
  pthread_t clerks[THREADS];
  drift_report *report;
  drift_summary summary;
  int32_t kind = DRIFT_EV_NONE;
  size_t i;
  memset(&d, 0, sizeof d);
  REQUIRE(pthread_mutex_init(&d.mutex, NULL) == 0 && pthread_cond_init(&d.change, NULL) == 0);
  set_up("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"max_batch\":1,\"max_concurrency\":16}],\"parallel\":16}");
  d.run = start(DRIFT_SCAN_QUIET);
  for (i = 0; i < THREADS; ++i) REQUIRE(pthread_create(&clerks[i], NULL, clerk, &d) == 0);
  while (kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    OK(drift_run_next(d.run, -1, &event, &err));
    kind = drift_event_kind(event);
    if (kind != DRIFT_EV_WANT_READ) {
      drift_event_free(event);
      continue;
    }
    pthread_mutex_lock(&d.mutex);
    d.waiting[d.count++] = event;
    pthread_cond_signal(&d.change);
    pthread_mutex_unlock(&d.mutex);
  }
  pthread_mutex_lock(&d.mutex);
  d.closed = 1;
  pthread_cond_broadcast(&d.change);
  pthread_mutex_unlock(&d.mutex);
  for (i = 0; i < THREADS; ++i) pthread_join(clerks[i], NULL);
  report = report_of(d.run);
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  CHECK_NUMBER(summary.changed, QUEUES);
  drift_report_free(report);
  drift_run_free(d.run);
  pthread_cond_destroy(&d.change);
  pthread_mutex_destroy(&d.mutex);
  tear_down();
}

static void *wait_for_ever(void *argument) {
  drift_run *run = *(drift_run **)argument;
  const int32_t last = pull(run, NULL);
  expect(last == DRIFT_E_CLOSED || last == DRIFT_E_HANDLE); /* HANDLE: it had been freed before the call */
  return NULL;
}

/* True once a thread sits in drift_run_next(): from then on a second one is told so. */
static void wait_until_somebody_waits(drift_run *run) {
  for (;;) {
    drift_event *event = NULL;
    const int32_t status = drift_run_next(run, 0, &event, NULL);
    drift_event_free(event);
    if (status == DRIFT_E_BUSY) return;
  }
}

static void freed_while_another_thread_waits(void) {
  int turn;
  set_up(ACME);
  for (turn = 0; turn < 20; ++turn) {
    drift_run *run = start(DRIFT_SCAN_QUIET);
    pthread_t thread;
    drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
    const uint64_t ticket = drift_event_ticket(event);
    int32_t fd = -1;
    drift_event_free(event);
    REQUIRE(pthread_create(&thread, NULL, wait_for_ever, &run) == 0);
    if (turn % 2 == 0) wait_until_somebody_waits(run);
    drift_run_free(run);
    REQUIRE(pthread_join(thread, NULL) == 0);
    /* And what comes too late finds no run any more. */
    FAILS(drift_run_answer(run, ticket, "{\"results\":[]}", DRIFT_NUL, &err), DRIFT_E_HANDLE);
    FAILS(drift_run_wait_fd(run, &fd, &err), DRIFT_E_HANDLE);
    drift_run_free(run);
  }
  tear_down();
}

static void *cancel_it(void *argument) {
  expect(drift_run_cancel(argument, NULL) == DRIFT_OK);
  return NULL;
}

static void cancelled_from_other_threads(void) {
  int turn;
  set_up(ACME);
  for (turn = 0; turn < 20; ++turn) {
    drift_run *run = start(0);
    pthread_t threads[2];
    REQUIRE(pthread_create(&threads[0], NULL, cancel_it, run) == 0 && pthread_create(&threads[1], NULL, cancel_it, run) == 0);
    CHECK_NUMBER(pull(run, NULL), DRIFT_OK); /* its end comes, though nobody answers */
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    drift_run_free(run);
  }
  tear_down();
}

/* Everybody does everything to one run that somebody frees at some time. */
typedef struct crowd {
  drift_run *run;
  atomic_uint next;
} crowd;

static void *one_of_the_crowd(void *argument) {
  crowd *c = argument;
  const unsigned me = atomic_fetch_add(&c->next, 1);
  int i;
  for (i = 0; i < 50; ++i) {
    drift_event *event = NULL;
    drift_report *report = NULL;
    int32_t fd = -1;
    switch ((me + (unsigned)i) % 6) {
      case 0:
        if (drift_run_next(c->run, 1, &event, NULL) == DRIFT_OK && drift_event_kind(event) == DRIFT_EV_WANT_READ)
          (void)answer_read(c->run, event, queue_changed, NULL);
        drift_event_free(event);
        break;
      case 1:
        (void)drift_run_answer(c->run, (uint64_t)i, "{\"results\":[{\"absent\":true}]}", DRIFT_NUL, NULL);
        break;
      case 2:
        (void)drift_run_fail(c->run, (uint64_t)i, 0, "no", DRIFT_NUL, 0, NULL);
        break;
      case 3:
        (void)drift_run_wait_fd(c->run, &fd, NULL);
        break;
      case 4:
        (void)drift_run_report(c->run, &report, NULL);
        drift_report_free(report);
        break;
      default:
        if (i > 30) (void)drift_run_cancel(c->run, NULL);
        if (i > 40 && me == 3) drift_run_free(c->run);
    }
  }
  return NULL;
}

static void a_crowd_around_one_run(void) {
  int turn;
  set_up(ACME);
  for (turn = 0; turn < 10; ++turn) {
    crowd c;
    memset(&c, 0, sizeof c);
    c.run = start(0);
    at_once(one_of_the_crowd, &c, THREADS);
    drift_run_free(c.run);
  }
  tear_down();
}

static void *read_the_report(void *argument) {
  drift_report *mine = NULL;
  drift_blob *text = NULL;
  drift_change_view views[7];
  uint64_t first = 0;
  size_t got = 1;
  expect(drift_report_ref(argument, &mine, NULL) == DRIFT_OK);
  while (got != 0) {
    expect(drift_report_changes(mine, DRIFT_OF_FINDINGS, first, views, sizeof views[0], 7, &got, NULL) == DRIFT_OK);
    first += got;
  }
  expect(first == QUEUES);
  expect(drift_report_render(mine, DRIFT_RENDER_JSON, NULL, &text, NULL) == DRIFT_OK);
  drift_blob_free(text);
  expect(drift_report_explain(mine, "acme_queue.q007", DRIFT_NUL, NULL, &text, NULL) == DRIFT_OK);
  drift_blob_free(text);
  drift_report_free(mine);
  return NULL;
}

static void one_report_for_all(void) {
  drift_run *run;
  drift_report *report;
  set_up(ACME);
  run = start(DRIFT_SCAN_QUIET);
  serve(run, queue_changed);
  report = report_of(run); /* its views are not made yet: the threads are the first to look */
  drift_run_free(run);
  at_once(read_the_report, report, THREADS);
  drift_report_free(report);
  tear_down();
}

int main(void) {
  const uint64_t before = drift_x_handles();
  RUN(scans_side_by_side);
  RUN(answers_from_other_threads);
  RUN(freed_while_another_thread_waits);
  RUN(cancelled_from_other_threads);
  RUN(a_crowd_around_one_run);
  RUN(one_report_for_all);
  CHECK_NUMBER(drift_x_handles(), before + (last_error() != NULL));
  return check_result();
}
