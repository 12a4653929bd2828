// The one provider that stands for all Terraform and OpenTofu providers.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "drift/provider/terraform.hpp"
#include "provider/hosted/list_each.hpp"
#include "provider/hosted/taken_once.hpp"
#include "provider/own_time.hpp"
#include "provider/terraform/importing.hpp"
#include "provider/terraform/instance.hpp"
#include "provider/terraform/instance_pool.hpp"
#include "provider/terraform/listing.hpp"
#include "provider/terraform/provider_config.hpp"
#include "provider/terraform/refresh.hpp"

namespace drift {
namespace terraform_internal {
namespace {

// One by one, so that the scan's `parallel` and the time that a read may take mean calls.
constexpr std::size_t batch_size = 1;
constexpr std::size_t most_in_vain = 3;         // times that a read was made ready for a process that was lost before its turn came
constexpr std::chrono::seconds one_import(60);  // of those that a list leads to

Error at_resource(const Error& e, const Resource& r) {
  Error out = e;
  return out.subject().empty() ? std::move(out).at(r.address) : out;
}

std::shared_ptr<InstancePool> pool_of(const TerraformOptions& options) {
  if (options.processes) return std::static_pointer_cast<InstancePool>(options.processes);  // there is no other class of them
  return std::make_shared<InstancePool>(InstancePool::Limits{.idle = {}, .most_idle = 0});
}

// Instances keep their options, and the pool keeps the instances.
std::shared_ptr<const TerraformOptions> without_processes(TerraformOptions options) {
  options.processes.reset();
  return std::make_shared<const TerraformOptions>(std::move(options));
}

class TerraformProviders final : public Provider {
 public:
  explicit TerraformProviders(TerraformOptions options) : pool_(pool_of(options)), options_(without_processes(std::move(options))) {}

  [[nodiscard]] std::string_view name() const override { return "terraform"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override {
    return {.can_list = true, .max_batch = batch_size, .max_concurrency = default_parallel, .reads_deposed = true, .takes_turns = true};
  }
  // Only what has an entry, an empty one being enough: a state must not have programs run that lie beside it.
  [[nodiscard]] bool handles(const Resource& r) const override {
    if (r.kind != ResourceKind::managed) return false;
    const Result<ProviderAddress> address = parse_provider_address(r.provider);
    if (!address || address->is_builtin()) return false;
    const Result<const ProviderSettings*> settings = choose_settings(options_->providers, *address);
    return !settings || *settings != nullptr;
  }
  [[nodiscard]] std::string lane(const Resource& r) const override { return r.provider; }
  [[nodiscard]] std::size_t lane_limit(const Resource& r) const override {
    const Result<ProviderAddress> address = parse_provider_address(r.provider);
    if (!address) return 1;
    const Result<const ProviderSettings*> settings = choose_settings(options_->providers, *address);
    return settings && *settings != nullptr ? (*settings)->parallel.value_or(default_parallel) : default_parallel;
  }
  [[nodiscard]] const Schema* schema_of(const Resource& r) const override;
  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override;
  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) override;
  Status import_resource(const ImportRequest& request, const ListSink& sink, const OpContext& ctx) override;

 private:
  using Indexes = std::vector<std::size_t>;
  [[nodiscard]] Result<Instance*> instance_of(const std::string& provider) const;
  [[nodiscard]] Result<Instance*> instance_of(const ProviderSettings& entry) const;
  [[nodiscard]] Instance* instance_at(const ProviderAddress& address, const ProviderSettings* settings) const;
  [[nodiscard]] std::vector<Instance*> all_configured(const OpContext& ctx) const;
  Status list_on(Instance& instance, const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx, bool& can);
  Status find_named(Instance& instance, std::vector<Resource> named, const ListSink& sink, const plugin::Redactor& redact,
                    const OpContext& ctx);
  Status import_on(Instance& instance, const ImportRequest& request, const ListSink& sink, const plugin::Redactor& redact,
                   const OpContext& ctx);
  // What one call of read() has in hand.
  struct Reading {
    std::span<const ReadRequest> batch;
    const ReadSink& sink;
    const OpContext& ctx;
    [[nodiscard]] OpContext waiting() const { return time() == nullptr ? ctx : time()->stop(); }
    [[nodiscard]] OpContext begun() const { return time() == nullptr ? ctx : time()->start(); }
    // The time stands still until the turn comes, and begins anew when it is over.
    [[nodiscard]] Refresh::Turns turns(Instance& instance, bool may_be_lost) const {
      return {[this, &instance]() -> Result<Refresh::Turned> {
                const OpContext until = waiting();
                if (time() != nullptr) DRIFT_TRY(time()->turn());
                Result<Instance::Permit> permit = instance.permit(until);
                if (!permit) return std::move(permit).error();
                return Refresh::Turned{begun(), *std::move(permit)};
              },
              [this] { return static_cast<void>(waiting()), begun(); }, may_be_lost};
    }
    void fail(std::size_t i, const Error& why) const { sink(i, ReadOutcome::failed(at_resource(why, *batch[i].resource))); }

   private:
    [[nodiscard]] ReadTime* time() const { return batch.front().time; }
  };
  Status read_on(Instance& instance, const Reading& reading, Indexes indexes) const;
  Result<Refresh::Left> read_once(Instance& instance, const Reading& reading, std::span<const std::size_t> indexes, bool alone) const;

  const std::shared_ptr<InstancePool> pool_;
  const std::shared_ptr<const TerraformOptions> options_;
  const Clock::Duration began_ = system_clock().monotonic();
  mutable hosted_internal::TakenOnce<Instance> instances_;         // by the address of the configuration
  mutable std::mutex mutex_;                                       // of what follows
  mutable std::map<std::string, Instance*, std::less<>> by_text_;  // by what resources have as `provider`
  mutable std::map<const ProviderSettings*, Instance*> by_entry_;
  mutable std::map<std::pair<const Instance*, std::string>, std::shared_ptr<const Schema>> facts_;  // by type
};

Result<Instance*> TerraformProviders::instance_of(const std::string& provider) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = by_text_.find(provider); known != by_text_.end()) return known->second;
  }
  Result<ProviderAddress> address = parse_provider_address(provider);
  if (!address) return std::move(address).error();
  const Result<const ProviderSettings*> settings = choose_settings(options_->providers, *address);
  if (!settings) return settings.error();
  Instance* const instance = instance_at(*address, *settings);
  const std::lock_guard lock(mutex_);
  by_text_.emplace(provider, instance);
  return instance;
}

Instance* TerraformProviders::instance_at(const ProviderAddress& address, const ProviderSettings* settings) const {
  const std::string key = address.source() + '.' + address.configuration();
  Instance* const instance = instances_.get(key, [&] { return pool_->take(address, settings, options_); });
  const std::lock_guard lock(mutex_);
  by_entry_.try_emplace(settings, instance);
  return instance;
}

// Of an entry of the project file, whether a resource uses it or not.
Result<Instance*> TerraformProviders::instance_of(const ProviderSettings& entry) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto used = by_entry_.find(&entry); used != by_entry_.end()) return used->second;
  }
  Result<ProviderAddress> address = parse_provider_source(entry.source);
  if (!address) return std::move(address).error();
  const std::size_t bracket = std::min(entry.alias.find('['), entry.alias.size());
  address->alias = entry.alias.substr(0, bracket);
  if (bracket < entry.alias.size()) address->instance_key = entry.alias.substr(bracket + 1, entry.alias.size() - bracket - 2);
  return instance_at(*address, &entry);
}

// The old SDK reads the numbers of a state as doubles: what is lost of whole numbers above 2^53 is suppressed by schema:float64.
const Schema* TerraformProviders::schema_of(const Resource& r) const {
  const Result<Instance*> instance = instance_of(r.provider);
  if (!instance) return nullptr;
  const auto key = std::make_pair(static_cast<const Instance*>(*instance), r.type);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = facts_.find(key); known != facts_.end()) return known->second.get();
  }
  const std::shared_ptr<const ProviderSchema> schema = (*instance)->known_schema();
  if (!schema || !schema->has_resource(r.type)) return nullptr;
  const Result<std::shared_ptr<const TypeSchema>> type = schema->resource(r.type);
  if (!type) return nullptr;
  auto facts = std::make_shared<Schema>((*type)->facts);
  if (is_of_legacy_sdk((*type)->block)) facts->add("**", {.float64 = true});
  const std::lock_guard lock(mutex_);
  return facts_.try_emplace(key, std::move(facts)).first->second.get();
}

Status TerraformProviders::read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) {
  std::map<Instance*, Indexes> by_instance;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Resource& r = *batch[i].resource;
    const Result<Instance*> instance = instance_of(r.provider);
    if (instance)
      by_instance[*instance].push_back(i);
    else
      sink(i, ReadOutcome::failed(at_resource(instance.error(), r)));
  }
  const Reading reading{batch, sink, ctx};
  for (auto& [instance, indexes] : by_instance) DRIFT_TRY(read_on(*instance, reading, std::move(indexes)));
  return {};
}

// When the process is lost, one of those whose calls were under way is the reason. They are read again one by one, alone, so that the one
// that crashes its provider costs nobody else's answer. Nor does a type of which many do. So are those for which a process was lost before
// their turn came too often for that to be others' fault.
Status TerraformProviders::read_on(Instance& instance, const Reading& reading, Indexes indexes) const {
  const auto type = [&](std::size_t i) -> const std::string& { return reading.batch[i].resource->type; };
  const auto refused = [&](std::size_t i) {
    const std::optional<Error> why = instance.refusal_of(type(i));
    if (why) reading.fail(i, *why);
    return why.has_value();
  };
  std::size_t in_vain = 0;
  while (std::erase_if(indexes, refused), !indexes.empty()) {
    Result<Refresh::Left> left = read_once(instance, reading, indexes, false);
    if (!left) return std::move(left).error();
    if (left->unread.size() == indexes.size() && ++in_vain == most_in_vain) left->amid = std::exchange(left->unread, {});
    for (const std::size_t i : left->amid) {
      const Result<Refresh::Left> again = read_once(instance, reading, std::span(&i, 1), true);
      if (!again) return again.error();
      if (again->why) reading.fail(i, *again->why);
    }
    indexes = std::move(left->unread);
  }
  return {};
}

// A context's end is the error.
// Credentials are read from files as a process starts, and may have been renewed since: what one of an earlier scan was refused is left
// unread, for another process.
Result<Refresh::Left> TerraformProviders::read_once(Instance& instance, const Reading& reading, std::span<const std::size_t> indexes,
                                                    bool alone) const {
  const OpContext waiting = reading.waiting();
  const Result<Gate::Pass> inside = alone ? instance.gate().enter_alone(waiting) : instance.gate().enter(waiting);
  if (!inside) return inside.error();
  const std::string& type = reading.batch[indexes.front()].resource->type;
  if (const auto why = alone ? instance.refusal_of(type) : std::nullopt) {
    reading.fail(indexes.front(), *why);
    return Refresh::Left{};
  }
  const Result<Session> session = instance.session(waiting);
  if (!session) {
    DRIFT_TRY(waiting.check());
    for (const std::size_t i : indexes) reading.fail(i, session.error());
    return Refresh::Left{};
  }
  const bool may_be_stale = !alone && session->started_at < began_;
  Indexes refused;
  const ReadSink sink = [&](std::size_t i, ReadOutcome outcome) {
    if (may_be_stale && outcome.is_failed() && outcome.error().code() == Errc::read_auth) return refused.push_back(i);
    reading.sink(i, std::move(outcome));
  };
  Refresh refresh(instance, *session, reading.batch, sink, reading.begun(), reading.turns(instance, !alone));
  Result<Refresh::Left> left = refresh.run(indexes);
  if (!refused.empty()) instance.replace(*session->process);
  if (left) left->unread.insert(left->unread.end(), refused.begin(), refused.end());
  if (left.ok() && left->why) instance.crashed(*session->process);
  if (left.ok() && left->why && alone) instance.crashed_by(type);
  if (!left && left.error().code() == Errc::deadline && waiting.check().ok())
    instance.ran_out(*session->process);  // of the read's time, and not of the scan's
  return left;
}

// Every configuration that has an entry, and those that were used without one.
std::vector<Instance*> TerraformProviders::all_configured(const OpContext& ctx) const {
  for (const ProviderSettings& entry : options_->providers)
    if (const Result<Instance*> instance = instance_of(entry); !instance)
      ctx.tell(LogLevel::warning, provider_warning, {}, "the provider `" + entry.name + "` was not asked: " + instance.error().to_string());
  return instances_.all();
}

Status TerraformProviders::list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) {
  bool can = false;
  const auto one = [&](Instance* instance) { return list_on(*instance, types, sink, ctx, can); };
  DRIFT_TRY(hosted_internal::list_each_provider(all_configured(ctx), one, ctx));
  return can ? Status() : Provider::list(types, sink, ctx);
}

// Of a process that is started for it where there is none. A context's end is an error, too.
Result<std::shared_ptr<const ProviderSchema>> schema_to_list(Instance& instance, const OpContext& ctx) {
  const Result<Gate::Pass> inside = instance.gate().enter(ctx);
  if (!inside) return inside.error();
  const Result<Session> session = instance.session(ctx);
  if (!session) return session.error();
  return session->schema;
}

Status TerraformProviders::list_on(Instance& instance, const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx,
                                   bool& can) {
  // That it is not installed is unsupported for who reads a resource; here it was asked for, and nobody looked.
  const auto failed = [&](Error e) {
    if (e.code() == Errc::read_unsupported) e = Error(Errc::not_found, e.message()).at(e.subject()).next(e.next_step());
    return Status(std::move(e).in("while listing what the " + instance.display() + " has"));
  };
  std::vector<Resource> named;
  std::optional<Error> first_cut;
  ListedSecrets secrets;
  const auto cut = [&](Error e) {
    if (first_cut) ctx.tell(LogLevel::warning, provider_warning, {}, instance.display() + ": " + e.to_string());
    if (!first_cut) first_cut = std::move(e);
  };
  const Result<std::shared_ptr<const ProviderSchema>> schema = schema_to_list(instance, ctx);
  if (!schema) return failed(schema.error());
  const std::size_t listed = (*schema)->list_resource_types().size();
  ctx.tell(LogLevel::warning, provider_warning, {},
           instance.display() + ": " + std::to_string(listed) + " of its " + std::to_string((*schema)->resource_types().size()) +
               " resource types can be listed: nobody looked for unmanaged resources of the others");
  if (listed == 0) return {};
  can = true;
  const Listed to{sink, [&](Resource r) { named.push_back(std::move(r)); }, cut, secrets};
  if (const Status all = list_resources(instance, **schema, types, to, ctx); !all.ok()) return failed(all.error());
  DRIFT_TRY(find_named(
      instance, std::move(named), sink, [&](std::string_view text) { return secrets.mask(text); }, ctx));
  return first_cut ? failed(*std::move(first_cut)) : Status();
}

// What a list knows by its identity alone. Each has the time of a read; a type of which one ran out of it is not gone on with.
Status TerraformProviders::find_named(Instance& instance, std::vector<Resource> named, const ListSink& sink, const plugin::Redactor& redact,
                                      const OpContext& ctx) {
  struct Wrong {
    std::size_t count = 0;
    bool silent = false;
    Error first;
  };
  std::map<std::string, Wrong> wrong;  // by type
  for (Resource& r : named) {
    const auto before = wrong.find(r.type);
    if (before != wrong.end() && before->second.silent) {
      ++before->second.count;
      continue;
    }
    provider_internal::OwnTime time(ctx, one_import);
    const Status status =
        import_on(instance, {.type = r.type, .identity = std::move(r.identity), .time = &time}, sink, redact, time.start());
    DRIFT_TRY(ctx.check());
    if (status.ok()) continue;
    Wrong& w = wrong.try_emplace(r.type, Wrong{0, false, status.error()}).first->second;
    ++w.count;
    w.silent = time.ran_out();
  }
  for (const auto& [type, w] : wrong)
    ctx.tell(LogLevel::warning, provider_warning, {},
             instance.display() + ": " + std::to_string(w.count) + " of " + type +
                 " are known by their identity alone, and could not be read: " + w.first.to_string());
  return {};
}

// The entry that is named, else the one that the type begins with: `aws` for aws_instance.
Status TerraformProviders::import_resource(const ImportRequest& request, const ListSink& sink, const OpContext& ctx) {
  const std::string prefix = request.type.substr(0, request.type.find('_'));
  const ProviderSettings* chosen = nullptr;
  for (const ProviderSettings& entry : options_->providers) {
    const std::string type = entry.source.substr(entry.source.rfind('/') + 1);
    const bool fits = request.provider.empty() ? entry.alias.empty() && type == prefix : entry.name == request.provider;
    if (!fits) continue;
    if (chosen != nullptr)
      return Error(Errc::invalid_argument, "several providers could have resources of type " + request.type)
          .next("say which by `provider`");
    chosen = &entry;
  }
  if (chosen == nullptr) return Provider::import_resource(request, sink, ctx);
  const Result<Instance*> instance = instance_of(*chosen);
  if (!instance) return instance.error();
  return import_on(**instance, request, sink, {}, ctx);
}

// What the provider made of the id is read as everything else is: an id may be of nothing that exists. The time is that of the calls, and
// not of what they wait for.
Status TerraformProviders::import_on(Instance& instance, const ImportRequest& request, const ListSink& sink, const plugin::Redactor& redact,
                                     const OpContext& ctx) {
  std::vector<Resource> states;
  {
    const OpContext waiting = request.time == nullptr ? ctx : request.time->stop();
    const Result<Gate::Pass> inside = instance.gate().enter(waiting);
    if (!inside) return inside.error();
    const Result<Session> session = instance.session(waiting);
    if (!session) return session.error();
    const OpContext begun = request.time == nullptr ? ctx : request.time->start();
    Result<std::vector<Resource>> imported = import_states(instance, *session, request, redact, begun);
    if (!imported && begun.check().ok() && !session->process->alive()) instance.crashed(*session->process);
    if (!imported) return std::move(imported).error().in("while importing");
    states = *std::move(imported);
  }
  std::vector<ReadRequest> batch(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) batch[i] = {&states[i], request.time};
  std::optional<Error> failed;
  DRIFT_TRY(read(
      batch,
      [&](std::size_t i, ReadOutcome outcome) {
        if (outcome.is_failed() && !failed) failed = outcome.error();
        if (!outcome.is_found()) return;
        Resource r = std::move(outcome.resource());
        r.address = address_of_found(r, states[i].id);
        sink(std::move(r));
      },
      ctx));
  if (failed) return *std::move(failed);
  return {};
}

}  // namespace
}  // namespace terraform_internal

std::shared_ptr<TerraformProcesses> make_terraform_processes() {
  return std::make_shared<terraform_internal::InstancePool>(terraform_internal::InstancePool::Limits{});
}

std::shared_ptr<Provider> make_terraform_providers(TerraformOptions options) {
  return std::make_shared<terraform_internal::TerraformProviders>(std::move(options));
}

}  // namespace drift
