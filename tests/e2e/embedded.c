/* A program that embeds libdrift: scans with one engine, configured by the first argument; each report as one line of JSON, and what is
 * logged meanwhile on standard error. The other arguments are done one after the other, two scans when there are none:
 *
 *   scan        a scan of the configured state
 *   scan=PATH   of another one
 *   time=MS     the scans that follow may take no longer; 0: as long as they want
 *   wait        until a line comes from standard input
 *   fork        a child of fork() frees the engine, which is none of its own
 *   NAME=VALUE  a variable of the environment
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drift.h"

static int turn = 0;

static int failed(drift_error* err) {
  const char *text = NULL, *next = NULL;
  drift_error_text(err, DRIFT_ERROR_MESSAGE, &text, NULL);
  drift_error_text(err, DRIFT_ERROR_NEXT, &next, NULL);
  fprintf(stderr, "%s\n  next: %s\n", text, next);
  drift_error_free(err);
  return 1;
}

static int32_t DRIFT_CALL print_log(void* user, int32_t level, const char* code, const char* address, const char* message) {
  (void)user;
  (void)level;
  fprintf(stderr, "log %d %s %s %s\n", turn, code, address, message);
  return 0;
}

static int scan(const drift_engine* engine, const char* path, int64_t timeout_ms) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_host host = DRIFT_HOST_INIT;
  drift_source* state = NULL;
  drift_report* report = NULL;
  drift_blob* json = NULL;
  drift_error* err = NULL;
  const char* text = NULL;
  int status = 0;
  ++turn;
  host.log = print_log;
  options.timeout_ms = timeout_ms;
  if (path != NULL && drift_source_file(path, DRIFT_NUL, &state, &err) != DRIFT_OK) return failed(err);
  options.state = state;
  if (drift_scan(engine, &options, &host, &report, &err) != DRIFT_OK ||
      drift_report_render(report, DRIFT_RENDER_JSON_COMPACT, NULL, &json, &err) != DRIFT_OK) {
    status = failed(err);
  } else {
    drift_blob_data(json, &text, NULL);
    fputs(text, stdout); /* it ends with a newline */
    fflush(stdout);
  }
  drift_blob_free(json);
  drift_report_free(report);
  drift_source_free(state);
  return status;
}

static int fork_and_free(drift_engine* engine) {
  int status = 1;
  pid_t child;
  fflush(NULL);
  child = fork();
  if (child == 0) {
    alarm(30);
    drift_engine_free(engine);
    _exit(0);
  }
  return child < 0 || waitpid(child, &status, 0) != child || status != 0;
}

int main(int argc, char** argv) {
  drift_engine* engine = NULL;
  drift_error* err = NULL;
  int64_t timeout_ms = 0;
  char line[8];
  int i, status = 0;
  if (argc < 2) return 2;
  if (drift_engine_new(argv[1], DRIFT_NUL, &engine, &err) != DRIFT_OK) return failed(err);
  if (argc == 2) status = scan(engine, NULL, 0) || scan(engine, NULL, 0);
  for (i = 2; i < argc; ++i) {
    char* value = strchr(argv[i], '=');
    if (value != NULL) *value++ = '\0';
    if (strcmp(argv[i], "scan") == 0)
      status |= scan(engine, value, timeout_ms);
    else if (strcmp(argv[i], "wait") == 0)
      status |= fgets(line, sizeof line, stdin) == NULL;
    else if (strcmp(argv[i], "fork") == 0)
      status |= fork_and_free(engine);
    else if (value == NULL)
      status = 2;
    else if (strcmp(argv[i], "time") == 0)
      timeout_ms = atoi(value);
    else
      setenv(argv[i], value, 1);
  }
  drift_engine_free(engine);
  return status;
}
