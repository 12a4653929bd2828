// A provider whose reads the host answers, and providers that tell a run of a scan about their work.
//
// Thread rule: any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config.hpp"
#include "drift/provider/provider.hpp"
#include "run_state.hpp"

namespace drift::capi {

class HostProvider final : public Provider {
 public:
  HostProvider(HostProviderSpec spec, std::shared_ptr<RunState> run) : spec_(std::move(spec)), run_(std::move(run)) {}
  [[nodiscard]] std::string_view name() const override { return spec_.name; }
  [[nodiscard]] ProviderCapabilities capabilities() const override {
    return {.can_list = spec_.can_list, .max_batch = spec_.max_batch, .max_concurrency = spec_.max_concurrency};
  }
  Status configure(const Value& config, const OpContext& ctx) override;
  [[nodiscard]] bool handles(const Resource& r) const override;
  [[nodiscard]] const Schema* schema(std::string_view type) const override;
  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override;
  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) override;

 private:
  [[nodiscard]] EventBody question(std::int32_t kind, std::string body) const;
  const HostProviderSpec spec_;
  const std::shared_ptr<RunState> run_;
};

}  // namespace drift::capi
