/* Small documents and the calls that every test begins with. What can fail here ends the test program. */
#ifndef DRIFT_TESTS_CAPI_DOCUMENTS_H
#define DRIFT_TESTS_CAPI_DOCUMENTS_H

#include "drift.h"

/* A Terraform state (version 4) of one local_file: `content` in `filename`; both without characters that JSON escapes. */
const char *file_state(const char *filename, const char *content);
/* A state of `n` resources acme_queue.q000 and on, with "id": "q000" and "days": 14, provider acme. free() it. */
char *queue_state(unsigned n);
/* One resource acme_queue.orders whose attribute `password` is marked sensitive. */
const char *secret_state(const char *password, int days);

drift_engine *engine_of(const char *config); /* NULL: the defaults */
drift_source *text_source(const char *text, const char *name);
drift_snapshot *snapshot_of(const char *text);
const char *blob_text(const drift_blob *blob);
/* The whole report as text, JSON, ... (DRIFT_RENDER_*); free the blob. */
drift_blob *rendered(const drift_report *report, int32_t format);

/* The next event that is of `kind`, waited for; every other is freed on the way. Ends the program when the run is done before. */
drift_event *event_of(drift_run *run, int32_t kind);
/* Pulls until the end and frees every event; answers nothing. */
void drain(drift_run *run);
const char *event_text(const drift_event *event, int32_t which);
/* The report of a run that is done. */
drift_report *report_of(const drift_run *run);

/* Configuration of an engine whose acme_* resources are read by the host. */
#define ACME "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}]}"

#endif
