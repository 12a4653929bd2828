#include "provider/terraform/listing.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "drift/model/json.hpp"
#include "provider/terraform/diagnostics.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/messages.hpp"
#include "provider/terraform/msgpack.hpp"
#include "provider/terraform/normalise.hpp"

namespace drift::terraform_internal {
namespace {

// An address that the engine does not have, but that is the same in every scan.
std::string address_of(const std::string& type, const Resource& r, std::string_view display_name) {
  if (!r.id.empty()) return type + " (" + r.id + ")";
  if (r.identity) return type + " (" + to_json(*r.identity) + ")";
  return type + " (" + std::string(display_name) + ")";
}

class Listing {
 public:
  Listing(Instance& instance, const Session& session, const ListSink& sink, const OpContext& ctx)
      : instance_(instance), session_(session), sink_(sink), ctx_(ctx) {}

  Status list(const std::string& type) {
    const Result<std::shared_ptr<const TypeSchema>> own = session_.schema->list_resource(type);
    if (!own) return own.error();
    const Result<std::shared_ptr<const TypeSchema>> resource = session_.schema->resource(type);
    if (!resource) return resource.error();
    std::string config, request;
    const Result<Value> all = conform(complete(Value(Object()), (*own)->block), (*own)->type);
    if (!all) return all.error();
    DRIFT_TRY(encode_msgpack(*all, (*own)->type, config));
    encode(ListResourceRequest{.type_name = type, .config = {.msgpack = config}, .include_resource_object = true}, request);
    std::vector<std::string> events;  // decoded in this thread, not in the connection's
    const plugin::GrpcReply reply = session_.process->channel().call_stream(
        method_path(Method::list_resource, static_cast<Protocol>(session_.process->protocol())), request,
        [&](std::string_view event) { events.emplace_back(event); }, ctx_);
    for (const std::string& event : events) DRIFT_TRY(take(type, **resource, event));
    if (!reply.ok()) return session_.process->error_of(reply, "ListResource").in("while listing " + type);
    return {};
  }

 private:
  Status take(const std::string& type, const TypeSchema& schema, std::string_view bytes) {
    const Result<ListEvent> event = decode_list_event(bytes);
    if (!event) return event.error();
    if (has_error(event->diagnostics)) return error_of(event->diagnostics, instance_.secrets()).in("while listing " + type);
    Resource r;
    r.type = type;
    r.provider = "provider[\"" + instance_.address().source() + "\"]";
    if (const std::string alias = instance_.address().configuration(); !alias.empty()) r.provider += '.' + alias;
    const auto identity = session_.identities->find(type);
    if (identity != session_.identities->end() && !event->identity.empty()) {
      Result<Value> v = decode_dynamic(event->identity, identity->second.type);
      if (!v) return std::move(v).error();
      if (!v->is_null()) r.identity = *std::move(v);
    }
    r.attributes = Value(Object());
    if (event->resource_object) {
      const Result<Value> v = decode_dynamic(*event->resource_object, schema.type);
      if (!v) return v.error();
      if (!v->is_null()) r.attributes = unwrap_dynamic(normalise_read(*v, schema), schema.type);
    }
    r.id = std::string(r.attributes.string_or("id"));
    r.schema_version = static_cast<std::uint64_t>(schema.version);
    r.address = address_of(type, r, event->display_name);
    sink_(std::move(r));
    return {};
  }

  Instance& instance_;
  const Session& session_;
  const ListSink& sink_;
  const OpContext& ctx_;
};

}  // namespace

Status list_resources(Instance& instance, const Session& session, const std::vector<std::string>& types, const ListSink& sink,
                      const OpContext& ctx) {
  Listing listing(instance, session, sink, ctx);
  for (const std::string_view type : session.schema->list_resource_types()) {
    if (!types.empty() && std::find(types.begin(), types.end(), type) == types.end()) continue;
    DRIFT_TRY(ctx.check());
    DRIFT_TRY(listing.list(std::string(type)));
  }
  return {};
}

}  // namespace drift::terraform_internal
