/*
 * drift_unstable.h: what may change or go in any version. A program that uses it needs the very library that it was compiled for.
 */
#ifndef DRIFT_UNSTABLE_H
#define DRIFT_UNSTABLE_H

#include "drift.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Handles that were made and not freed yet, of every kind in the whole process: for tests that look for leaks. Since 0.1. Threads: any. */
DRIFT_API uint64_t DRIFT_CALL drift_x_handles(void);

#ifdef __cplusplus
}
#endif

#endif
