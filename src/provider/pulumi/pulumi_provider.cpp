// The one provider that stands for all resource plugins of Pulumi.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "drift/provider/pulumi.hpp"
#include "provider/hosted/list_each.hpp"
#include "provider/hosted/taken_once.hpp"
#include "provider/pulumi/instance.hpp"
#include "provider/pulumi/listing.hpp"
#include "provider/pulumi/process_pool.hpp"
#include "provider/pulumi/refresh.hpp"
#include "provider/pulumi/urn.hpp"

namespace drift {
namespace pulumi_internal {
namespace {

// One by one, so that the scan's `parallel` and the time that a read may take mean calls.
constexpr std::size_t batch_size = 1;
constexpr std::size_t most_in_vain = 3;  // times that a read was made ready for a process that was lost before its turn came
// What the engine itself provides: references to other stacks.
constexpr std::string_view builtin_package = "pulumi";

std::shared_ptr<ProcessPool> pool_of(const PulumiOptions& options) {
  if (options.processes) return std::static_pointer_cast<ProcessPool>(options.processes);
  return std::make_shared<ProcessPool>(ProcessPool::Limits{.idle = std::chrono::milliseconds(0), .most_idle = 0});
}

// Instances keep their options, and the pool keeps the instances.
PulumiOptions without_processes(PulumiOptions options) {
  options.processes.reset();
  return options;
}

class PulumiProviders final : public Provider {
 public:
  explicit PulumiProviders(PulumiOptions options)
      : pool_(pool_of(options)), options_(std::make_shared<const PulumiOptions>(without_processes(std::move(options)))) {}

  [[nodiscard]] std::string_view name() const override { return "pulumi"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override {
    return {.can_list = true, .max_batch = batch_size, .max_concurrency = default_parallel, .reads_deposed = true, .takes_turns = true};
  }
  [[nodiscard]] bool handles(const Resource& r) const override {
    return r.kind == ResourceKind::managed && r.record && provider_package(urn_type(r.provider)) != builtin_package;
  }
  [[nodiscard]] std::string lane(const Resource& r) const override { return r.provider; }
  [[nodiscard]] std::size_t lane_limit(const Resource& r) const override {
    const Result<Instance*> instance = instance_of(r);
    return instance ? (*instance)->parallel() : 1;
  }
  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override;
  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) override;

 private:
  using Record = std::shared_ptr<const EngineRecord>;
  // What came of one attempt: an outcome, or why it has to be made again.
  struct Attempt {
    std::optional<ReadOutcome> outcome{};
    std::optional<Error> lost{};  // the process is gone
  };
  [[nodiscard]] Result<Instance*> instance_of(const Resource& r) const;
  Status list_on(Instance& instance, const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx, bool& can) const;
  [[nodiscard]] Result<ReadOutcome> read_one(Instance& instance, const ReadRequest& request, const OpContext& ctx);
  [[nodiscard]] Result<Attempt> attempt(Instance& instance, const ReadRequest& request, const OpContext& ctx, bool alone);

  const std::shared_ptr<ProcessPool> pool_;
  const std::shared_ptr<const PulumiOptions> options_;
  const Clock::Duration began_ = system_clock().monotonic();
  mutable hosted_internal::TakenOnce<Instance> instances_;  // by key_of()
  mutable std::mutex mutex_;                                // of what follows
  mutable std::map<Record, Instance*> by_record_;
  std::map<Instance*, std::set<std::string>> types_;  // of which resources were read: those that are asked for when somebody looks for more
};

// The time stands still until the turn comes, and begins anew when it is over.
Refresh::Turns turns_of(Instance& instance, const ReadRequest& request, const OpContext& ctx, bool may_be_lost) {
  ReadTime* const time = request.time;
  return {[&instance, &ctx, time]() -> Result<Refresh::Turn> {
            const OpContext until = time == nullptr ? ctx : time->stop();
            if (time != nullptr) DRIFT_TRY(time->turn());
            Result<Instance::Permit> permit = instance.permit(until);
            if (!permit) return std::move(permit).error();
            return Refresh::Turn{time == nullptr ? ctx : time->start(), *std::move(permit)};
          },
          [&ctx, time] {
            if (time == nullptr) return ctx;
            (void)time->stop();
            return time->start();
          },
          may_be_lost};
}

Error at_resource(const Error& e, const Resource& r) {
  Error out = e;
  return out.subject().empty() ? std::move(out).at(r.address) : out;
}

Result<Instance*> PulumiProviders::instance_of(const Resource& r) const {
  const Record& provider = r.record->provider;
  if (!provider)
    return Error(Errc::bad_structure, "the state has no record of the provider that the resource names")
        .at(r.address)
        .next("repair the stack: pulumi state repair");
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = by_record_.find(provider); known != by_record_.end()) return known->second;
  }
  const Result<ProviderRecord> record = read_provider_record(*provider);
  if (!record) return record.error();
  const std::string key = key_of(*provider);
  Instance* const instance = instances_.get(key, [&] { return pool_->take(key, *record, options_); });
  const std::lock_guard lock(mutex_);
  by_record_.emplace(provider, instance);
  return instance;
}

// The context's end is the Status of those that have no answer.
Status PulumiProviders::read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Resource& r = *batch[i].resource;
    const Result<Instance*> instance = instance_of(r);
    if (!instance) {
      sink(i, ReadOutcome::failed(at_resource(instance.error(), r)));
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      types_[*instance].insert(r.type);
    }
    Result<ReadOutcome> outcome = read_one(**instance, batch[i], ctx);
    if (!outcome) return std::move(outcome).error();
    sink(i, *std::move(outcome));
  }
  return {};
}

// When the process is lost, one of those whose calls were under way is the reason. They are read again one by one, alone, so that the one
// that crashes its plugin costs nobody else's answer. Nor does a type of which many do. So are those for which a process was lost before
// their turn came too often for that to be others' fault. Credentials are read from files as a process starts, and may have been renewed
// since: what one of an earlier scan was refused is read by another.
Result<ReadOutcome> PulumiProviders::read_one(Instance& instance, const ReadRequest& request, const OpContext& ctx) {
  const Resource& r = *request.resource;
  std::size_t in_vain = 0;
  for (bool alone = false;;) {
    Result<Attempt> made = attempt(instance, request, ctx, alone);
    if (!made) return std::move(made).error();
    if (made->outcome) return *std::move(made->outcome);
    if (made->lost && alone) return ReadOutcome::failed(at_resource(*made->lost, r));
    alone = alone || made->lost || ++in_vain == most_in_vain;
  }
}

// A context's end is the error.
Result<PulumiProviders::Attempt> PulumiProviders::attempt(Instance& instance, const ReadRequest& request, const OpContext& ctx,
                                                          bool alone) {
  const Resource& r = *request.resource;
  const OpContext waiting = request.time == nullptr ? ctx : request.time->stop();
  const Result<Gate::Pass> inside = alone ? instance.gate().enter_alone(waiting) : instance.gate().enter(waiting);
  if (!inside) return inside.error();
  if (const std::optional<Error> why = instance.refusal_of(r.type)) return Attempt{.outcome = ReadOutcome::failed(at_resource(*why, r))};
  const Result<Session> session = instance.session(waiting);
  if (!session) {
    DRIFT_TRY(waiting.check());
    return Attempt{.outcome = ReadOutcome::failed(at_resource(session.error(), r))};
  }
  Refresh refresh(instance, *session, r, waiting, turns_of(instance, request, ctx, !alone));
  Result<std::optional<ReadOutcome>> made = refresh.run();
  if (!made) return std::move(made).error();
  std::optional<ReadOutcome>& outcome = *made;
  if (!outcome) {
    if (refresh.lost() || !session->process->alive()) instance.crashed(*session->process);
    if (refresh.lost() && alone) instance.crashed_by(r.type);
    return Attempt{.lost = refresh.lost()};
  }
  if (Status s = refresh.time(); !s.ok() && outcome->is_failed()) {
    if (waiting.check().ok()) instance.ran_out(*session->process);  // of the read's time, and not of the scan's
    return std::move(s).error();
  }
  if (refresh.was_answered()) instance.answered(*session->process);
  const bool may_be_stale = !alone && session->started_at < began_;
  if (!may_be_stale || !outcome->is_failed() || outcome->error().code() != Errc::read_auth) return Attempt{.outcome = std::move(outcome)};
  instance.replace(*session->process);
  return Attempt{};
}

// Of the providers that were used: a plugin of which nothing is recorded is not started to look for more.
Status PulumiProviders::list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) {
  using Used = std::pair<Instance*, std::set<std::string>>;
  std::vector<Used> used;
  {
    const std::lock_guard lock(mutex_);
    used.assign(types_.begin(), types_.end());
  }
  const auto place = [](const Used& u) { return std::tie(u.first->record().urn, u.first->record().id); };
  std::sort(used.begin(), used.end(), [&](const Used& a, const Used& b) { return place(a) < place(b); });
  bool can = false;
  const auto one = [&](const Used& u) {
    std::vector<std::string> wanted;
    for (const std::string& type : u.second)
      if (types.empty() || std::find(types.begin(), types.end(), type) != types.end()) wanted.push_back(type);
    return list_on(*u.first, wanted, sink, ctx, can);
  };
  DRIFT_TRY(hosted_internal::list_each_provider(used, one, ctx));
  return can ? Status() : Provider::list(types, sink, ctx);
}

// `can`: set when it lists any of them.
Status PulumiProviders::list_on(Instance& instance, const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx,
                                bool& can) const {
  const auto failed = [&](const Error& e) { return Status(Error(e).in("while listing what the " + instance.display() + " has")); };
  std::optional<Error> first_cut;
  const auto cut = [&](Error e) {
    if (first_cut) ctx.tell(LogLevel::warning, provider_warning, {}, instance.display() + ": " + e.to_string());
    if (!first_cut) first_cut = std::move(e);
  };
  const Result<bool> listed = list_resources(instance, types, {sink, cut}, ctx);
  if (!listed && listed.error().code() == Errc::read_unsupported) {  // so its resources are, and others may list theirs
    ctx.tell(LogLevel::warning, provider_warning, {}, instance.display() + " was not asked what it has: " + listed.error().to_string());
    return {};
  }
  if (!listed) return failed(listed.error());
  can |= *listed;
  return first_cut ? failed(*first_cut) : Status();
}

}  // namespace
}  // namespace pulumi_internal

std::shared_ptr<PulumiProcesses> make_pulumi_processes() {
  return std::make_shared<pulumi_internal::ProcessPool>(pulumi_internal::ProcessPool::Limits{});
}

std::shared_ptr<Provider> make_pulumi_providers(PulumiOptions options) {
  return std::make_shared<pulumi_internal::PulumiProviders>(std::move(options));
}

}  // namespace drift
