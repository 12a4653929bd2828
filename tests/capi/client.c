/* A program of another version than the library's. Compiled with
 *   DRIFT_CLIENT_HEADER = a frozen header of old/: what was released keeps working;
 *   DRIFT_CLIENT_HEADER = the header of next_header.py, whose structs have a member more at their ends: a newer program under this library;
 *   DRIFT_CLIENT_HAS_NEW and DRIFT_CLIENT_SETS_NEW with the latter: it looks at what is new, and sets what this library does not know. */
#include <stdio.h>
#include <string.h>

#include DRIFT_CLIENT_HEADER
#if defined(DRIFT_CLIENT_HAS_NEW) || defined(DRIFT_CLIENT_SETS_NEW)
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* the INIT macros leave the new member out, which makes it zero */
#endif

#define MUST(yes)                                      \
  do {                                                 \
    if (!(yes)) {                                      \
      printf("line %d: not so: %s\n", __LINE__, #yes); \
      return 1;                                        \
    }                                                  \
  } while (0)

#define QUEUE(days)                                                                                                                    \
  "{\"version\":4,\"terraform_version\":\"1.9.0\",\"serial\":1,\"lineage\":\"l\",\"outputs\":{},\"resources\":[{\"mode\":\"managed\"," \
  "\"type\":\"acme_queue\",\"name\":\"a\",\"provider\":\"provider[\\\"registry.example.com/acme/acme\\\"]\",\"instances\":["           \
  "{\"schema_version\":0,\"attributes\":{\"id\":\"a\",\"days\":" days "}}]}]}"

static int32_t on_read(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  (void)body;
  *(int *)user += strcmp(provider, "acme") == 0 && n > 0;
  return drift_run_answer(run, ticket, "{\"results\":[{\"found\":{\"attributes\":{\"id\":\"a\",\"days\":2}}}]}", DRIFT_NUL, NULL);
}

/* Rows at the distances that this program was compiled with. */
static int look(const drift_report *report) {
  drift_finding_view findings[2];
  drift_change_view changes[2];
  drift_summary summary;
  drift_render_options options = DRIFT_RENDER_OPTIONS_INIT;
  drift_blob *text = NULL;
  const char *p = NULL;
  size_t got = 0;
  memset(&summary, 0x5a, sizeof summary);
  memset(findings, 0x5a, sizeof findings);
  memset(changes, 0x5a, sizeof changes);
  summary.struct_size = sizeof summary;
  MUST(drift_report_summary(report, &summary, NULL) == DRIFT_OK);
  MUST(summary.struct_size == sizeof summary && summary.checked == 1 && summary.changed == 1 && summary.complete == 1);
  MUST(drift_report_findings(report, 0, findings, sizeof findings[0], 2, &got, NULL) == DRIFT_OK && got == 1);
  MUST(strcmp(findings[0].address.p, "acme_queue.a") == 0 && findings[0].verdict == DRIFT_VERDICT_CHANGED && findings[0].changes == 1);
  MUST(drift_report_changes(report, DRIFT_OF_FINDINGS, 0, changes, sizeof changes[0], 2, &got, NULL) == DRIFT_OK && got == 1);
  MUST(strcmp(changes[0].path.p, "days") == 0 && strcmp(changes[0].recorded.p, "1") == 0 && strcmp(changes[0].actual.p, "2") == 0);
  MUST(changes[0].owner == 0 && changes[0].kind == DRIFT_CHANGE_MODIFIED && changes[0].section == DRIFT_SECTION_ATTRIBUTES);
#ifdef DRIFT_CLIENT_HAS_NEW
  MUST(summary.extra == 0 && findings[0].extra == 0 && changes[0].extra == 0); /* not known to the library: zero */
#endif
  options.width = 60;
  MUST(drift_report_render(report, DRIFT_RENDER_TEXT, &options, &text, NULL) == DRIFT_OK);
  MUST(drift_blob_data(text, &p, NULL) == DRIFT_OK && strstr(p, "acme_queue.a") != NULL);
  drift_blob_free(text);
  return 0;
}

int main(void) {
  static const char config[] = "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}]}";
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_host host = DRIFT_HOST_INIT;
  drift_engine *engine = NULL;
  drift_source *state = NULL;
  drift_report *report = NULL;
  drift_error *error = NULL;
  int reads = 0, wrong;
  MUST(drift_engine_new(config, DRIFT_NUL, &engine, &error) == DRIFT_OK);
  MUST(drift_source_bytes(QUEUE("1"), DRIFT_NUL, "state", DRIFT_NUL, &state, &error) == DRIFT_OK);
  options.state = state;
  host.user = &reads;
  host.read = on_read;
#ifdef DRIFT_CLIENT_SETS_NEW
  options.extra = 1;
  MUST(drift_scan(engine, &options, &host, &report, &error) == DRIFT_E_OPTION_UNSUPPORTED);
  MUST(report == NULL && drift_error_code(error) == DRIFT_E_OPTION_UNSUPPORTED);
  drift_error_free(error);
  error = NULL;
  options.extra = 0;
  host.extra = 1;
  MUST(drift_scan(engine, &options, &host, &report, NULL) == DRIFT_E_OPTION_UNSUPPORTED && reads == 0);
  host.extra = 0;
#endif
  MUST(drift_scan(engine, &options, &host, &report, &error) == DRIFT_OK && error == NULL);
  MUST(reads == 1);
  wrong = look(report);
  drift_report_free(report);
  drift_source_free(state);
  drift_engine_free(engine);
  return wrong;
}
