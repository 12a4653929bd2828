/* The place of every member and the size of every struct in version 0.1, as numbers: what a program that was compiled then counts on. A
 * struct may grow at its end, so sizes are the least that they may be; a member never moves. For machines with 64-bit pointers, all others
 * skip. */
#include <stdio.h>

#include "drift.h"

#define MEMBER(type, member, offset) \
  { #type "." #member, offsetof(type, member), offset }
#define V1_SIZE(type, size) \
  { "sizeof " #type, sizeof(type), size }

typedef struct row {
  const char *what;
  size_t is, was;
} row;

static const row members[] = {
    MEMBER(drift_text, p, 0),
    MEMBER(drift_text, n, 8),
    MEMBER(drift_resource_view, address, 0),
    MEMBER(drift_resource_view, type, 16),
    MEMBER(drift_resource_view, kind, 32),
    MEMBER(drift_resource_view, flags, 36),
    MEMBER(drift_scan_options, struct_size, 0),
    MEMBER(drift_scan_options, flags, 4),
    MEMBER(drift_scan_options, state, 8),
    MEMBER(drift_scan_options, desired, 16),
    MEMBER(drift_scan_options, baseline, 24),
    MEMBER(drift_scan_options, actual, 32),
    MEMBER(drift_scan_options, timeout_ms, 40),
    MEMBER(drift_scan_options, clock_ns, 48),
    MEMBER(drift_host, struct_size, 0),
    MEMBER(drift_host, reserved, 4),
    MEMBER(drift_host, user, 8),
    MEMBER(drift_host, read, 16),
    MEMBER(drift_host, list, 24),
    MEMBER(drift_host, source, 32),
    MEMBER(drift_host, configure, 40),
    MEMBER(drift_host, time, 48),
    MEMBER(drift_host, log, 56),
    MEMBER(drift_host, progress, 64),
    MEMBER(drift_host, given_up, 72),
    MEMBER(drift_finding_view, address, 0),
    MEMBER(drift_finding_view, type, 16),
    MEMBER(drift_finding_view, fingerprint, 32),
    MEMBER(drift_finding_view, risk_why, 48),
    MEMBER(drift_finding_view, risk_rule, 64),
    MEMBER(drift_finding_view, first_change, 80),
    MEMBER(drift_finding_view, changes, 88),
    MEMBER(drift_finding_view, verdict, 92),
    MEMBER(drift_finding_view, risk_level, 96),
    MEMBER(drift_finding_view, risk_class, 100),
    MEMBER(drift_finding_view, risk_direction, 104),
    MEMBER(drift_finding_view, basis, 108),
    MEMBER(drift_finding_view, drift_class, 112),
    MEMBER(drift_finding_view, reserved, 116),
    MEMBER(drift_change_view, path, 0),
    MEMBER(drift_change_view, pointer, 16),
    MEMBER(drift_change_view, recorded, 32),
    MEMBER(drift_change_view, actual, 48),
    MEMBER(drift_change_view, desired, 64),
    MEMBER(drift_change_view, baseline, 80),
    MEMBER(drift_change_view, why, 96),
    MEMBER(drift_change_view, rule, 112),
    MEMBER(drift_change_view, reason, 128),
    MEMBER(drift_change_view, owner, 144),
    MEMBER(drift_change_view, section, 152),
    MEMBER(drift_change_view, kind, 156),
    MEMBER(drift_change_view, relation, 160),
    MEMBER(drift_change_view, mode, 164),
    MEMBER(drift_change_view, flags, 168),
    MEMBER(drift_change_view, reserved, 172),
    MEMBER(drift_change_view, drift_class, 176),
    MEMBER(drift_change_view, reserved2, 180),
    MEMBER(drift_suppressed_view, address, 0),
    MEMBER(drift_suppressed_view, type, 16),
    MEMBER(drift_suppressed_view, rule, 32),
    MEMBER(drift_suppressed_view, reason, 48),
    MEMBER(drift_suppressed_view, first_change, 64),
    MEMBER(drift_suppressed_view, changes, 72),
    MEMBER(drift_suppressed_view, verdict, 76),
    MEMBER(drift_suppressed_view, mode, 80),
    MEMBER(drift_suppressed_view, reserved, 84),
    MEMBER(drift_problem_view, address, 0),
    MEMBER(drift_problem_view, type, 16),
    MEMBER(drift_problem_view, name, 32),
    MEMBER(drift_problem_view, message, 48),
    MEMBER(drift_problem_view, next, 64),
    MEMBER(drift_problem_view, code, 80),
    MEMBER(drift_problem_view, verdict, 84),
    MEMBER(drift_problem_view, flags, 88),
    MEMBER(drift_problem_view, reserved, 92),
    MEMBER(drift_note_view, code, 0),
    MEMBER(drift_note_view, address, 16),
    MEMBER(drift_note_view, message, 32),
    MEMBER(drift_summary, struct_size, 0),
    MEMBER(drift_summary, complete, 4),
    MEMBER(drift_summary, basis, 8),
    MEMBER(drift_summary, reserved, 12),
    MEMBER(drift_summary, checked, 16),
    MEMBER(drift_summary, drifted, 24),
    MEMBER(drift_summary, changed, 32),
    MEMBER(drift_summary, deleted, 40),
    MEMBER(drift_summary, unmanaged, 48),
    MEMBER(drift_summary, unreadable, 56),
    MEMBER(drift_summary, unsupported, 64),
    MEMBER(drift_summary, suppressed, 72),
    MEMBER(drift_summary, pending, 80),
    MEMBER(drift_summary, skipped, 88),
    MEMBER(drift_summary, elapsed_ns, 96),
    MEMBER(drift_render_options, struct_size, 0),
    MEMBER(drift_render_options, flags, 4),
    MEMBER(drift_render_options, width, 8),
    MEMBER(drift_render_options, max_findings, 12),
};

static const row sizes[] = {
    V1_SIZE(drift_text, 16),          V1_SIZE(drift_resource_view, 40), V1_SIZE(drift_scan_options, 56),    V1_SIZE(drift_host, 80),
    V1_SIZE(drift_finding_view, 112), V1_SIZE(drift_change_view, 176),  V1_SIZE(drift_suppressed_view, 88), V1_SIZE(drift_problem_view, 96),
    V1_SIZE(drift_note_view, 48),     V1_SIZE(drift_summary, 104),      V1_SIZE(drift_render_options, 16),
};

int main(void) {
  size_t i;
  int faults = 0;
  if (sizeof(void *) != 8 || sizeof(size_t) != 8) {
    puts("skipped: not a machine with 64-bit pointers");
    return 77;
  }
  for (i = 0; i < sizeof members / sizeof members[0]; ++i) {
    if (members[i].is != members[i].was) {
      printf("%s is at %lu, was at %lu\n", members[i].what, (unsigned long)members[i].is, (unsigned long)members[i].was);
      ++faults;
    }
  }
  for (i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
    if (sizes[i].is < sizes[i].was) {
      printf("%s is %lu, was %lu\n", sizes[i].what, (unsigned long)sizes[i].is, (unsigned long)sizes[i].was);
      ++faults;
    }
  }
  /* It stands by value in other structs and in arrays: it may not even grow. */
  if (sizeof(drift_text) != 16) ++faults;
  if (DRIFT_NUL != (size_t)-1) ++faults;
  return faults != 0;
}
