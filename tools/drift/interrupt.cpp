#include "interrupt.hpp"

#include <csignal>

namespace drift::cli {
namespace {

void on_signal(int number) {
  interrupt_token().cancel();
  std::signal(number, SIG_DFL);
}

}  // namespace

const CancelToken& interrupt_token() {
  static const CancelToken token;
  return token;
}

void cancel_on_signal() {
  (void)interrupt_token();  // made now, not in the handler
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;  // a blocked read ends with EINTR
    sigaction(number, &action, nullptr);
  }
}

}  // namespace drift::cli
