#include "host_provider.hpp"

#include <algorithm>
#include <utility>

#include "drift/model/json.hpp"
#include "resource_json.hpp"

namespace drift::capi {

EventBody HostProvider::question(std::int32_t kind, std::string body) const {
  EventBody e;
  e.kind = kind;
  e.name = spec_.name;
  e.body = std::move(body);
  return e;
}

Status HostProvider::configure(const Value& config, const OpContext& ctx) {
  Result<Reply> reply = run_->ask(question(DRIFT_EV_WANT_CONFIGURE, to_json(config)), {}, ctx);
  if (!reply) return std::move(reply).error();
  return {};
}

bool HostProvider::handles(const Resource& r) const {
  return std::any_of(spec_.types.begin(), spec_.types.end(), [&](const std::string& glob) { return glob_match(glob, r.type); });
}

const Schema* HostProvider::schema(std::string_view type) const {
  const auto s = spec_.schemas.find(type);
  return s != spec_.schemas.end() ? &s->second : nullptr;
}

Status HostProvider::read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) {
  std::vector<Resource> asked;
  Value::List resources;
  for (const ReadRequest& r : batch) {
    resources.push_back(resource_to_value(*r.resource));
    asked.push_back(*r.resource);
  }
  Object body;
  body.set("resources", Value(std::move(resources)));
  EventBody e = question(DRIFT_EV_WANT_READ, to_json(Value(std::move(body))));
  e.total = static_cast<std::int64_t>(batch.size());
  Result<Reply> reply = run_->ask(std::move(e), std::move(asked), ctx);
  if (!reply) return std::move(reply).error();
  auto& outcomes = std::get<std::vector<ReadOutcome>>(*reply);
  for (std::size_t i = 0; i < outcomes.size(); ++i) sink(i, std::move(outcomes[i]));
  return {};
}

Status HostProvider::list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) {
  if (!spec_.can_list) return Provider::list(types, sink, ctx);
  Value::List names;
  for (const std::string& t : types) names.emplace_back(t);
  Object body;
  body.set("types", Value(std::move(names)));
  Result<Reply> reply = run_->ask(question(DRIFT_EV_WANT_LIST, to_json(Value(std::move(body)))), {}, ctx);
  if (!reply) return std::move(reply).error();
  for (Resource& r : std::get<std::vector<Resource>>(*reply)) sink(std::move(r));
  return {};
}

}  // namespace drift::capi
