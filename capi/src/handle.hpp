// Handles: what the C side holds is a slot that knows its kind and whether it is still in use. Slots are never given back to the system, so
// that a freed or wrong handle is told from a good one without touching memory that is somebody else's, and a freed slot rests for a
// while before it is used again.
//
// Thread rule: any; who frees a handle while another thread uses it gets DRIFT_E_HANDLE there or breaks the rule of that function
// (drift.h). Runs may be freed meanwhile: lock_run() keeps them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "bodies.hpp"

namespace drift::capi {

struct Slot {
  std::atomic<std::uint32_t> magic{0};
  void* body = nullptr;
  Slot* next = nullptr;
};

[[nodiscard]] Slot* take_slot();
void rest_slot(Slot* slot) noexcept;
// Handles that were made and not freed yet.
[[nodiscard]] std::uint64_t live_handles() noexcept;

template <class Handle>
[[nodiscard]] Slot* slot_of(const Handle* handle) noexcept {
  return reinterpret_cast<Slot*>(const_cast<Handle*>(handle));  // NOLINT: a handle is a slot
}

// The body of a handle; nullptr when it is NULL, of another kind or freed.
template <class Handle>
[[nodiscard]] BodyOf<Handle>* body_of(const Handle* handle) noexcept {
  if (handle == nullptr) return nullptr;
  Slot* slot = slot_of(handle);
  if (slot->magic.load(std::memory_order_acquire) != magic_of<Handle>) return nullptr;
  return static_cast<BodyOf<Handle>*>(slot->body);
}

template <class Handle>
[[nodiscard]] Handle* new_handle(BodyOf<Handle> body) {
  auto owned = std::make_unique<BodyOf<Handle>>(std::move(body));
  Slot* slot = take_slot();
  slot->body = owned.release();
  slot->magic.store(magic_of<Handle>, std::memory_order_release);
  return reinterpret_cast<Handle*>(slot);  // NOLINT: a handle is a slot
}

// Ends a handle; nullptr when there is nothing to end.
template <class Handle>
std::unique_ptr<BodyOf<Handle>> end_handle(Handle* handle) noexcept {
  if (handle == nullptr) return nullptr;
  Slot* slot = slot_of(handle);
  std::uint32_t expected = magic_of<Handle>;
  if (!slot->magic.compare_exchange_strong(expected, 0, std::memory_order_acq_rel)) return nullptr;
  std::unique_ptr<BodyOf<Handle>> body(static_cast<BodyOf<Handle>*>(slot->body));
  slot->body = nullptr;
  rest_slot(slot);
  return body;
}

}  // namespace drift::capi
