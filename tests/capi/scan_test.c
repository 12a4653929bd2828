/* A scan of files, with nothing of the host's in it: verdicts, summary, views, texts, events, the descriptor to wait on. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "documents.h"
#include "folder.h"

/* A scan of the state whose one file is a.txt with "hello\n" in it. */
static drift_report *scan_files(const char *config) {
  drift_engine *engine = engine_of(config);
  drift_source *state = text_source(file_state("a.txt", "hello\\n"), "terraform.tfstate");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_report *report = NULL;
  options.state = state;
  OK(drift_scan(engine, &options, NULL, &report, &err));
  drift_source_free(state);
  drift_engine_free(engine);
  return report;
}

static uint64_t count_of(const drift_report *report, int32_t what) {
  uint64_t count = 999;
  OK(drift_report_count(report, what, &count, &err));
  return count;
}

static drift_summary summary_of(const drift_report *report) {
  drift_summary summary;
  memset(&summary, 0x5a, sizeof summary);
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  return summary;
}

static void nothing_changed(void) {
  drift_report *report;
  drift_summary summary;
  drift_blob *headline;
  write_file("a.txt", "hello\n");
  report = scan_files(NULL);
  summary = summary_of(report);
  CHECK_NUMBER(summary.complete, 1);
  CHECK_NUMBER(summary.checked, 1);
  CHECK_NUMBER(summary.drifted, 0);
  CHECK_NUMBER(summary.basis, DRIFT_BASIS_RECORDED | DRIFT_BASIS_ACTUAL);
  CHECK(summary.elapsed_ns > 0);
  CHECK_NUMBER(count_of(report, DRIFT_COUNT_FINDINGS), 0);
  headline = rendered(report, DRIFT_RENDER_HEADLINE);
  CHECK_HAS(blob_text(headline), "No drift");
  CHECK_HAS_NOT(blob_text(headline), "\n");
  drift_blob_free(headline);
  drift_report_free(report);
}

static void content_changed(void) {
  drift_finding_view finding;
  drift_change_view change;
  drift_report *report;
  size_t got = 0;
  write_file("a.txt", "changed\n");
  report = scan_files(NULL);
  CHECK_NUMBER(summary_of(report).changed, 1);
  OK(drift_report_findings(report, 0, &finding, sizeof finding, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_VIEW(finding.address, "local_file.hello");
  CHECK_VIEW(finding.type, "local_file");
  CHECK_NUMBER(finding.fingerprint.n, 32);
  CHECK_NUMBER(finding.verdict, DRIFT_VERDICT_CHANGED);
  CHECK(finding.risk_level >= DRIFT_RISK_INFO && finding.risk_level <= DRIFT_RISK_CRITICAL);
  CHECK_NUMBER(finding.first_change, 0);
  CHECK_NUMBER(finding.changes, 1);
  OK(drift_report_changes(report, DRIFT_OF_FINDINGS, 0, &change, sizeof change, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_VIEW(change.path, "content");
  CHECK_VIEW(change.pointer, "/content");
  CHECK_VIEW(change.recorded, "\"hello\\n\"");
  CHECK_VIEW(change.actual, "\"changed\\n\"");
  CHECK_VIEW(change.baseline, NULL);
  CHECK_NUMBER(change.owner, 0);
  CHECK_NUMBER(change.kind, DRIFT_CHANGE_MODIFIED);
  CHECK_NUMBER(change.relation, DRIFT_RELATION_DRIFT);
  CHECK_NUMBER(change.section, DRIFT_SECTION_ATTRIBUTES);
  CHECK_NUMBER(change.mode, DRIFT_MODE_NONE);
  CHECK_NUMBER(change.drift_class, DRIFT_CLASS_CONFIG_OWNED);
  CHECK_NUMBER(finding.drift_class, DRIFT_CLASS_CONFIG_OWNED);
  drift_report_free(report);
}

static void file_deleted(void) {
  drift_finding_view finding;
  drift_report *report = scan_files(NULL);
  size_t got = 0;
  CHECK_NUMBER(summary_of(report).deleted, 1);
  OK(drift_report_findings(report, 0, &finding, sizeof finding, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_NUMBER(finding.verdict, DRIFT_VERDICT_DELETED);
  drift_report_free(report);
}

static void paths_are_relative_to_what_the_configuration_says(void) {
  drift_report *report;
  REQUIRE(mkdir("below", 0700) == 0);
  write_file("below/a.txt", "hello\n");
  report = scan_files("{\"settings\":{},\"relative_to\":\"below\"}");
  CHECK_NUMBER(summary_of(report).drifted, 0);
  drift_report_free(report);
}

static void documents_of_the_configuration(void) {
  drift_engine *engine;
  drift_report *report = NULL;
  write_file("a.txt", "changed\n");
  write_file("terraform.tfstate", file_state("a.txt", "hello\\n"));
  write_file("drift.yaml", "version: 1\nstate: terraform.tfstate\n");
  engine = engine_of("{\"project\":\"drift.yaml\"}");
  OK(drift_scan(engine, NULL, NULL, &report, &err));
  CHECK_NUMBER(summary_of(report).changed, 1);
  drift_report_free(report);
  drift_engine_free(engine);
}

static void summary_for_a_program_that_knows_less(void) {
  /* The first members only: struct_size, complete, basis, reserved, checked. */
  drift_summary summary;
  drift_report *report = scan_files(NULL);
  const uint32_t size = (uint32_t)sizeof summary;
  memset(&summary, 0x5a, sizeof summary);
  summary.struct_size = size;
  OK(drift_report_summary(report, &summary, &err));
  CHECK_NUMBER(summary.struct_size, size);
  CHECK_NUMBER(summary.reserved, 0);
  drift_report_free(report);
}

static void renderings(void) {
  drift_render_options options = DRIFT_RENDER_OPTIONS_INIT;
  drift_report *report;
  drift_blob *text = NULL, *json, *compact;
  write_file("a.txt", "changed\n");
  report = scan_files(NULL);
  OK(drift_report_render(report, DRIFT_RENDER_TEXT, NULL, &text, &err));
  CHECK_HAS(blob_text(text), "local_file.hello");
  CHECK_HAS_NOT(blob_text(text), "\033[");
  drift_blob_free(text);
  options.flags = DRIFT_RENDER_FLAG_COLOR;
  OK(drift_report_render(report, DRIFT_RENDER_TEXT, &options, &text, &err));
  CHECK_HAS(blob_text(text), "\033[");
  drift_blob_free(text);
  json = rendered(report, DRIFT_RENDER_JSON);
  compact = rendered(report, DRIFT_RENDER_JSON_COMPACT);
  CHECK_HAS(blob_text(json), "\"address\": \"local_file.hello\"");
  CHECK(strlen(blob_text(compact)) < strlen(blob_text(json)));
  drift_blob_free(json);
  drift_blob_free(compact);
  FAILS(drift_report_render(report, 77, NULL, &text, &err), DRIFT_E_OPTION_UNSUPPORTED);
  CHECK(text == NULL);
  drift_report_free(report);
}

static void explanation(void) {
  drift_report *report;
  drift_blob *text = NULL;
  write_file("a.txt", "changed\n");
  report = scan_files(NULL);
  OK(drift_report_explain(report, "local_file.hello", DRIFT_NUL, NULL, &text, &err));
  CHECK_HAS(blob_text(text), "hello");
  CHECK_HAS(blob_text(text), "changed");
  drift_blob_free(text);
  CHECK_NUMBER(drift_report_explain(report, "local_file.nobody", DRIFT_NUL, NULL, &text, &err), DRIFT_END);
  CHECK(text == NULL && err == NULL);
  drift_report_free(report);
}

static void a_report_has_as_many_owners_as_are_needed(void) {
  drift_report *report = scan_files(NULL), *second = NULL;
  OK(drift_report_ref(report, &second, &err));
  CHECK(second != NULL);
  drift_report_free(report);
  CHECK_NUMBER(count_of(second, DRIFT_COUNT_FINDINGS), 1);
  drift_report_free(second);
}

/* Starts the scan of scan_files() and frees what it was made of: the run has what it needs. */
static drift_run *start_files(uint32_t flags) {
  drift_engine *engine = engine_of(NULL);
  drift_source *state = text_source(file_state("a.txt", "hello\\n"), "terraform.tfstate");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_run *run = NULL;
  options.state = state;
  options.flags = flags;
  OK(drift_scan_start(engine, &options, &run, &err));
  drift_source_free(state);
  drift_engine_free(engine);
  return run;
}

static void events_of_a_run(void) {
  drift_run *run = start_files(0);
  drift_event *event;
  drift_report *report = NULL;
  event = event_of(run, DRIFT_EV_PROGRESS);
  CHECK(drift_event_number(event, DRIFT_N_TOTAL) == 1);
  CHECK(drift_event_number(event, DRIFT_N_DONE) <= 1);
  CHECK_NUMBER(drift_event_ticket(event), 0);
  CHECK_NUMBER(drift_event_number(event, 9999), 0);
  CHECK_TEXT(event_text(event, 9999), "");
  drift_event_free(event);
  event = event_of(run, DRIFT_EV_DONE);
  drift_event_free(event);
  CHECK_NUMBER(drift_run_next(run, 0, &event, &err), DRIFT_END);
  CHECK_NUMBER(drift_run_next(run, -1, &event, &err), DRIFT_END);
  CHECK(event == NULL && err == NULL);
  OK(drift_run_report(run, &report, &err));
  drift_run_free(run);
  CHECK_NUMBER(summary_of(report).deleted, 1); /* the report outlives its run */
  drift_report_free(report);
}

static void a_quiet_run_tells_its_end_only(void) {
  drift_run *run = start_files(DRIFT_SCAN_QUIET);
  drift_event *event = NULL;
  OK(drift_run_next(run, -1, &event, &err));
  CHECK_NUMBER(drift_event_kind(event), DRIFT_EV_DONE);
  drift_event_free(event);
  drift_run_free(run);
}

static void an_event_outlives_its_run(void) {
  drift_run *run = start_files(0);
  drift_event *event = event_of(run, DRIFT_EV_DONE);
  drift_run_free(run);
  CHECK_NUMBER(drift_event_kind(event), DRIFT_EV_DONE);
  drift_event_free(event);
}

static int readable(int fd, int timeout_ms) {
  struct pollfd p;
  memset(&p, 0, sizeof p);
  p.fd = fd;
  p.events = POLLIN;
  return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLIN) != 0;
}

static void the_descriptor_is_readable_while_an_event_waits(void) {
  drift_run *run = start_files(DRIFT_SCAN_QUIET);
  drift_event *event = NULL;
  int32_t fd = -1, again = -2;
  OK(drift_run_wait_fd(run, &fd, &err));
  OK(drift_run_wait_fd(run, &again, &err));
  CHECK(fd >= 0 && fd == again);
  CHECK(readable(fd, 10000));
  CHECK(readable(fd, 0)); /* it stays so until the event is taken */
  OK(drift_run_next(run, 0, &event, &err));
  drift_event_free(event);
  CHECK_NUMBER(drift_run_next(run, 0, &event, &err), DRIFT_END);
  drift_run_free(run);
}

static void a_wait_without_an_end_is_not_cut_short(void) {
  drift_run *run = start_files(DRIFT_SCAN_QUIET);
  drift_event *event = NULL;
  OK(drift_run_next(run, INT64_MAX, &event, &err));
  CHECK_NUMBER(drift_event_kind(event), DRIFT_EV_DONE);
  drift_event_free(event);
  drift_run_free(run);
}

static void description_of_the_configuration(void) {
  drift_blob *json = NULL;
  OK(drift_config_describe(&json, &err));
  CHECK_HAS(blob_text(json), "\"key\":\"parallel\"");
  CHECK_HAS(blob_text(json), "\"key\":\"providers\"");
  CHECK_HAS(blob_text(json), "\"default\":");
  drift_blob_free(json);
}

int main(void) {
  RUN(nothing_changed);
  RUN(content_changed);
  RUN(file_deleted);
  RUN(paths_are_relative_to_what_the_configuration_says);
  RUN(documents_of_the_configuration);
  RUN(summary_for_a_program_that_knows_less);
  RUN(renderings);
  RUN(explanation);
  RUN(a_report_has_as_many_owners_as_are_needed);
  RUN(events_of_a_run);
  RUN(a_quiet_run_tells_its_end_only);
  RUN(an_event_outlives_its_run);
  RUN(the_descriptor_is_readable_while_an_event_waits);
  RUN(a_wait_without_an_end_is_not_cut_short);
  RUN(description_of_the_configuration);
  return check_result();
}
