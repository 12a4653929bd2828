// Stands in for the providers themselves until they are there: what has an entry is told to be unsupported, so that nothing looks in sync.
#include <utility>

#include "drift/provider/terraform.hpp"
#include "provider/terraform/provider_address.hpp"
#include "provider/terraform/provider_config.hpp"

namespace drift {
namespace {

class NoLaunch final : public Provider {
 public:
  explicit NoLaunch(TerraformOptions options) : options_(std::move(options)) {}
  [[nodiscard]] std::string_view name() const override { return "terraform"; }
  [[nodiscard]] bool handles(const Resource& r) const override {
    const Result<terraform_internal::ProviderAddress> address = terraform_internal::parse_provider_address(r.provider);
    if (!address || r.kind != ResourceKind::managed) return false;
    const Result<const ProviderSettings*> settings = terraform_internal::choose_settings(options_.providers, *address);
    return !settings || *settings != nullptr;
  }
  Status read(std::span<const ReadRequest>, const ReadSink&, const OpContext&) override {
    return Error(Errc::read_unsupported, "this version of libdrift cannot launch Terraform providers")
        .next("leave their resources out (`exclude`)");
  }

 private:
  TerraformOptions options_;
};

}  // namespace

std::shared_ptr<Provider> make_terraform_providers(TerraformOptions options) { return std::make_shared<NoLaunch>(std::move(options)); }

}  // namespace drift
