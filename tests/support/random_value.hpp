// Random trees for property tests: the same seed gives the same tree on every machine.
//
// Thread rule: one generator, one thread.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "drift/model/path.hpp"
#include "drift/model/value.hpp"

namespace drift::testing {

struct TreeOptions {
  int depth = 4;
  int width = 5;
  bool lists = true;
  bool secrets = false;  // plain marks here and there
  bool unknowns = false;
  // Each list element carries its index, so that elements at different indexes are never equal: then the best alignment of two lists of
  // one length is index by index, and a reference differ need not align at all.
  bool tagged_lists = false;
};

class RandomValue {
 public:
  RandomValue(std::uint64_t seed, TreeOptions options) : engine_(seed), options_(options) {}

  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : engine_() % n; }
  [[nodiscard]] bool chance(std::uint64_t percent) { return below(100) < percent; }

  Value tree() { return any(options_.depth); }
  Value object() { return object(options_.depth); }
  // A copy with about `edits` places changed: values replaced, members and (where elements are not tagged) list elements added or removed.
  Value mutate(Value v, int edits);
  // Replaces one scalar by one that occurs nowhere else. The path is empty when there is no scalar.
  std::pair<Value, Path> mutate_one_leaf(const Value& v);
  template <class List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  Value any(int depth);
  Value scalar();
  Value object(int depth);
  Value list(int depth);
  Value tagged(Value v, std::size_t index) const;
  void add_member(Object& o, Value v);
  Value fresh_tree();
  void edit(Value& v);

  std::mt19937_64 engine_;
  TreeOptions options_;
  std::uint64_t fresh_ = 0;
};

}  // namespace drift::testing
