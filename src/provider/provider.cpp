#include "drift/provider/provider.hpp"

namespace drift {

Status Provider::list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) {
  (void)types;
  (void)sink;
  (void)ctx;
  return Error(Errc::read_unsupported, "the provider cannot list what exists")
      .at(std::string(name()))
      .next("scan without looking for unmanaged resources");
}

Status Provider::import_resource(const ImportRequest& request, const ListSink& sink, const OpContext& ctx) {
  (void)sink;
  (void)ctx;
  return Error(Errc::read_unsupported, "no provider finds resources of type " + request.type + " by their id").next("leave the import out");
}

Provider* ProviderRegistry::find(const Resource& r) const {
  for (const auto& p : providers_)
    if (p->handles(r)) return p.get();
  return nullptr;
}

}  // namespace drift
