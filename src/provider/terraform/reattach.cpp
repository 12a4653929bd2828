#include "provider/terraform/reattach.hpp"

#include "drift/model/json.hpp"

namespace drift::terraform_internal {
namespace {

Error invalid(std::string message) {
  return Error(Errc::config_invalid, std::move(message)).at("TF_REATTACH_PROVIDERS").next("set it as the provider printed it, or unset it");
}

Result<std::int64_t> whole(const Value& entry, std::string_view key) {
  const Value* v = entry.find(key);
  if (v == nullptr || v->is_null()) return std::int64_t{0};
  const std::optional<std::int64_t> n = v->is_number() ? v->as_number().to_int64() : std::nullopt;
  if (!n || *n < 0) return invalid("`" + std::string(key) + "` was no whole number");
  return *n;
}

Result<Reattach> entry_of(const Value& entry) {
  if (!entry.is_object()) return invalid("an entry was no object");
  // What speaks net/rpc is older than any provider that this could be used with.
  if (entry.string_or("Protocol") != "grpc") return invalid("a provider spoke another protocol than grpc");
  Result<std::int64_t> version = whole(entry, "ProtocolVersion"), pid = whole(entry, "Pid");
  if (!version) return std::move(version).error();
  if (!pid) return std::move(pid).error();
  if (*version != 0 && *version != 5 && *version != 6) return invalid("a provider spoke another version of the protocol than 5 and 6");
  Reattach out;
  if (*version != 0) out.protocol_version = static_cast<int>(*version);
  out.pid = *pid;
  if (const Value* test = entry.find("Test"); test != nullptr && !test->is_null()) {
    if (!test->is_bool()) return invalid("`Test` was neither true nor false");
    out.test = test->as_bool();
  }
  const Value* where = entry.find("Addr");
  if (where != nullptr) {
    out.network = where->string_or("Network");
    out.address = where->string_or("String");
  }
  if (out.network != "unix" && out.network != "tcp") return invalid("the network of an address was neither unix nor tcp");
  if (out.address.empty() || out.address.find('\0') != std::string::npos) return invalid("an address was missing");
  return out;
}

}  // namespace

Result<Reattachments> parse_reattach(std::string_view json) {
  Reattachments out;
  if (json.empty()) return out;
  Result<Value> all = parse_json(json);
  if (!all || !all->is_object()) return invalid("the variable was no JSON object");
  for (const auto& [name, entry] : all->as_object()) {
    Result<ProviderAddress> provider = parse_provider_source(name);
    if (!provider) return invalid("a key was not the address of a provider");
    Result<Reattach> reattach = entry_of(entry);
    if (!reattach) return std::move(reattach).error();
    out.emplace_back(*std::move(provider), *std::move(reattach));
  }
  return out;
}

const Reattach* find_reattach(const Reattachments& all, const ProviderAddress& provider) {
  const Reattach* found = nullptr;
  for (const auto& [address, reattach] : all) {
    if (address.source() == provider.source()) return &reattach;
    if (found == nullptr && same_provider(address, provider)) found = &reattach;
  }
  return found;
}

}  // namespace drift::terraform_internal
