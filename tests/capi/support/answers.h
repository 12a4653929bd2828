/* What a host provider of acme_queue answers: built from the ids in the body of a WANT_READ. */
#ifndef DRIFT_TESTS_CAPI_ANSWERS_H
#define DRIFT_TESTS_CAPI_ANSWERS_H

#include <stddef.h>

#include "drift.h"

/* One result, as JSON, for the queue of this id, into `out`. */
typedef void (*queue_result)(const char *id, char *out, size_t room);

void queue_in_sync(const char *id, char *out, size_t room); /* days 14, as queue_state() says */
void queue_changed(const char *id, char *out, size_t room); /* days 1 */
void queue_absent(const char *id, char *out, size_t room);
void queue_refused(const char *id, char *out, size_t room); /* E_READ_AUTH */

/* Answers one WANT_READ; DRIFT_OK, or what drift_run_answer() gave. */
int32_t answer_read(drift_run *run, const drift_event *event, queue_result result, drift_error **error);
int32_t answer_body(drift_run *run, uint64_t ticket, const char *body, queue_result result, drift_error **error);
/* Pulls and answers every WANT_READ until the run is done; the number of resources that were asked for. */
unsigned serve(drift_run *run, queue_result result);
/* Starts a scan of `n` queues (or of `state`, when not NULL) with the host as provider. */
drift_run *start_queues(const char *config, unsigned n, const char *state, uint32_t flags);

#endif
