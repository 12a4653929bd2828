// A hash table of 32-bit numbers, for looking up what is kept elsewhere: open addressing, linear probing, 11 to 21 bytes per number. Half
// of each slot is hash, so that what is kept elsewhere is touched only for what is most likely it.
//
// Thread rule: const access from any thread. Ownership: owns the numbers; hashes and equality come from the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace drift::model_internal {

class NumberTable {
 public:
  // A number that was added under `hash` and for which `is_it` holds.
  template <class IsIt>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t hash, const IsIt& is_it) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint64_t tag = tag_of(hash);
    for (std::size_t i = tag & mask(); slots_[i] != 0; i = (i + 1) & mask()) {
      if (slots_[i] >> 32 == tag && is_it(number_of(slots_[i]))) return number_of(slots_[i]);
    }
    return std::nullopt;
  }

  // Adds `number`, which is not in the table.
  void add(std::uint32_t number, std::uint64_t hash) {
    if ((used_ + 1) * 4 > slots_.size() * 3) resize(slots_.empty() ? 16 : slots_.size() * 2);
    put(tag_of(hash) << 32 | (std::uint64_t{number} + 1));
    ++used_;
  }

  // Room for `count` numbers in all, so that adding them moves nothing.
  void reserve(std::size_t count) {
    if (const std::size_t wanted = slots_for(count); wanted > slots_.size()) resize(wanted);
  }

  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(std::uint64_t); }
  // memory_bytes() of a table that was reserved for `count`.
  [[nodiscard]] static std::size_t memory_for(std::size_t count) { return slots_for(count) * sizeof(std::uint64_t); }

 private:
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] static std::uint64_t tag_of(std::uint64_t hash) { return (hash ^ hash >> 32) & 0xFFFFFFFF; }
  [[nodiscard]] static std::uint32_t number_of(std::uint64_t slot) { return static_cast<std::uint32_t>(slot) - 1; }
  [[nodiscard]] static std::size_t slots_for(std::size_t count) {
    std::size_t slots = 16;
    while (count * 4 > slots * 3) slots *= 2;
    return count == 0 ? 0 : slots;
  }

  void put(std::uint64_t slot) {
    std::size_t i = (slot >> 32) & mask();
    while (slots_[i] != 0) i = (i + 1) & mask();
    slots_[i] = slot;
  }

  void resize(std::size_t slots) {
    const std::vector<std::uint64_t> old = std::move(slots_);
    slots_.assign(slots, 0);
    for (const std::uint64_t slot : old)
      if (slot != 0) put(slot);
  }

  std::vector<std::uint64_t> slots_;  // hash | number + 1; 0 is free. The size is a power of two, at most three quarters are used.
  std::size_t used_ = 0;
};

}  // namespace drift::model_internal
