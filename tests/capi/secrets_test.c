/* A secret goes through everything that the interface has, and comes out nowhere: no event, view, text, blob, error or file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "documents.h"
#include "folder.h"

#define CANARY "cAnary-S3cr3t-7f3a"
#define CHANGED "cAnary-S3cr3t-7f3b"
#define PART "S3cr3t"
#define BASE64 "Y0FuYXJ5LVMzY3IzdC03ZjN" /* of both, without their last letters */

static unsigned long looked_at;

static void no_secret(const char *text) {
  ++looked_at;
  CHECK_HAS_NOT(text, PART);
  CHECK_HAS_NOT(text, BASE64);
}

static void no_secret_in_view(drift_text text) {
  if (text.p != NULL) no_secret(text.p);
}

static void no_secret_in_blob(drift_blob *blob) {
  no_secret(blob_text(blob));
  drift_blob_free(blob);
}

static void no_secret_in_last_error(void) {
  int32_t which;
  for (which = DRIFT_ERROR_MESSAGE; which <= DRIFT_ERROR_BARE; ++which) no_secret(error_text(which));
}

static void no_secret_in_event(const drift_event *event) {
  int32_t which;
  for (which = DRIFT_T_NAME; which <= DRIFT_T_MESSAGE; ++which) no_secret(event_text(event, which));
}

static void no_secret_in_report(const drift_report *report) {
  drift_finding_view f[8];
  drift_change_view c[16];
  drift_suppressed_view s[8];
  drift_problem_view p[8];
  drift_note_view o[8];
  size_t n = 0, i;
  int32_t format, of;
  drift_blob *blob = NULL;
  OK(drift_report_findings(report, 0, f, sizeof f[0], 8, &n, &err));
  for (i = 0; i < n; ++i) {
    no_secret_in_view(f[i].risk_why);
    no_secret_in_view(f[i].address);
    OK(drift_report_explain(report, f[i].address.p, f[i].address.n, NULL, &blob, &err));
    no_secret_in_blob(blob);
  }
  for (of = DRIFT_OF_FINDINGS; of <= DRIFT_OF_SUPPRESSED; ++of) {
    OK(drift_report_changes(report, of, 0, c, sizeof c[0], 16, &n, &err));
    for (i = 0; i < n; ++i) {
      const drift_text texts[] = {c[i].path,     c[i].pointer, c[i].recorded, c[i].actual, c[i].desired,
                                  c[i].baseline, c[i].why,     c[i].rule,     c[i].reason};
      size_t t;
      for (t = 0; t < sizeof texts / sizeof texts[0]; ++t) no_secret_in_view(texts[t]);
    }
  }
  OK(drift_report_suppressed(report, 0, s, sizeof s[0], 8, &n, &err));
  for (i = 0; i < n; ++i) no_secret_in_view(s[i].reason);
  OK(drift_report_problems(report, 0, p, sizeof p[0], 8, &n, &err));
  for (i = 0; i < n; ++i) no_secret_in_view(p[i].message);
  OK(drift_report_notes(report, 0, o, sizeof o[0], 8, &n, &err));
  for (i = 0; i < n; ++i) no_secret_in_view(o[i].message);
  for (format = DRIFT_RENDER_TEXT; format <= DRIFT_RENDER_HEADLINE; ++format) no_secret_in_blob(rendered(report, format));
}

static const char ACTUAL[] =
    "{\"results\":[{\"found\":{\"attributes\":{\"id\":\"orders\",\"days\":3,\"password\":\"" CHANGED "\",\"token\":\"" CANARY
    "\"},"
    "\"sensitive\":[\"token\"]}}]}";

/* Pulls a run to its end, looks at every event, answers reads; some answers are refused on the way. */
static void serve_secrets(drift_run *run) {
  int32_t kind = DRIFT_EV_NONE;
  while (kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    OK(drift_run_next(run, -1, &event, &err));
    kind = drift_event_kind(event);
    no_secret_in_event(event);
    if (kind == DRIFT_EV_WANT_READ) {
      const uint64_t ticket = drift_event_ticket(event);
      CHECK_HAS(event_text(event, DRIFT_T_BODY), "(sensitive)");
      FAILS(drift_run_answer(run, ticket, "{\"results\":[{\"found\":{\"attributes\":\"" CANARY "\"}}]}", DRIFT_NUL, &err),
            DRIFT_E_BAD_STRUCTURE);
      no_secret_in_last_error();
      FAILS(drift_run_answer(run, ticket, "{\"results\":[{\"" CANARY "\":1}]}", DRIFT_NUL, &err), DRIFT_E_BAD_STRUCTURE);
      no_secret_in_last_error();
      FAILS(drift_run_answer(run, ticket, "{\"results\":[\"" CANARY, DRIFT_NUL, &err), DRIFT_E_TRUNCATED);
      no_secret_in_last_error();
      OK(drift_run_answer(run, ticket, ACTUAL, DRIFT_NUL, &err));
    }
    drift_event_free(event);
  }
}

static const char CONFIG[] = "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"settings\":{\"baseline\":\"base.jsonl\"}%s}";

static drift_engine *engine_with(const char *more) {
  char config[512];
  snprintf(config, sizeof config, CONFIG, more);
  return engine_of(config);
}

static void scanned_and_recorded(void) {
  drift_engine *engine = engine_with(",\"record\":\"rec\",\"key_file\":\"key\"");
  drift_source *state = text_source(secret_state(CANARY, 14), "state");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_run *run = NULL;
  drift_report *report;
  drift_change_view changes[8];
  size_t got = 0, i, sensitive = 0;
  char *files;
  write_file("key", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n");
  options.state = state;
  OK(drift_scan_start(engine, &options, &run, &err));
  serve_secrets(run);
  report = report_of(run);
  OK(drift_report_changes(report, DRIFT_OF_FINDINGS, 0, changes, sizeof changes[0], 8, &got, &err));
  for (i = 0; i < got; ++i) {
    if ((changes[i].flags & DRIFT_FLAG_SENSITIVE) == 0) continue;
    CHECK_HAS(changes[i].actual.p, "(sensitive)");
    ++sensitive;
  }
  CHECK_NUMBER(sensitive, 2); /* the password, that it changed, and the token, that it came */
  no_secret_in_report(report);
  files = read_tree();
  CHECK_HAS(files, "acme_queue.orders");
  no_secret(files);
  free(files);
  drift_report_free(report);
  drift_run_free(run);
  drift_source_free(state);
  drift_engine_free(engine);
}

static void accepted(void) {
  static const char *const globs[] = {"*"};
  drift_engine *engine = engine_with("");
  drift_source *state = text_source(secret_state(CANARY, 14), "state");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_run *run = NULL;
  drift_blob *json = NULL;
  drift_report *report;
  char *file;
  options.state = state;
  OK(drift_accept_start(engine, &options, globs, 1, NULL, 0, &run, &err));
  serve_secrets(run);
  OK(drift_run_accepted(run, &json, &err));
  no_secret_in_blob(json);
  drift_run_free(run);
  file = read_file("base.jsonl");
  CHECK_HAS(file, "hmac-sha256:");
  no_secret(file);
  free(file);
  /* With the key that was made for it, the same secret is known again. */
  OK(drift_scan_start(engine, &options, &run, &err));
  serve_secrets(run);
  report = report_of(run);
  {
    uint64_t findings = 99;
    OK(drift_report_count(report, DRIFT_COUNT_FINDINGS, &findings, &err));
    CHECK_NUMBER(findings, 0);
  }
  no_secret_in_report(report);
  drift_report_free(report);
  drift_run_free(run);
  drift_source_free(state);
  drift_engine_free(engine);
}

static void compared_and_looked_at(void) {
  drift_engine *engine = engine_of(NULL);
  drift_source *a = text_source(secret_state(CANARY, 14), "a"), *b = text_source(secret_state(CHANGED, 3), "b");
  drift_snapshot *s = snapshot_of(secret_state(CANARY, 14));
  drift_report *report = NULL;
  drift_blob *json = NULL;
  drift_builder *builder = NULL;
  OK(drift_diff(engine, a, b, 0, &report, &err));
  no_secret_in_report(report);
  OK(drift_snapshot_resource(s, 0, &json, &err));
  CHECK_HAS(blob_text(json), "(sensitive)");
  no_secret_in_blob(json);
  drift_snapshot_free(s);
  OK(drift_builder_new(&builder, &err));
  OK(drift_builder_add(builder,
                       "{\"address\":\"a\",\"type\":\"t\",\"attributes\":{\"deep\":{\"key\":\"" CANARY "\"}},\"sensitive\":[\"deep.key\"]}",
                       DRIFT_NUL, &err));
  OK(drift_builder_build(builder, &s, &err));
  OK(drift_snapshot_resource(s, 0, &json, &err));
  no_secret_in_blob(json);
  drift_snapshot_free(s);
  drift_builder_free(builder);
  drift_report_free(report);
  drift_source_free(a);
  drift_source_free(b);
  drift_engine_free(engine);
}

/* Documents that are cut off or damaged inside or beside the secret. */
static void in_errors(void) {
  const char *whole = secret_state(CANARY, 14);
  const char *secret = strstr(whole, CANARY);
  size_t cut;
  REQUIRE(secret != NULL);
  for (cut = 0; cut <= strlen(CANARY) + 30; ++cut) {
    drift_source *source = NULL;
    drift_snapshot *s = NULL;
    OK(drift_source_bytes(whole, (size_t)(secret - whole) + cut, "state", DRIFT_NUL, &source, &err));
    FAILS(drift_snapshot_open(source, NULL, 0, &s, &err), DRIFT_E_TRUNCATED);
    no_secret_in_last_error();
    drift_source_free(source);
  }
  {
    drift_builder *builder = NULL;
    OK(drift_builder_new(&builder, &err));
    FAILS(drift_builder_add(builder, "{\"address\":\"a\",\"type\":\"t\",\"attributes\":\"" CANARY "\"}", DRIFT_NUL, &err),
          DRIFT_E_BAD_STRUCTURE);
    no_secret_in_last_error();
    drift_builder_free(builder);
  }
}

int main(void) {
  RUN(scanned_and_recorded);
  RUN(accepted);
  RUN(compared_and_looked_at);
  RUN(in_errors);
  CHECK(looked_at > 300);
  return check_result();
}
