#include "progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace drift::cli {
namespace {

bool is_terminal() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

Progress::Progress(const Clock& clock)
    : clock_(clock), next_(clock.monotonic() + std::chrono::milliseconds(200)), enabled_(is_terminal()) {}

Progress::~Progress() { clear(); }

std::function<void(std::size_t, std::size_t)> Progress::callback() {
  if (!enabled_) return {};
  return [this](std::size_t done, std::size_t total) { update(done, total); };
}

void Progress::update(std::size_t done, std::size_t total) {
  const Clock::Duration now = clock_.monotonic();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  std::fprintf(stderr, "\r\x1b[Kread %zu of %zu", done, total);
  std::fflush(stderr);
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace drift::cli
