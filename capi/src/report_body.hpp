// A report with its rows as C programs want them: made when the first page of a list is asked for.
//
// Thread rule: any.
#pragma once

#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "drift/classify/report.hpp"
#include "text_block.hpp"

namespace drift::capi {

class ReportBody {
 public:
  explicit ReportBody(Report r) : report_(std::move(r)) {}
  [[nodiscard]] const Report& report() const noexcept { return report_; }
  // Rows of one list, with the block that their texts are in.
  template <class Row>
  struct List {
    std::once_flag once;
    TextBlock texts;
    std::vector<Row> rows;
  };
  [[nodiscard]] const std::vector<drift_finding_view>& findings() const;
  [[nodiscard]] const std::vector<drift_suppressed_view>& suppressed() const;
  [[nodiscard]] const std::vector<drift_change_view>& changes_of_findings() const;
  [[nodiscard]] const std::vector<drift_change_view>& changes_of_suppressed() const;
  [[nodiscard]] const std::vector<drift_problem_view>& problems() const;
  [[nodiscard]] const std::vector<drift_note_view>& notes() const;

 private:
  const Report report_;
  mutable List<drift_finding_view> findings_;
  mutable List<drift_suppressed_view> suppressed_;
  mutable List<drift_change_view> changes_of_findings_, changes_of_suppressed_;
  mutable List<drift_problem_view> problems_;
  mutable List<drift_note_view> notes_;
};

// DRIFT_BASIS_*.
[[nodiscard]] std::uint32_t basis_bits(const Basis& b);

}  // namespace drift::capi
