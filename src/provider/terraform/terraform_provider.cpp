// The one provider that stands for all Terraform and OpenTofu providers.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "drift/provider/terraform.hpp"
#include "provider/terraform/instance.hpp"
#include "provider/terraform/listing.hpp"
#include "provider/terraform/provider_config.hpp"
#include "provider/terraform/refresh.hpp"

namespace drift {
namespace terraform_internal {
namespace {

// One by one, so that the scan's `parallel` and the time that a read may take mean calls; the instances' own `parallel` holds besides.
constexpr std::size_t batch_size = 1;
constexpr std::size_t batches_at_once = 256;

class TerraformProviders final : public Provider {
 public:
  explicit TerraformProviders(TerraformOptions options) : options_(std::make_shared<const TerraformOptions>(std::move(options))) {}
  ~TerraformProviders() override {
    for (auto& [key, instance] : instances_) instance->end();
  }

  [[nodiscard]] std::string_view name() const override { return "terraform"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override {
    return {.can_list = true, .max_batch = batch_size, .max_concurrency = batches_at_once, .reads_deposed = true};
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
  [[nodiscard]] const Schema* schema_of(const Resource& r) const override;
  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override;
  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) override;

 private:
  using Indexes = std::vector<std::size_t>;
  [[nodiscard]] Result<Instance*> instance_of(const std::string& provider) const;
  void read_on(Instance& instance, std::span<const ReadRequest> batch, Indexes indexes, const ReadSink& sink, const OpContext& ctx);
  void read_alone(Instance& instance, std::span<const ReadRequest> batch, std::size_t index, const ReadSink& sink, const OpContext& ctx);

  const std::shared_ptr<const TerraformOptions> options_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<Instance>, std::less<>> instances_;                 // by the address of the configuration
  mutable std::map<std::string, Instance*, std::less<>> by_text_;                                   // by what resources have as `provider`
  mutable std::map<std::pair<const Instance*, std::string>, std::shared_ptr<const Schema>> facts_;  // by type
};

Error at_resource(const Error& e, const Resource& r) {
  Error out = e;
  return out.subject().empty() ? std::move(out).at(r.address) : out;
}

Result<Instance*> TerraformProviders::instance_of(const std::string& provider) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = by_text_.find(provider); known != by_text_.end()) return known->second;
  Result<ProviderAddress> address = parse_provider_address(provider);
  if (!address) return std::move(address).error();
  const Result<const ProviderSettings*> settings = choose_settings(options_->providers, *address);
  if (!settings) return settings.error();
  const std::string key = address->source() + '.' + address->configuration();
  auto& instance = instances_[key];
  if (!instance) instance = std::make_unique<Instance>(*std::move(address), *settings, options_);
  by_text_.emplace(provider, instance.get());
  return instance.get();
}

// Null and empty are one for the old SDK, which cannot tell them apart: null where the state has {}, and the other way, is by far the most
// of what refreshes show as drift. It is shown as suppressed by schema:empty_is_absent. That SDK also reads the numbers of a state as doubles:
// what is lost of whole numbers above 2^53 is suppressed by schema:float64. Resources of the plugin framework mean what they say.
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
  if (is_of_legacy_sdk((*type)->block)) facts->add("**", {.empty_is_absent = true, .float64 = true});
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
  for (auto& [instance, indexes] : by_instance) {
    DRIFT_TRY(ctx.check());
    read_on(*instance, batch, std::move(indexes), sink, ctx);
  }
  return ctx.check();
}

// When the process is lost, one of those whose calls were under way is the reason. They are read again one by one, alone, so that the one
// that crashes its provider costs nobody else's answer.
void TerraformProviders::read_on(Instance& instance, std::span<const ReadRequest> batch, Indexes indexes, const ReadSink& sink,
                                 const OpContext& ctx) {
  while (!indexes.empty() && ctx.check().ok()) {
    Result<Session> session = instance.session(ctx);
    if (!session) {
      if (!ctx.check().ok()) return;
      for (const std::size_t i : indexes) sink(i, ReadOutcome::failed(at_resource(session.error(), *batch[i].resource)));
      return;
    }
    Refresh::Left left;
    {
      const Result<Gate::Pass> inside = instance.gate().enter(ctx);
      if (!inside) return;
      Refresh refresh(instance, *session, batch, sink, ctx);
      Result<Refresh::Left> run = refresh.run(indexes);
      if (!run) return;  // the context's end: what is left has no answer
      left = *std::move(run);
    }
    if (!left.why) return;
    instance.crashed(*session->process, ctx);
    session = Error(*left.why);
    for (const std::size_t i : left.amid) read_alone(instance, batch, i, sink, ctx);
    indexes = std::move(left.unread);
  }
}

void TerraformProviders::read_alone(Instance& instance, std::span<const ReadRequest> batch, std::size_t index, const ReadSink& sink,
                                    const OpContext& ctx) {
  const Result<Gate::Pass> alone = instance.gate().enter_alone(ctx);
  if (!alone) return;
  const Result<Session> session = instance.session(ctx);
  if (!session) {
    if (ctx.check().ok()) sink(index, ReadOutcome::failed(at_resource(session.error(), *batch[index].resource)));
    return;
  }
  Refresh refresh(instance, *session, batch, sink, ctx);
  Result<Refresh::Left> left = refresh.run(std::span(&index, 1));
  if (!left || !left->why) return;
  instance.crashed(*session->process, ctx);
  sink(index, ReadOutcome::failed(at_resource(*left->why, *batch[index].resource)));
}

// Of the configurations that were used: a provider of which nothing is recorded is not started to look for more.
Status TerraformProviders::list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) {
  std::vector<Instance*> used;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, instance] : instances_) used.push_back(instance.get());
  }
  bool can = false;
  for (Instance* instance : used) {
    const std::optional<Session> session = instance->present();
    if (!session || session->schema->list_resource_types().empty()) continue;
    can = true;
    DRIFT_TRY(list_resources(*instance, *session, types, sink, ctx));
  }
  if (!can) return Provider::list(types, sink, ctx);
  return {};
}

}  // namespace
}  // namespace terraform_internal

std::shared_ptr<Provider> make_terraform_providers(TerraformOptions options) {
  return std::make_shared<terraform_internal::TerraformProviders>(std::move(options));
}

}  // namespace drift
