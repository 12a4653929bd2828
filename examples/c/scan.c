/* The smallest scan from C: a Terraform state against the files that are there. Ends with 0 clean, 2 drift, 1 error, 3 incomplete. */
#include <stdio.h>

#include "drift.h"

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "terraform.tfstate", *text;
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_summary summary = DRIFT_SUMMARY_INIT;
  drift_engine *engine = NULL;
  drift_source *state = NULL;
  drift_report *report = NULL;
  drift_blob *page = NULL;
  drift_error *error = NULL;
  int result = 1;

  if (drift_engine_new(NULL, 0, &engine, &error) == DRIFT_OK && drift_source_file(path, DRIFT_NUL, &state, &error) == DRIFT_OK) {
    options.state = state;
    if (drift_scan(engine, &options, NULL, &report, &error) == DRIFT_OK && drift_report_summary(report, &summary, &error) == DRIFT_OK &&
        drift_report_render(report, DRIFT_RENDER_TEXT, NULL, &page, &error) == DRIFT_OK) {
      drift_blob_data(page, &text, NULL);
      fputs(text, stdout);
      result = summary.drifted != 0 ? 2 : summary.complete ? 0 : 3;
    }
  }
  if (error != NULL) { /* what happened, and what to do */
    drift_error_text(error, DRIFT_ERROR_MESSAGE, &text, NULL);
    fprintf(stderr, "%s\n", text);
    drift_error_text(error, DRIFT_ERROR_NEXT, &text, NULL);
    fprintf(stderr, "%s\n", text);
  }
  drift_error_free(error); /* freeing what was never made does nothing */
  drift_blob_free(page);
  drift_report_free(report);
  drift_source_free(state);
  drift_engine_free(engine);
  return result;
}
