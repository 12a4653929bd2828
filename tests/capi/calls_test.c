/* Random sequences of calls: support/calls.c says which, and what has to hold after each. */
#include <stdio.h>
#include <stdlib.h>

#include "calls.h"
#include "check.h"

#define SEQUENCES 150u
#define LENGTH 400u

static uint64_t state;

static uint8_t next_byte(void) { /* xorshift64* */
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint8_t)(state * UINT64_C(2685821657736338717) >> 56);
}

static void random_sequences(void) {
  static uint8_t bytes[LENGTH];
  unsigned seed, i;
  for (seed = 1; seed <= SEQUENCES; ++seed) {
    state = seed * UINT64_C(0x9e3779b97f4a7c15);
    for (i = 0; i < LENGTH; ++i) bytes[i] = next_byte();
    make_calls(bytes, LENGTH);
  }
  /* They are no mere heap of refusals. */
  CHECK(calls_made > SEQUENCES * 50);
  CHECK(calls_succeeded > calls_made / 20);
  printf("%lu rules looked at, %lu calls succeeded\n", calls_made, calls_succeeded);
}

int main(void) {
  RUN(random_sequences);
  return check_result();
}
