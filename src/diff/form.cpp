#include "diff/form.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "diff/comparators.hpp"
#include "drift/model/hash.hpp"

namespace drift::diff_internal {
namespace {

bool about_absence(Comparator c) { return c == Comparator::empty_is_absent || c == Comparator::default_value; }

void append_print(const Fingerprint& print, std::string& out) {
  for (const std::uint64_t word : {print.lo, print.hi})
    for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(static_cast<unsigned char>(word >> shift & 0xFFU)));
}

}  // namespace

Form FormMaker::of(const Value& v) {
  whole_ = !selector_.names_indexes();
  // What the schema computes may be left out of a plan, whatever it is on the other side.
  if (planned_ && selector_.schema() != nullptr && !selector_.schema()->empty()) whole_ = false;
  std::string bytes;
  if (!append(v, bytes)) bytes = "-";
  return {fingerprint_bytes(bytes), whole_};
}

bool FormMaker::append(const Value& v, std::string& out) {
  if (asking_ ? !work_.ask() : !work_.step()) return false;  // whoever asked finds out that there is no answer
  const Selection sel = selector_.at(path_);
  if (sel.find(Comparator::ignored) != nullptr) return false;
  if (planned_ && v.is_null()) return false;
  if (v.is_unknown() || is_sealed(v)) {
    whole_ = false;
    append_canonical(v, out);
    return true;
  }
  if (means_absent(v, sel)) return false;
  if (v.is_object()) {
    append_object(v, out);
  } else if (v.is_list()) {
    append_list(v, sel, out);
  } else if (!append_scalar(v, sel, out)) {
    append_canonical(v, out);
  }
  return true;
}

// Of several rules about absence only the first can be kept to: each has its own idea of what is equal, and equal to one another these are
// not.
bool FormMaker::means_absent(const Value& v, const Selection& sel) {
  const auto rule = std::find_if(sel.applied.begin(), sel.applied.end(), [](const Applied& r) { return about_absence(r.comparator); });
  if (rule == sel.applied.end()) return false;
  const bool absent =
      rule->comparator == Comparator::empty_is_absent ? is_empty_value(&v) : rule->value && equal_with_default(&v, nullptr, *rule->value);
  // What a double is made of is never empty: that rule and one about absence do not meet.
  const auto meets = [](const Applied& r) { return !is_pairing(r.comparator) && r.comparator != Comparator::float64; };
  if (std::count_if(sel.applied.begin(), sel.applied.end(), meets) > 1) whole_ = false;
  return absent;
}

bool FormMaker::append_scalar(const Value& v, const Selection& sel, std::string& out) {
  for (const Applied& rule : sel.applied) {
    if (rule.comparator == Comparator::number && append_as_number(v, out)) return true;
    if (rule.comparator == Comparator::float64 && append_as_float64(v, out)) {
      whole_ = false;  // two that become one double are not equal to each other when neither is it
      return true;
    }
    if (rule.comparator == Comparator::json && append_as_json(v, out)) return true;
    if (rule.comparator == Comparator::case_insensitive && append_without_case(v, out)) return true;
  }
  return false;
}

void FormMaker::append_object(const Value& v, std::string& out) {
  out.push_back('{');
  for (const auto& [key, member] : v.as_object()) {
    const std::size_t before = out.size();
    out += std::to_string(key.size()) + ':' + key;
    path_.push(key);
    if (!append(member, out)) out.resize(before);
    path_.pop();
  }
  out.push_back('}');
}

void FormMaker::append_list(const Value& v, const Selection& sel, std::string& out) {
  const Value::List& list = v.as_list();
  const Applied* keyed = sel.find(Comparator::keyed_list);
  if (keyed != nullptr && !pair_by_key(list, {}, keyed->key)) {
    keyed = nullptr;
    whole_ = false;  // against a list whose keys name its elements it would be compared in order, too
  }
  const bool ordered = keyed == nullptr && (sel.find(Comparator::set) == nullptr || sel.find(Comparator::keyed_list) != nullptr);
  out.push_back(ordered ? '[' : keyed != nullptr ? 'K' : 'S');
  std::vector<Fingerprint> elements;
  for (std::size_t i = 0; i < list.size(); ++i) {
    path_.push(std::uint64_t{i});
    const std::size_t before = out.size();
    if (keyed != nullptr) append_canonical(*list[i].find(keyed->key), out);
    const bool there = append(list[i], out);
    if (there && !ordered) elements.push_back(fingerprint_bytes(std::string_view(out).substr(before)));
    if (!there || !ordered) out.resize(before);
    path_.pop();
  }
  std::sort(elements.begin(), elements.end());
  for (const Fingerprint& print : elements) append_print(print, out);
  out.push_back(']');
}

}  // namespace drift::diff_internal
