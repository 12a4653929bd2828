// What a process of a provider knows of its use, whatever protocol it speaks.
//
// Thread rule: any.
#pragma once

#include <atomic>

namespace drift::hosted_internal {

class HostedProcess {
 public:
  // It is not to be asked any more: it crashed, hangs, or has credentials of yesterday.
  void give_up() noexcept { given_up_ = true; }
  [[nodiscard]] bool is_given_up() const noexcept { return given_up_; }

 private:
  std::atomic<bool> given_up_{false};
};

}  // namespace drift::hosted_internal
