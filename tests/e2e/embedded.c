/* A program that embeds libdrift: two scans with one engine, configured by the first argument; each report as one line of JSON, and what was
 * logged meanwhile on standard error. */
#include <stdio.h>

#include "drift.h"

static int failed(drift_error* err) {
  const char *text = NULL, *next = NULL;
  drift_error_text(err, DRIFT_ERROR_MESSAGE, &text, NULL);
  drift_error_text(err, DRIFT_ERROR_NEXT, &next, NULL);
  fprintf(stderr, "%s\n  next: %s\n", text, next);
  drift_error_free(err);
  return 1;
}

static int32_t DRIFT_CALL log_line(void* user, int32_t level, const char* code, const char* address, const char* message) {
  (void)user;
  fprintf(stderr, "%d %s %s %s\n", (int)level, code, address, message);
  return 0;
}

int main(int argc, char** argv) {
  drift_engine* engine = NULL;
  drift_error* err = NULL;
  drift_host host = DRIFT_HOST_INIT;
  int turn, status = 0;
  if (argc != 2) return 2;
  host.log = log_line;
  if (drift_engine_new(argv[1], DRIFT_NUL, &engine, &err) != DRIFT_OK) return failed(err);
  for (turn = 0; turn < 2 && status == 0; ++turn) {
    drift_report* report = NULL;
    drift_blob* json = NULL;
    const char* text = NULL;
    if (drift_scan(engine, NULL, &host, &report, &err) != DRIFT_OK ||
        drift_report_render(report, DRIFT_RENDER_JSON_COMPACT, NULL, &json, &err) != DRIFT_OK) {
      status = failed(err);
    } else {
      drift_blob_data(json, &text, NULL);
      fputs(text, stdout); /* it ends with a newline */
    }
    drift_blob_free(json);
    drift_report_free(report);
  }
  drift_engine_free(engine);
  return status;
}
