// What a plugin wrote last to its standard error, and all of a panic of Go.
//
// Go's runtime writes "panic: " or "fatal error: " and then the stacks, as the last thing that a program does. Plugins write logs before
// that, a line of which can be larger than any buffer.
//
// Thread rule: one thread at a time. Ownership: owns a bounded copy. The text may hold secrets: it is shown only through a redactor.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace drift::plugin {

class OutputTail {
 public:
  OutputTail(std::size_t tail_bytes, std::size_t panic_bytes) : tail_bytes_(tail_bytes), panic_bytes_(panic_bytes) {}
  void feed(std::string_view bytes);
  [[nodiscard]] std::string tail() const;  // at most tail_bytes, from the start of a line when there is one
  [[nodiscard]] const std::string& panic() const noexcept { return panic_; }  // from its first line on; empty: none

 private:
  void feed_line_part(std::string_view part);

  std::size_t tail_bytes_;
  std::size_t panic_bytes_;
  std::string tail_{};
  bool cut_ = false;  // something came before what tail_ holds
  std::string panic_{};
  std::string head_{};  // of the line that is being read, as long as it may turn out to be a panic's first
  bool line_decided_ = false;
};

// Cuts bytes into lines without their line feeds; what is longer than `most` is cut off.
class LineCutter {
 public:
  explicit LineCutter(std::size_t most) : most_(most) {}
  void feed(std::string_view bytes, const std::function<void(std::string_view)>& on_line);
  [[nodiscard]] const std::string& rest() const noexcept { return line_; }  // of a line that has not ended

 private:
  std::size_t most_;
  std::string line_{};
};

// The lines that say what happened, joined by " | ": of a panic the first three, else the last three. At most 400 bytes, and nothing of
// what a terminal would obey.
[[nodiscard]] std::string short_output(std::string_view panic, std::string_view tail);

}  // namespace drift::plugin
