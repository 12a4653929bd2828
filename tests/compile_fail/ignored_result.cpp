// A Result or Status that nobody looks at is a bug that the compiler finds.
#include "drift/base/cancel.hpp"

int main() {
  drift::OpContext ctx;
#ifdef MISUSE
  ctx.check();
#else
  return ctx.check().ok() ? 0 : 1;
#endif
}
