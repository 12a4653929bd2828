/* The host as provider, source and sink: everything that a run wants arrives as an event, and is answered by its ticket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "folder.h"

static drift_summary summary_of(const drift_report *report) {
  drift_summary summary;
  summary.struct_size = sizeof summary;
  OK(drift_report_summary(report, &summary, &err));
  return summary;
}

static drift_summary finish(drift_run *run) {
  drift_report *report = report_of(run);
  drift_summary summary = summary_of(report);
  drift_report_free(report);
  drift_run_free(run);
  return summary;
}

static void the_host_reads(void) {
  drift_run *run = start_queues(ACME, 10, NULL, 0);
  drift_summary summary;
  CHECK_NUMBER(serve(run, queue_changed), 10);
  summary = finish(run);
  CHECK_NUMBER(summary.checked, 10);
  CHECK_NUMBER(summary.changed, 10);
  CHECK_NUMBER(summary.complete, 1);
  run = start_queues(ACME, 10, NULL, 0);
  serve(run, queue_in_sync);
  CHECK_NUMBER(finish(run).drifted, 0);
}

static void what_a_read_tells(void) {
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  const char *body = event_text(event, DRIFT_T_BODY);
  CHECK_TEXT(event_text(event, DRIFT_T_NAME), "acme");
  CHECK_NUMBER(drift_event_number(event, DRIFT_N_TOTAL), 1);
  CHECK(drift_event_ticket(event) != 0);
  CHECK_NUMBER(drift_event_number(event, DRIFT_N_TICKET), drift_event_ticket(event));
  CHECK_HAS(body, "\"address\":\"acme_queue.q000\"");
  CHECK_HAS(body, "\"type\":\"acme_queue\"");
  CHECK_HAS(body, "\"days\":14");
  OK(answer_read(run, event, queue_in_sync, &err));
  drift_event_free(event);
  drain(run);
  drift_run_free(run);
}

static void batches_are_as_small_as_the_host_wants_them(void) {
  drift_run *run = start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"max_batch\":3}]}", 10, NULL, DRIFT_SCAN_QUIET);
  int32_t kind = DRIFT_EV_NONE;
  int64_t asked = 0;
  while (kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    OK(drift_run_next(run, -1, &event, &err));
    kind = drift_event_kind(event);
    if (kind == DRIFT_EV_WANT_READ) {
      CHECK(drift_event_number(event, DRIFT_N_TOTAL) <= 3);
      asked += drift_event_number(event, DRIFT_N_TOTAL);
      OK(answer_read(run, event, queue_in_sync, &err));
    }
    drift_event_free(event);
  }
  CHECK_NUMBER(asked, 10);
  drift_run_free(run);
}

static void answers_come_in_any_order(void) {
  drift_run *run = start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"max_batch\":1}],\"parallel\":4}", 4, NULL,
                                DRIFT_SCAN_QUIET);
  drift_event *wanted[4];
  int i;
  for (i = 0; i < 4; ++i) wanted[i] = event_of(run, DRIFT_EV_WANT_READ); /* all four at once */
  for (i = 3; i >= 0; --i) {
    OK(answer_read(run, wanted[i], queue_changed, &err));
    drift_event_free(wanted[i]);
  }
  drain(run);
  CHECK_NUMBER(finish(run).changed, 4);
}

static void absent_and_refused(void) {
  drift_problem_view problem;
  drift_report *report;
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  size_t got = 0;
  serve(run, queue_absent);
  CHECK_NUMBER(finish(run).deleted, 1);
  run = start_queues(ACME, 1, NULL, 0);
  serve(run, queue_refused);
  report = report_of(run);
  drift_run_free(run);
  CHECK_NUMBER(summary_of(report).complete, 0);
  CHECK_NUMBER(summary_of(report).unreadable, 1);
  CHECK_NUMBER(summary_of(report).deleted, 0);
  OK(drift_report_problems(report, 0, &problem, sizeof problem, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_VIEW(problem.address, "acme_queue.q000");
  CHECK_VIEW(problem.name, "E_READ_AUTH");
  CHECK_NUMBER(problem.code, DRIFT_E_READ_AUTH);
  CHECK_HAS(problem.message.p, "the broker refused queue q000");
  CHECK_VIEW(problem.next, "renew the token");
  CHECK_NUMBER(problem.verdict, DRIFT_VERDICT_UNREADABLE);
  CHECK_NUMBER(problem.flags & DRIFT_FLAG_RETRYABLE, 0);
  drift_report_free(report);
}

static void whole_batches_fail(void) {
  drift_problem_view problems[4];
  drift_run *run = start_queues(ACME, 3, NULL, 0);
  drift_report *report;
  size_t got = 0, i;
  int32_t kind = DRIFT_EV_NONE;
  while (kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    OK(drift_run_next(run, -1, &event, &err));
    kind = drift_event_kind(event);
    if (kind == DRIFT_EV_WANT_READ) {
      OK(drift_run_fail(run, drift_event_ticket(event), DRIFT_E_READ_AUTH, "the token has expired", DRIFT_NUL, 0, &err));
    }
    drift_event_free(event);
  }
  report = report_of(run);
  drift_run_free(run);
  OK(drift_report_problems(report, 0, problems, sizeof problems[0], 4, &got, &err));
  CHECK_NUMBER(got, 3);
  for (i = 0; i < got; ++i) {
    CHECK_NUMBER(problems[i].code, DRIFT_E_READ_AUTH);
    CHECK_HAS(problems[i].message.p, "the token has expired");
  }
  drift_report_free(report);
}

static void an_error_that_may_pass_is_asked_for_again(void) {
  drift_run *run = start_queues(ACME, 1, NULL, DRIFT_SCAN_QUIET);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  const uint64_t first = drift_event_ticket(event);
  OK(drift_run_fail(run, first, DRIFT_E_READ_THROTTLED, "too many requests", DRIFT_NUL, 0, &err));
  drift_event_free(event);
  event = event_of(run, DRIFT_EV_WANT_READ);
  CHECK(drift_event_ticket(event) != first);
  OK(answer_read(run, event, queue_changed, &err));
  drift_event_free(event);
  drain(run);
  CHECK_NUMBER(finish(run).changed, 1);
}

static void an_answer_that_is_wrong_can_be_given_again(void) {
  static const char *const wrong[] = {
      "{\"results\":[]}",
      "{\"results\":[{\"absent\":true},{\"absent\":true}]}",
      "{\"results\":[{}]}",
      "{\"results\":[{\"absent\":false}]}",
      "{\"results\":[{\"absent\":true,\"found\":{\"attributes\":{}}}]}",
      "{\"results\":[{\"found\":{}}]}",
      "{\"results\":[{\"found\":{\"attributes\":[]}}]}",
      "{\"results\":[{\"found\":{\"attributes\":{},\"sensitive\":\"x\"}}]}",
      "{\"results\":[{\"error\":{\"code\":\"E_NO_SUCH\",\"message\":\"m\"}}]}",
      "{\"results\":[{\"error\":{\"code\":\"E_READ_AUTH\"}}]}",
      "{\"results\":[{\"absent\":true,\"more\":1}]}",
      "{\"results\":{}}",
      "{}",
      "[]",
  };
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  const uint64_t ticket = drift_event_ticket(event);
  uint64_t line = 0, column = 0, byte = 0;
  size_t i;
  for (i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    FAILS(drift_run_answer(run, ticket, wrong[i], DRIFT_NUL, &err), DRIFT_E_BAD_STRUCTURE);
    CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "answer");
    CHECK(error_text(DRIFT_ERROR_NEXT)[0] != '\0');
  }
  FAILS(drift_run_answer(run, ticket, "{\"results\":]}", DRIFT_NUL, &err), DRIFT_E_PARSE);
  CHECK_NUMBER(drift_error_position(last_error(), &line, &column, &byte), DRIFT_OK);
  CHECK_NUMBER(byte, 11);
  FAILS(drift_run_answer(run, ticket, "{\"results\":[", DRIFT_NUL, &err), DRIFT_E_TRUNCATED);
  FAILS(drift_run_answer(run, ticket, "", 0, &err), DRIFT_E_TRUNCATED);
  OK(answer_read(run, event, queue_changed, &err));
  drift_event_free(event);
  drain(run);
  CHECK_NUMBER(finish(run).changed, 1);
}

static void a_ticket_takes_one_answer(void) {
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  const uint64_t ticket = drift_event_ticket(event);
  OK(answer_read(run, event, queue_changed, &err));
  CHECK_NUMBER(answer_read(run, event, queue_in_sync, &err), DRIFT_END);
  CHECK_NUMBER(drift_run_fail(run, ticket, 0, "late", DRIFT_NUL, 0, &err), DRIFT_END);
  CHECK_NUMBER(drift_run_answer(run, ticket + 1000, "{}", DRIFT_NUL, &err), DRIFT_END);
  CHECK_NUMBER(drift_run_answer(run, 0, "{}", DRIFT_NUL, &err), DRIFT_END);
  CHECK(err == NULL);
  drift_event_free(event);
  drain(run);
  CHECK_NUMBER(drift_run_answer(run, ticket, "{}", DRIFT_NUL, &err), DRIFT_END); /* also when all is over */
  CHECK_NUMBER(finish(run).changed, 1);                                          /* the first counts */
}

static void a_host_source_is_fetched(void) {
  char *queues = queue_state(2);
  drift_engine *engine = engine_of(ACME);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_source *source = NULL;
  drift_run *run = NULL;
  drift_event *event;
  OK(drift_source_host("bucket/prod.tfstate", DRIFT_NUL, &source, &err));
  options.state = source;
  OK(drift_scan_start(engine, &options, &run, &err));
  drift_source_free(source);
  event = event_of(run, DRIFT_EV_WANT_SOURCE);
  CHECK_TEXT(event_text(event, DRIFT_T_NAME), "bucket/prod.tfstate");
  OK(drift_run_answer(run, drift_event_ticket(event), queues, DRIFT_NUL, &err));
  drift_event_free(event);
  CHECK_NUMBER(serve(run, queue_changed), 2);
  CHECK_NUMBER(finish(run).changed, 2);
  drift_engine_free(engine);
  free(queues);
}

static void a_host_source_that_fails(void) {
  drift_engine *engine = engine_of(ACME);
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_source *source = NULL;
  drift_snapshot *snapshot = NULL;
  drift_report *report = NULL;
  drift_run *run = NULL;
  drift_event *event;
  OK(drift_source_host("bucket/prod.tfstate", DRIFT_NUL, &source, &err));
  options.state = source;
  OK(drift_scan_start(engine, &options, &run, &err));
  event = event_of(run, DRIFT_EV_WANT_SOURCE);
  OK(drift_run_fail(run, drift_event_ticket(event), DRIFT_E_NOT_FOUND, "the bucket is not there", DRIFT_NUL, 0, &err));
  drift_event_free(event);
  drain(run);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_NOT_FOUND);
  CHECK(report == NULL);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "the bucket is not there");
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "bucket/prod.tfstate");
  drift_run_free(run);
  /* Where nobody pulls events, nobody can fetch. */
  FAILS(drift_snapshot_open(source, NULL, 0, &snapshot, &err), DRIFT_E_INVALID_ARGUMENT);
  FAILS(drift_diff(engine, source, source, 0, &report, &err), DRIFT_E_INVALID_ARGUMENT);
  drift_source_free(source);
  drift_engine_free(engine);
}

static void the_host_lists(void) {
  drift_run *run =
      start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"can_list\":true}]}", 1, NULL, DRIFT_SCAN_UNMANAGED);
  int32_t kind = DRIFT_EV_NONE;
  int listed = 0;
  while (kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    OK(drift_run_next(run, -1, &event, &err));
    kind = drift_event_kind(event);
    if (kind == DRIFT_EV_WANT_READ) OK(answer_read(run, event, queue_in_sync, &err));
    if (kind == DRIFT_EV_WANT_LIST) {
      CHECK_TEXT(event_text(event, DRIFT_T_NAME), "acme");
      CHECK_HAS(event_text(event, DRIFT_T_BODY), "\"types\":");
      FAILS(drift_run_answer(run, drift_event_ticket(event), "{\"resources\":[{\"address\":\"x\"}]}", DRIFT_NUL, &err),
            DRIFT_E_BAD_STRUCTURE);
      OK(drift_run_answer(
          run, drift_event_ticket(event),
          "{\"resources\":[{\"address\":\"acme_queue.q000\",\"type\":\"acme_queue\",\"id\":\"q000\",\"attributes\":{\"id\":\"q000\","
          "\"days\":14}},"
          "{\"address\":\"acme_queue.stray\",\"type\":\"acme_queue\",\"id\":\"stray\",\"attributes\":{\"id\":\"stray\",\"days\":2}}]}",
          DRIFT_NUL, &err));
      ++listed;
    }
    drift_event_free(event);
  }
  CHECK(listed >= 1);
  CHECK_NUMBER(finish(run).unmanaged, 1);
}

static void the_host_is_configured(void) {
  drift_run *run = start_queues(
      "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"settings\":{\"providers\":{\"acme\":{\"region\":\"eu\"}}}}", 1, NULL,
      0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_CONFIGURE);
  CHECK_TEXT(event_text(event, DRIFT_T_NAME), "acme");
  CHECK_HAS(event_text(event, DRIFT_T_BODY), "\"region\":\"eu\"");
  OK(drift_run_answer(run, drift_event_ticket(event), NULL, 0, &err));
  drift_event_free(event);
  CHECK_NUMBER(serve(run, queue_changed), 1);
  CHECK_NUMBER(finish(run).changed, 1);
}

static void a_host_that_refuses_its_configuration(void) {
  drift_run *run = start_queues(
      "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"settings\":{\"providers\":{\"acme\":{\"region\":\"moon\"}}}}", 1, NULL,
      0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_CONFIGURE);
  drift_report *report = NULL;
  OK(drift_run_fail(run, drift_event_ticket(event), DRIFT_E_CONFIG_INVALID, "there is no such region", DRIFT_NUL, 0, &err));
  drift_event_free(event);
  drain(run);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_CONFIG_INVALID);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "there is no such region");
  drift_run_free(run);
}

static void facts_of_the_types_count(void) {
  drift_run *run = start_queues(
      "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"schemas\":{\"acme_queue\":{\"write_only\":[\"days\"]}}}]}", 1, NULL, 0);
  serve(run, queue_changed);
  CHECK_NUMBER(finish(run).drifted, 0); /* what is never read back is no drift */
}

static void nobody_reads_the_type(void) {
  drift_run *run = start_queues(NULL, 1, NULL, 0);
  drift_summary summary;
  drain(run);
  summary = finish(run);
  CHECK_NUMBER(summary.unsupported, 1);
  CHECK_NUMBER(summary.complete, 0);
}

static void without_the_file_provider_no_file_is_read(void) {
  write_file("a.txt", "hello");
  {
    char *state = strdup(file_state("a.txt", "hello"));
    drift_run *run = start_queues("{\"file_provider\":false}", 1, state, 0);
    drain(run);
    CHECK_NUMBER(finish(run).unsupported, 1);
    free(state);
  }
}

static void cancelled(void) {
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  drift_report *report = NULL;
  const uint64_t ticket = drift_event_ticket(event);
  CHECK_NUMBER(drift_run_report(run, &report, &err), DRIFT_TIMEOUT); /* not yet */
  CHECK(report == NULL && err == NULL);
  OK(drift_run_cancel(run, &err));
  OK(drift_run_cancel(run, &err));
  drift_event_free(event);
  event = event_of(run, DRIFT_EV_GIVEN_UP);
  CHECK_NUMBER(drift_event_number(event, DRIFT_N_TICKET), ticket);
  drift_event_free(event);
  CHECK_NUMBER(drift_run_answer(run, ticket, "{\"results\":[]}", DRIFT_NUL, &err), DRIFT_END);
  drain(run);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_CANCELLED); /* before the first answer: nothing to report */
  drift_run_free(run);
}

static void what_the_host_says_is_one_safe_line(void) {
  drift_run *run = start_queues(ACME, 1, NULL, 0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  const uint64_t ticket = drift_event_ticket(event);
  drift_problem_view problem;
  drift_report *report;
  size_t got = 0;
  drift_event_free(event);
  FAILS(drift_run_fail(run, ticket, 0, "bad \xff\xfe", DRIFT_NUL, 0, &err), DRIFT_E_BAD_UTF8);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "byte 4");
  FAILS(drift_run_fail(run, ticket, INT32_MIN, "m", DRIFT_NUL, 0, &err), DRIFT_E_INVALID_ARGUMENT);
  FAILS(drift_run_fail(run, ticket, 402, "m", DRIFT_NUL, 0, &err), DRIFT_E_INVALID_ARGUMENT);
  OK(drift_run_fail(run, ticket, 0, "first\nsecond\x1b[31m", DRIFT_NUL, -1, &err));
  drain(run);
  report = report_of(run);
  OK(drift_report_problems(report, 0, &problem, sizeof problem, 1, &got, &err));
  REQUIRE(got == 1);
  CHECK_VIEW(problem.message, "first\\x0asecond\\x1b[31m");
  drift_report_free(report);
  drift_run_free(run);
}

#define ONE_BY_ONE "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"parallel\":1}"
static const char refusal[] = "{\"error\":{\"code\":\"E_READ_AUTH\",\"message\":\"the token has expired\",\"next\":\"log in again\"}}";

/* One answer for all that was asked, with what the person can do. */
static void a_whole_answer_can_be_a_failure(void) {
  drift_run *run = start_queues(ONE_BY_ONE, 3, NULL, 0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_READ);
  drift_problem_view problems[4];
  drift_report *report;
  size_t got = 0, i;
  FAILS(drift_run_answer(run, drift_event_ticket(event), "{\"results\":[],\"error\":{\"message\":\"both\"}}", DRIFT_NUL, &err),
        DRIFT_E_BAD_STRUCTURE);
  OK(drift_run_answer(run, drift_event_ticket(event), refusal, DRIFT_NUL, &err));
  drift_event_free(event);
  drain(run);
  report = report_of(run);
  OK(drift_report_problems(report, 0, problems, sizeof problems[0], 4, &got, &err));
  CHECK_NUMBER(got, 3);
  for (i = 0; i < got; ++i) {
    CHECK_NUMBER(problems[i].code, DRIFT_E_READ_AUTH);
    CHECK_VIEW(problems[i].next, "log in again");
  }
  drift_report_free(report);
  drift_run_free(run);
}

static void a_configuration_can_be_refused_with_advice(void) {
  drift_run *run = start_queues(
      "{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"]}],\"settings\":{\"providers\":{\"acme\":{\"x\":1}}}}", 1, NULL, 0);
  drift_event *event = event_of(run, DRIFT_EV_WANT_CONFIGURE);
  drift_report *report = NULL;
  FAILS(drift_run_answer(run, drift_event_ticket(event), "{\"results\":[]}", DRIFT_NUL, &err), DRIFT_E_BAD_STRUCTURE);
  OK(drift_run_answer(run, drift_event_ticket(event), refusal, DRIFT_NUL, &err));
  drift_event_free(event);
  drain(run);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_READ_AUTH);
  CHECK_TEXT(error_text(DRIFT_ERROR_NEXT), "log in again");
  drift_run_free(run);
}

static void configurations_that_say_nothing(void) {
  static const char emoji[] = "{\"record\":\"\\ud83d\\ude00\",\"parallel\":\"many\"}";
  drift_engine *engine = NULL;
  uint64_t line = 0, column = 0, byte = 0;
  FAILS(drift_engine_new("{\"relative_to\":\"/x\"}", DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  FAILS(drift_engine_new("{\"providers\":[{\"name\":\"a\",\"types\":[]}]}", DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "types");
  FAILS(drift_engine_new("{\"record\":\"\"}", DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  FAILS(drift_engine_new("{\"key_file\":\"a\\u0000b\"}", DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  /* The place of a fault behind an escaped character beyond the basic plane. */
  FAILS(drift_engine_new(emoji, DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  CHECK_NUMBER(drift_error_position(last_error(), &line, &column, &byte), DRIFT_OK);
  CHECK_NUMBER(line, 1);
  CHECK_NUMBER(byte, (size_t)(strstr(emoji, "\"many\"") - emoji));
  CHECK_NUMBER(column, byte + 1);
}

int main(void) {
  RUN(the_host_reads);
  RUN(what_a_read_tells);
  RUN(batches_are_as_small_as_the_host_wants_them);
  RUN(answers_come_in_any_order);
  RUN(absent_and_refused);
  RUN(whole_batches_fail);
  RUN(an_error_that_may_pass_is_asked_for_again);
  RUN(an_answer_that_is_wrong_can_be_given_again);
  RUN(a_ticket_takes_one_answer);
  RUN(a_host_source_is_fetched);
  RUN(a_host_source_that_fails);
  RUN(the_host_lists);
  RUN(the_host_is_configured);
  RUN(a_host_that_refuses_its_configuration);
  RUN(facts_of_the_types_count);
  RUN(nobody_reads_the_type);
  RUN(without_the_file_provider_no_file_is_read);
  RUN(cancelled);
  RUN(what_the_host_says_is_one_safe_line);
  RUN(a_whole_answer_can_be_a_failure);
  RUN(a_configuration_can_be_refused_with_advice);
  RUN(configurations_that_say_nothing);
  return check_result();
}
