// Reads `terraform show -json PLAN` (internal/command/jsonplan of opentofu): planned_values become desired, prior_state recorded.
//
// planned_values leave out what is not known yet and what is sensitive inside; the masks of resource_changes say where. They stand behind
// planned_values, so the document is walked twice: first only for the masks, of which those that say something are kept.
#include <string>
#include <utility>

#include "state/terraform_show.hpp"
#include "state/walk.hpp"

namespace drift::state_internal {
namespace {

constexpr std::string_view kFormat = "terraform-plan";

class PlanReading {
 public:
  PlanReading(Reading& in, const ReadOptions& options) : in_(in), options_(options) {}

  Result<Document> read() {
    DRIFT_TRY(read_masks());
    desired_.emplace(in_, Side::desired, masks_);
    recorded_.emplace(in_, Side::recorded, nullptr);
    DRIFT_TRY(each_member(in_, "the document", [&](const std::string& key) { return root_member(key); }));
    DRIFT_TRY(in_.finish());
    if (!version_seen_) return in_.scanner.error(Errc::unsupported_version, "the document had no format version", 0);
    if (!has_desired_ && !has_recorded_) {
      return in_.scanner.error(Errc::bad_structure, "the plan had neither planned values nor a prior state", 0)
          .next("write it with terraform show -json PLAN");
    }
    Document doc;
    doc.format = kFormat;
    doc.reported_drift = std::move(reported_drift_);
    for (ShownValues* side : {&*desired_, &*recorded_}) {
      add_notes(side->builder());
      side->builder().provenance().engine_version = engine_version_;
    }
    if (has_desired_) doc.desired = std::move(*desired_).build(kFormat, options_.limits);
    if (has_recorded_) doc.recorded = std::move(*recorded_).build(kFormat, options_.limits);
    return doc;
  }

 private:
  // fn(const JsonView&) -> Status for each element of a list of changes.
  template <class Fn>
  static Status each_change(Reading& in, std::string_view what, const Fn& fn) {
    return each_span(in, what, [&](const Span& span) -> Status {
      auto view = in.parser.parse(span);
      if (!view) return std::move(view).error();
      DRIFT_TRY(in.parser.unique_keys(*view));
      if (!view->is_object() || view->string_or("address").empty())
        return in.parser.error(Errc::bad_structure, std::string(what) + " held something else than changes with an address");
      return fn(*view);
    });
  }

  Status read_masks() {
    Reading ahead(in_.source, options_, {});
    return each_member(ahead, "the document", [&](const std::string& key) -> Status {
      if (key == "format_version") return read_format_version(ahead);  // before another version's changes are misread
      if (key != "resource_changes") return ahead.scanner.skip_value();
      return each_change(ahead, "member resource_changes", [&](const JsonView& change) { return keep_masks(change, ahead.parser); });
    });
  }

  Status keep_masks(const JsonView& resource, SpanParser& parser) {
    if (resource.string_or("mode") == "data" || !resource.string_or("deposed").empty()) return {};
    const std::string address(resource.string_or("address"));
    const std::string previous(resource.string_or("previous_address"));
    if (!previous.empty() && previous != address) moved_.push_back({address, previous});
    const JsonView change = resource.find("change");
    PlannedMasks masks;
    for (const auto& [name, into] : {std::pair("after_unknown", &masks.unknown), std::pair("after_sensitive", &masks.sensitive)}) {
      const JsonView mask = change.find(name);
      if (!mask || !mask_says_something(mask)) continue;
      Result<Value> v = parser.value(mask);
      if (!v) return std::move(v).error();
      *into = *std::move(v);
    }
    if (!masks.unknown.is_null() || !masks.sensitive.is_null()) masks_->insert_or_assign(address, std::move(masks));
    return {};
  }

  Status root_member(const std::string& key) {
    if (key == "format_version") {
      version_seen_ = true;
      return read_format_version(in_);
    }
    if (key == "terraform_version") {
      auto version = in_.take_string("member terraform_version");
      if (!version) return std::move(version).error();
      engine_version_ = *std::move(version);
      return {};
    }
    if (key == "planned_values") {
      has_desired_ = true;
      return desired_->read();
    }
    if (key == "prior_state") return prior_state();
    if (key == "resource_changes") return in_.scanner.skip_value();  // validated by read_masks()
    if (key == "resource_drift") {
      return each_change(in_, "member resource_drift", [&](const JsonView& change) -> Status {
        reported_drift_.emplace_back(change.string_or("address"));
        return {};
      });
    }
    if (key == "deferred_changes") return deferred();
    if (key == "errored") return flag(errored_);
    return in_.check_value();
  }

  Status prior_state() {
    return each_member(in_, "member prior_state", [&](const std::string& key) -> Status {
      has_recorded_ = true;  // null is none
      if (key == "values") return recorded_->read();
      return key == "format_version" ? read_format_version(in_) : in_.check_value();
    });
  }

  Status deferred() {
    auto tree = in_.take_tree();
    if (!tree) return std::move(tree).error();
    if (tree->is_list()) deferred_ = tree->as_list().size();
    return {};
  }

  Status flag(bool& out) {
    auto tree = in_.take_tree();
    if (!tree) return std::move(tree).error();
    out = tree->is_bool() && tree->as_bool();
    return {};
  }

  void add_notes(SnapshotBuilder& builder) const {
    if (errored_) builder.note({"plan_errored", "", "planning ended with an error: the plan is incomplete"});
    if (deferred_ > 0)
      builder.note({"deferred_changes", "", std::to_string(deferred_) + " changes were deferred: the plan does not hold them"});
    for (const Move& m : moved_) {
      builder.note({"moved", m.address, "the state has this resource as " + m.previous});
      builder.moved(m);
    }
  }

  Reading& in_;
  const ReadOptions& options_;
  std::shared_ptr<PlannedMasksByAddress> masks_ = std::make_shared<PlannedMasksByAddress>();
  std::optional<ShownValues> desired_, recorded_;
  std::vector<std::string> reported_drift_;
  std::vector<Move> moved_;
  std::string engine_version_;
  std::size_t deferred_ = 0;
  bool version_seen_ = false, has_desired_ = false, has_recorded_ = false, errored_ = false;
};

}  // namespace

Result<Document> read_terraform_plan(const ByteSource& source, const ReadOptions& options) {
  auto reading = Reading::open(source, options, kFormat);
  if (!reading) return std::move(reading).error();
  return PlanReading(**reading, options).read();
}

}  // namespace drift::state_internal
