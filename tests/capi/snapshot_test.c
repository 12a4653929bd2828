/* Documents that are opened, looked at, built from what the host has, and used as sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "folder.h"

static const char *text_of(const drift_snapshot *s, int32_t which) {
  const char *p = NULL;
  size_t n = 0;
  OK(drift_snapshot_text(s, which, &p, &n, &err));
  REQUIRE(p != NULL && strlen(p) == n);
  return p;
}

static uint64_t count_of(const drift_snapshot *s) {
  uint64_t count = 999;
  OK(drift_snapshot_count(s, &count, &err));
  return count;
}

static void what_a_document_says_of_itself(void) {
  char *queues = queue_state(3), *first;
  drift_snapshot *s = snapshot_of(queues), *t;
  CHECK_NUMBER(count_of(s), 3);
  CHECK_TEXT(text_of(s, DRIFT_SNAPSHOT_FORMAT), "terraform-state-v4");
  CHECK_TEXT(text_of(s, DRIFT_SNAPSHOT_SOURCE), "document");
  CHECK_TEXT(text_of(s, DRIFT_SNAPSHOT_ENGINE_VERSION), "1.9.0");
  CHECK_TEXT(text_of(s, DRIFT_SNAPSHOT_LINEAGE), "l");
  CHECK_NUMBER(strlen(text_of(s, DRIFT_SNAPSHOT_HASH)), 64);
  first = strstr(queues, "\"days\":14");
  first[8] = '5';
  t = snapshot_of(queues);
  CHECK(strcmp(text_of(s, DRIFT_SNAPSHOT_HASH), text_of(t, DRIFT_SNAPSHOT_HASH)) != 0);
  drift_snapshot_free(s);
  drift_snapshot_free(t);
  free(queues);
}

static void texts_that_are_not_known(void) {
  drift_snapshot *s = snapshot_of(file_state("a.txt", "x"));
  const char *p = "x";
  size_t n = 1;
  OK(drift_snapshot_text(s, 77, &p, &n, &err));
  CHECK_TEXT(p, "");
  CHECK_NUMBER(n, 0);
  drift_snapshot_free(s);
}

static void resources_in_pages(void) {
  char *queues = queue_state(10);
  drift_snapshot *s = snapshot_of(queues);
  struct {
    drift_resource_view view;
    uint64_t more;
  } rows[4];
  size_t got = 1, i;
  uint64_t first = 0;
  for (; got != 0; first += got) {
    memset(rows, 0x5a, sizeof rows);
    OK(drift_snapshot_resources(s, first, &rows[0].view, sizeof rows[0], 4, &got, &err));
    for (i = 0; i < got; ++i) {
      char address[32];
      snprintf(address, sizeof address, "acme_queue.q%03u", (unsigned)(first + i));
      CHECK_VIEW(rows[i].view.address, address);
      CHECK_VIEW(rows[i].view.type, "acme_queue");
      CHECK_NUMBER(rows[i].view.kind, DRIFT_RESOURCE_MANAGED);
      CHECK_NUMBER(rows[i].view.flags, 0);
      CHECK(rows[i].more == 0);
    }
  }
  CHECK_NUMBER(first, 10);
  FAILS(drift_snapshot_resources(s, 0, &rows[0].view, 8, 4, &got, &err), DRIFT_E_INVALID_ARGUMENT);
  FAILS(drift_snapshot_resources(s, 0, NULL, sizeof rows[0], 4, &got, &err), DRIFT_E_INVALID_ARGUMENT);
  drift_snapshot_free(s);
  free(queues);
}

static void one_resource(void) {
  char *queues = queue_state(3);
  drift_snapshot *s = snapshot_of(queues);
  drift_blob *json = NULL;
  uint64_t index = 99;
  OK(drift_snapshot_find(s, "acme_queue.q001", DRIFT_NUL, &index, &err));
  CHECK_NUMBER(index, 1);
  OK(drift_snapshot_resource(s, index, &json, &err));
  CHECK_HAS(blob_text(json), "\"address\":\"acme_queue.q001\"");
  CHECK_HAS(blob_text(json), "\"days\":14");
  drift_blob_free(json);
  CHECK_NUMBER(drift_snapshot_find(s, "acme_queue.nobody", DRIFT_NUL, &index, &err), DRIFT_END);
  CHECK(err == NULL && index == 0);
  FAILS(drift_snapshot_resource(s, 3, &json, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK(json == NULL);
  drift_snapshot_free(s);
  free(queues);
}

static void a_known_snapshot_gives_the_same(void) {
  char *queues = queue_state(20), *changed = queue_state(20);
  drift_snapshot *known = snapshot_of(queues), *anew, *again = NULL;
  drift_source *source;
  strstr(changed, "\"days\":14")[8] = '5';
  anew = snapshot_of(changed);
  source = text_source(changed, "document");
  OK(drift_snapshot_open(source, known, 0, &again, &err));
  CHECK_TEXT(text_of(again, DRIFT_SNAPSHOT_HASH), text_of(anew, DRIFT_SNAPSHOT_HASH));
  drift_snapshot_free(known); /* what was taken over stays */
  CHECK_NUMBER(count_of(again), 20);
  drift_snapshot_free(again);
  drift_snapshot_free(anew);
  drift_source_free(source);
  free(queues);
  free(changed);
}

static void bytes_that_are_lent(void) {
  char *queues = queue_state(2);
  drift_source *source = NULL;
  drift_snapshot *s = NULL;
  OK(drift_source_borrow(queues, DRIFT_NUL, "lent", DRIFT_NUL, &source, &err));
  OK(drift_snapshot_open(source, NULL, 0, &s, &err));
  CHECK_NUMBER(count_of(s), 2);
  CHECK_TEXT(text_of(s, DRIFT_SNAPSHOT_SOURCE), "lent");
  drift_snapshot_free(s);
  drift_source_free(source);
  free(queues);
}

static const char QUEUE[] = "{\"address\":\"acme_queue.a\",\"type\":\"acme_queue\",\"id\":\"a\",\"attributes\":{\"id\":\"a\",\"days\":3}}";

static drift_snapshot *built(const char *resource) {
  drift_builder *builder = NULL;
  drift_snapshot *snapshot = NULL;
  OK(drift_builder_new(&builder, &err));
  OK(drift_builder_add(builder, resource, DRIFT_NUL, &err));
  OK(drift_builder_build(builder, &snapshot, &err));
  drift_builder_free(builder);
  return snapshot;
}

static void a_snapshot_of_the_hosts_own(void) {
  drift_builder *builder = NULL;
  drift_snapshot *s = NULL, *empty = NULL;
  OK(drift_builder_new(&builder, &err));
  OK(drift_builder_add(builder, QUEUE, DRIFT_NUL, &err));
  FAILS(drift_builder_add(builder, QUEUE, DRIFT_NUL, &err), DRIFT_E_DUPLICATE_ADDRESS);
  FAILS(drift_builder_add(builder, "{\"address\":\"x\"}", DRIFT_NUL, &err), DRIFT_E_BAD_STRUCTURE);
  FAILS(drift_builder_add(builder, "{\"address\":", DRIFT_NUL, &err), DRIFT_E_TRUNCATED);
  FAILS(drift_builder_add(builder, NULL, 5, &err), DRIFT_E_INVALID_ARGUMENT);
  OK(drift_builder_add(builder, "{\"address\":\"acme_queue.b\",\"type\":\"acme_queue\",\"attributes\":{}}", DRIFT_NUL, &err));
  OK(drift_builder_build(builder, &s, &err));
  CHECK_NUMBER(count_of(s), 2);
  OK(drift_builder_add(builder, QUEUE, DRIFT_NUL, &err)); /* empty again: the address is free */
  OK(drift_builder_build(builder, &empty, &err));
  CHECK_NUMBER(count_of(empty), 1);
  CHECK_NUMBER(count_of(s), 2);
  drift_builder_free(builder);
  drift_snapshot_free(s);
  drift_snapshot_free(empty);
}

/* A snapshot is a source as any other: of a comparison and of a scan. */
static void snapshots_as_sources(void) {
  drift_snapshot *before = built(QUEUE);
  drift_snapshot *after =
      built("{\"address\":\"acme_queue.a\",\"type\":\"acme_queue\",\"id\":\"a\",\"attributes\":{\"id\":\"a\",\"days\":4}}");
  drift_source *a = NULL, *b = NULL;
  drift_engine *engine = engine_of(NULL);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_report *report = NULL;
  drift_change_view change;
  size_t got = 0;
  OK(drift_source_snapshot(before, &a, &err));
  OK(drift_source_snapshot(after, &b, &err));
  drift_snapshot_free(before);
  drift_snapshot_free(after);
  OK(drift_diff(engine, a, b, 0, &report, &err));
  OK(drift_report_changes(report, DRIFT_OF_FINDINGS, 0, &change, sizeof change, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_VIEW(change.path, "days");
  CHECK_VIEW(change.recorded, "3");
  CHECK_VIEW(change.actual, "4");
  drift_report_free(report);
  options.state = a;
  options.actual = b;
  OK(drift_scan(engine, &options, NULL, &report, &err));
  OK(drift_report_changes(report, DRIFT_OF_FINDINGS, 0, &change, sizeof change, 1, &got, &err));
  CHECK_NUMBER(got, 1);
  drift_report_free(report);
  drift_source_free(a);
  drift_source_free(b);
  drift_engine_free(engine);
}

static void a_comparison_as_a_run(void) {
  drift_source *a = NULL, *b = text_source(file_state("a.txt", "two"), "b");
  drift_engine *engine = engine_of(NULL);
  drift_run *run = NULL;
  drift_event *event;
  drift_report *report;
  drift_finding_view finding;
  size_t got = 0;
  OK(drift_source_host("a", DRIFT_NUL, &a, &err));
  OK(drift_diff_start(engine, a, b, 0, &run, &err));
  event = event_of(run, DRIFT_EV_WANT_SOURCE);
  OK(drift_run_answer(run, drift_event_ticket(event), file_state("a.txt", "one"), DRIFT_NUL, &err));
  drift_event_free(event);
  drain(run);
  report = report_of(run);
  OK(drift_report_findings(report, 0, &finding, sizeof finding, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_VIEW(finding.address, "local_file.hello");
  drift_report_free(report);
  drift_run_free(run);
  drift_source_free(a);
  drift_source_free(b);
  drift_engine_free(engine);
}

int main(void) {
  RUN(what_a_document_says_of_itself);
  RUN(texts_that_are_not_known);
  RUN(resources_in_pages);
  RUN(one_resource);
  RUN(a_known_snapshot_gives_the_same);
  RUN(bytes_that_are_lent);
  RUN(a_snapshot_of_the_hosts_own);
  RUN(snapshots_as_sources);
  RUN(a_comparison_as_a_run);
  return check_result();
}
