/* Lists in pages: whatever the size of a page and the distance of its rows, together they are the whole list, once. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "check.h"
#include "documents.h"

#define QUEUES 25u
#define LARGEST 256u /* rows have no more bytes than this in any call below */

typedef int32_t (*list)(const drift_report *report, uint64_t first, void *rows, size_t stride, size_t cap, size_t *got);

static int32_t findings(const drift_report *r, uint64_t first, void *rows, size_t stride, size_t cap, size_t *got) {
  return drift_report_findings(r, first, rows, stride, cap, got, &err);
}
static int32_t changes(const drift_report *r, uint64_t first, void *rows, size_t stride, size_t cap, size_t *got) {
  return drift_report_changes(r, DRIFT_OF_FINDINGS, first, rows, stride, cap, got, &err);
}
static int32_t suppressed(const drift_report *r, uint64_t first, void *rows, size_t stride, size_t cap, size_t *got) {
  return drift_report_suppressed(r, first, rows, stride, cap, got, &err);
}
static int32_t suppressed_changes(const drift_report *r, uint64_t first, void *rows, size_t stride, size_t cap, size_t *got) {
  return drift_report_changes(r, DRIFT_OF_SUPPRESSED, first, rows, stride, cap, got, &err);
}
static int32_t problems(const drift_report *r, uint64_t first, void *rows, size_t stride, size_t cap, size_t *got) {
  return drift_report_problems(r, first, rows, stride, cap, got, &err);
}
static int32_t notes(const drift_report *r, uint64_t first, void *rows, size_t stride, size_t cap, size_t *got) {
  return drift_report_notes(r, first, rows, stride, cap, got, &err);
}

static const struct {
  list call;
  int32_t count;
  size_t size;
} lists[] = {
    {findings, DRIFT_COUNT_FINDINGS, sizeof(drift_finding_view)},
    {changes, DRIFT_COUNT_CHANGES, sizeof(drift_change_view)},
    {suppressed, DRIFT_COUNT_SUPPRESSED, sizeof(drift_suppressed_view)},
    {suppressed_changes, DRIFT_COUNT_SUPPRESSED_CHANGES, sizeof(drift_change_view)},
    {problems, DRIFT_COUNT_PROBLEMS, sizeof(drift_problem_view)},
    {notes, DRIFT_COUNT_NOTES, sizeof(drift_note_view)},
};

/* Replaces each `"days":14` but every fifth by another number. */
static char *changed_state(void) {
  char *text = queue_state(QUEUES), *at = text;
  unsigned i = 0;
  while ((at = strstr(at, "\"days\":14")) != NULL) {
    if (i++ % 5 != 0) at[8] = '9';
    ++at;
  }
  REQUIRE(i == QUEUES);
  return text;
}

/* A report with rows in every list but problems: findings, two rules that take out some, one that catches nothing. */
static drift_report *report_of_everything(void) {
  char *before = queue_state(QUEUES), *after = changed_state();
  drift_engine *engine = engine_of(
      "{\"settings\":{\"ignore\":["
      "{\"name\":\"muted\",\"address\":\"acme_queue.q00*\",\"path\":\"days\",\"mode\":\"mute\",\"reason\":\"somebody else's\"},"
      "{\"name\":\"hidden\",\"address\":\"acme_queue.q011\",\"mode\":\"hide\",\"reason\":\"not ours\"},"
      "{\"name\":\"idle\",\"address\":\"nothing\",\"mode\":\"mute\",\"reason\":\"catches nothing\"}]}}");
  drift_source *a = text_source(before, "before"), *b = text_source(after, "after");
  drift_report *report = NULL;
  OK(drift_diff(engine, a, b, 0, &report, &err));
  drift_source_free(a);
  drift_source_free(b);
  drift_engine_free(engine);
  free(before);
  free(after);
  return report;
}

static uint64_t count_of(const drift_report *report, int32_t what) {
  uint64_t count = 999;
  OK(drift_report_count(report, what, &count, &err));
  return count;
}

/* The whole list with pages of `cap` rows that are `stride` bytes apart, packed at `size` bytes a row; free() it. */
static unsigned char *whole(const drift_report *report, size_t which, size_t stride, size_t cap, uint64_t *rows) {
  const size_t size = lists[which].size;
  const uint64_t total = count_of(report, lists[which].count);
  unsigned char *all = calloc(total + cap, size), *page = malloc(cap * stride);
  size_t got = 1, i, j;
  *rows = 0;
  REQUIRE(all != NULL && page != NULL);
  while (got != 0) {
    memset(page, 0x5a, cap * stride);
    OK(lists[which].call(report, *rows, page, stride, cap, &got));
    REQUIRE(got <= cap && *rows + got <= total);
    for (i = 0; i < got; ++i) {
      memcpy(all + (*rows + i) * size, page + i * stride, size);
      for (j = size; j < stride; ++j) REQUIRE(page[i * stride + j] == 0); /* what the library does not know is zero */
    }
    for (i = got * stride; i < cap * stride; ++i) REQUIRE(page[i] == 0x5a); /* behind the last row nothing is written */
    *rows += got;
  }
  free(page);
  CHECK_NUMBER(*rows, total);
  return all;
}

static void every_page_size_gives_the_same(void) {
  drift_report *report = report_of_everything();
  size_t which;
  CHECK_NUMBER(count_of(report, DRIFT_COUNT_FINDINGS), 11);
  CHECK_NUMBER(count_of(report, DRIFT_COUNT_SUPPRESSED), 9);
  CHECK(count_of(report, DRIFT_COUNT_NOTES) >= 1);
  CHECK_NUMBER(count_of(report, DRIFT_COUNT_PROBLEMS), 0);
  for (which = 0; which < sizeof lists / sizeof lists[0]; ++which) {
    uint64_t rows = 0, again = 0;
    unsigned char *all = whole(report, which, lists[which].size, 100, &rows);
    size_t cap, stride;
    for (cap = 1; cap < 8; ++cap) {
      for (stride = lists[which].size; stride <= LARGEST; stride += 24) {
        unsigned char *same = whole(report, which, stride, cap, &again);
        CHECK(rows == again && memcmp(all, same, rows * lists[which].size) == 0);
        free(same);
      }
    }
    free(all);
  }
  drift_report_free(report);
}

static void changes_stand_where_their_finding_says(void) {
  drift_report *report = report_of_everything();
  drift_finding_view f[32];
  drift_change_view c[32];
  size_t n = 0, m = 0, i, j, at = 0;
  OK(drift_report_findings(report, 0, f, sizeof f[0], 32, &n, &err));
  OK(drift_report_changes(report, DRIFT_OF_FINDINGS, 0, c, sizeof c[0], 32, &m, &err));
  REQUIRE(n == 11);
  for (i = 0; i < n; ++i) {
    CHECK_NUMBER(f[i].first_change, at);
    if (i > 0) CHECK(strcmp(f[i - 1].address.p, f[i].address.p) < 0); /* sorted */
    for (j = 0; j < f[i].changes; ++j) {
      REQUIRE(at < m);
      CHECK_NUMBER(c[at].owner, i);
      CHECK_VIEW(c[at].path, "days");
      CHECK_VIEW(c[at].recorded, "14");
      CHECK_VIEW(c[at++].actual, "19");
    }
  }
  CHECK_NUMBER(at, m);
  drift_report_free(report);
}

static void what_a_rule_took_out_has_its_name(void) {
  drift_report *report = report_of_everything();
  drift_suppressed_view s[16];
  drift_change_view c[16];
  size_t n = 0, m = 0, i, hidden = 0, muted = 0;
  OK(drift_report_suppressed(report, 0, s, sizeof s[0], 16, &n, &err));
  OK(drift_report_changes(report, DRIFT_OF_SUPPRESSED, 0, c, sizeof c[0], 16, &m, &err));
  REQUIRE(n == 9);
  for (i = 0; i < m; ++i) {
    REQUIRE(c[i].owner < n);
    if (c[i].mode == DRIFT_MODE_MUTE) {
      CHECK_VIEW(c[i].rule, "muted");
      CHECK_VIEW(c[i].reason, "somebody else's");
      ++muted;
    }
    if (c[i].mode == DRIFT_MODE_HIDE) {
      CHECK_VIEW(c[i].rule, "hidden");
      CHECK_VIEW(s[c[i].owner].address, "acme_queue.q011");
      ++hidden;
    }
  }
  CHECK_NUMBER(muted, 8);
  CHECK_NUMBER(hidden, 1);
  drift_report_free(report);
}

static void the_texts_of_a_page_are_one_block(void) {
  drift_report *report = report_of_everything();
  drift_finding_view f[12];
  size_t got = 0, i;
  OK(drift_report_findings(report, 0, f, sizeof f[0], 12, &got, &err));
  REQUIRE(got == 11);
  for (i = 0; i < got; ++i) {
    const drift_text texts[] = {f[i].address, f[i].type, f[i].fingerprint, f[i].risk_why, f[i].risk_rule};
    size_t j;
    for (j = 1; j < 5; ++j) CHECK(texts[j].p > texts[j - 1].p && texts[j - 1].p + texts[j - 1].n < texts[j].p);
    if (i > 0) CHECK(f[i - 1].risk_rule.p + f[i - 1].risk_rule.n < f[i].address.p);
  }
  drift_report_free(report);
}

static void arguments_of_a_page(void) {
  drift_report *report = report_of_everything();
  drift_finding_view f[2];
  size_t got = 9;
  uint64_t count = 9;
  OK(drift_report_findings(report, 11, f, sizeof f[0], 2, &got, &err));
  CHECK_NUMBER(got, 0);
  OK(drift_report_findings(report, UINT64_MAX, f, sizeof f[0], 2, &got, &err));
  CHECK_NUMBER(got, 0);
  OK(drift_report_findings(report, 0, NULL, sizeof f[0], 0, &got, &err)); /* no room is no mistake */
  CHECK_NUMBER(got, 0);
  FAILS(drift_report_findings(report, 0, NULL, sizeof f[0], 2, &got, &err), DRIFT_E_INVALID_ARGUMENT);
  /* less than version 0.1 had */
  FAILS(drift_report_findings(report, 0, f, offsetof(drift_finding_view, drift_class) - 8, 2, &got, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "stride");
  FAILS(drift_report_findings(report, 0, f, 0, 2, &got, &err), DRIFT_E_INVALID_ARGUMENT);
  FAILS(drift_report_findings(report, 0, f, sizeof f[0], 2, NULL, &err), DRIFT_E_INVALID_ARGUMENT);
  FAILS(drift_report_changes(report, 77, 0, NULL, sizeof(drift_change_view), 0, &got, &err), DRIFT_E_OPTION_UNSUPPORTED);
  FAILS(drift_report_count(report, 77, &count, &err), DRIFT_E_OPTION_UNSUPPORTED);
  CHECK_NUMBER(count, 0);
  drift_report_free(report);
}

static void numbers_have_names(void) {
  int32_t what;
  CHECK_TEXT(drift_name(DRIFT_NAME_CODE, DRIFT_E_READ_AUTH), "E_READ_AUTH");
  CHECK_TEXT(drift_name(DRIFT_NAME_VERDICT, DRIFT_VERDICT_UNREADABLE), "unreadable");
  CHECK_TEXT(drift_name(DRIFT_NAME_RISK, DRIFT_RISK_CRITICAL), "critical");
  CHECK_TEXT(drift_name(DRIFT_NAME_RISK_CLASS, DRIFT_RISK_CLASS_SECURITY), "security");
  CHECK_TEXT(drift_name(DRIFT_NAME_RISK_DIRECTION, DRIFT_RISK_WIDEN), "widen");
  CHECK_TEXT(drift_name(DRIFT_NAME_CHANGE, DRIFT_CHANGE_MODIFIED), "modified");
  CHECK_TEXT(drift_name(DRIFT_NAME_RELATION, DRIFT_RELATION_CONFLICT), "conflict");
  CHECK_TEXT(drift_name(DRIFT_NAME_SECTION, DRIFT_SECTION_ATTRIBUTES), "attributes");
  CHECK_TEXT(drift_name(DRIFT_NAME_MODE, DRIFT_MODE_NEVER_PUSH), "never_push");
  CHECK_TEXT(drift_name(DRIFT_NAME_CLASS, DRIFT_CLASS_COMPUTED_ONLY), "computed_only");
  CHECK_TEXT(drift_name(DRIFT_NAME_CLASS, DRIFT_CLASS_SENSITIVITY_ONLY), "sensitivity_only");
  for (what = DRIFT_NAME_VERDICT; what <= DRIFT_NAME_CLASS; ++what) {
    CHECK_TEXT(drift_name(what, 0), "unknown");
    CHECK_TEXT(drift_name(what, 99), "unknown");
    CHECK_TEXT(drift_name(what, INT32_MIN), "unknown");
  }
  CHECK_TEXT(drift_name(DRIFT_NAME_CODE, INT32_MIN), "E_UNKNOWN");
  CHECK_TEXT(drift_name(99, 1), "unknown");
}

static void a_finding_is_found_by_its_address(void) {
  drift_run *run = start_queues(ACME, 5, NULL, DRIFT_SCAN_QUIET);
  drift_report *report;
  uint64_t at = 9;
  serve(run, queue_changed);
  report = report_of(run);
  OK(drift_report_find(report, "acme_queue.q003", DRIFT_NUL, &at, &err));
  CHECK_NUMBER(at, 3);
  CHECK_NUMBER(drift_report_find(report, "acme_queue.q00", DRIFT_NUL, &at, &err), DRIFT_END);
  CHECK_NUMBER(at, 0);
  drift_report_free(report);
  drift_run_free(run);
}

int main(void) {
  RUN(every_page_size_gives_the_same);
  RUN(changes_stand_where_their_finding_says);
  RUN(what_a_rule_took_out_has_its_name);
  RUN(the_texts_of_a_page_are_one_block);
  RUN(arguments_of_a_page);
  RUN(numbers_have_names);
  RUN(a_finding_is_found_by_its_address);
  return check_result();
}
