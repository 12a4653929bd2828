/* Option structs that say their size: today's library under programs of another version. */
#include <string.h>

#include "check.h"
#include "documents.h"
#include "folder.h"

/* What a program of tomorrow was compiled with: today's members, and more behind them. */
typedef struct more_scan_options {
  drift_scan_options today;
  uint64_t more[4];
} more_scan_options;
typedef struct more_render_options {
  drift_render_options today;
  uint64_t more[4];
} more_render_options;
typedef struct more_host {
  drift_host today;
  uint64_t more[4];
} more_host;

static drift_engine *engine;
static drift_source *state;

static int32_t scan(const drift_scan_options *options, const drift_host *host) {
  drift_report *report = NULL;
  int32_t status = drift_scan(engine, options, host, &report, &err);
  CHECK((status == DRIFT_OK) == (report != NULL));
  drift_report_free(report);
  return status;
}

static int32_t render(const drift_render_options *options) {
  drift_report *report = NULL;
  drift_blob *blob = NULL;
  int32_t status;
  OK(drift_diff(engine, state, state, 0, &report, &err));
  status = drift_report_render(report, DRIFT_RENDER_TEXT, options, &blob, &err);
  CHECK((status == DRIFT_OK) == (blob != NULL));
  drift_blob_free(blob);
  drift_report_free(report);
  return status;
}

static void set_up(void) {
  write_file("a.txt", "hello");
  engine = engine_of(NULL);
  state = text_source(file_state("a.txt", "hello"), "state");
}

static void tear_down(void) {
  drift_source_free(state);
  drift_engine_free(engine);
}

static void macros_and_functions_agree(void) {
  const drift_scan_options scan_macro = DRIFT_SCAN_OPTIONS_INIT;
  const drift_render_options render_macro = DRIFT_RENDER_OPTIONS_INIT;
  const drift_host host_macro = DRIFT_HOST_INIT;
  drift_scan_options scan_function;
  drift_render_options render_function;
  drift_host host_function;
  memset(&scan_function, 0x5a, sizeof scan_function);
  memset(&render_function, 0x5a, sizeof render_function);
  memset(&host_function, 0x5a, sizeof host_function);
  drift_scan_options_init(&scan_function, sizeof scan_function);
  drift_render_options_init(&render_function, sizeof render_function);
  drift_host_init(&host_function, sizeof host_function);
  CHECK(memcmp(&scan_function, &scan_macro, sizeof scan_macro) == 0);
  CHECK(memcmp(&render_function, &render_macro, sizeof render_macro) == 0);
  CHECK(memcmp(&host_function, &host_macro, sizeof host_macro) == 0);
}

static void init_writes_what_the_program_knows(void) {
  more_scan_options options;
  unsigned char guarded[sizeof options + 8];
  size_t i;
  int only_default = 1;
  memset(guarded, 0x5a, sizeof guarded);
  drift_scan_options_init((drift_scan_options *)(void *)guarded, sizeof options);
  memcpy(&options, guarded, sizeof options);
  CHECK_NUMBER(options.today.struct_size, sizeof options);
  for (i = 0; i < 4; ++i) only_default &= options.more[i] == 0;
  CHECK(only_default);
  CHECK(guarded[sizeof options] == 0x5a); /* not a byte more */
  drift_scan_options_init(NULL, sizeof options);
}

static void more_members_that_are_not_set_are_fine(void) {
  more_scan_options options;
  more_render_options looks;
  more_host host;
  set_up();
  drift_scan_options_init(&options.today, sizeof options);
  options.today.state = state;
  drift_host_init(&host.today, sizeof host);
  OK(scan(&options.today, &host.today));
  drift_render_options_init(&looks.today, sizeof looks);
  OK(render(&looks.today));
  tear_down();
}

static void more_members_that_are_set_are_refused(void) {
  more_scan_options options;
  more_render_options looks;
  more_host host;
  drift_run *run = NULL;
  size_t i;
  set_up();
  for (i = 0; i < 4; ++i) {
    drift_scan_options_init(&options.today, sizeof options);
    options.today.state = state;
    options.more[i] = UINT64_C(1) << 63;
    FAILS(scan(&options.today, NULL), DRIFT_E_OPTION_UNSUPPORTED);
    FAILS(drift_scan_start(engine, &options.today, &run, &err), DRIFT_E_OPTION_UNSUPPORTED);
    CHECK(run == NULL);
    CHECK(error_text(DRIFT_ERROR_NEXT)[0] != '\0');
  }
  drift_render_options_init(&looks.today, sizeof looks);
  looks.more[3] = 1;
  FAILS(render(&looks.today), DRIFT_E_OPTION_UNSUPPORTED);
  drift_scan_options_init(&options.today, sizeof options.today);
  options.today.state = state;
  drift_host_init(&host.today, sizeof host);
  host.more[0] = 1;
  FAILS(scan(&options.today, &host.today), DRIFT_E_OPTION_UNSUPPORTED);
  tear_down();
}

static void flags_that_are_not_known_are_refused(void) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_render_options looks = DRIFT_RENDER_OPTIONS_INIT;
  set_up();
  options.state = state;
  options.flags = 1u << 30;
  FAILS(scan(&options, NULL), DRIFT_E_OPTION_UNSUPPORTED);
  looks.flags = 1u << 30;
  FAILS(render(&looks), DRIFT_E_OPTION_UNSUPPORTED);
  tear_down();
}

static void a_size_below_the_first_version_is_refused(void) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_render_options looks = DRIFT_RENDER_OPTIONS_INIT;
  drift_host host = DRIFT_HOST_INIT;
  drift_summary summary;
  drift_report *report = NULL;
  set_up();
  options.state = state;
  options.struct_size = 0; /* forgotten */
  FAILS(scan(&options, NULL), DRIFT_E_INVALID_ARGUMENT);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "struct_size");
  options.struct_size = sizeof options - 8;
  FAILS(scan(&options, NULL), DRIFT_E_INVALID_ARGUMENT);
  options.struct_size = sizeof options;
  host.struct_size = 8;
  FAILS(scan(&options, &host), DRIFT_E_INVALID_ARGUMENT);
  looks.struct_size = 4;
  FAILS(render(&looks), DRIFT_E_INVALID_ARGUMENT);
  OK(drift_diff(engine, state, state, 0, &report, &err));
  summary.struct_size = 0;
  FAILS(drift_report_summary(report, &summary, &err), DRIFT_E_INVALID_ARGUMENT);
  drift_report_free(report);
  tear_down();
}

static void versions_that_fit(void) {
  CHECK_NUMBER(drift_version_number(), DRIFT_HEADER_VERSION);
  CHECK_TEXT(drift_version(), "0.1.0");
  CHECK_NUMBER(drift_version_check(DRIFT_HEADER_VERSION), DRIFT_OK);
  CHECK_NUMBER(drift_version_check(DRIFT_HEADER_VERSION + 1u), DRIFT_E_OPTION_UNSUPPORTED);    /* a newer program */
  CHECK_NUMBER(drift_version_check(DRIFT_HEADER_VERSION + 1000u), DRIFT_E_OPTION_UNSUPPORTED); /* before 1.0 the minor number counts */
  CHECK_NUMBER(drift_version_check(DRIFT_HEADER_VERSION + 1000000u), DRIFT_E_OPTION_UNSUPPORTED);
  CHECK_NUMBER(drift_version_check(0u), DRIFT_E_OPTION_UNSUPPORTED);
}

int main(void) {
  RUN(macros_and_functions_agree);
  RUN(init_writes_what_the_program_knows);
  RUN(more_members_that_are_not_set_are_fine);
  RUN(more_members_that_are_set_are_refused);
  RUN(flags_that_are_not_known_are_refused);
  RUN(a_size_below_the_first_version_is_refused);
  RUN(versions_that_fit);
  return check_result();
}
