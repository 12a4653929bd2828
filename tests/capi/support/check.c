#include "check.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"

drift_error *err = NULL;

static drift_error *kept = NULL;
static const char *running = "";
static atomic_ulong checks, faults; /* tests check from several threads */

static void fault(const char *file, int line) {
  ++faults;
  printf("%s:%d: %s: ", file, line, running);
}

int check_that(int yes, const char *what, const char *file, int line) {
  ++checks;
  if (yes) return 1;
  fault(file, line);
  printf("not so: %s\n", what);
  return 0;
}

void check_number(int64_t is, int64_t wanted, const char *what, const char *file, int line) {
  ++checks;
  if (is == wanted) return;
  fault(file, line);
  printf("%s is %" PRId64 ", wanted %" PRId64 "\n", what, is, wanted);
}

void check_text(const char *is, const char *wanted, const char *what, const char *file, int line) {
  ++checks;
  if (is != NULL && strcmp(is, wanted) == 0) return;
  fault(file, line);
  printf("%s is '%s', wanted '%s'\n", what, is != NULL ? is : "NULL", wanted);
}

void check_has(const char *is, const char *part, int wanted, const char *what, const char *file, int line) {
  ++checks;
  if (is != NULL && (strstr(is, part) != NULL) == wanted) return;
  fault(file, line);
  printf("%s has %s'%s': '%s'\n", what, wanted ? "no " : "", part, is != NULL ? is : "NULL");
}

void check_view(drift_text is, const char *wanted, const char *what, const char *file, int line) {
  ++checks;
  if (wanted == NULL ? is.p == NULL && is.n == 0 : is.p != NULL && is.n == strlen(wanted) && memcmp(is.p, wanted, is.n + 1) == 0) return;
  fault(file, line);
  printf("%s is '%.*s', wanted '%s'\n", what, (int)is.n, is.p != NULL ? is.p : "", wanted != NULL ? wanted : "NULL");
}

const char *error_text(int32_t which) {
  const char *p = NULL;
  size_t n = 0;
  drift_error_text(kept, which, &p, &n);
  check_that(p != NULL && strlen(p) == n, "an error's text ends with a zero byte", __FILE__, __LINE__);
  return p != NULL ? p : "";
}

const drift_error *last_error(void) { return kept; }

void check_ok(int32_t status, const char *what, const char *file, int line) {
  ++checks;
  if (status == DRIFT_OK && err == NULL) return;
  fault(file, line);
  kept = err;
  printf("%s gave %d: %s\n", what, (int)status, err != NULL ? error_text(DRIFT_ERROR_MESSAGE) : "no error");
  check_give_up();
}

void check_fails(int32_t status, int32_t code, const char *what, const char *file, int line) {
  ++checks;
  drift_error_free(kept);
  kept = err;
  err = NULL;
  if (status == code && kept != NULL && drift_error_code(kept) == code) return;
  fault(file, line);
  printf("%s gave %d, wanted %d; its error is %d: %s\n", what, (int)status, (int)code, (int)drift_error_code(kept),
         error_text(DRIFT_ERROR_MESSAGE));
}

void check_give_up(void) {
  printf("%s: given up\n", running);
  remove_folder();
  exit(1);
}

void check_run(void (*test)(void), const char *name) {
  unsigned long before = faults;
  running = name;
  enter_folder();
  test();
  check_that(err == NULL, "no error is left over", __FILE__, __LINE__);
  remove_folder();
  printf("%s %s\n", faults == before ? "ok  " : "FAIL", name);
  fflush(stdout);
}

int check_result(void) {
  drift_error_free(kept);
  kept = NULL;
  printf("%lu checks, %lu faults\n", (unsigned long)checks, (unsigned long)faults);
  return faults != 0 || checks == 0;
}
