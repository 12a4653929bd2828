/* Bad input gives an error that says what, where and what to do: in every family that a caller meets first. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "documents.h"
#include "folder.h"

static int32_t open_file(const char *path) {
  drift_source *source = NULL;
  drift_snapshot *snapshot = NULL;
  int32_t status;
  OK(drift_source_file(path, DRIFT_NUL, &source, &err));
  status = drift_snapshot_open(source, NULL, 0, &snapshot, &err);
  CHECK(snapshot == NULL);
  drift_source_free(source);
  return status;
}

static int32_t open_text(const char *text, size_t n) {
  drift_source *source = NULL;
  drift_snapshot *snapshot = NULL;
  int32_t status;
  OK(drift_source_bytes(text, n, "prod.tfstate", DRIFT_NUL, &source, &err));
  status = drift_snapshot_open(source, NULL, 0, &snapshot, &err);
  CHECK(snapshot == NULL);
  drift_source_free(source);
  return status;
}

static int32_t configure(const char *config) {
  drift_engine *engine = NULL;
  int32_t status = drift_engine_new(config, DRIFT_NUL, &engine, &err);
  CHECK(engine == NULL);
  return status;
}

static void path_that_does_not_exist(void) {
  uint64_t line = 9, column = 9, byte = 9;
  FAILS(open_file("no/such.tfstate"), DRIFT_E_NOT_FOUND);
  CHECK_TEXT(drift_error_name(last_error()), "E_NOT_FOUND");
  CHECK_HAS(error_text(DRIFT_ERROR_SUBJECT), "no/such.tfstate");
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "no/such.tfstate");
  CHECK_HAS(error_text(DRIFT_ERROR_NEXT), "path");
  CHECK_NUMBER(drift_error_position(last_error(), &line, &column, &byte), DRIFT_END);
  CHECK(line == 0 && column == 0 && byte == 0);
  CHECK_NUMBER(drift_error_is_retryable(last_error()), 0);
}

static void file_that_may_not_be_read(void) {
  if (geteuid() == 0) return; /* root reads everything */
  write_file("closed.tfstate", "{}");
  REQUIRE(chmod("closed.tfstate", 0) == 0);
  FAILS(open_file("closed.tfstate"), DRIFT_E_PERMISSION);
}

static void half_a_document(void) {
  const char *whole = file_state("a.txt", "hello");
  uint64_t line = 0, column = 0, byte = 0;
  size_t n = strlen(whole) / 2;
  FAILS(open_text(whole, n), DRIFT_E_TRUNCATED);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "prod.tfstate");
  CHECK(error_text(DRIFT_ERROR_NEXT)[0] != '\0');
  REQUIRE(drift_error_position(last_error(), &line, &column, &byte) == DRIFT_OK);
  CHECK_NUMBER(line, 1);
  CHECK(byte > 0 && byte <= n);
  CHECK_NUMBER(column, byte + 1);
}

static void document_with_a_fault(void) {
  uint64_t line = 0, column = 0, byte = 0;
  FAILS(open_text("{\n  \"version\": 4,\n  \"version\": 4\n}", DRIFT_NUL), DRIFT_E_DUPLICATE_KEY);
  REQUIRE(drift_error_position(last_error(), &line, &column, &byte) == DRIFT_OK);
  CHECK_NUMBER(line, 3);
  FAILS(open_text("[1, 2]", DRIFT_NUL), DRIFT_E_UNKNOWN_FORMAT);
  FAILS(open_text("", DRIFT_NUL), DRIFT_E_TRUNCATED);
  FAILS(open_text("{\"version\":99,\"terraform_version\":\"1\",\"serial\":1,\"lineage\":\"l\",\"outputs\":{},\"resources\":[]}", DRIFT_NUL),
        DRIFT_E_UNSUPPORTED_VERSION);
}

static void option_of_a_wrong_type(void) {
  uint64_t line = 0, column = 0, byte = 0;
  FAILS(configure("{\"parallel\": \"many\"}"), DRIFT_E_CONFIG_INVALID);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "parallel");
  CHECK_HAS(error_text(DRIFT_ERROR_NEXT), "number");
  CHECK_NUMBER(drift_error_position(last_error(), &line, &column, &byte), DRIFT_OK);
  CHECK_NUMBER(line, 1);
  FAILS(configure("{\"parallel\": 0}"), DRIFT_E_CONFIG_INVALID);
  CHECK_HAS(error_text(DRIFT_ERROR_NEXT), "256");
  FAILS(configure("{\"settings\": {\"state\": 7}}"), DRIFT_E_CONFIG_INVALID);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "state");
  FAILS(configure("{\"providers\": [{\"name\": \"acme\"}]}"), DRIFT_E_CONFIG_INVALID);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "types");
  FAILS(configure("[]"), DRIFT_E_CONFIG_INVALID);
  FAILS(configure("{\"parallel\": 8"), DRIFT_E_PARSE);
}

static void option_that_is_not_known(void) {
  FAILS(configure("{\"paralel\": 8}"), DRIFT_E_CONFIG_UNKNOWN_KEY);
  CHECK_HAS(error_text(DRIFT_ERROR_NEXT), "parallel");
  FAILS(configure("{\"settings\": {\"ignroe\": []}}"), DRIFT_E_CONFIG_UNKNOWN_KEY);
  CHECK_HAS(error_text(DRIFT_ERROR_NEXT), "ignore");
}

static void project_that_does_not_exist(void) {
  FAILS(configure("{\"project\": \"none.yaml\"}"), DRIFT_E_NOT_FOUND);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), "none.yaml");
}

static void scan_of_nothing(void) {
  drift_engine *engine = engine_of(NULL);
  drift_report *report = NULL;
  FAILS(drift_scan(engine, NULL, NULL, &report, &err), DRIFT_E_INVALID_ARGUMENT);
  CHECK(report == NULL);
  CHECK(error_text(DRIFT_ERROR_NEXT)[0] != '\0');
  drift_engine_free(engine);
}

static void texts_of_an_error(void) {
  const char *p = NULL;
  size_t n = 99;
  uint64_t line = 9, column = 9, byte = 9;
  FAILS(open_file("no/such.tfstate"), DRIFT_E_NOT_FOUND);
  CHECK_HAS(error_text(DRIFT_ERROR_MESSAGE), error_text(DRIFT_ERROR_BARE));
  CHECK_HAS_NOT(error_text(DRIFT_ERROR_BARE), "such.tfstate");
  CHECK_HAS_NOT(error_text(DRIFT_ERROR_BARE), "E_NOT_FOUND");
  CHECK_HAS_NOT(error_text(DRIFT_ERROR_MESSAGE), "\n");
  CHECK_TEXT(error_text(9999), "");
  /* No error at all is no crash. */
  CHECK_NUMBER(drift_error_code(NULL), DRIFT_E_HANDLE);
  CHECK_TEXT(drift_error_name(NULL), "E_HANDLE");
  drift_error_text(NULL, DRIFT_ERROR_MESSAGE, &p, &n);
  CHECK(p != NULL && p[0] == '\0' && n == 0);
  CHECK_NUMBER(drift_error_is_retryable(NULL), 0);
  CHECK_NUMBER(drift_error_position(NULL, &line, &column, &byte), DRIFT_E_HANDLE);
  CHECK(line == 0 && column == 0 && byte == 0);
  drift_error_free(NULL);
}

static void error_without_anybody_who_asks(void) {
  drift_engine *engine = NULL;
  CHECK_NUMBER(drift_engine_new("{\"parallel\": \"many\"}", DRIFT_NUL, &engine, NULL), DRIFT_E_CONFIG_INVALID);
  CHECK(engine == NULL);
}

static void success_clears_the_error(void) {
  drift_engine *engine = NULL;
  drift_error *old = (drift_error *)&engine; /* anything but NULL */
  CHECK_NUMBER(drift_engine_new(NULL, 0, &engine, &old), DRIFT_OK);
  CHECK(old == NULL);
  drift_engine_free(engine);
}

int main(void) {
  RUN(path_that_does_not_exist);
  RUN(file_that_may_not_be_read);
  RUN(half_a_document);
  RUN(document_with_a_fault);
  RUN(option_of_a_wrong_type);
  RUN(option_that_is_not_known);
  RUN(project_that_does_not_exist);
  RUN(scan_of_nothing);
  RUN(texts_of_an_error);
  RUN(error_without_anybody_who_asks);
  RUN(success_clears_the_error);
  return check_result();
}
