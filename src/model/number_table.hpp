// A hash table of 32-bit numbers, for looking up what is kept elsewhere: open addressing, linear probing, 5 to 11 bytes per number.
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
    for (std::size_t i = hash & mask(); slots_[i] != 0; i = (i + 1) & mask())
      if (is_it(slots_[i] - 1)) return slots_[i] - 1;
    return std::nullopt;
  }

  // Adds `number`, which is not in the table. `hash_of` gives the hash of any number in it (needed when the table grows).
  template <class HashOf>
  void add(std::uint32_t number, const HashOf& hash_of) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow(hash_of);
    put(number, hash_of(number));
    ++used_;
  }

  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(std::uint32_t); }

 private:
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }

  void put(std::uint32_t number, std::uint64_t hash) {
    std::size_t i = hash & mask();
    while (slots_[i] != 0) i = (i + 1) & mask();
    slots_[i] = number + 1;
  }

  template <class HashOf>
  void grow(const HashOf& hash_of) {
    const std::vector<std::uint32_t> old = std::move(slots_);
    slots_.assign(old.empty() ? 16 : old.size() * 2, 0);
    for (const std::uint32_t slot : old)
      if (slot != 0) put(slot - 1, hash_of(slot - 1));
  }

  std::vector<std::uint32_t> slots_;  // number + 1; 0 is free. The size is a power of two, at most three quarters are used.
  std::size_t used_ = 0;
};

}  // namespace drift::model_internal
