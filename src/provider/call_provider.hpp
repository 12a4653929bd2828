// Calls into providers, which are foreign code: what they throw ends here as an error.
//
// This is the one place of the library where exceptions are caught in order to be reported. Provider::read() has a ReadCall.
// Thread rule: any.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "drift/provider/provider.hpp"

namespace drift::provider_internal {

// `call` returns a Status. What an exception says may hold values of a document, so its text is not repeated.
template <class Fn>
Status fenced(Fn&& call) {
  try {
    return std::forward<Fn>(call)();
  } catch (const std::bad_alloc&) {
    return Error(Errc::out_of_memory, "the provider ran out of memory");
  } catch (const std::exception&) {
    return Error(Errc::internal, "the provider threw an exception").next("this is a fault of the provider: report it to its author");
  } catch (...) {
    return Error(Errc::internal, "the provider threw something that is no exception")
        .next("this is a fault of the provider: report it to its author");
  }
}

[[nodiscard]] Result<std::string> call_lane(const Provider& provider, const Resource& resource);
[[nodiscard]] Result<std::size_t> call_lane_limit(const Provider& provider, const Resource& resource);
[[nodiscard]] Result<ProviderCapabilities> call_capabilities(const Provider& provider);
[[nodiscard]] Result<const Schema*> call_schema(const Provider& provider, const Resource& resource);
// ProviderRegistry::find().
[[nodiscard]] Result<Provider*> call_find(const ProviderRegistry& providers, const Resource& resource);
// Resources of all types. What `sink` throws is taken for the provider's.
[[nodiscard]] Status call_list(Provider& provider, const ListSink& sink, const OpContext& ctx);
[[nodiscard]] Status call_import(Provider& provider, const ImportRequest& request, const ListSink& sink, const OpContext& ctx);
[[nodiscard]] Status call_configure(Provider& provider, const Value& config, const OpContext& ctx);

}  // namespace drift::provider_internal
