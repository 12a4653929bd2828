#!/usr/bin/env python3
"""Makes a C program that takes the address of every function of drift.symbols: all_symbols.py OUT. It links only when all are there."""
import pathlib
import sys

import header

names = [name for names in header.read_symbols().values() for name in names]
rows = "".join(f'    {{"{name}", (function){name}}},\n' for name in names)
unstable = '#include "drift_unstable.h"\n' if header.UNSTABLE_HEADER.exists() else ""
pathlib.Path(sys.argv[1]).write_text(f"""/* Made by tests/capi/all_symbols.py of capi/drift.symbols. */
#include <stdio.h>
#include "drift.h"
{unstable}
typedef void (*function)(void);

static const struct {{
  const char *name;
  function address;
}} all[] = {{
{rows}}};

int main(void) {{
  size_t i, j, n = sizeof all / sizeof all[0];
  for (i = 0; i < n; ++i) {{
    for (j = 0; j < i; ++j) {{
      if (all[i].address == all[j].address) {{
        printf("%s and %s are one\\n", all[i].name, all[j].name);
        return 1;
      }}
    }}
    if (all[i].address == (function)0) return 1;
  }}
  printf("%lu functions\\n", (unsigned long)n);
  return drift_version_check(DRIFT_HEADER_VERSION);
}}
""")
