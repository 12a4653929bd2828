// A detector holds providers, and a provider has no call that changes anything.
#include "drift/provider/provider.hpp"

void detect(drift::Provider& provider) {
#ifdef MISUSE
  provider.apply();
#else
  (void)provider.name();
#endif
}
