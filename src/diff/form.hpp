// Form: what the comparators leave of a value, as a fingerprint. Two elements of lists that are equal under rules have one form, so that
// they find each other without being asked pair by pair: the elements of sets are sorted, JSON and numbers stand in their canonical form,
// what means the same as absence is left out.
//
// Where equality is no matter of two values alone (an unknown and a sealed secret may equal many) the form says so: `whole` is false, and
// that the forms differ means nothing.
//
// Thread rule: one comparison, one thread.
#pragma once

#include <string>

#include "diff/lists.hpp"
#include "diff/selection.hpp"
#include "diff/work.hpp"

namespace drift::diff_internal {

class FormMaker {
 public:
  // `path` is where the values are; it is used as a stack. `planned`: one of the sides is desired, so that null means absent. `asking`: the
  // work counts against the budget for asking; when that is spent, forms mean nothing.
  FormMaker(Selector& selector, Work& work, Path& path, bool planned, bool asking)
      : selector_(selector), work_(work), path_(path), planned_(planned), asking_(asking) {}
  [[nodiscard]] Form of(const Value& v);

 private:
  // False when the value means the same as its absence; then nothing was appended.
  bool append(const Value& v, std::string& out);
  bool append_scalar(const Value& v, const Selection& sel, std::string& out);
  void append_object(const Value& v, std::string& out);
  void append_list(const Value& v, const Selection& sel, std::string& out);
  [[nodiscard]] bool means_absent(const Value& v, const Selection& sel);

  Selector& selector_;
  Work& work_;
  Path& path_;
  const bool planned_;
  const bool asking_;
  bool whole_ = true;
};

}  // namespace drift::diff_internal
