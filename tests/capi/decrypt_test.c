/* Secrets of a Pulumi stack that only the host can decrypt: DRIFT_EV_WANT_DECRYPT, its answers, and what comes of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "documents.h"

#define SECRET "{\"4dabf18193072939515e22adb298388d\":\"1b47061264138c4ac30d75fd1eb44270\","
#define RESOURCE(outputs)                                                                                                              \
  "\"resources\":[{\"urn\":\"urn:pulumi:dev::shop::a:b:C::one\",\"custom\":true,\"type\":\"a:b:C\",\"id\":\"1\",\"outputs\":{" outputs \
  "}"                                                                                                                                  \
  "}"                                                                                                                                  \
  "]"
#define STACK(provider, outputs) "{\"version\":3,\"deployment\":{\"manifest\":{},\"secrets_providers\":" provider "," RESOURCE(outputs) "}}"
#define CLOUD "{\"type\":\"cloud\",\"state\":{\"url\":\"awskms://alias/x\",\"encryptedkey\":\"QUJD\"}}"
/* "cloud-canary", under the key of the bytes 0 to 31. */
#define SEALED "v1:BwcHBwcHBwcHBwcH:LQnKMxpr+pen83Ly+XPEmEUx8qLziBJ71XWKEwjj"
#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ACME_SECRETS "{\"type\":\"acme\",\"state\":{}}"

static const char RECORDED[] = STACK(CLOUD, "\"p\":" SECRET "\"ciphertext\":\"" SEALED "\"}");
static const char SAME[] = STACK("null", "\"p\":" SECRET "\"plaintext\":\"\\\"cloud-canary\\\"\"}");
static const char OTHER[] = STACK("null", "\"p\":" SECRET "\"plaintext\":\"\\\"another-canary\\\"\"}");
static const char ASKED[] = STACK(ACME_SECRETS, "\"p\":" SECRET "\"ciphertext\":\"first\"},\"q\":" SECRET "\"ciphertext\":\"second\"}");
static const char OPEN[] = STACK("null", "\"p\":" SECRET "\"plaintext\":\"1\"},\"q\":" SECRET "\"plaintext\":\"[2]\"}");

static drift_run *start(const char *config, const char *recorded, const char *actual) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_engine *engine = engine_of(config);
  drift_source *a = text_source(recorded, "recorded"), *b = text_source(actual, "actual");
  drift_run *run = NULL;
  options.state = a;
  options.actual = b;
  options.flags = DRIFT_SCAN_QUIET;
  OK(drift_scan_start(engine, &options, &run, &err));
  drift_source_free(a);
  drift_source_free(b);
  drift_engine_free(engine);
  return run;
}

/* Of a run that is over: findings and notes of its report. */
static uint64_t told(drift_run *run, char *notes, size_t room) {
  drift_report *report;
  drift_note_view n[8];
  size_t got = 0, i;
  uint64_t findings = 0;
  drift_blob *text;
  report = report_of(run);
  OK(drift_report_count(report, DRIFT_COUNT_FINDINGS, &findings, &err));
  OK(drift_report_notes(report, 0, n, sizeof n[0], 8, &got, &err));
  notes[0] = '\0';
  for (i = 0; i < got; ++i) snprintf(notes + strlen(notes), room - strlen(notes), "%s: %s\n", n[i].code.p, n[i].message.p);
  text = rendered(report, DRIFT_RENDER_JSON);
  CHECK_HAS_NOT(blob_text(text), "canary");
  drift_blob_free(text);
  drift_report_free(report);
  drift_run_free(run);
  return findings;
}

static uint64_t ended(drift_run *run, char *notes, size_t room) {
  drain(run);
  return told(run, notes, room);
}

static void a_data_key_is_asked_for_once(void) {
  const char *const actual[] = {SAME, OTHER};
  char notes[1024];
  int i;
  for (i = 0; i < 2; ++i) {
    drift_run *run = start("{\"decrypt\":true}", RECORDED, actual[i]);
    drift_event *event = event_of(run, DRIFT_EV_WANT_DECRYPT);
    CHECK_TEXT(event_text(event, DRIFT_T_NAME), "cloud");
    CHECK_TEXT(event_text(event, DRIFT_T_BODY),
               "{\"ciphertexts\":[\"QUJD\"],\"data_key\":true,\"provider\":\"cloud\",\"state\":{\"encryptedkey\":\"QUJD\",\"url\":\"awskms:"
               "//alias/x\"}}");
    CHECK_NUMBER(drift_event_number(event, DRIFT_N_TOTAL), 1);
    OK(drift_run_answer(run, drift_event_ticket(event), "{\"plaintexts\":[\"" KEY "\"]}", DRIFT_NUL, &err));
    drift_event_free(event);
    CHECK_NUMBER(ended(run, notes, sizeof notes), i);
    CHECK_TEXT(notes, "");
  }
}

static void texts_are_asked_for_in_order(void) {
  char notes[1024];
  drift_run *run = start("{\"decrypt\":true}", ASKED, OPEN);
  drift_event *event = event_of(run, DRIFT_EV_WANT_DECRYPT);
  CHECK_TEXT(event_text(event, DRIFT_T_BODY),
             "{\"ciphertexts\":[\"first\",\"second\"],\"data_key\":false,\"provider\":\"acme\",\"state\":{}}");
  /* An answer that is none leaves the ticket open, and is not repeated in the error. */
  FAILS(drift_run_answer(run, drift_event_ticket(event), "{\"plaintexts\":[\"MQ==\",\"canary!\"]}", DRIFT_NUL, &err),
        DRIFT_E_BAD_STRUCTURE);
  CHECK_HAS(error_text(DRIFT_ERROR_SUBJECT), "plaintexts[1]");
  CHECK_HAS_NOT(error_text(DRIFT_ERROR_MESSAGE), "canary");
  FAILS(drift_run_answer(run, drift_event_ticket(event), "{}", DRIFT_NUL, &err), DRIFT_E_BAD_STRUCTURE);
  FAILS(drift_run_answer(run, drift_event_ticket(event), "{\"plaintexts\":7}", DRIFT_NUL, &err), DRIFT_E_BAD_STRUCTURE);
  OK(drift_run_answer(run, drift_event_ticket(event), "{\"plaintexts\":[\"MQ==\",\"WzJd\"]}", DRIFT_NUL, &err)); /* 1, [2] */
  CHECK_NUMBER(drift_run_answer(run, drift_event_ticket(event), "{\"plaintexts\":[]}", DRIFT_NUL, NULL), DRIFT_END);
  drift_event_free(event);
  CHECK_NUMBER(ended(run, notes, sizeof notes), 0);
  CHECK_TEXT(notes, "");
}

static void what_the_host_cannot_decrypt_stays_locked(void) {
  char notes[1024];
  drift_run *run = start("{\"decrypt\":true}", RECORDED, OTHER);
  drift_event *event = event_of(run, DRIFT_EV_WANT_DECRYPT);
  OK(drift_run_fail(run, drift_event_ticket(event), DRIFT_E_PERMISSION, "the key service said no", DRIFT_NUL, 0, &err));
  drift_event_free(event);
  CHECK_NUMBER(ended(run, notes, sizeof notes), 0);
  CHECK_HAS(notes, "secrets_locked: ");
  CHECK_HAS(notes, "the key service said no");
  CHECK_HAS(notes, "secrets_not_compared");

  run = start("{\"decrypt\":true}", RECORDED, OTHER);
  event = event_of(run, DRIFT_EV_WANT_DECRYPT);
  OK(drift_run_answer(run, drift_event_ticket(event), "{\"error\":{\"code\":\"E_PERMISSION\",\"message\":\"no\",\"next\":\"ask ann\"}}",
                      DRIFT_NUL, &err));
  drift_event_free(event);
  CHECK_NUMBER(ended(run, notes, sizeof notes), 0);
  CHECK_HAS(notes, "no; ask ann");
}

static void a_host_that_did_not_say_so_is_not_asked(void) {
  char notes[1024];
  CHECK_NUMBER(ended(start(NULL, RECORDED, OTHER), notes, sizeof notes), 0);
  CHECK_HAS(notes, "secrets_locked: ");
  CHECK_HAS(notes, "only the host program can ask");
}

static void a_wrong_key_is_an_error_of_the_scan(void) {
  drift_run *run = start("{\"decrypt\":true}", RECORDED, OTHER);
  drift_event *event = event_of(run, DRIFT_EV_WANT_DECRYPT);
  drift_report *report = NULL;
  OK(drift_run_answer(run, drift_event_ticket(event), "{\"plaintexts\":[\"QUJD\"]}", DRIFT_NUL, &err));
  drift_event_free(event);
  drain(run);
  FAILS(drift_run_report(run, &report, &err), DRIFT_E_ENCRYPTED_STATE);
  drift_run_free(run);
}

static int32_t on_decrypt(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n) {
  ++*(int *)user;
  CHECK_TEXT(provider, "cloud");
  CHECK_NUMBER(strlen(body), n);
  return drift_run_answer(run, ticket, "{\"plaintexts\":[\"" KEY "\"]}", DRIFT_NUL, NULL);
}

static void a_table_of_functions_can_have_one_that_decrypts(void) {
  drift_host host = DRIFT_HOST_INIT;
  int asked = 0;
  char notes[1024];
  drift_run *run = start("{\"decrypt\":true}", RECORDED, OTHER);
  host.user = &asked;
  host.decrypt = on_decrypt;
  OK(drift_run_pump(run, &host, &err));
  CHECK_NUMBER(asked, 1);
  CHECK_NUMBER(told(run, notes, sizeof notes), 1);

  run = start("{\"decrypt\":true}", RECORDED, OTHER);
  host.decrypt = NULL;
  OK(drift_run_pump(run, &host, &err));
  CHECK_NUMBER(told(run, notes, sizeof notes), 0);
  CHECK_HAS(notes, "no function to decrypt secrets");
}

static void a_stack_can_be_the_state_of_a_configuration(void) {
  drift_engine *engine = NULL;
  FAILS(drift_engine_new("{\"stack\":\"\"}", DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  FAILS(drift_engine_new("{\"settings\":{\"stack\":\"a/b\",\"state\":\"c\"}}", DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  FAILS(drift_engine_new("{\"decrypt\":1}", DRIFT_NUL, &engine, &err), DRIFT_E_CONFIG_INVALID);
  engine = engine_of("{\"stack\":\"a/../b\"}");
  {
    drift_run *run = NULL;
    drift_report *report = NULL;
    OK(drift_scan_start(engine, NULL, &run, &err));
    drain(run);
    FAILS(drift_run_report(run, &report, &err), DRIFT_E_INVALID_ARGUMENT);
    CHECK_HAS(error_text(DRIFT_ERROR_NEXT), "project/stack");
    drift_run_free(run);
  }
  drift_engine_free(engine);
}

int main(void) {
  RUN(a_data_key_is_asked_for_once);
  RUN(texts_are_asked_for_in_order);
  RUN(what_the_host_cannot_decrypt_stays_locked);
  RUN(a_host_that_did_not_say_so_is_not_asked);
  RUN(a_wrong_key_is_an_error_of_the_scan);
  RUN(a_table_of_functions_can_have_one_that_decrypts);
  RUN(a_stack_can_be_the_state_of_a_configuration);
  return check_result();
}
