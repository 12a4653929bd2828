#include "engine/live.hpp"

#include <algorithm>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/marks.hpp"
#include "engine/notes.hpp"
#include "engine/unmanaged.hpp"
#include "model/secret_echoes.hpp"
#include "provider/call_provider.hpp"
#include "provider/terraform/provider_address.hpp"

namespace drift::engine_internal {
namespace {

constexpr std::size_t window_size = 1024;

Error unsupported(const Match& match, const Resource& known) {
  std::string step = "leave it out (`exclude`), or give a provider that reads it";
  // Terraform's providers read what somebody named them for.
  const auto provider = terraform_internal::parse_provider_address(known.provider);
  if (provider && !provider->is_builtin())
    step = "name its provider in the project file (`providers: {" + provider->settings_name() + ": }`), or leave it out (`exclude`)";
  if (known.record) step = "let Pulumi's plugins be asked (`providers: {pulumi: }` in the project file), or leave it out (`exclude`)";
  return Error(Errc::read_unsupported, "no provider reads resources of type " + known.type)
      .at(std::string(match.address))
      .next(std::move(step));
}

class LiveScan {
 public:
  explicit LiveScan(ScanRun& run) : run_(run), set_(run.inputs().set()) {}
  Status run() {
    Status s = run_all();
    tell_warnings();
    return s;
  }

 private:
  struct Waiting {
    Match match;
    Loaded sides;
    Provider* provider = nullptr;
    // Not absent(): an answer that never comes must not look like a deletion.
    ScheduledOutcome outcome{ReadOutcome::failed(Error(Errc::internal, "the read gave no answer")), {}, 0};
  };
  Status run_all();
  void collect();
  [[nodiscard]] bool reads_deposed(const Match& m) const;
  void tell_warnings();
  Status window(std::span<const Match> matches);
  void prepare(const Match& match, std::vector<Waiting>& out);
  Status read(std::vector<Waiting>& waiting);
  Status settle(Waiting& w);
  Status find_unmarked(Waiting& w);
  Status take_known(Waiting& w);
  void record(Waiting& w, ReadRecorder& recorder);
  [[nodiscard]] OpContext context_with_log() const;

  ScanRun& run_;
  const SnapshotSet set_;
  std::vector<Match> matches_;
  std::size_t done_ = 0;
  std::mutex warned_mutex_;
  std::vector<Note> warned_;
  // What providers warn of, from any thread, is kept for the report.
  const LogSink log_ = [this](const LogRecord& record) {
    if (record.code == provider_warning) {
      const std::lock_guard lock(warned_mutex_);
      warned_.push_back({"provider_warning", std::string(record.address), std::string(record.message)});
    }
    if (const LogSink* log = run_.request().context.log) (*log)(record);
  };
  Unmanaged unmanaged_{run_, set_};
};

// Desired resources that nobody recorded are still to be created: pending, not read. Where nothing else is given, they are what is
// expected.
void LiveScan::collect() {
  const bool only_desired = set_.recorded == nullptr && set_.baseline == nullptr;
  each_match(set_, [&](const Match& m) {
    if (!run_.wanted(set_, m, reads_deposed(m))) return;
    if (m.recorded || m.baseline || only_desired) {
      matches_.push_back(m);
      return;
    }
    ResourceComparison c;
    c.address = m.address;
    c.type = set_.desired->entry(*m.desired).type;
    c.existence = Existence::unread;
    c.basis.desired = true;
    run_.classifier().add({.comparison = std::move(c), .error = std::nullopt, .lane = {}});
  });
}

bool LiveScan::reads_deposed(const Match& m) const {
  if (!m.recorded || !set_.recorded->entry(*m.recorded).pending_delete) return false;
  const Result<Resource> r = set_.recorded->load(*m.recorded);
  if (!r) return false;
  const Result<Provider*> provider = provider_internal::call_find(run_.providers(), *r);
  if (!provider || *provider == nullptr) return false;
  const Result<ProviderCapabilities> can = provider_internal::call_capabilities(**provider);
  return can.ok() && can->reads_deposed;
}

// In one order, whatever thread told them.
void LiveScan::tell_warnings() {
  std::sort(warned_.begin(), warned_.end(),
            [](const Note& a, const Note& b) { return a.address != b.address ? a.address < b.address : a.message < b.message; });
  for (Note& n : warned_) run_.note(std::move(n));
}

Status LiveScan::run_all() {
  if (run_.request().recorder != nullptr && !run_.request().imports.empty())
    return Error(Errc::invalid_argument, "what is imported cannot be recorded").next("leave out the recording or the imports");
  collect();
  if (!unmanaged_.wanted()) DRIFT_TRY(require_targets(run_));  // what is listed later may be what a target is about
  const std::span<const Match> all(matches_);
  run_.request().context.tell(LogLevel::info, "reads_begin", {}, std::to_string(all.size()) + " resources to read");
  while (done_ < all.size() && !run_.stopped()) {
    if (Status s = run_.request().context.check(); !s.ok()) {
      run_.stop(std::move(s).error());
      break;
    }
    const std::size_t n = std::min(window_size, all.size() - done_);
    DRIFT_TRY(window(all.subspan(done_, n)));
    done_ += n;
  }
  if (run_.stopped()) {
    if (run_.answered() == 0) return *run_.stopped();
    for (; done_ < all.size(); ++done_) {
      const Error& why = *run_.stopped();
      run_.fail(all[done_], Error(why.code(), why.message()).at(std::string(all[done_].address)).next(why.next_step()));
    }
    return {};
  }
  return unmanaged_.run(context_with_log());
}

Status LiveScan::window(std::span<const Match> matches) {
  std::vector<Waiting> waiting;
  waiting.reserve(matches.size());
  for (const Match& m : matches) prepare(m, waiting);
  if (Status s = read(waiting); !s.ok()) run_.stop(std::move(s).error());
  for (Waiting& w : waiting) DRIFT_TRY(settle(w));
  return {};
}

void LiveScan::prepare(const Match& match, std::vector<Waiting>& out) {
  Waiting w{.match = match, .sides = {}};
  if (!run_.load(set_, match, w.sides)) return;
  const Resource& known = *w.sides.known();
  Result<Provider*> provider = provider_internal::call_find(run_.providers(), known);
  if (provider && *provider != nullptr) {
    w.provider = *provider;
    out.push_back(std::move(w));
    return;
  }
  Error e = provider ? unsupported(match, known) : std::move(provider).error().at(known.address);
  if (ReadRecorder* recorder = run_.request().recorder) recorder->record(known.address, "", ReadOutcome::failed(e));
  run_.fail(match, std::move(e));
}

Status LiveScan::read(std::vector<Waiting>& waiting) {
  std::vector<ScheduledRead> reads;
  reads.reserve(waiting.size());
  for (Waiting& w : waiting) {
    const Resource& known = *w.sides.known();
    reads.push_back({w.provider, &known});
  }
  SchedulerOptions options = run_.request().scheduler;
  if (const auto progress = options.progress) {
    const std::size_t without_read = std::min(window_size, matches_.size() - done_) - reads.size();
    options.progress = [this, progress, without_read](std::size_t done, std::size_t) {
      progress(done_ + without_read + done, matches_.size());
    };
  }
  return run_reads(reads, options, context_with_log(),
                   [&](std::size_t i, ScheduledOutcome outcome) { waiting[i].outcome = std::move(outcome); });
}

OpContext LiveScan::context_with_log() const {
  OpContext context = run_.request().context;
  context.log = &log_;
  return context;
}

Status LiveScan::settle(Waiting& w) {
  ReadOutcome& outcome = w.outcome.outcome;
  const Resource& known = *w.sides.known();
  if (outcome.is_found()) unmanaged_.was_read(outcome.resource());
  if (outcome.is_found()) outcome.resource().address = known.address;  // addresses are the engine's, not the provider's to choose
  if (outcome.is_found())
    if (Status s = find_unmarked(w); !s.ok()) outcome = ReadOutcome::failed(std::move(s).error());
  if (outcome.known())
    if (Status s = take_known(w); !s.ok()) outcome = ReadOutcome::failed(std::move(s).error());
  if (ReadRecorder* recorder = run_.request().recorder) record(w, *recorder);
  const OpContext& context = run_.request().context;
  if (w.outcome.attempts > 1)
    context.tell(LogLevel::info, "read_retried", known.address, "read in " + std::to_string(w.outcome.attempts) + " attempts");
  if (outcome.is_failed()) {
    context.tell(LogLevel::warning, "read_failed", known.address, outcome.error().to_string());
    run_.fail(w.match, outcome.error(), std::move(w.outcome.lane));
    return {};
  }
  if (!outcome.told().empty() && !known.pending_delete && !known.absent) run_.note({"deleted_by_provider", known.address, outcome.told()});
  if (outcome.is_found()) {
    w.sides.engine = outcome.engine();
    w.sides.actual = std::move(outcome.resource());
  }
  return run_.judge(w.sides, std::move(w.outcome.lane));
}

// What became sensitive and is not marked where it was recorded: whoever reads the state reads a secret.
Status LiveScan::find_unmarked(Waiting& w) {
  const ReadOutcome& outcome = w.outcome.outcome;
  if (!w.sides.recorded) return {};
  if (outcome.known()) {
    w.sides.unmarked = outcome.unmarked();
    return {};
  }
  const Result<const Schema*> schema = run_.schema_of(*w.sides.known());
  if (!schema) return schema.error();
  std::vector<const Resource*> others;
  for (const auto* side : {&w.sides.desired, &w.sides.baseline})
    if (*side) others.push_back(&**side);
  w.sides.unmarked = unmarked_places(*w.sides.recorded, outcome.resource(), others, *schema);
  return {};
}

// What was recorded, in the form that the provider has today; its secrets stay secrets.
Status LiveScan::take_known(Waiting& w) {
  std::optional<Value>& form = w.outcome.outcome.known();
  if (!w.sides.recorded) {
    form.reset();
    return {};
  }
  const Result<const Schema*> schema = run_.schema_of(*w.sides.known());
  if (!schema) return schema.error();
  Resource now = *w.sides.recorded;
  now.attributes = *std::move(form);
  Resource* both[2] = {&*w.sides.recorded, &now};
  share_marks(both, *schema);
  form = now.attributes;
  w.sides.recorded = std::move(now);
  return {};
}

// A recording seals what is marked, so that the marks have to be there before it is made. A text that only holds a secret is marked in the
// recording alone: it is compared as what it is.
void LiveScan::record(Waiting& w, ReadRecorder& recorder) {
  ReadOutcome& outcome = w.outcome.outcome;
  const std::string provider(w.provider->name());
  const std::string& address = w.sides.known()->address;
  if (!outcome.is_found()) return recorder.record(address, provider, outcome);
  const Result<const Schema*> schema = run_.schema_of(*w.sides.known());
  if (!schema) {
    outcome = ReadOutcome::failed(schema.error());
    return recorder.record(address, provider, outcome);
  }
  std::vector<Resource*> all{&outcome.resource()};
  for (auto* side : {&w.sides.desired, &w.sides.recorded, &w.sides.baseline})
    if (*side) all.push_back(&**side);
  share_marks(all, *schema);
  const std::vector<const Resource*> marked(all.begin(), all.end());
  const model_internal::SecretEchoes echoes{std::span(marked)};
  if (echoes.empty()) return recorder.record(address, provider, outcome);
  ReadOutcome sealed = outcome;
  echoes.mark(sealed.resource());
  if (sealed.known()) echoes.mark(*sealed.known());
  recorder.record(address, provider, sealed);
}

}  // namespace

Status judge_live(ScanRun& run) { return LiveScan(run).run(); }

}  // namespace drift::engine_internal
