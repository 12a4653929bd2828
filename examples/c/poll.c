/* A scan in a poll loop, next to another descriptor: one thread does its own work and looks after the scan when that has something to say.
 *
 * The other descriptor is a pipe that a signal writes to, as event loops have one; here a timer sends it, so that there is something to
 * see: poll.c STATE. Ends with 0 clean, 2 drift, 1 error, 3 incomplete. POSIX. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "drift.h"

static int ticks[2]; /* a pipe: written by the signal, read by the loop */

static void on_alarm(int number) {
  const char tick = 't';
  (void)number;
  if (write(ticks[1], &tick, 1) != 1) return; /* the pipe is full: there are ticks enough */
}

/* The program's own work: a tick every millisecond. */
static int start_ticks(void) {
  struct sigaction action;
  struct itimerval timer;
  if (pipe(ticks) != 0) return 0;
  memset(&action, 0, sizeof action);
  memset(&timer, 0, sizeof timer);
  action.sa_handler = on_alarm;
  action.sa_flags = SA_RESTART;
  timer.it_interval.tv_usec = 1000;
  timer.it_value.tv_usec = 1000;
  return sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

/* Takes every event that is there, without waiting. 1: the scan is done, 0: not yet, -1: an error. */
static int take_events(drift_run *run, drift_error **error) {
  for (;;) {
    drift_event *event = NULL;
    int32_t status = drift_run_next(run, 0, &event, error);
    int32_t kind = drift_event_kind(event);
    if (kind == DRIFT_EV_PROGRESS)
      printf("%ld of %ld\n", (long)drift_event_number(event, DRIFT_N_DONE), (long)drift_event_number(event, DRIFT_N_TOTAL));
    drift_event_free(event);
    if (status != DRIFT_OK) return status < 0 ? -1 : 0;
    if (kind == DRIFT_EV_DONE) return 1;
  }
}

static int loop(drift_run *run, drift_error **error) {
  struct pollfd fds[2];
  unsigned long seen = 0;
  int32_t fd = -1;
  int done = 0;
  if (drift_run_wait_fd(run, &fd, error) != DRIFT_OK || !start_ticks()) return -1;
  fds[0].fd = fd; /* the run's own: polled, never read */
  fds[1].fd = ticks[0];
  fds[0].events = fds[1].events = POLLIN;
  while (done == 0 || seen == 0) { /* also when the scan was quicker than the first tick */
    fds[0].revents = fds[1].revents = 0;
    if (done != 0) fds[0].fd = -1;
    if (poll(fds, 2, -1) < 0) {
      if (errno == EINTR) continue; /* the signal */
      return -1;
    }
    if ((fds[1].revents & POLLIN) != 0) {
      char buffer[64];
      const ssize_t got = read(ticks[0], buffer, sizeof buffer);
      if (got > 0) seen += (unsigned long)got;
    }
    if ((fds[0].revents & POLLIN) != 0) done = take_events(run, error);
    if (done < 0) return -1;
  }
  printf("done, and ticks were seen meanwhile\n");
  return 1;
}

int main(int argc, char **argv) {
  drift_scan_options options = DRIFT_SCAN_OPTIONS_INIT;
  drift_summary summary;
  drift_engine *engine = NULL;
  drift_source *source = NULL;
  drift_run *run = NULL;
  drift_report *report = NULL;
  drift_error *error = NULL;
  int result = 1;

  memset(&summary, 0, sizeof summary);
  summary.struct_size = sizeof summary;
  if (drift_engine_new(NULL, 0, &engine, &error) == DRIFT_OK &&
      drift_source_file(argc > 1 ? argv[1] : "terraform.tfstate", DRIFT_NUL, &source, &error) == DRIFT_OK) {
    options.state = source;
    if (drift_scan_start(engine, &options, &run, &error) == DRIFT_OK && loop(run, &error) > 0 &&
        drift_run_report(run, &report, &error) == DRIFT_OK && drift_report_summary(report, &summary, &error) == DRIFT_OK)
      result = summary.drifted != 0 ? 2 : summary.complete ? 0 : 3;
  }
  if (error != NULL) {
    const char *message;
    drift_error_text(error, DRIFT_ERROR_MESSAGE, &message, NULL);
    fprintf(stderr, "%s\n", message);
  }
  drift_error_free(error);
  drift_report_free(report);
  drift_run_free(run);
  drift_source_free(source);
  drift_engine_free(engine);
  return result;
}
