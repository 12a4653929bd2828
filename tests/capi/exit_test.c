/* A process that ends while a run is under way ends with the status that it wanted, however far the run is: nobody freed anything. */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "answers.h"
#include "check.h"
#include "documents.h"
#include "folder.h"

#define ENDS 200
#define FORKS 100
#define STATUS 7

static void pause_us(long us) {
  struct timespec t = {0, 0};
  t.tv_nsec = us * 1000;
  nanosleep(&t, NULL);
}

/* In a child: starts runs that read files and ask the host, and exits amid them. */
static void end_amid(int turn) {
  drift_run *run = start_queues(ACME, 200, NULL, 0);
  drift_run *files = start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"no\"]}]}", 200, NULL, 0);
  drift_event *event = NULL;
  pause_us(turn % 50 * 40);
  if (turn % 2 == 0 && drift_run_next(run, 100, &event, &err) == DRIFT_OK && turn % 4 == 0) drift_event_free(event);
  if (turn % 3 == 0) drift_run_cancel(run, NULL);
  if (turn % 7 == 0) drift_run_free(files);
  exit(STATUS);
}

static void exits_amid_a_run(void) {
  int turn, bad = 0;
  for (turn = 0; turn < ENDS; ++turn) {
    int status = -1;
    const pid_t pid = fork(); /* no thread and no handle of the library is there yet in this process */
    REQUIRE(pid >= 0);
    if (pid == 0) {
      alarm(30);
      end_amid(turn);
    }
    REQUIRE(waitpid(pid, &status, 0) == pid);
    bad += !WIFEXITED(status) || WEXITSTATUS(status) != STATUS;
  }
  CHECK_NUMBER(bad, 0);
}

static drift_engine *late_engine;
static drift_source *late_source;

/* Runs after what the library registered, because it was registered before. */
static void start_late(void) {
  drift_run *run = NULL;
  drift_report *report = NULL;
  drift_snapshot *snapshot = NULL;
  int right;
  if (late_engine == NULL) return; /* not that child */
  right = drift_diff_start(late_engine, late_source, late_source, 0, &run, NULL) == DRIFT_E_CANCELLED && run == NULL;
  right = right && drift_diff(late_engine, late_source, late_source, 0, &report, NULL) == DRIFT_E_CANCELLED && report == NULL;
  right = right && drift_snapshot_open(late_source, NULL, 0, &snapshot, NULL) == DRIFT_E_CANCELLED && snapshot == NULL;
  _exit(right ? STATUS : 1);
}

static void nothing_begins_once_the_process_ends(void) {
  int status = -1;
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    late_engine = engine_of(NULL);
    late_source = text_source(file_state("a.txt", "x"), "state");
    drift_snapshot_free(snapshot_of(file_state("a.txt", "x")));
    exit(3);
  }
  REQUIRE(waitpid(pid, &status, 0) == pid);
  CHECK(WIFEXITED(status));
  CHECK_NUMBER(WEXITSTATUS(status), STATUS);
}

/* Children of a process amid a run: the run's threads are not in them, and neither is what those threads hold. */
static void a_child_exits_amid_its_parents_run(void) {
  drift_run *run =
      start_queues("{\"providers\":[{\"name\":\"acme\",\"types\":[\"acme_*\"],\"max_batch\":1}],\"parallel\":64}", 200, NULL, 0);
  drift_event *event = NULL;
  struct timespec before, after;
  int turn, bad = 0;
  clock_gettime(CLOCK_MONOTONIC, &before);
  for (turn = 0; turn < FORKS; ++turn) {
    int status = -1;
    pid_t pid;
    /* Something to do for the run's threads, so that they are amid something. */
    if (drift_run_next(run, 1, &event, &err) == DRIFT_OK && drift_event_kind(event) == DRIFT_EV_WANT_READ)
      CHECK(answer_read(run, event, queue_in_sync, &err) >= 0); /* DRIFT_END: it was given up meanwhile */
    drift_event_free(event);
    pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      alarm(10);
      if (turn % 2 == 0) drift_run_free(run);
      exit(STATUS);
    }
    REQUIRE(waitpid(pid, &status, 0) == pid);
    bad += !WIFEXITED(status) || WEXITSTATUS(status) != STATUS;
  }
  clock_gettime(CLOCK_MONOTONIC, &after);
  CHECK_NUMBER(bad, 0);
  CHECK(after.tv_sec - before.tv_sec < FORKS / 10); /* nor do they wait for threads that they do not have */
  drift_run_free(run);
}

int main(void) {
  if (atexit(start_late) != 0) return 2; /* before the library is used, so that its own handler runs before */
  RUN(exits_amid_a_run);
  RUN(nothing_begins_once_the_process_ends);
  RUN(a_child_exits_amid_its_parents_run);
  return check_result();
}
