// The one provider that stands for all resource plugins of Pulumi.
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "drift/provider/pulumi.hpp"
#include "provider/pulumi/instance.hpp"
#include "provider/pulumi/listing.hpp"
#include "provider/pulumi/refresh.hpp"
#include "provider/pulumi/urn.hpp"

namespace drift {
namespace pulumi_internal {
namespace {

// One by one, so that the scan's `parallel` and the time that a read may take mean calls; the instances' own `parallel` holds besides.
constexpr std::size_t batch_size = 1;
constexpr std::size_t batches_at_once = 256;
// What the engine itself provides: references to other stacks.
constexpr std::string_view builtin_package = "pulumi";

class PulumiProviders final : public Provider {
 public:
  explicit PulumiProviders(PulumiOptions options) : options_(std::make_shared<const PulumiOptions>(std::move(options))) {}
  ~PulumiProviders() override {
    for (auto& [key, instance] : instances_) instance->end();
  }

  [[nodiscard]] std::string_view name() const override { return "pulumi"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override {
    return {.can_list = true, .max_batch = batch_size, .max_concurrency = batches_at_once, .reads_deposed = true};
  }
  [[nodiscard]] bool handles(const Resource& r) const override {
    return r.kind == ResourceKind::managed && r.record && provider_package(urn_type(r.provider)) != builtin_package;
  }
  [[nodiscard]] std::string lane(const Resource& r) const override { return r.provider; }
  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override;
  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) override;

 private:
  [[nodiscard]] Result<Instance*> instance_of(const Resource& r);
  [[nodiscard]] std::optional<ReadOutcome> read_one(const Resource& r, const OpContext& ctx);
  [[nodiscard]] std::optional<ReadOutcome> read_alone(Instance& instance, const Resource& r, const OpContext& ctx);

  const std::shared_ptr<const PulumiOptions> options_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Instance>, std::less<>> instances_;  // by key_of()
};

Error at_resource(const Error& e, const Resource& r) {
  Error out = e;
  return out.subject().empty() ? std::move(out).at(r.address) : out;
}

Result<Instance*> PulumiProviders::instance_of(const Resource& r) {
  if (!r.record->provider)
    return Error(Errc::bad_structure, "the state has no record of the provider that the resource names")
        .at(r.address)
        .next("repair the stack: pulumi state repair");
  const std::string key = key_of(*r.record->provider);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = instances_.find(key); known != instances_.end()) return known->second.get();
  }
  Result<ProviderRecord> record = read_provider_record(*r.record->provider);
  if (!record) return std::move(record).error();
  const std::lock_guard lock(mutex_);
  auto& instance = instances_[key];
  if (!instance) instance = std::make_unique<Instance>(*std::move(record), options_);
  return instance.get();
}

Status PulumiProviders::read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    DRIFT_TRY(ctx.check());
    std::optional<ReadOutcome> outcome = read_one(*batch[i].resource, ctx);
    if (!outcome) return ctx.check();
    sink(i, *std::move(outcome));
  }
  return {};
}

// None: the context's end. When the process is lost, one of those whose calls were under way is the reason. They are read again one by one,
// alone, so that the one that crashes its plugin costs nobody else's answer.
std::optional<ReadOutcome> PulumiProviders::read_one(const Resource& r, const OpContext& ctx) {
  const Result<Instance*> found = instance_of(r);
  if (!found) return ReadOutcome::failed(at_resource(found.error(), r));
  Instance& instance = **found;
  const Result<Instance::Permit> permit = instance.permit(ctx);
  if (!permit) return std::nullopt;
  instance.seen(r.type);
  Result<Session> session = instance.session(ctx);
  if (!session) {
    if (!ctx.check().ok()) return std::nullopt;
    return ReadOutcome::failed(at_resource(session.error(), r));
  }
  {
    const Result<Gate::Pass> inside = instance.gate().enter(ctx);
    if (!inside) return std::nullopt;
    Refresh refresh(instance, *session, r, ctx);
    if (std::optional<ReadOutcome> outcome = refresh.run()) return outcome;
    instance.crashed(*session->process, ctx);
    session = Error(refresh.lost());
  }
  return read_alone(instance, r, ctx);
}

std::optional<ReadOutcome> PulumiProviders::read_alone(Instance& instance, const Resource& r, const OpContext& ctx) {
  const Result<Gate::Pass> alone = instance.gate().enter_alone(ctx);
  if (!alone) return std::nullopt;
  const Result<Session> session = instance.session(ctx);
  if (!session) {
    if (!ctx.check().ok()) return std::nullopt;
    return ReadOutcome::failed(at_resource(session.error(), r));
  }
  Refresh refresh(instance, *session, r, ctx);
  if (std::optional<ReadOutcome> outcome = refresh.run()) return outcome;
  instance.crashed(*session->process, ctx);
  return ReadOutcome::failed(at_resource(refresh.lost(), r));
}

// Of the providers that were used: a plugin of which nothing is recorded is not started to look for more.
Status PulumiProviders::list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) {
  std::vector<Instance*> used;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, instance] : instances_) used.push_back(instance.get());
  }
  bool can = false;
  for (Instance* instance : used) {
    const std::optional<Session> session = instance->present();
    if (!session) continue;
    const Result<bool> listed = list_resources(*instance, *session, types, sink, ctx);
    if (!listed) return listed.error();
    can |= *listed;
  }
  if (!can) return Provider::list(types, sink, ctx);
  return {};
}

}  // namespace
}  // namespace pulumi_internal

std::shared_ptr<Provider> make_pulumi_providers(PulumiOptions options) {
  return std::make_shared<pulumi_internal::PulumiProviders>(std::move(options));
}

}  // namespace drift
