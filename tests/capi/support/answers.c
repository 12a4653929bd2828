#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "documents.h"

void queue_in_sync(const char *id, char *out, size_t room) {
  snprintf(out, room, "{\"found\":{\"attributes\":{\"id\":\"%s\",\"days\":14}}}", id);
}

void queue_changed(const char *id, char *out, size_t room) {
  snprintf(out, room, "{\"found\":{\"attributes\":{\"id\":\"%s\",\"days\":1}}}", id);
}

void queue_absent(const char *id, char *out, size_t room) {
  (void)id;
  snprintf(out, room, "{\"absent\":true}");
}

void queue_refused(const char *id, char *out, size_t room) {
  snprintf(
      out, room,
      "{\"error\":{\"code\":\"E_READ_AUTH\",\"message\":\"the broker refused queue %s\",\"next\":\"renew the token\",\"retryable\":false}}",
      id);
}

/* The id of the next resource of a body: the member "id" that stands beside "address", not the attribute. */
static const char *next_id(const char *at, char *id, size_t room) {
  size_t n;
  at = strstr(at, "\"address\":");
  if (at == NULL) return NULL;
  at = strstr(at, "\"id\":");
  if (at == NULL) return NULL;
  at += strlen("\"id\":");
  while (*at == ' ') ++at;
  if (*at++ != '"') return NULL;
  n = strcspn(at, "\"");
  if (n >= room) return NULL;
  memcpy(id, at, n);
  id[n] = '\0';
  return at + n;
}

int32_t answer_body(drift_run *run, uint64_t ticket, const char *body, queue_result result, drift_error **error) {
  const size_t room = strlen(body) * 4 + 4096;
  char *answer = malloc(room);
  char id[64];
  size_t at = 0;
  const char *p = body;
  int32_t status;
  if (answer == NULL) return DRIFT_E_OUT_OF_MEMORY;
  at += (size_t)snprintf(answer, room, "{\"results\":[");
  while ((p = next_id(p, id, sizeof id)) != NULL) {
    if (answer[at - 1] != '[') answer[at++] = ',';
    result(id, answer + at, room - at);
    at += strlen(answer + at);
  }
  at += (size_t)snprintf(answer + at, room - at, "]}");
  status = drift_run_answer(run, ticket, answer, at, error);
  free(answer);
  return status;
}

int32_t answer_read(drift_run *run, const drift_event *event, queue_result result, drift_error **error) {
  return answer_body(run, drift_event_ticket(event), event_text(event, DRIFT_T_BODY), result, error);
}

unsigned serve(drift_run *run, queue_result result) {
  unsigned asked = 0;
  int32_t kind = DRIFT_EV_NONE;
  while (kind != DRIFT_EV_DONE) {
    drift_event *event = NULL;
    OK(drift_run_next(run, -1, &event, &err));
    kind = drift_event_kind(event);
    if (kind == DRIFT_EV_WANT_READ) {
      OK(answer_read(run, event, result, &err));
      asked += (unsigned)drift_event_number(event, DRIFT_N_TOTAL);
    }
    drift_event_free(event);
  }
  return asked;
}

drift_run *start_queues(const char *config, unsigned n, const char *state, uint32_t flags) {
  char *queues = queue_state(n);
  drift_engine *engine = engine_of(config);
  drift_source *source = text_source(state != NULL ? state : queues, "state");
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_run *run = NULL;
  options.state = source;
  options.flags = flags;
  OK(drift_scan_start(engine, &options, &run, &err));
  drift_source_free(source);
  drift_engine_free(engine);
  free(queues);
  return run;
}
