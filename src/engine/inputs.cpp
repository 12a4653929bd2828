#include "engine/inputs.hpp"

#include <string>
#include <utility>

#include "diff/moved.hpp"
#include "engine/lineage.hpp"

namespace drift::engine_internal {
namespace {

constexpr std::string_view snapshot_format = "libdrift-snapshot-v1";

struct Opener {
  JsonLimits limits;
  OpContext context;
  const PulumiSecretsOptions* secrets = nullptr;

  [[nodiscard]] Result<Document> open(const DocumentSource& source, std::string_view what, const std::optional<Snapshot>& known) const {
    ReadOptions options{.limits = limits, .context = context, .secrets = secrets};
    if (known) options.known = &*known;
    Result<Document> doc = source.read(options);
    if (!doc) {
      doc.error().add_context("while reading the " + std::string(what));
      return doc;
    }
    context.tell(LogLevel::info, "document_read", {},
                 "read the " + std::string(what) + " (" + doc->format + ", " + std::to_string(doc->main().size()) + " resources)");
    return doc;
  }
};

Error no_input() {
  return Error(Errc::invalid_argument, "no document was given that says what is expected")
      .next("give a `state` (as terraform.tfstate), a plan (`desired`) or a `baseline`");
}

Error no_baseline(const DocumentSource& source, const std::string& format) {
  return Error(Errc::bad_structure, "the baseline is not a file that libdrift wrote, but " + format)
      .at(source.name())
      .next("give the file that `drift accept` wrote; a state is given as `state`");
}

Status open_desired(const Opener& opener, const DocumentSource& source, Inputs& in) {
  Result<Document> doc = opener.open(source, "desired document", in.recorded);
  if (!doc) return std::move(doc).error();
  in.desired = doc->desired ? *doc->desired : doc->recorded->as(Side::desired);
  if (!in.recorded && doc->desired && doc->recorded) in.recorded = *doc->recorded;
  return {};
}

}  // namespace

SnapshotSet Inputs::set() const {
  const auto side = [](const std::optional<Snapshot>& s) { return s ? &*s : nullptr; };
  return {.desired = side(desired), .recorded = side(recorded), .actual = side(actual), .baseline = side(baseline)};
}

Result<Inputs> open_inputs(const ScanRequest& request) {
  const Opener opener{request.limits, request.context, request.secrets ? &*request.secrets : nullptr};
  Inputs in{.started = request.context.clock->monotonic()};
  if (!request.state && !request.desired && !request.baseline) return no_input();
  if (request.state) {
    Result<Document> doc = opener.open(*request.state, "state", std::nullopt);
    if (!doc) return std::move(doc).error();
    in.recorded = std::move(doc->recorded);
    in.desired = std::move(doc->desired);
  }
  if (request.desired) DRIFT_TRY(open_desired(opener, *request.desired, in));
  if (request.baseline) {
    Result<Snapshot> baseline = open_baseline(*request.baseline, request.limits, request.context);
    if (!baseline) return std::move(baseline).error();
    in.baseline = *std::move(baseline);
    if (in.recorded) DRIFT_TRY(check_lineage(lineage_of(*in.baseline), lineage_of(*in.recorded), request.baseline->name()));
  }
  if (request.actual) {
    Result<Document> doc = opener.open(*request.actual, "actual document", in.recorded);
    if (!doc) return std::move(doc).error();
    in.actual = doc->main().as(Side::actual);
  }
  return in;
}

Result<Snapshot> open_baseline(const DocumentSource& source, const JsonLimits& limits, const OpContext& context) {
  Result<Document> doc = Opener{limits, context}.open(source, "baseline", std::nullopt);
  if (!doc) return std::move(doc).error();
  if (doc->format != snapshot_format) return no_baseline(source, doc->format);
  return doc->main().as(Side::baseline);
}

Result<Inputs> open_inputs(const DiffRequest& request) {
  const Opener opener{request.limits, request.context};
  Inputs in{.started = request.context.clock->monotonic()};
  Result<Document> a = opener.open(request.a, "first document", std::nullopt);
  if (!a) return std::move(a).error();
  in.recorded = a->main().as(Side::recorded);
  Result<Document> b = opener.open(request.b, "second document", in.recorded);
  if (!b) return std::move(b).error();
  in.actual = b->main().as(Side::actual);
  return in;
}

Snapshot::Entry leading_entry(const SnapshotSet& set, const Match& match) {
  if (match.recorded) return set.recorded->entry(*match.recorded);
  if (match.baseline) return set.baseline->entry(*match.baseline);
  if (match.desired) return set.desired->entry(*match.desired);
  return set.actual->entry(*match.actual);
}

bool is_bookkeeping(const Snapshot::Entry& e) { return e.kind != ResourceKind::managed || e.pending_delete || e.pending_replacement; }

void each_match(const SnapshotSet& set, const std::function<void(const Match&)>& fn) {
  const Snapshot* const order[] = {set.recorded, set.baseline, set.desired, set.actual};
  const diff_internal::MovedAddresses moved(set);
  const auto find = [&](const Snapshot* side, std::string_view address) {
    return side != nullptr ? moved.find(*side, address) : std::nullopt;
  };
  for (std::size_t s = 0; s < 4; ++s) {
    if (order[s] == nullptr) continue;
    for (std::size_t i = 0; i < order[s]->size(); ++i) {
      Match m{.address = moved.address(*order[s], i), .desired = {}, .recorded = {}, .actual = {}, .baseline = {}};
      std::optional<std::size_t> at[4];
      for (std::size_t t = 0; t < 4; ++t) at[t] = t == s ? std::optional<std::size_t>(i) : find(order[t], m.address);
      bool seen = false;
      for (std::size_t t = 0; t < s; ++t) seen |= at[t].has_value();
      if (seen) continue;
      m.recorded = at[0];
      m.baseline = at[1];
      m.desired = at[2];
      m.actual = at[3];
      fn(m);
    }
  }
}

}  // namespace drift::engine_internal
