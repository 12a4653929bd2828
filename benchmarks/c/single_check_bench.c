/* What one check costs through the C interface: a resource of 3 KB that did not change, as a program asks that watches one thing at a time.
 *
 * Wall time of each of many calls, from nothing to the freed report, median and 99th percentile; of several rounds the best is told,
 * because the others belong to the neighbours. Wanted: 99 of 100 comparisons within 50 us. Ends with 1 when a result is wrong. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drift.h"

#define ROUNDS 7
#define CALLS 4000
#define QUICK_CALLS 400

static char state[8192], answer[8192];
static drift_engine *engine;
static drift_source *bytes, *known;

static void must(int yes, const char *what) {
  if (yes) return;
  fprintf(stderr, "single_check: %s\n", what);
  exit(1);
}

/* One resource whose attributes are 3 KB of JSON, in a state and as the answer of a provider. */
static void make_documents(void) {
  char attributes[4096];
  size_t at = (size_t)sprintf(attributes, "{\"id\":\"sg-0123456789\",\"description\":\"web tier\",\"revoke_rules_on_delete\":false");
  int i;
  for (i = 0; at < 3000; ++i)
    at += (size_t)sprintf(attributes + at,
                          ",\"rule_%02d\":{\"cidr_blocks\":[\"10.%d.0.0/16\",\"10.%d.1.0/24\"],\"from_port\":%d,\"protocol\":\"tcp\"}", i,
                          i, i, 8000 + i);
  strcpy(attributes + at, "}");
  sprintf(state,
          "{\"version\":4,\"terraform_version\":\"1.9.0\",\"serial\":1,\"lineage\":\"bench\",\"outputs\":{},\"resources\":[{\"mode\":"
          "\"managed\","
          "\"type\":\"acme_group\",\"name\":\"web\",\"provider\":\"provider[\\\"example.com/acme/"
          "acme\\\"]\",\"instances\":[{\"attributes\":%s}]}]}",
          attributes);
  sprintf(answer, "{\"results\":[{\"found\":{\"attributes\":%s}}]}", attributes);
}

static void look(drift_report *report) {
  drift_summary summary;
  summary.struct_size = sizeof summary;
  must(drift_report_summary(report, &summary, NULL) == DRIFT_OK && summary.checked == 1 && summary.drifted == 0 && summary.complete == 1,
       "a wrong result");
  drift_report_free(report);
}

/* The document as it is now against the one before: both are read anew. */
static void two_documents(void) {
  drift_source *now = NULL;
  drift_report *report = NULL;
  must(drift_source_borrow(state, DRIFT_NUL, "now", DRIFT_NUL, &now, NULL) == DRIFT_OK, "no source");
  must(drift_diff(engine, bytes, now, 0, &report, NULL) == DRIFT_OK, "no report");
  drift_source_free(now);
  look(report);
}

/* The same against a snapshot that was opened once. */
static void snapshot_and_document(void) {
  drift_source *now = NULL;
  drift_report *report = NULL;
  must(drift_source_borrow(state, DRIFT_NUL, "now", DRIFT_NUL, &now, NULL) == DRIFT_OK, "no source");
  must(drift_diff(engine, known, now, 0, &report, NULL) == DRIFT_OK, "no report");
  drift_source_free(now);
  look(report);
}

static int32_t on_read(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  (void)user;
  (void)provider;
  (void)body;
  (void)n;
  return drift_run_answer(run, ticket, answer, DRIFT_NUL, NULL);
}

/* A whole scan with the host as provider: a thread of its own, events, an answer. */
static void scan_with_host(void) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_host host = DRIFT_HOST_INIT;
  drift_report *report = NULL;
  options.state = known;
  options.flags = DRIFT_SCAN_QUIET;
  host.read = on_read;
  must(drift_scan(engine, &options, &host, &report, NULL) == DRIFT_OK, "no report");
  look(report);
}

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void measure(const char *name, void (*call)(void), size_t calls) {
  static double took[CALLS];
  double p50 = 0, p99 = 0;
  int round;
  size_t i;
  for (i = 0; i < calls / 10; ++i) call(); /* warm */
  for (round = 0; round < ROUNDS; ++round) {
    for (i = 0; i < calls; ++i) {
      const double start = now_us();
      call();
      took[i] = now_us() - start;
    }
    qsort(took, calls, sizeof took[0], by_size);
    if (round == 0 || took[calls / 2] < p50) p50 = took[calls / 2];
    if (round == 0 || took[calls * 99 / 100] < p99) p99 = took[calls * 99 / 100];
  }
  printf("%-40s p50 %8.1f us   p99 %8.1f us\n", name, p50, p99);
}

int main(int argc, char **argv) {
  static const char config[] = "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}]}";
  drift_snapshot *snapshot = NULL;
  size_t calls = CALLS;
  int i;
  for (i = 1; i < argc; ++i)
    if (strcmp(argv[i], "--quick") == 0) calls = QUICK_CALLS;
  make_documents();
  must(drift_engine_new(config, DRIFT_NUL, &engine, NULL) == DRIFT_OK, "no engine");
  must(drift_source_borrow(state, DRIFT_NUL, "before", DRIFT_NUL, &bytes, NULL) == DRIFT_OK, "no source");
  must(drift_snapshot_open(bytes, NULL, 0, &snapshot, NULL) == DRIFT_OK, "no snapshot");
  must(drift_source_snapshot(snapshot, &known, NULL) == DRIFT_OK, "no source");
  printf("one resource, %lu bytes, no change (wanted of a comparison: p99 <= 50 us)\n", (unsigned long)strlen(state));
  measure("two documents", two_documents, calls);
  measure("a snapshot and a document", snapshot_and_document, calls);
  measure("a scan that asks the host", scan_with_host, calls / 10);
  drift_source_free(known);
  drift_source_free(bytes);
  drift_snapshot_free(snapshot);
  drift_engine_free(engine);
  return 0;
}
