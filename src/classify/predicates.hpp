// The `when` of a risk rule: a total predicate over the two ends of a change. Always halts; looks at nothing else.
//
// docs/rules.md lists the operators. Absent and null are the same here. The content of ciphertexts, digests and unknown values is not
// looked at: operators over content are false for them.
//
// Thread rule: const access from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"

namespace drift::classify_internal {

class Predicate {
 public:
  Predicate() = default;  // always true
  // An object; several members mean all of them. The error says what is wrong, without the rule's id.
  static Result<Predicate> parse(const Value& when);
  [[nodiscard]] bool eval(const Value* from, const Value* to) const;

  enum class Op : std::uint8_t {
    all,
    any,
    negate,
    changed,
    added,
    removed,
    becomes,
    from,
    to,
    gains,
    loses,
    adds_elements,
    drops_elements,
    wildcard_appears,
    opens_world,
    opens_world4,
    opens_world6,
    closes_world,
    grows,
    falls,
    true_to_false,
    false_to_true,
    mode_gains,
    mode_narrows,
    contains_any,
    eq,
    ne,
    in,
    absent,
    side_contains_any,
  };

 private:
  static Result<Predicate> parse_op(std::string_view name, const Value& arg, unsigned depth);
  static Result<Predicate> parse_object(const Value& when, unsigned depth, bool one_side);
  static Result<Predicate> parse_nested(std::string_view name, const Value& arg, unsigned depth);
  static Result<Predicate> parse_content(std::string_view name, const Value& arg);
  static Result<Predicate> parse_side_op(std::string_view name, const Value& arg);
  [[nodiscard]] bool opens(const Value* from, const Value* to) const;
  [[nodiscard]] bool eval_content(const Value* from, const Value* to) const;
  [[nodiscard]] bool eval_side(const Value* v) const;

  Op op_ = Op::changed;
  std::vector<Predicate> kids_;
  std::vector<Value> args_;   // scalars to compare with
  std::vector<Value> other_;  // becomes: the other end; empty when any will do
  std::uint32_t mask_ = 0;    // mode_gains
};

}  // namespace drift::classify_internal
