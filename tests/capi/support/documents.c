#include "documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define STATE "{\"version\":4,\"terraform_version\":\"1.9.0\",\"serial\":1,\"lineage\":\"l\",\"outputs\":{},\"resources\":["
#define QUEUE                                                                                                                        \
  "{\"mode\":\"managed\",\"type\":\"acme_queue\",\"name\":\"%s\",\"provider\":\"provider[\\\"registry.example.com/acme/acme\\\"]\"," \
  "\"instances\":[{\"schema_version\":0,\"attributes\":{\"id\":\"%s\",\"days\":%d%s}%s}]}"

const char *file_state(const char *filename, const char *content) {
  static char text[4096];
  snprintf(text, sizeof text,
           STATE
           "{\"mode\":\"managed\",\"type\":\"local_file\",\"name\":\"hello\",\"provider\":\"provider[\\\"registry.opentofu.org/hashicorp/"
           "local\\\"]\","
           "\"instances\":[{\"schema_version\":0,\"attributes\":{\"content\":\"%s\",\"filename\":\"%s\"}}]}]}",
           content, filename);
  return text;
}

char *queue_state(unsigned n) {
  const size_t room = 256 + (size_t)n * 320;
  char *text = malloc(room);
  size_t at;
  unsigned i;
  REQUIRE(text != NULL);
  at = (size_t)snprintf(text, room, STATE);
  for (i = 0; i < n; ++i) {
    char name[16];
    snprintf(name, sizeof name, "q%03u", i);
    at += (size_t)snprintf(text + at, room - at, "%s" QUEUE, i != 0 ? "," : "", name, name, 14, "", "");
  }
  snprintf(text + at, room - at, "]}");
  return text;
}

const char *secret_state(const char *password, int days) {
  static char text[4096];
  char more[1024];
  snprintf(more, sizeof more, ",\"password\":\"%s\"", password);
  snprintf(text, sizeof text, STATE QUEUE "]}", "orders", "orders", days, more,
           ",\"sensitive_attributes\":[[{\"type\":\"get_attr\",\"value\":\"password\"}]]");
  return text;
}

drift_engine *engine_of(const char *config) {
  drift_engine *engine = NULL;
  OK(drift_engine_new(config, config != NULL ? DRIFT_NUL : 0, &engine, &err));
  return engine;
}

drift_source *text_source(const char *text, const char *name) {
  drift_source *source = NULL;
  OK(drift_source_bytes(text, DRIFT_NUL, name, DRIFT_NUL, &source, &err));
  return source;
}

drift_snapshot *snapshot_of(const char *text) {
  drift_source *source = text_source(text, "document");
  drift_snapshot *snapshot = NULL;
  OK(drift_snapshot_open(source, NULL, 0, &snapshot, &err));
  drift_source_free(source);
  return snapshot;
}

const char *blob_text(const drift_blob *blob) {
  const char *p = NULL;
  size_t n = 0;
  REQUIRE(drift_blob_data(blob, &p, &n) == DRIFT_OK);
  REQUIRE(p != NULL && p[n] == '\0');
  return p;
}

drift_blob *rendered(const drift_report *report, int32_t format) {
  drift_render_options options = DRIFT_RENDER_OPTIONS_INIT;
  drift_blob *blob = NULL;
  options.flags = DRIFT_RENDER_FLAG_NO_ELAPSED;
  OK(drift_report_render(report, format, &options, &blob, &err));
  return blob;
}

drift_event *event_of(drift_run *run, int32_t kind) {
  for (;;) {
    drift_event *event = NULL;
    OK(drift_run_next(run, -1, &event, &err));
    if (drift_event_kind(event) == kind) return event;
    REQUIRE(drift_event_kind(event) != DRIFT_EV_DONE);
    drift_event_free(event);
  }
}

void drain(drift_run *run) {
  int32_t kind = DRIFT_EV_NONE;
  while (kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    OK(drift_run_next(run, -1, &event, &err));
    kind = drift_event_kind(event);
    drift_event_free(event);
  }
}

const char *event_text(const drift_event *event, int32_t which) {
  const char *p = NULL;
  size_t n = 0;
  drift_event_text(event, which, &p, &n);
  REQUIRE(p != NULL && p[n] == '\0');
  return p;
}

drift_report *report_of(const drift_run *run) {
  drift_report *report = NULL;
  OK(drift_run_report(run, &report, &err));
  return report;
}
