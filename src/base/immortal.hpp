// A static value that is never destroyed: a thread of the library may outlive main(), and must not find it gone.
//
// Example:
//   static const Immortal<std::string> text(make_text());
//   return *text;
//
// Thread rule: const access from any thread.
#pragma once

#include <new>
#include <utility>

namespace drift::base_internal {

template <class T>
class Immortal {
 public:
  template <class... Args>
  explicit Immortal(Args&&... args) {
    ::new (static_cast<void*>(bytes_)) T(std::forward<Args>(args)...);
  }
  [[nodiscard]] const T& operator*() const noexcept { return *std::launder(reinterpret_cast<const T*>(bytes_)); }  // NOLINT: made there

 private:
  alignas(T) unsigned char bytes_[sizeof(T)];
};

}  // namespace drift::base_internal
