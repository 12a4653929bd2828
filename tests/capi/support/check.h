/* Checks for tests in C. CHECK counts a fault and goes on; REQUIRE ends the program, for what the rest stands on. A test is a function
 * without parameters; main() calls RUN for each and gives back check_result(). */
#ifndef DRIFT_TESTS_CAPI_CHECK_H
#define DRIFT_TESTS_CAPI_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "drift.h"

#define CHECK(yes) check_that((yes) ? 1 : 0, #yes, __FILE__, __LINE__)
#define REQUIRE(yes)                  \
  do {                                \
    if (!CHECK(yes)) check_give_up(); \
  } while (0)
#define CHECK_NUMBER(is, wanted) check_number((int64_t)(is), (int64_t)(wanted), #is, __FILE__, __LINE__)
#define CHECK_TEXT(is, wanted) check_text((is), (wanted), #is, __FILE__, __LINE__) /* the whole text */
#define CHECK_HAS(is, part) check_has((is), (part), 1, #is, __FILE__, __LINE__)    /* somewhere in the text */
#define CHECK_HAS_NOT(is, part) check_has((is), (part), 0, #is, __FILE__, __LINE__)
/* A drift_text against a C string; NULL: there is none. Also that a zero byte stands behind it. */
#define CHECK_VIEW(is, wanted) check_view((is), (wanted), #is, __FILE__, __LINE__)
/* OK(drift_x(..., &err)): the call must succeed, else its error is shown and the program ends. `err` is the variable below. */
#define OK(call) check_ok((call), #call, __FILE__, __LINE__)
/* FAILS(call, code): it must fail so, and err with it; the error is left in `last_error` until the next FAILS. */
#define FAILS(call, code) check_fails((call), (code), #call, __FILE__, __LINE__)
#define RUN(test) check_run(test, #test)

extern drift_error *err; /* what tests pass as the last argument */

/* The error of the last FAILS: which is DRIFT_ERROR_*. Never NULL. */
const char *error_text(int32_t which);
const drift_error *last_error(void);

int check_that(int yes, const char *what, const char *file, int line);
void check_number(int64_t is, int64_t wanted, const char *what, const char *file, int line);
void check_text(const char *is, const char *wanted, const char *what, const char *file, int line);
void check_has(const char *is, const char *part, int wanted, const char *what, const char *file, int line);
void check_view(drift_text is, const char *wanted, const char *what, const char *file, int line);
void check_ok(int32_t status, const char *what, const char *file, int line);
void check_fails(int32_t status, int32_t code, const char *what, const char *file, int line);
void check_give_up(void);
void check_run(void (*test)(void), const char *name);
int check_result(void); /* 0 when nothing was wrong, and at least one check was made */

#endif
