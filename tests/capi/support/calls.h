/* Any sequence of calls, as bytes say: whatever a program does with handles, the library answers by its rules. Used by calls_test.c with
 * seeds, and by calls_fuzz.c. */
#ifndef DRIFT_TESTS_CAPI_CALLS_H
#define DRIFT_TESTS_CAPI_CALLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Aborts where a rule is broken. Leaves no handle behind. Writes only the baseline file, and its key beside it. */
void make_calls(const uint8_t *bytes, size_t n);

/* Where drift_accept_start() writes. */
extern const char *calls_baseline;

/* How many calls succeeded so far, so that a test can see that they do. */
extern unsigned long calls_made, calls_succeeded;

#ifdef __cplusplus
}
#endif

#endif
