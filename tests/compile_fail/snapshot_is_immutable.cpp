// A snapshot is shared between threads: nothing in it can be assigned.
#include "drift/model/snapshot.hpp"

void change(const drift::Snapshot& s) {
#ifdef MISUSE
  s.provenance().lineage = "other";
#else
  (void)s.provenance().lineage;
#endif
}
