/* Sequences of calls as libFuzzer finds them: `./dev fuzz calls`. support/calls.c says what has to hold. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>

#include "calls.h"

#define LONGEST 2048u /* a sequence that says more says nothing new, and takes too long */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  static char folder[] = "/tmp/drift-calls-XXXXXX";
  static char baseline[sizeof folder + 16];
  (void)argc;
  (void)argv;
  if (mkdtemp(folder) == NULL) return 1;
  snprintf(baseline, sizeof baseline, "%s/b.jsonl", folder);
  calls_baseline = baseline;
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  make_calls(bytes, n < LONGEST ? n : LONGEST);
  return 0;
}
