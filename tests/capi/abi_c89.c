/* drift.h in every C and in C++: compiled with each standard and all warnings as errors (see CMakeLists.txt), and run. Uses every kind of
 * thing that the header has: handles, options and their INIT macros, views, constants, a host, and the calls around them. */
#include "drift.h"

#if defined(__cplusplus) && __cplusplus >= 201103L
#define NOTHING nullptr
#else
#define NOTHING NULL
#endif
#ifdef __cplusplus
#define NUMBER(user) static_cast<int64_t *>(user)
#else
#define NUMBER(user) (int64_t *)(user)
#endif

static int32_t count(void *user, int64_t done, int64_t total) {
  int64_t *seen = NUMBER(user);
  *seen = done < total ? done : total;
  return 0;
}

static int32_t use_reports(const drift_report *report) {
  drift_finding_view findings[4];
  drift_change_view changes[4];
  drift_suppressed_view suppressed[2];
  drift_problem_view problems[2];
  drift_note_view notes[2];
  drift_summary summary;
  size_t got = 0, sum = 0;
  drift_error *err = NOTHING;
  summary.struct_size = sizeof summary;
  if (drift_report_summary(report, &summary, &err) != DRIFT_E_HANDLE) return 1;
  if (drift_error_code(err) != DRIFT_E_HANDLE) return 2;
  drift_error_free(err);
  sum += drift_report_findings(report, 0, findings, sizeof findings[0], 4, &got, NOTHING) == DRIFT_E_HANDLE;
  sum += drift_report_changes(report, DRIFT_OF_FINDINGS, 0, changes, sizeof changes[0], 4, &got, NOTHING) == DRIFT_E_HANDLE;
  sum += drift_report_suppressed(report, 0, suppressed, sizeof suppressed[0], 2, &got, NOTHING) == DRIFT_E_HANDLE;
  sum += drift_report_problems(report, 0, problems, sizeof problems[0], 2, &got, NOTHING) == DRIFT_E_HANDLE;
  sum += drift_report_notes(report, 0, notes, sizeof notes[0], 2, &got, NOTHING) == DRIFT_E_HANDLE;
  return sum == 5 && got == 0 ? 0 : 3;
}

int main(void) {
  drift_scan_options scan = DRIFT_SCAN_OPTIONS_INIT;
  drift_render_options render = DRIFT_RENDER_OPTIONS_INIT;
  drift_host host = DRIFT_HOST_INIT;
  drift_engine *engine = NOTHING;
  drift_source *source = NOTHING;
  drift_report *report = NOTHING;
  drift_blob *blob = NOTHING;
  drift_error *err = NOTHING;
  int64_t seen = -1;
  int32_t failed;

  host.user = &seen;
  host.progress = count;
  scan.flags = DRIFT_SCAN_QUIET | DRIFT_SCAN_NO_BASELINE;
  render.width = DRIFT_WIDTH_UNLIMITED;
  if (drift_engine_new(NOTHING, 0, &engine, &err) != DRIFT_OK) return 10;
  if (drift_source_bytes("{", DRIFT_NUL, "half", DRIFT_NUL, &source, &err) != DRIFT_OK) return 11;
  scan.state = source;
  if (drift_scan(engine, &scan, &host, &report, &err) >= 0 || report != NOTHING || err == NOTHING) return 12;
  drift_error_free(err);
  if (drift_report_render(NOTHING, DRIFT_RENDER_TEXT, &render, &blob, NOTHING) != DRIFT_E_HANDLE) return 13;
  failed = use_reports(report);
  drift_blob_free(blob);
  drift_source_free(source);
  drift_engine_free(engine);
  drift_report_free(report);
  return failed;
}
