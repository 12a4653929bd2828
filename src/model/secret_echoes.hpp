// Texts that hold a secret of the same resource without a mark: the password within a connection string that a provider computes.
//
// Found by the text of the secret, so that only secrets that are known open (not sealed, not encrypted) are found. One of less than 8 bytes
// is not looked for: it would be found in texts that have nothing to do with it.
//
// Thread rule: immutable once made. Ownership: borrows the texts of the values that it was made of.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "drift/model/resource.hpp"

namespace drift::model_internal {

class SecretEchoes {
 public:
  // Of the secrets in any of the values. Null pointers are skipped.
  explicit SecretEchoes(std::span<const Value* const> roots);
  // Of the attributes and inputs of these resources.
  explicit SecretEchoes(std::span<const Resource* const> sides);

  [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
  // Whether `v` or a text in it holds a secret without a mark.
  [[nodiscard]] bool in(const Value& v) const;
  // Marks those texts plain.
  void mark(Value& v) const;
  void mark(Resource& r) const;

 private:
  [[nodiscard]] bool in_text(std::string_view text) const;
  void take(const Value& v, bool secret);
  void finish();
  std::vector<std::string_view> texts_;
};

}  // namespace drift::model_internal
