/* Accepting drift into a baseline, recording reads and playing them back. */
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "folder.h"

static drift_engine *engine;
static drift_source *state;

static void set_up(const char *config) {
  engine = engine_of(config);
  state = text_source(file_state("a.txt", "hello\\n"), "terraform.tfstate");
}

static void tear_down(void) {
  drift_source_free(state);
  drift_engine_free(engine);
}

static drift_scan_options options_of(const drift_source *baseline) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  options.state = state;
  options.baseline = baseline;
  return options;
}

static uint64_t drifted(const drift_source *baseline) {
  const drift_scan_options options = options_of(baseline);
  drift_report *report = NULL;
  drift_summary summary;
  OK(drift_scan(engine, &options, NULL, &report, &err));
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  CHECK_NUMBER(summary.complete, 1);
  drift_report_free(report);
  return summary.drifted;
}

static void what_was_accepted_is_no_drift(void) {
  static const char *const globs[] = {"local_file.*"};
  drift_scan_options options;
  drift_source *baseline = NULL;
  drift_blob *json = NULL;
  set_up(NULL);
  options = options_of(NULL);
  write_file("a.txt", "changed\n");
  CHECK_NUMBER(drifted(NULL), 1);
  OK(drift_accept(engine, &options, globs, 1, "accepted.jsonl", DRIFT_NUL, NULL, &json, &err));
  CHECK_HAS(blob_text(json), "\"accepted\":[\"local_file.hello\"]");
  CHECK_HAS(blob_text(json), "\"left\":0");
  CHECK_HAS(blob_text(json), "\"complete\":true");
  CHECK_HAS(blob_text(json), "accepted.jsonl");
  drift_blob_free(json);
  OK(drift_source_file("accepted.jsonl", DRIFT_NUL, &baseline, &err));
  CHECK_NUMBER(drifted(baseline), 0);
  write_file("a.txt", "changed again\n");
  CHECK_NUMBER(drifted(baseline), 1);
  drift_source_free(baseline);
  tear_down();
}

static void the_baseline_of_the_configuration(void) {
  static const char *const globs[] = {"local_file.hello"};
  drift_scan_options options;
  drift_blob *json = NULL;
  char *text;
  set_up("{\"settings\":{\"baseline\":\"base.jsonl\"}}");
  options = options_of(NULL);
  write_file("a.txt", "changed\n");
  OK(drift_accept(engine, &options, globs, 1, NULL, 0, NULL, &json, &err));
  drift_blob_free(json);
  text = read_file("base.jsonl");
  CHECK_HAS(text, "local_file.hello");
  free(text);
  CHECK_NUMBER(drifted(NULL), 0); /* it is used without being named */
  options.flags = DRIFT_SCAN_NO_BASELINE;
  {
    drift_report *report = NULL;
    uint64_t findings = 0;
    OK(drift_scan(engine, &options, NULL, &report, &err));
    OK(drift_report_count(report, DRIFT_COUNT_FINDINGS, &findings, &err));
    CHECK_NUMBER(findings, 1);
    drift_report_free(report);
  }
  tear_down();
}

static void nothing_to_accept(void) {
  static const char *const globs[] = {"local_file.nobody"};
  drift_scan_options options;
  drift_blob *json = NULL;
  set_up(NULL);
  options = options_of(NULL);
  write_file("a.txt", "changed\n");
  FAILS(drift_accept(engine, &options, globs, 1, "accepted.jsonl", DRIFT_NUL, NULL, &json, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK(json == NULL);
  CHECK(read_file("accepted.jsonl") == NULL);
  FAILS(drift_accept(engine, &options, NULL, 0, "accepted.jsonl", DRIFT_NUL, NULL, &json, &err), DRIFT_E_INVALID_ARGUMENT);
  FAILS(drift_accept(engine, &options, NULL, 1, "accepted.jsonl", DRIFT_NUL, NULL, &json, &err), DRIFT_E_INVALID_ARGUMENT);
  tear_down();
}

static void an_accept_as_a_run(void) {
  static const char *const globs[] = {"*"};
  drift_scan_options options;
  drift_run *run = NULL;
  drift_blob *json = NULL;
  drift_report *report = NULL;
  set_up(NULL);
  options = options_of(NULL);
  write_file("a.txt", "changed\n");
  OK(drift_accept_start(engine, &options, globs, 1, "accepted.jsonl", DRIFT_NUL, &run, &err));
  drain(run);
  OK(drift_run_accepted(run, &json, &err));
  CHECK_HAS(blob_text(json), "local_file.hello");
  drift_blob_free(json);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_INVALID_ARGUMENT); /* an accept has no report */
  drift_run_free(run);
  OK(drift_scan_start(engine, &options, &run, &err));
  drain(run);
  FAILS(drift_run_accepted(run, &json, &err), DRIFT_E_INVALID_ARGUMENT); /* and a scan accepts nothing */
  CHECK(json == NULL);
  drift_run_free(run);
  tear_down();
}

static void accepting_asks_the_host_too(void) {
  static const char *const globs[] = {"acme_queue.q001"};
  drift_engine *acme = engine_of(ACME);
  char *queues = queue_state(3);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_run *run = NULL;
  drift_blob *json = NULL;
  drift_source *source = text_source(queues, "state");
  options.state = source;
  OK(drift_accept_start(acme, &options, globs, 1, "accepted.jsonl", DRIFT_NUL, &run, &err));
  CHECK_NUMBER(serve(run, queue_changed), 3);
  OK(drift_run_accepted(run, &json, &err));
  CHECK_HAS(blob_text(json), "\"accepted\":[\"acme_queue.q001\"]");
  CHECK_HAS(blob_text(json), "\"left\":2");
  drift_blob_free(json);
  drift_run_free(run);
  drift_source_free(source);
  drift_engine_free(acme);
  free(queues);
}

static drift_report *queues_with(const char *config, queue_result result, unsigned expected_reads) {
  drift_run *run = start_queues(config, 3, NULL, 0);
  drift_report *report;
  CHECK_NUMBER(serve(run, result), expected_reads);
  report = report_of(run);
  drift_run_free(run);
  return report;
}

static void a_recording_is_played_back_without_the_host(void) {
  drift_report *live = queues_with("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"record\":\"rec\"}", queue_changed, 3);
  drift_report *replayed = queues_with("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"replay\":\"rec\"}", queue_absent, 0);
  drift_blob *a = rendered(live, DRIFT_RENDER_JSON), *b = rendered(replayed, DRIFT_RENDER_JSON);
  CHECK_HAS(blob_text(a), "acme_queue.q002");
  CHECK_TEXT(blob_text(b), blob_text(a));
  drift_blob_free(a);
  drift_blob_free(b);
  drift_report_free(live);
  drift_report_free(replayed);
}

static void what_was_not_recorded_is_an_error(void) {
  drift_report *report = queues_with("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"record\":\"rec\"}", queue_changed, 3);
  drift_problem_view problem;
  drift_run *run;
  size_t got = 0;
  drift_report_free(report);
  run = start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"replay\":\"rec\"}", 4, NULL, 0);
  CHECK_NUMBER(serve(run, queue_absent), 0);
  report = report_of(run);
  OK(drift_report_problems(report, 0, &problem, sizeof problem, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_VIEW(problem.address, "acme_queue.q003");
  CHECK_NUMBER(problem.code, DRIFT_E_REPLAY_MISS);
  drift_report_free(report);
  drift_run_free(run);
}

static void record_and_replay_exclude_each_other(void) {
  drift_engine *none = NULL;
  FAILS(drift_engine_new("{\"record\":\"a\",\"replay\":\"b\"}", DRIFT_NUL, &none, &err), DRIFT_E_CONFIG_INVALID);
}

/* What is wrong with the call is said before anything is done. */
static void a_bad_call_writes_nothing(void) {
  static const char *const globs[] = {"*"};
  static const char *const bad_globs[] = {"\xff"};
  drift_scan_options options;
  drift_host host = DRIFT_HOST_INIT;
  drift_blob *json = NULL;
  set_up(NULL);
  options = options_of(NULL);
  write_file("a.txt", "changed\n");
  FAILS(drift_accept(engine, &options, globs, 1, "bad.jsonl", DRIFT_NUL, NULL, NULL, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "out_json");
  host.struct_size = 8;
  FAILS(drift_accept(engine, &options, globs, 1, "bad.jsonl", DRIFT_NUL, &host, &json, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "host");
  FAILS(drift_accept(engine, &options, globs, 1, "bad.jsonl\0evil", 14, NULL, &json, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "path");
  FAILS(drift_accept(engine, &options, bad_globs, 1, "bad.jsonl", DRIFT_NUL, NULL, &json, &err), DRIFT_E_BAD_UTF8);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "globs");
  CHECK(read_file("bad.jsonl") == NULL);
  tear_down();
}

/* Where an accept writes to is what `path` and the configuration say; the name of a document is never a path. */
static void names_of_documents_are_no_paths(void) {
  static const char *const globs[] = {"*"};
  drift_scan_options options;
  drift_source *baseline = text_source("not looked at", "accidental");
  drift_blob *json = NULL;
  set_up(NULL);
  options = options_of(baseline);
  write_file("a.txt", "changed\n");
  FAILS(drift_accept(engine, &options, globs, 1, NULL, 0, NULL, &json, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "path");
  CHECK(read_file("accidental") == NULL);
  OK(drift_accept(engine, &options, globs, 1, "named.jsonl", DRIFT_NUL, NULL, &json, &err));
  drift_blob_free(json);
  drift_source_free(baseline);
  /* Nor is the key of a baseline in memory looked for beside its name. */
  {
    char *text = read_file("named.jsonl");
    baseline = text_source(text, "in-memory");
    write_file("in-memory.key", "no key at all");
    CHECK_NUMBER(drifted(baseline), 0);
    free(text);
  }
  drift_source_free(baseline);
  tear_down();
}

static void failures_of_an_accept_are_as_in_a_report(void) {
  static const char *const globs[] = {"*"};
  drift_engine *acme = engine_of("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"parallel\":1}");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  char *queues = queue_state(2);
  drift_source *source = text_source(queues, "state");
  drift_run *run = NULL;
  drift_event *event;
  drift_blob *json = NULL;
  options.state = source;
  OK(drift_accept_start(acme, &options, globs, 1, "part.jsonl", DRIFT_NUL, &run, &err));
  event = event_of(run, DRIFT_EV_WANT_READ);
  OK(drift_run_answer(run, drift_event_ticket(event),
                      "{\"results\":[{\"found\":{\"attributes\":{\"id\":\"q000\",\"days\":1}}},"
                      "{\"error\":{\"code\":\"E_READ_AUTH\",\"message\":\"the token has\\nexpired\",\"next\":\"log in\"}}]}",
                      DRIFT_NUL, &err));
  drift_event_free(event);
  drain(run);
  OK(drift_run_accepted(run, &json, &err));
  CHECK_HAS(blob_text(json), "\"address\":\"acme_queue.q001\"");
  CHECK_HAS(blob_text(json), "\"type\":\"acme_queue\"");
  CHECK_HAS(blob_text(json), "\"verdict\":\"unreadable\"");
  CHECK_HAS(blob_text(json), "\"message\":\"the token has\\\\x0aexpired\"");
  CHECK_HAS(blob_text(json), "\"next\":\"log in\"");
  CHECK_HAS(blob_text(json), "\"retryable\":false");
  drift_blob_free(json);
  drift_run_free(run);
  drift_source_free(source);
  drift_engine_free(acme);
  free(queues);
}

int main(void) {
  RUN(what_was_accepted_is_no_drift);
  RUN(the_baseline_of_the_configuration);
  RUN(nothing_to_accept);
  RUN(an_accept_as_a_run);
  RUN(accepting_asks_the_host_too);
  RUN(a_recording_is_played_back_without_the_host);
  RUN(what_was_not_recorded_is_an_error);
  RUN(record_and_replay_exclude_each_other);
  RUN(a_bad_call_writes_nothing);
  RUN(names_of_documents_are_no_paths);
  RUN(failures_of_an_accept_are_as_in_a_report);
  return check_result();
}
