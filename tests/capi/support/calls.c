#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drift.h"
#include "drift_unstable.h"

#define SLOTS 24u
#define RULE(yes)                                                       \
  do {                                                                  \
    ++calls_made;                                                       \
    if (!(yes)) {                                                       \
      fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #yes); \
      abort();                                                          \
    }                                                                   \
  } while (0)

const char *calls_baseline = "b.jsonl";
unsigned long calls_made = 0, calls_succeeded = 0;

enum kind { ERROR, BLOB, ENGINE, SOURCE, BUILDER, SNAPSHOT, RUN, EVENT, REPORT, KINDS };

/* A place that holds a handle, also after it was freed: so that it is used again, and freed again. */
typedef struct slot {
  void *handle;
  enum kind kind;
  int freed;
} slot;

typedef struct world {
  const uint8_t *at, *end;
  slot slots[SLOTS];
  drift_error *err;
} world;

static const char *const documents[] = {
    "{\"version\":4,\"terraform_version\":\"1.9.0\",\"serial\":1,\"lineage\":\"l\",\"outputs\":{},\"resources\":[{\"mode\":\"managed\","
    "\"type\":\"acme_queue\","
    "\"name\":\"a\",\"provider\":\"provider[\\\"registry.example.com/acme/"
    "acme\\\"]\",\"instances\":[{\"schema_version\":0,\"attributes\":{\"id\":\"a\",\"days\":1}}]}]}",
    "{\"version\":4,\"terraform_version\":\"1.9.0\",\"serial\":2,\"lineage\":\"l\",\"outputs\":{},\"resources\":[{\"mode\":\"managed\","
    "\"type\":\"acme_queue\","
    "\"name\":\"a\",\"provider\":\"provider[\\\"registry.example.com/acme/"
    "acme\\\"]\",\"instances\":[{\"schema_version\":0,\"attributes\":{\"id\":\"a\",\"days\":2}}]}]}",
    "{\"version\":4,\"terra",
    "",
};
static const char *const configs[] = {
    "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"can_list\":true}],\"attempts\":1,\"read_timeout\":\"100ms\",\"timeout\":"
    "\"2s\"}",
    "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"settings\":{\"providers\":{\"acme\":{\"x\":1}}},\"attempts\":1,"
    "\"timeout\":\"1s\"}",
    "{}",
    "{\"paralel\":1}",
};
static const char *const answers[] = {
    "{\"results\":[{\"absent\":true}]}",
    "{\"results\":[{\"found\":{\"attributes\":{\"id\":\"a\",\"days\":3}}}]}",
    "{\"resources\":[]}",
    "{\"results\":[",
};
static const char *const resources[] = {
    "{\"address\":\"acme_queue.a\",\"type\":\"acme_queue\",\"attributes\":{\"days\":1}}",
    "{\"address\":\"acme_queue.b\",\"type\":\"acme_queue\",\"attributes\":{\"key\":\"k\"},\"sensitive\":[\"key\"]}",
    "{\"address\":1}",
    "",
};

static unsigned byte(world *w) { return w->at < w->end ? *w->at++ : 0; }

static slot *any_slot(world *w) { return &w->slots[byte(w) % SLOTS]; }

/* A handle for a parameter of this kind: mostly one of that kind, sometimes any, freed ones included. */
static void *handle(world *w, enum kind kind) {
  const unsigned first = byte(w);
  unsigned i;
  if (first >= 240) return w->slots[first % SLOTS].handle;
  for (i = 0; i < SLOTS; ++i) {
    const slot *s = &w->slots[(first + i) % SLOTS];
    if (s->handle != NULL && s->kind == kind) return s->handle;
  }
  return NULL;
}

static void free_slot(const slot *s) {
  switch (s->kind) {
    case ERROR:
      drift_error_free(s->handle);
      break;
    case BLOB:
      drift_blob_free(s->handle);
      break;
    case ENGINE:
      drift_engine_free(s->handle);
      break;
    case SOURCE:
      drift_source_free(s->handle);
      break;
    case BUILDER:
      drift_builder_free(s->handle);
      break;
    case SNAPSHOT:
      drift_snapshot_free(s->handle);
      break;
    case RUN:
      drift_run_free(s->handle);
      break;
    case EVENT:
      drift_event_free(s->handle);
      break;
    default:
      drift_report_free(s->handle);
  }
}

static void keep(world *w, void *made, enum kind kind) {
  slot *s = any_slot(w);
  if (made == NULL) return;
  if (s->handle != NULL && !s->freed) free_slot(s);
  s->handle = made;
  s->kind = kind;
  s->freed = 0;
}

/* The rules of every call that can fail: words, error and output go together. `made` is where the new handle is, NULL where the call makes
 * none. */
static void judge(world *w, int32_t status, void *const *made, enum kind kind) {
  RULE(status <= DRIFT_END);
  RULE((status < 0) == (w->err != NULL));
  if (w->err != NULL) RULE(drift_error_code(w->err) == status);
  if (made != NULL) RULE((status == DRIFT_OK) == (*made != NULL));
  RULE(status != DRIFT_E_INTERNAL);
  calls_succeeded += status == DRIFT_OK;
  if (made != NULL) keep(w, *made, kind);
  keep(w, w->err, ERROR);
  w->err = NULL;
}

static void documents_calls(world *w, unsigned call) {
  const char *text = documents[byte(w) % 4];
  void *made = NULL;
  int32_t status;
  switch (call) {
    case 0:
      status = drift_engine_new(configs[byte(w) % 4], DRIFT_NUL, (drift_engine **)&made, &w->err);
      break;
    case 1:
      status = drift_source_bytes(text, DRIFT_NUL, "d", 1, (drift_source **)&made, &w->err);
      break;
    case 2:
      status = drift_source_borrow(text, strlen(text), NULL, 0, (drift_source **)&made, &w->err);
      break;
    case 3:
      status = drift_source_host("h", 1, (drift_source **)&made, &w->err);
      break;
    case 4:
      status = drift_source_snapshot(handle(w, SNAPSHOT), (drift_source **)&made, &w->err);
      break;
    case 5:
      status = drift_source_file("none", 4, (drift_source **)&made, &w->err);
      break;
    case 6: {
      const drift_source *source = handle(w, SOURCE);
      const drift_snapshot *known = byte(w) % 2 != 0 ? handle(w, SNAPSHOT) : NULL;
      judge(w, drift_snapshot_open(source, known, 0, (drift_snapshot **)&made, &w->err), &made, SNAPSHOT);
      return;
    }
    case 7:
      status = drift_builder_new((drift_builder **)&made, &w->err);
      judge(w, status, &made, BUILDER);
      return;
    case 8:
      judge(w, drift_builder_add(handle(w, BUILDER), resources[byte(w) % 4], DRIFT_NUL, &w->err), NULL, BUILDER);
      return;
    default:
      status = drift_builder_build(handle(w, BUILDER), (drift_snapshot **)&made, &w->err);
      judge(w, status, &made, SNAPSHOT);
      return;
  }
  judge(w, status, &made, call == 0 ? ENGINE : SOURCE);
}

static void snapshot_calls(world *w, unsigned call) {
  const drift_snapshot *s = handle(w, SNAPSHOT);
  drift_resource_view views[3];
  const char *p = NULL;
  size_t n = 0, got = 99;
  uint64_t number = 0;
  void *made = NULL;
  switch (call % 5) {
    case 0:
      judge(w, drift_snapshot_count(s, &number, &w->err), NULL, BLOB);
      break;
    case 1:
      judge(w, drift_snapshot_text(s, (int32_t)byte(w) % 8, &p, &n, &w->err), NULL, BLOB);
      break;
    case 2:
      judge(w, drift_snapshot_resources(s, byte(w) % 4, views, sizeof views[0], byte(w) % 4, &got, &w->err), NULL, BLOB);
      RULE(got <= 3);
      break;
    case 3:
      judge(w, drift_snapshot_find(s, "acme_queue.a", DRIFT_NUL, &number, &w->err), NULL, BLOB);
      break;
    default:
      judge(w, drift_snapshot_resource(s, byte(w) % 3, (drift_blob **)&made, &w->err), &made, BLOB);
  }
}

static drift_scan_options scan_options(world *w) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  const unsigned bits = byte(w);
  options.state = handle(w, SOURCE);
  if ((bits & 1) != 0) options.actual = handle(w, SOURCE);
  if ((bits & 2) != 0) options.desired = handle(w, SOURCE);
  if ((bits & 4) != 0) options.baseline = handle(w, SOURCE);
  options.flags = bits >> 3 & 15u;
  options.timeout_ms = 300;
  if (bits == 255) options.struct_size = byte(w) % ((uint32_t)sizeof options + 1);
  return options;
}

static int32_t host_read(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  const unsigned what = byte(user);
  (void)provider;
  (void)body;
  (void)n;
  if (what % 8 == 0) drift_run_free(run); /* refused */
  if (what % 8 == 1) return (int32_t)what;
  if (what % 8 == 2) return drift_run_cancel(run, NULL);
  (void)drift_run_answer(run, ticket, answers[what % 4], DRIFT_NUL, NULL);
  (void)drift_run_fail(run, ticket, 0, "no", 2, 0, NULL);
  return 0;
}

static int32_t host_time(void *user, drift_run *run, int64_t wanted_ns) {
  (void)user;
  return drift_run_set_time(run, wanted_ns, NULL);
}

static void starting_calls(world *w, unsigned call) {
  static const char *const globs[] = {"*"};
  const drift_engine *engine = handle(w, ENGINE);
  drift_scan_options options = scan_options(w);
  drift_host host = DRIFT_HOST_INIT;
  void *made = NULL;
  int32_t status;
  host.user = w;
  host.read = host_read;
  host.time = host_time;
  switch (call % 5) {
    case 0:
      judge(w, drift_scan_start(engine, &options, (drift_run **)&made, &w->err), &made, RUN);
      break;
    case 1:
      judge(w, drift_accept_start(engine, &options, globs, 1, calls_baseline, DRIFT_NUL, (drift_run **)&made, &w->err), &made, RUN);
      break;
    case 2:
      judge(w, drift_diff_start(engine, handle(w, SOURCE), handle(w, SOURCE), 300, (drift_run **)&made, &w->err), &made, RUN);
      break;
    case 3:
      judge(w, drift_diff(engine, handle(w, SOURCE), handle(w, SOURCE), 300, (drift_report **)&made, &w->err), &made, REPORT);
      break;
    default:
      status = drift_scan(engine, &options, &host, (drift_report **)&made, &w->err);
      if (status > DRIFT_END) { /* the host's own word */
        RULE(made == NULL && w->err == NULL);
        status = DRIFT_END;
      }
      judge(w, status, &made, REPORT);
  }
}

static void run_calls(world *w, unsigned call) {
  drift_run *run = handle(w, RUN);
  void *made = NULL;
  int32_t fd = -1, status;
  uint64_t ticket;
  switch (call % 8) {
    case 0:
    case 1:
      judge(w, drift_run_next(run, (int64_t)byte(w) % 6, (drift_event **)&made, &w->err), &made, EVENT);
      break;
    case 2:
      judge(w, drift_run_wait_fd(run, &fd, &w->err), NULL, RUN);
      break;
    case 3:
      ticket = drift_event_ticket(handle(w, EVENT));
      judge(w, drift_run_answer(run, ticket, answers[byte(w) % 4], DRIFT_NUL, &w->err), NULL, RUN);
      break;
    case 4:
      judge(w, drift_run_fail(run, byte(w), -(int32_t)byte(w) * 4, "no", 2, 1, &w->err), NULL, RUN);
      break;
    case 5:
      judge(w, drift_run_set_time(run, (int64_t)byte(w) * 1000000000, &w->err), NULL, RUN);
      break;
    case 6:
      status = drift_run_cancel(run, &w->err);
      if (status == DRIFT_OK && byte(w) % 2 != 0) status = drift_run_pump(run, NULL, &w->err); /* ends, whatever was left unanswered */
      judge(w, status, NULL, RUN);
      break;
    default:
      if (byte(w) % 2 != 0)
        judge(w, drift_run_report(run, (drift_report **)&made, &w->err), &made, REPORT);
      else
        judge(w, drift_run_accepted(run, (drift_blob **)&made, &w->err), &made, BLOB);
  }
}

static void report_calls(world *w, unsigned call) {
  const drift_report *r = handle(w, REPORT);
  drift_finding_view findings[2];
  drift_change_view changes[2];
  drift_summary summary;
  void *made = NULL;
  size_t got = 0;
  uint64_t count = 0;
  const int32_t what = (int32_t)byte(w) % 8;
  summary.struct_size = sizeof summary;
  switch (call % 7) {
    case 0:
      judge(w, drift_report_summary(r, &summary, &w->err), NULL, REPORT);
      break;
    case 1:
      judge(w, drift_report_count(r, what, &count, &w->err), NULL, REPORT);
      break;
    case 2:
      judge(w, drift_report_findings(r, byte(w), findings, sizeof findings[0], 2, &got, &w->err), NULL, REPORT);
      break;
    case 3:
      judge(w, drift_report_changes(r, what, byte(w), changes, sizeof changes[0], 2, &got, &w->err), NULL, REPORT);
      break;
    case 4:
      judge(w, drift_report_render(r, what, NULL, (drift_blob **)&made, &w->err), &made, BLOB);
      break;
    case 5:
      judge(w, drift_report_explain(r, "acme_queue.a", DRIFT_NUL, NULL, (drift_blob **)&made, &w->err), &made, BLOB);
      break;
    default:
      judge(w, drift_report_ref(r, (drift_report **)&made, &w->err), &made, REPORT);
  }
  RULE(got <= 2);
}

static void looks(world *w) {
  const void *h = any_slot(w)->handle;
  const char *p = "";
  size_t n = 0;
  uint64_t line, column, at;
  const int32_t which = (int32_t)byte(w) % 8;
  (void)drift_error_code(h);
  (void)drift_error_is_retryable(h);
  (void)drift_error_position(h, &line, &column, &at);
  RULE(drift_error_name(h)[0] == 'E');
  drift_error_text(h, which, &p, &n);
  RULE(p != NULL && p[n] == '\0');
  (void)drift_event_kind(h);
  (void)drift_event_number(h, which);
  drift_event_text(h, which, &p, &n);
  RULE(p != NULL && p[n] == '\0');
  if (drift_blob_data(h, &p, &n) == DRIFT_OK) RULE(p[n] == '\0');
}

void make_calls(const uint8_t *bytes, size_t n) {
  const uint64_t before = drift_x_handles();
  world w;
  unsigned i;
  memset(&w, 0, sizeof w);
  w.at = bytes;
  w.end = bytes + n;
  while (w.at < w.end) {
    const unsigned call = byte(&w);
    slot *s;
    switch (call % 8) {
      case 0:
      case 1:
        documents_calls(&w, call / 8 % 10);
        break;
      case 2:
        snapshot_calls(&w, call / 8);
        break;
      case 3:
        starting_calls(&w, call / 8);
        break;
      case 4:
        run_calls(&w, call / 8);
        break;
      case 5:
        report_calls(&w, call / 8);
        break;
      case 6:
        looks(&w);
        break;
      default: /* freed, and kept in its slot */
        s = any_slot(&w);
        free_slot(s);
        s->freed = 1;
    }
  }
  for (i = 0; i < SLOTS; ++i) free_slot(&w.slots[i]);
  RULE(drift_x_handles() == before);
}
