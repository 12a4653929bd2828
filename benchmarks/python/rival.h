/* What the Python package is measured against: bare functions of the same signatures, and a getter for each member of a row. */
#ifndef RIVAL_H
#define RIVAL_H
#include "drift.h"

static uint32_t rival_number(void) { return 1000U; }
static int32_t rival_code(const void *e) { return e == NULL ? -130 : 0; }
static void rival_text(const void *e, int32_t which, const char **p, size_t *n) {
  (void)e;
  (void)which;
  *p = "";
  *n = 0;
}

#define TEXT(VIEW, MEMBER)                                                                  \
  static const char *VIEW##_##MEMBER(const void *rows, size_t i, size_t *n) {               \
    const drift_text *t = &((const drift_##VIEW##_view *)rows)[i].MEMBER;                    \
    *n = t->n;                                                                              \
    return t->p;                                                                            \
  }
#define NUMBER(VIEW, MEMBER) \
  static int64_t VIEW##_##MEMBER(const void *rows, size_t i) { return (int64_t)((const drift_##VIEW##_view *)rows)[i].MEMBER; }

TEXT(finding, address)
TEXT(finding, type)
TEXT(finding, fingerprint)
TEXT(finding, risk_why)
TEXT(finding, risk_rule)
NUMBER(finding, first_change)
NUMBER(finding, changes)
NUMBER(finding, verdict)
NUMBER(finding, risk_level)
NUMBER(finding, risk_class)
NUMBER(finding, risk_direction)
NUMBER(finding, basis)
NUMBER(finding, drift_class)
TEXT(change, path)
TEXT(change, pointer)
TEXT(change, recorded)
TEXT(change, actual)
TEXT(change, desired)
TEXT(change, baseline)
TEXT(change, why)
TEXT(change, rule)
TEXT(change, reason)
NUMBER(change, owner)
NUMBER(change, section)
NUMBER(change, kind)
NUMBER(change, relation)
NUMBER(change, mode)
NUMBER(change, flags)
NUMBER(change, drift_class)
#endif
