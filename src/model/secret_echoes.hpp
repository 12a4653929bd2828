// Texts that hold a secret of the same resource without a mark: the password within a connection string that a provider computes.
//
// Found by the text of the secret, so that only secrets that are known open (not sealed, not encrypted) are found. One of less than 8 bytes
// is not looked for: it would be found in texts that have nothing to do with it. Keys are texts, too, but for those of the outermost
// object: what a resource's own attributes are called is said by its type.
//
// Thread rule: immutable once made. Ownership: borrows the texts of the values that it was made of.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "drift/model/path.hpp"
#include "drift/model/resource.hpp"

namespace drift::model_internal {

class SecretEchoes {
 public:
  // Of the secrets in any of the values. Null pointers are skipped.
  explicit SecretEchoes(std::span<const Value* const> roots);
  // Of the attributes and inputs of these resources.
  explicit SecretEchoes(std::span<const Resource* const> sides);

  [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
  [[nodiscard]] bool in_text(std::string_view text) const;
  // Whether `v` or a text in it holds a secret without a mark.
  [[nodiscard]] bool in(const Value& v) const { return in(v, all, true); }
  // Marks those texts plain, and as a whole an object with such a key. An id that holds a secret is taken away: it cannot be marked.
  void mark(Value& v) const { mark(v, all, true); }
  void mark(Resource& r) const;
  // Marks the objects alone, in the attributes and inputs: their members cannot be told apart without showing a key.
  void mark_keys(Resource& r) const;
  // `path` up to the first object with such a key.
  [[nodiscard]] Path up_to_key(Path path) const;

 private:
  enum Texts : std::uint8_t { keys, all };
  [[nodiscard]] bool in(const Value& v, Texts texts, bool outermost) const;
  void mark(Value& v, Texts texts, bool outermost) const;
  [[nodiscard]] bool in_keys(const Value& object) const;
  void take(const Value& v, bool secret);
  void finish();
  static std::size_t place_of(std::string_view text);
  static constexpr std::size_t places = 0x2000;

  std::vector<std::string_view> texts_;  // sorted; none begins with another
  std::bitset<places> begins_;           // how they begin
};

}  // namespace drift::model_internal
