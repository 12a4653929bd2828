/* Any sequence of calls, as bytes say: whatever a program does with handles, the library answers by its rules. Used by calls_test.c with seeds,
 * and by tests/fuzz/calls_fuzz.cpp. */
#ifndef DRIFT_TESTS_CAPI_CALLS_H
#define DRIFT_TESTS_CAPI_CALLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Aborts where a rule is broken. Leaves no handle behind. Writes only to the current folder. */
void make_calls(const uint8_t *bytes, size_t n);

/* How many calls succeeded so far, so that a test can see that they do. */
extern unsigned long calls_made, calls_succeeded;

#ifdef __cplusplus
}
#endif

#endif
