/* What a program does wrong is an error, never a crash: NULL, another kind of handle, a freed one, any order of frees, a fork. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "drift_unstable.h"
#include "folder.h"

enum { ERROR, BLOB, ENGINE, SOURCE, BUILDER, SNAPSHOT, RUN_, EVENT, REPORT, KINDS };

/* One handle of every kind. */
static void make_all(void *all[KINDS]) {
  drift_engine *engine = engine_of(ACME), *none = NULL;
  drift_source *source = text_source(file_state("a.txt", "x"), "state");
  drift_error *error = NULL;
  drift_blob *blob = NULL;
  drift_builder *builder = NULL;
  drift_report *report = NULL;
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  CHECK_NUMBER(drift_engine_new("{", 1, &none, &error), DRIFT_E_PARSE);
  OK(drift_config_describe(&blob, &err));
  OK(drift_builder_new(&builder, &err));
  OK(drift_diff(engine, source, source, 0, &report, &err));
  all[ERROR] = error;
  all[BLOB] = blob;
  all[ENGINE] = engine;
  all[SOURCE] = source;
  all[BUILDER] = builder;
  all[SNAPSHOT] = snapshot_of(file_state("a.txt", "x"));
  all[RUN_] = run;
  all[EVENT] = event_of(run, DRIFT_EV_WANT_READ);
  all[REPORT] = report;
}

static void free_one(void *const all[KINDS], int kind) {
  switch (kind) {
    case ERROR:
      drift_error_free(all[ERROR]);
      break;
    case BLOB:
      drift_blob_free(all[BLOB]);
      break;
    case ENGINE:
      drift_engine_free(all[ENGINE]);
      break;
    case SOURCE:
      drift_source_free(all[SOURCE]);
      break;
    case BUILDER:
      drift_builder_free(all[BUILDER]);
      break;
    case SNAPSHOT:
      drift_snapshot_free(all[SNAPSHOT]);
      break;
    case RUN_:
      drift_run_free(all[RUN_]);
      break;
    case EVENT:
      drift_event_free(all[EVENT]);
      break;
    default:
      drift_report_free(all[REPORT]);
  }
}

/* Calls every function that takes a handle with `h`, which is none of `kind` (a kind that it is, is left out). Each has to say so. */
static void use_as_everything(void *h, int kind) {
  const char *p = "x";
  size_t n = 1;
  uint64_t u = 1;
  int32_t i = 1;
  void *out = &i;
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  static const char *const globs[] = {"*"};
  drift_source *good = text_source("{}", "good");
  drift_engine *engine = engine_of(NULL);
  drift_summary summary;
  summary.struct_size = sizeof summary;
#define BAD(call) FAILS(call, DRIFT_E_HANDLE)
  if (kind != ERROR) {
    CHECK_NUMBER(drift_error_code(h), DRIFT_E_HANDLE);
    CHECK_TEXT(drift_error_name(h), "E_HANDLE");
    drift_error_text(h, DRIFT_ERROR_MESSAGE, &p, &n);
    CHECK(n == 0);
    CHECK_NUMBER(drift_error_is_retryable(h), 0);
    CHECK_NUMBER(drift_error_position(h, &u, &u, &u), DRIFT_E_HANDLE);
    drift_error_free(h);
  }
  if (kind != BLOB) {
    CHECK_NUMBER(drift_blob_data(h, &p, &n), DRIFT_E_HANDLE);
    CHECK(p == NULL && n == 0);
    drift_blob_free(h);
  }
  if (kind != ENGINE) {
    BAD(drift_scan_start(h, &options, (drift_run **)&out, &err));
    CHECK(out == NULL);
    BAD(drift_accept_start(h, &options, globs, 1, NULL, 0, (drift_run **)&out, &err));
    BAD(drift_diff_start(h, good, good, 0, (drift_run **)&out, &err));
    BAD(drift_scan(h, &options, NULL, (drift_report **)&out, &err));
    BAD(drift_accept(h, &options, globs, 1, NULL, 0, NULL, (drift_blob **)&out, &err));
    BAD(drift_diff(h, good, good, 0, (drift_report **)&out, &err));
    drift_engine_free(h);
  }
  if (kind != SOURCE) {
    BAD(drift_snapshot_open(h, NULL, 0, (drift_snapshot **)&out, &err));
    BAD(drift_diff(engine, h, good, 0, (drift_report **)&out, &err));
    BAD(drift_diff(engine, good, h, 0, (drift_report **)&out, &err));
    CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "b"); /* it names the argument */
    if (h != NULL) {
      options.state = h;
      BAD(drift_scan_start(engine, &options, (drift_run **)&out, &err));
      BAD(drift_scan(engine, &options, NULL, (drift_report **)&out, &err));
    }
    drift_source_free(h);
  }
  if (kind != BUILDER) {
    BAD(drift_builder_add(h, "{}", 2, &err));
    BAD(drift_builder_build(h, (drift_snapshot **)&out, &err));
    drift_builder_free(h);
  }
  if (kind != SNAPSHOT) {
    drift_resource_view view;
    BAD(drift_source_snapshot(h, (drift_source **)&out, &err));
    BAD(drift_snapshot_count(h, &u, &err));
    BAD(drift_snapshot_text(h, DRIFT_SNAPSHOT_HASH, &p, &n, &err));
    BAD(drift_snapshot_resources(h, 0, &view, sizeof view, 1, &n, &err));
    BAD(drift_snapshot_find(h, "a", 1, &u, &err));
    BAD(drift_snapshot_resource(h, 0, (drift_blob **)&out, &err));
    if (h != NULL) BAD(drift_snapshot_open(good, h, 0, (drift_snapshot **)&out, &err));
    drift_snapshot_free(h);
  }
  if (kind != RUN_) {
    BAD(drift_run_next(h, 0, (drift_event **)&out, &err));
    BAD(drift_run_wait_fd(h, &i, &err));
    BAD(drift_run_answer(h, 1, "{}", 2, &err));
    BAD(drift_run_fail(h, 1, 0, "m", 1, 0, &err));
    BAD(drift_run_set_time(h, 1, &err));
    BAD(drift_run_cancel(h, &err));
    BAD(drift_run_report(h, (drift_report **)&out, &err));
    BAD(drift_run_accepted(h, (drift_blob **)&out, &err));
    BAD(drift_run_pump(h, NULL, &err));
    drift_run_free(h);
  }
  if (kind != EVENT) {
    CHECK_NUMBER(drift_event_kind(h), DRIFT_EV_NONE);
    CHECK_NUMBER(drift_event_ticket(h), 0);
    CHECK_NUMBER(drift_event_number(h, DRIFT_N_TOTAL), 0);
    drift_event_text(h, DRIFT_T_NAME, &p, &n);
    CHECK(n == 0);
    drift_event_free(h);
  }
  if (kind != REPORT) {
    drift_finding_view f;
    drift_change_view c;
    drift_suppressed_view s;
    drift_problem_view q;
    drift_note_view o;
    BAD(drift_report_summary(h, &summary, &err));
    BAD(drift_report_count(h, DRIFT_COUNT_FINDINGS, &u, &err));
    BAD(drift_report_findings(h, 0, &f, sizeof f, 1, &n, &err));
    BAD(drift_report_changes(h, DRIFT_OF_FINDINGS, 0, &c, sizeof c, 1, &n, &err));
    BAD(drift_report_suppressed(h, 0, &s, sizeof s, 1, &n, &err));
    BAD(drift_report_problems(h, 0, &q, sizeof q, 1, &n, &err));
    BAD(drift_report_notes(h, 0, &o, sizeof o, 1, &n, &err));
    BAD(drift_report_render(h, DRIFT_RENDER_TEXT, NULL, (drift_blob **)&out, &err));
    BAD(drift_report_explain(h, "a", 1, NULL, (drift_blob **)&out, &err));
    BAD(drift_report_ref(h, (drift_report **)&out, &err));
    CHECK(out == NULL);
    drift_report_free(h);
  }
#undef BAD
  drift_source_free(good);
  drift_engine_free(engine);
}

static void null_as_every_handle(void) { use_as_everything(NULL, -1); }

static void every_kind_in_the_place_of_every_other(void) {
  void *all[KINDS];
  int kind;
  make_all(all);
  for (kind = 0; kind < KINDS; ++kind) use_as_everything(all[kind], kind);
  /* None was harmed by that: each is still what it was, and is freed once. */
  CHECK_NUMBER(drift_error_code(all[ERROR]), DRIFT_E_PARSE);
  CHECK_HAS(blob_text(all[BLOB]), "parallel");
  CHECK_NUMBER(drift_event_kind(all[EVENT]), DRIFT_EV_WANT_READ);
  for (kind = 0; kind < KINDS; ++kind) free_one(all, kind);
}

static void freed_handles(void) {
  void *all[KINDS];
  int kind;
  make_all(all);
  for (kind = 0; kind < KINDS; ++kind) free_one(all, kind);
  for (kind = 0; kind < KINDS; ++kind) use_as_everything(all[kind], -1); /* also as what they were, and freed again and again */
}

/* Every rotation and its reverse: what others need is kept until the last of them is gone. */
static void frees_in_any_order(void) {
  const uint64_t before = drift_x_handles();
  int turn, i;
  for (turn = 0; turn < 2 * KINDS; ++turn) {
    void *all[KINDS];
    make_all(all);
    for (i = 0; i < KINDS; ++i) free_one(all, turn < KINDS ? (turn + i) % KINDS : (2 * KINDS + turn - i) % KINDS);
  }
  CHECK_NUMBER(drift_x_handles(), before);
}

static void null_outputs(void) {
  drift_engine *engine = engine_of(ACME), *none = NULL;
  drift_source *source = text_source(file_state("a.txt", "x"), "state");
  drift_snapshot *snapshot = snapshot_of(file_state("a.txt", "x"));
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  drift_builder *builder = NULL;
  drift_report *report = NULL;
  static const char *const globs[] = {"*"};
  OK(drift_builder_new(&builder, &err));
  OK(drift_diff(engine, source, source, 0, &report, &err));
#define BAD(call) FAILS(call, DRIFT_E_INVALID_ARGUMENT)
  BAD(drift_engine_new(NULL, 0, NULL, &err));
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "out_engine");
  BAD(drift_engine_new(NULL, 5, &none, &err));
  BAD(drift_engine_new(NULL, DRIFT_NUL, &none, &err));
  BAD(drift_config_describe(NULL, &err));
  BAD(drift_source_file("a", 1, NULL, &err));
  BAD(drift_source_bytes("a", 1, "n", 1, NULL, &err));
  BAD(drift_source_borrow("a", 1, "n", 1, NULL, &err));
  BAD(drift_source_snapshot(snapshot, NULL, &err));
  BAD(drift_source_host("a", 1, NULL, &err));
  BAD(drift_snapshot_open(source, NULL, 0, NULL, &err));
  BAD(drift_snapshot_count(snapshot, NULL, &err));
  BAD(drift_snapshot_find(snapshot, "a", 1, NULL, &err));
  BAD(drift_snapshot_resource(snapshot, 0, NULL, &err));
  BAD(drift_builder_new(NULL, &err));
  BAD(drift_builder_build(builder, NULL, &err));
  BAD(drift_scan_start(engine, NULL, NULL, &err));
  BAD(drift_accept_start(engine, NULL, globs, 1, NULL, 0, NULL, &err));
  BAD(drift_diff_start(engine, source, source, 0, NULL, &err));
  BAD(drift_run_next(run, 0, NULL, &err));
  BAD(drift_run_wait_fd(run, NULL, &err));
  BAD(drift_run_report(run, NULL, &err));
  BAD(drift_run_accepted(run, NULL, &err));
  BAD(drift_scan(engine, NULL, NULL, NULL, &err));
  BAD(drift_accept(engine, NULL, globs, 1, NULL, 0, NULL, NULL, &err));
  BAD(drift_diff(engine, source, source, 0, NULL, &err));
  BAD(drift_report_summary(report, NULL, &err));
  BAD(drift_report_count(report, DRIFT_COUNT_FINDINGS, NULL, &err));
  BAD(drift_report_render(report, DRIFT_RENDER_TEXT, NULL, NULL, &err));
  BAD(drift_report_explain(report, "a", 1, NULL, NULL, &err));
  BAD(drift_report_ref(report, NULL, &err));
  BAD(drift_report_find(report, "a", 1, NULL, &err));
  BAD(drift_report_findings(report, 0, NULL, 112, 0, NULL, &err));
  BAD(drift_report_changes(report, DRIFT_OF_FINDINGS, 0, NULL, 176, 0, NULL, &err));
  BAD(drift_report_suppressed(report, 0, NULL, 88, 0, NULL, &err));
  BAD(drift_report_problems(report, 0, NULL, 96, 0, NULL, &err));
  BAD(drift_report_notes(report, 0, NULL, 48, 0, NULL, &err));
  BAD(drift_snapshot_resources(snapshot, 0, NULL, 40, 0, NULL, &err));
#undef BAD
  drift_engine_free(engine);
  drift_source_free(source);
  drift_snapshot_free(snapshot);
  drift_run_free(run);
  drift_builder_free(builder);
  drift_report_free(report);
}

static void texts_that_are_not_utf8(void) {
  drift_engine *engine = NULL;
  drift_source *source = NULL;
  CHECK_NUMBER(drift_engine_new("{\"record\":\"\xff\"}", DRIFT_NUL, &engine, &err), DRIFT_E_BAD_UTF8);
  drift_error_free(err);
  err = NULL;
  OK(drift_source_file("\xff\xfe", DRIFT_NUL, &source, &err)); /* a path is bytes */
  drift_source_free(source);
}

static void in_the_child_of_a_fork(void) {
  void *all[KINDS];
  int status = -1, kind;
  pid_t pid;
  make_all(all);
  pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) { /* the run's thread is not here: what waits for it must not hang, and nothing may crash */
    drift_event *event = NULL;
    drift_report *report = NULL;
    int wrong = 0;
    alarm(20);
    wrong |= drift_run_next(all[RUN_], -1, &event, NULL) != DRIFT_E_FORKED ? 1 : 0;
    wrong |= drift_scan(all[ENGINE], NULL, NULL, &report, NULL) != DRIFT_E_FORKED ? 2 : 0;
    wrong |= drift_run_cancel(all[RUN_], NULL) != DRIFT_E_FORKED ? 4 : 0;
    for (kind = 0; kind < KINDS; ++kind) free_one(all, kind);
    _exit(wrong);
  }
  REQUIRE(waitpid(pid, &status, 0) == pid);
  CHECK(WIFEXITED(status));
  if (WIFEXITED(status)) CHECK_NUMBER(WEXITSTATUS(status), 0);
  /* Here all goes on. */
  OK(answer_read(all[RUN_], all[EVENT], queue_changed, &err));
  drain(all[RUN_]);
  for (kind = 0; kind < KINDS; ++kind) free_one(all, kind);
}

int main(void) {
  const uint64_t before = drift_x_handles();
  RUN(null_as_every_handle);
  RUN(every_kind_in_the_place_of_every_other);
  RUN(freed_handles);
  RUN(frees_in_any_order);
  RUN(null_outputs);
  RUN(texts_that_are_not_utf8);
  RUN(in_the_child_of_a_fork);
  if (last_error() != NULL) CHECK_NUMBER(drift_x_handles(), before + 1); /* that one */
  return check_result();
}
