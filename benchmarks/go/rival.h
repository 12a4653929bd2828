/* The rivals of the Go binding: a function that does nothing behind the signature of drift_snapshot_find(), and a report with one getter for each
 * field, as a library without pages would have it. */
#ifndef RIVAL_H
#define RIVAL_H

#include "drift.h"

int32_t rival_find(const void *s, const char *address, size_t n, uint64_t *out_index, void **err);

/* A snapshot of the document for calls of drift_snapshot_find() itself; NULL when it failed. */
drift_snapshot *rival_snapshot(const char *bytes, size_t n);

typedef struct rival_report rival_report;

/* Compares the documents and has all rows at hand; NULL when it failed. */
rival_report *rival_diff(const char *a, size_t a_n, const char *b, size_t b_n);
void rival_free(rival_report *r);
size_t rival_count(const rival_report *r);
/* `which`: the member's place among those of its kind in the view. */
const char *rival_finding_text(const rival_report *r, size_t i, int32_t which, size_t *n);
int64_t rival_finding_number(const rival_report *r, size_t i, int32_t which);
const char *rival_change_text(const rival_report *r, size_t i, int32_t which, size_t *n);
int64_t rival_change_number(const rival_report *r, size_t i, int32_t which);

#endif
