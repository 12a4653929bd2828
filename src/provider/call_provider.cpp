#include "provider/call_provider.hpp"

namespace drift::provider_internal {
namespace {

// `call` returns a T.
template <class T, class Fn>
Result<T> answer_of(Fn&& call) {
  T answer{};
  Status s = fenced([&]() -> Status {
    answer = call();
    return {};
  });
  if (!s.ok()) return std::move(s).error();
  return answer;
}

}  // namespace

Result<std::string> call_lane(const Provider& provider, const Resource& resource) {
  return answer_of<std::string>([&] { return provider.lane(resource); });
}

Result<std::size_t> call_lane_limit(const Provider& provider, const Resource& resource) {
  return answer_of<std::size_t>([&] { return provider.lane_limit(resource); });
}

Result<ProviderCapabilities> call_capabilities(const Provider& provider) {
  return answer_of<ProviderCapabilities>([&] { return provider.capabilities(); });
}

Result<const Schema*> call_schema(const Provider& provider, const Resource& resource) {
  return answer_of<const Schema*>([&] { return provider.schema_of(resource); });
}

Result<Provider*> call_find(const ProviderRegistry& providers, const Resource& resource) {
  return answer_of<Provider*>([&] { return providers.find(resource); });
}

Status call_list(Provider& provider, const ListSink& sink, const OpContext& ctx) {
  return fenced([&] { return provider.list({}, sink, ctx); });
}

Status call_import(Provider& provider, const ImportRequest& request, const ListSink& sink, const OpContext& ctx) {
  return fenced([&] { return provider.import_resource(request, sink, ctx); });
}

Status call_configure(Provider& provider, const Value& config, const OpContext& ctx) {
  return fenced([&] { return provider.configure(config, ctx); });
}

}  // namespace drift::provider_internal
