#include "provider/terraform/instance_pool.hpp"

#include <string>
#include <utility>

#include "drift/model/json.hpp"
#include "provider/terraform/find.hpp"

namespace drift::terraform_internal {
namespace {

using hosted_internal::PlaceDigest;

void add_program(PlaceDigest& d, const ProviderAddress& address, const std::string& binary, const TerraformOptions& options) {
  FindOptions o = find_options(options, binary);
  o.check_hashes = false;  // it is done before a launch
  const Result<FoundProvider> found = find_provider(address, o);
  if (!found) return d.add("nowhere");
  if (found->reattach) return d.add("attached|" + found->reattach->address);
  d.add_file(found->binary);
}

// All but the environment.
std::string place_of(const ProviderAddress& address, const ProviderSettings& s, const TerraformOptions& options) {
  PlaceDigest d;
  d.add(address.source());
  d.add(address.configuration());
  d.add(s.name);
  d.add(to_json(s.config));
  d.add(s.binary);
  d.add(std::to_string(s.env.size()));
  for (const auto& [name, value] : s.env) {
    d.add(name);
    d.add(value);
  }
  for (const bool flag : {s.logs, s.mutual_tls}) d.add_flag(flag);
  d.add(s.parallel);
  d.add(s.start_timeout);
  d.add(s.max_age);
  d.add(s.max_calls);
  d.add(s.max_memory);
  d.add(s.max_listed);
  d.add(options.working_folder);
  d.add(start_folder(options));
  add_program(d, address, s.binary, options);
  return d.finish();
}

}  // namespace

std::shared_ptr<Instance> InstancePool::take(const ProviderAddress& address, const ProviderSettings* settings,
                                             const std::shared_ptr<const TerraformOptions>& options) {
  const std::string place = place_of(address, settings != nullptr ? *settings : ProviderSettings{}, *options);
  std::shared_ptr<Instance> instance = pool_.take<Instance>(place, options->environment, options->log,
                                                            [&] { return std::make_shared<Instance>(address, settings, options); });
  instance->use(options);
  return instance;
}

}  // namespace drift::terraform_internal
