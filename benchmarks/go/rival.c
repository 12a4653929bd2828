#include "rival.h"

#include <stdlib.h>

int32_t rival_find(const void *s, const char *address, size_t n, uint64_t *out_index, void **err) {
  (void)s;
  (void)address;
  *err = NULL;
  *out_index = n;
  return DRIFT_OK;
}

drift_snapshot *rival_snapshot(const char *bytes, size_t n) {
  drift_source *source = NULL;
  drift_snapshot *snapshot = NULL;
  if (drift_source_bytes(bytes, n, "a", 1, &source, NULL) == DRIFT_OK) (void)drift_snapshot_open(source, NULL, 0, &snapshot, NULL);
  drift_source_free(source);
  return snapshot;
}

struct rival_report {
  drift_report *report;
  drift_finding_view *findings;
  drift_change_view *changes;
  size_t n_findings, n_changes;
};

static int rows(rival_report *r) {
  uint64_t findings = 0, changes = 0;
  if (drift_report_count(r->report, DRIFT_COUNT_FINDINGS, &findings, NULL) != DRIFT_OK) return 0;
  if (drift_report_count(r->report, DRIFT_COUNT_CHANGES, &changes, NULL) != DRIFT_OK) return 0;
  r->findings = malloc(findings * sizeof *r->findings);
  r->changes = malloc(changes * sizeof *r->changes);
  return r->findings && r->changes &&
         drift_report_findings(r->report, 0, r->findings, sizeof *r->findings, findings, &r->n_findings, NULL) == DRIFT_OK &&
         drift_report_changes(r->report, DRIFT_OF_FINDINGS, 0, r->changes, sizeof *r->changes, changes, &r->n_changes, NULL) == DRIFT_OK;
}

rival_report *rival_diff(const char *a, size_t a_n, const char *b, size_t b_n) {
  drift_engine *engine = NULL;
  drift_source *from = NULL, *to = NULL;
  rival_report *r = calloc(1, sizeof *r);
  int done = r && drift_engine_new("", 0, &engine, NULL) == DRIFT_OK && drift_source_bytes(a, a_n, "a", 1, &from, NULL) == DRIFT_OK &&
             drift_source_bytes(b, b_n, "b", 1, &to, NULL) == DRIFT_OK && drift_diff(engine, from, to, 0, &r->report, NULL) == DRIFT_OK &&
             rows(r);
  drift_source_free(from);
  drift_source_free(to);
  drift_engine_free(engine);
  if (done) return r;
  rival_free(r);
  return NULL;
}

void rival_free(rival_report *r) {
  if (!r) return;
  drift_report_free(r->report);
  free(r->findings);
  free(r->changes);
  free(r);
}

size_t rival_count(const rival_report *r) { return r->n_findings; }

static const char *text(const drift_text *t, size_t *n) {
  *n = t->n;
  return t->p;
}

const char *rival_finding_text(const rival_report *r, size_t i, int32_t which, size_t *n) {
  return text(&r->findings[i].address + which, n);
}

int64_t rival_finding_number(const rival_report *r, size_t i, int32_t which) {
  const drift_finding_view *f = &r->findings[i];
  switch (which) {
    case 0:
      return (int64_t)f->first_change;
    case 1:
      return f->changes;
    case 2:
      return f->verdict;
    case 3:
      return f->risk_level;
    case 4:
      return f->risk_class;
    case 5:
      return f->risk_direction;
    default:
      return f->basis;
  }
}

const char *rival_change_text(const rival_report *r, size_t i, int32_t which, size_t *n) { return text(&r->changes[i].path + which, n); }

int64_t rival_change_number(const rival_report *r, size_t i, int32_t which) {
  const drift_change_view *c = &r->changes[i];
  switch (which) {
    case 0:
      return c->section;
    case 1:
      return c->kind;
    case 2:
      return c->relation;
    case 3:
      return c->mode;
    default:
      return c->flags;
  }
}
