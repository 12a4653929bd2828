/* A provider of your own: the host pulls what the scan wants, and answers the reads itself.
 *
 * Here the "live system" is a table of message queues; yours is an API, a database, a device. Ends with 0 when the drift was found. */
#include <stdio.h>
#include <string.h>

#include "drift.h"

static const char config[] = "{\"providers\": [{\"name\": \"acme\", \"types\": [\"acme_*\"], \"max_batch\": 1}]}";

static const char state[] =
    "{\"version\": 4, \"terraform_version\": \"1.9.0\", \"serial\": 1, \"lineage\": \"example\", \"outputs\": {}, \"resources\": ["
    "{\"mode\": \"managed\", \"type\": \"acme_queue\", \"name\": \"orders\", \"provider\": \"provider[\\\"example.com/acme/acme\\\"]\","
    "\"instances\": [{\"attributes\": {\"id\": \"orders\", \"retention_days\": 14}}]},"
    "{\"mode\": \"managed\", \"type\": \"acme_queue\", \"name\": \"mail\", \"provider\": \"provider[\\\"example.com/acme/acme\\\"]\","
    "\"instances\": [{\"attributes\": {\"id\": \"mail\", \"retention_days\": 3}}]}]}";

/* What the message broker really has. Somebody lowered the retention of `orders`. */
static const struct {
  const char *id;
  int retention_days;
} broker[] = {{"orders", 1}, {"mail", 3}};

/* Answers one read. The body is JSON, {"resources": [{"address", "type", "id", "attributes", ...}]}: one resource, as max_batch says, so
 * that looking for its id is enough here. A host with a JSON parser uses that, and takes larger batches. */
static int32_t answer(drift_run *run, const drift_event *event, drift_error **error) {
  char result[256];
  char id[64];
  const char *body;
  size_t i;
  drift_event_text(event, DRIFT_T_BODY, &body, NULL);
  for (i = 0; i < sizeof broker / sizeof broker[0]; ++i) {
    sprintf(id, "\"id\":\"%s\"", broker[i].id);
    if (strstr(body, id) == NULL) continue;
    sprintf(result, "{\"results\": [{\"found\": {\"attributes\": {\"id\": \"%s\", \"retention_days\": %d}}}]}", broker[i].id,
            broker[i].retention_days);
    return drift_run_answer(run, drift_event_ticket(event), result, DRIFT_NUL, error);
  }
  return drift_run_answer(run, drift_event_ticket(event), "{\"results\": [{\"absent\": true}]}", DRIFT_NUL, error);
}

/* Pulls events until the scan is done. */
static int32_t serve(drift_run *run, drift_error **error) {
  int32_t status = DRIFT_OK;
  int32_t kind = DRIFT_EV_NONE;
  while (status >= 0 && kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    status = drift_run_next(run, -1, &event, error);
    kind = drift_event_kind(event);
    if (kind == DRIFT_EV_WANT_READ) status = answer(run, event, error);
    drift_event_free(event);
  }
  return status;
}

/* The first finding is `orders`, by its retention. */
static int found(const drift_report *report, drift_error **error) {
  drift_finding_view finding;
  drift_change_view change;
  size_t findings = 0, changes = 0;
  if (drift_report_findings(report, 0, &finding, sizeof finding, 1, &findings, error) != DRIFT_OK) return 0;
  if (drift_report_changes(report, DRIFT_OF_FINDINGS, 0, &change, sizeof change, 1, &changes, error) != DRIFT_OK) return 0;
  if (findings != 1 || changes != 1) return 0;
  printf("%s: %s is %s, was %s\n", finding.address.p, change.path.p, change.actual.p, change.recorded.p);
  return strcmp(finding.address.p, "acme_queue.orders") == 0 && strcmp(change.path.p, "retention_days") == 0;
}

int main(void) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_engine *engine = NULL;
  drift_source *source = NULL;
  drift_run *run = NULL;
  drift_report *report = NULL;
  drift_error *error = NULL;
  int as_it_should_be = 0;

  if (drift_engine_new(config, DRIFT_NUL, &engine, &error) == DRIFT_OK &&
      drift_source_bytes(state, DRIFT_NUL, "example state", DRIFT_NUL, &source, &error) == DRIFT_OK) {
    options.state = source;
    if (drift_scan_start(engine, &options, &run, &error) == DRIFT_OK && serve(run, &error) >= 0 &&
        drift_run_report(run, &report, &error) == DRIFT_OK)
      as_it_should_be = found(report, &error);
  }
  if (error != NULL) {
    const char *message;
    drift_error_text(error, DRIFT_ERROR_MESSAGE, &message, NULL);
    fprintf(stderr, "%s\n", message);
  }
  drift_error_free(error); /* freeing what was never made does nothing */
  drift_report_free(report);
  drift_run_free(run);
  drift_source_free(source);
  drift_engine_free(engine);
  return as_it_should_be ? 0 : 1;
}
