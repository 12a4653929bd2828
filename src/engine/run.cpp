#include "engine/run.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "drift/provider/file.hpp"
#include "engine/marks.hpp"
#include "model/secret_echoes.hpp"
#include "provider/call_provider.hpp"

namespace drift::engine_internal {
namespace {

ProviderRegistry providers_of(const ScanRequest& request) {
  ProviderRegistry providers = request.providers;
  if (providers.is_default()) providers.add(make_file_provider());
  return providers;
}

// A sealed secret met one that it could not be compared with. (Two ciphertexts of an engine cannot be told apart either, but no key of
// ours would help there.)
bool needs_another_key(const ResourceComparison& c) {
  const auto sealed = [](const std::optional<Value>& v) { return v && v->secret() == Secret::digest; };
  const auto untold = [&](const Change& x) {
    return x.why == "secret_cannot_tell" && (sealed(x.desired) || sealed(x.recorded) || sealed(x.actual) || sealed(x.baseline));
  };
  return std::any_of(c.changes.begin(), c.changes.end(), untold) || std::any_of(c.suppressed.begin(), c.suppressed.end(), untold);
}

std::size_t count_untold(const ResourceComparison& c) {
  const auto untold = [](const Change& x) { return x.why == "secret_cannot_tell"; };
  return static_cast<std::size_t>(std::count_if(c.changes.begin(), c.changes.end(), untold) +
                                  std::count_if(c.suppressed.begin(), c.suppressed.end(), untold));
}

bool is_stop(const Error& e) { return e.code() == Errc::cancelled || e.code() == Errc::deadline; }

// A key that holds a secret makes its object one, before anything is compared: so it is one in a recording and in the baseline, too.
void hide_keys(std::span<Resource* const> sides) {
  const std::vector<const Resource*> known(sides.begin(), sides.end());
  const model_internal::SecretEchoes echoes{std::span(known)};
  if (echoes.empty()) return;
  std::vector<Resource> marked;  // the echoes borrow from what is there
  for (const Resource* r : known) echoes.mark_keys(marked.emplace_back(*r));
  for (std::size_t i = 0; i < marked.size(); ++i) *sides[i] = std::move(marked[i]);
}

const Resource* pointer(const std::optional<Resource>& r) { return r ? &*r : nullptr; }

}  // namespace

const Resource* Loaded::known() const {
  for (const auto* side : {&recorded, &baseline, &desired, &actual})
    if (*side) return &**side;
  return nullptr;
}

ScanRun::ScanRun(const ScanRequest& request, Inputs inputs, DriftHook hook)
    : request_(request),
      inputs_(std::move(inputs)),
      hook_(std::move(hook)),
      scope_(request.targets, request.excludes),
      providers_(providers_of(request)),
      classifier_(ClassifyOptions{.breaker = request.breaker}),
      now_(request.context.clock->wall()) {
  for (const auto* side : {&inputs_.recorded, &inputs_.desired, &inputs_.baseline, &inputs_.actual})
    if (*side)
      for (const Note& n : (*side)->notes()) note(n);
}

bool ScanRun::wanted(const SnapshotSet& set, const Match& match, bool with_deposed) {
  const Snapshot::Entry entry = leading_entry(set, match);
  const bool bookkeeping = is_bookkeeping(entry) && !(with_deposed && entry.kind == ResourceKind::managed && entry.pending_delete);
  const bool in_scope = bookkeeping ? scope_.contains(match.address) : wanted(match.address);
  if (in_scope && !bookkeeping) return true;
  classifier_.add_skipped(1);
  if (in_scope && entry.kind == ResourceKind::managed && entry.pending_delete)
    note({"deposed_skipped", std::string(match.address), "an object that waits for its deletion was not read"});
  if (in_scope && entry.pending_replacement)
    note({"replacement_skipped", std::string(match.address), "a resource between deletion and creation was not read"});
  return false;
}

bool ScanRun::wanted(std::string_view address) {
  ++candidates_;
  const bool in = scope_.contains(address);
  if (in) ++in_scope_;
  return in;
}

bool ScanRun::load(const SnapshotSet& set, const Match& match, Loaded& out) {
  const auto take = [&](const Snapshot* side, const std::optional<std::size_t>& at, std::optional<Resource>& into) {
    if (side == nullptr || !at) return true;
    Result<Resource> r = side->load(*at);
    if (!r) {
      Error e = std::move(r).error();
      e.add_context("while loading the " + std::string(side_name(side->side())) + " resource");
      fail(match, std::move(e));
      return false;
    }
    into = *std::move(r);
    if (&into == &out.baseline) out.baseline_address = into->address;
    into->address = match.address;  // a side that knows nothing of a move has it under its previous address
    return true;
  };
  return take(set.desired, match.desired, out.desired) && take(set.recorded, match.recorded, out.recorded) &&
         take(set.baseline, match.baseline, out.baseline) && take(set.actual, match.actual, out.actual);
}

Result<const Schema*> ScanRun::schema_of(const Resource& known) const {
  const Result<Provider*> provider = provider_internal::call_find(providers_, known);
  if (!provider) return Error(provider.error()).at(known.address);
  if (*provider == nullptr) return nullptr;
  Result<const Schema*> schema = provider_internal::call_schema(**provider, known);
  if (!schema) return std::move(schema).error().at(known.address);
  return schema;
}

Status ScanRun::judge(Loaded& sides, std::string lane) {
  const Resource* known = sides.known();
  if (known == nullptr) return {};
  Result<const Schema*> facts = schema_of(*known);
  if (!facts) {  // without them nobody knows what is secret
    const Basis basis{.desired = sides.desired.has_value(), .recorded = sides.recorded.has_value(), .baseline = sides.baseline.has_value()};
    add_unread(known->address, known->type, basis, std::move(facts).error(), std::move(lane));
    return {};
  }
  const Schema* schema = *facts;
  Resource* all[4] = {};
  std::size_t n = 0;
  for (auto* side : {&sides.desired, &sides.recorded, &sides.actual, &sides.baseline})
    if (*side) all[n++] = &**side;
  share_marks(std::span<Resource* const>(all, n), schema);
  hide_keys(std::span<Resource* const>(all, n));

  const CompareContext context{.rules = &request_.rules,
                               .schema = schema,
                               .key = &request_.key,
                               .now = now_,
                               .stop = [this] { return request_.context.check(); },
                               .rule_hits = &rule_hits_};
  Result<ResourceComparison> c = compare_resource({.desired = pointer(sides.desired),
                                                   .recorded = pointer(sides.recorded),
                                                   .actual = pointer(sides.actual),
                                                   .baseline = pointer(sides.baseline),
                                                   .engine = sides.engine ? &*sides.engine : nullptr,
                                                   .actual_known = sides.actual_known,
                                                   .unmarked = &sides.unmarked},
                                                  context);
  if (!c) return is_stop(c.error()) ? interrupted(sides, std::move(c).error(), std::move(lane)) : Status(std::move(c).error());
  if (c->existence != Existence::unread) ++answered_;
  if (needs_another_key(*c)) report_missing_key();
  untold_secrets_ += count_untold(*c);
  for (const std::string& text : c->unreadable_ignores)
    note({"ignore_path_unreadable", c->address,
          "the engine's ignore list names a path that cannot be read, and that ignores nothing: " + text});
  if (c->drifted()) {
    if (hook_) hook_(*c, sides);
    if (request_.on_drift) request_.on_drift(*c, pointer(sides.actual));
  }
  classifier_.add({.comparison = *std::move(c), .error = std::nullopt, .lane = std::move(lane)});
  return {};
}

// The scan was stopped within one comparison: nothing is known of that resource, and what comes after is not asked about.
Status ScanRun::interrupted(const Loaded& sides, Error why, std::string lane) {
  const Resource& known = *sides.known();
  ResourceComparison c;
  c.address = known.address;
  c.type = known.type;
  c.existence = Existence::unread;
  c.basis = {.desired = sides.desired.has_value(), .recorded = sides.recorded.has_value(), .baseline = sides.baseline.has_value()};
  stop(Error(why.code(), why.message()).next(why.next_step()));
  classifier_.add({.comparison = std::move(c), .error = std::move(why).at(known.address), .lane = std::move(lane)});
  return {};
}

void ScanRun::report_missing_key() {
  if (key_missed_) return;
  key_missed_ = true;
  classifier_.add_error(
      Error(Errc::config_invalid, "secrets were sealed with a key that was not given, or without one: whether they changed cannot be told")
          .next(
              "give the key that the baseline was accepted with (the file beside it, or `key_file`; DRIFT_KEY_FILE for the command line)"));
}

void ScanRun::fail(const Match& match, Error error, std::string lane) {
  const Basis basis{.desired = match.desired.has_value(), .recorded = match.recorded.has_value(), .baseline = match.baseline.has_value()};
  add_unread(std::string(match.address), std::string(leading_entry(inputs_.set(), match).type), basis, std::move(error), std::move(lane));
}

void ScanRun::fail_found(const std::string& address, std::string type, Error error) {
  if (error.subject().empty()) error = Error(error).at(address);
  add_unread(address, std::move(type), {}, std::move(error), {});
}

void ScanRun::add_unread(std::string address, std::string type, const Basis& basis, Error error, std::string lane) {
  ResourceComparison c;
  c.address = std::move(address);
  c.type = std::move(type);
  c.existence = Existence::unread;
  c.basis = basis;
  classifier_.add({.comparison = std::move(c), .error = std::move(error), .lane = std::move(lane)});
}

void ScanRun::add_same(std::size_t n, const Basis& basis) {
  answered_ += n;
  classifier_.add_same(n, basis);
}

void ScanRun::stop(Error why) {
  if (stopped_) return;
  classifier_.add_error(why);
  stopped_ = std::move(why);
}

void ScanRun::note(Note n) {
  std::string whole = n.code + '\n' + n.address + '\n' + n.message;
  if (noted_.insert(std::move(whole)).second) classifier_.add_note(std::move(n));
}

Report ScanRun::finish() && {
  if (untold_secrets_ > 0)
    note({"secrets_not_compared", "",
          std::to_string(untold_secrets_) + (untold_secrets_ == 1 ? " secret is" : " secrets are") +
              " stored in forms that cannot be compared: whether they changed is not known"});
  classifier_.set_rule_hits(std::move(rule_hits_));
  Report report = std::move(classifier_).finish();
  report.elapsed = request_.context.clock->monotonic() - inputs_.started;
  return report;
}

}  // namespace drift::engine_internal
