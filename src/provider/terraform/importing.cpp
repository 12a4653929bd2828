#include "provider/terraform/importing.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "drift/model/json.hpp"
#include "provider/terraform/diagnostics.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/messages.hpp"
#include "provider/terraform/msgpack.hpp"
#include "provider/terraform/typed_secrets.hpp"
#include "third/digest.hpp"

namespace drift::terraform_internal {
namespace {

Error unsupported(const Instance& instance, const std::string& why) {
  return Error(Errc::unsupported_feature, "the " + instance.display() + ' ' + why).next("name another provider, or leave the import out");
}

std::string type_of(const ImportedResource& imported, const ImportRequest& request) {
  return imported.type_name.empty() ? request.type : std::string(imported.type_name);
}

// The identity as the provider wants it; empty for a request by id.
Status encode_identity(const Instance& instance, const Session& session, const ImportRequest& request, std::string& out) {
  if (!request.identity) return {};
  const auto schema = session.identities->find(request.type);
  if (schema == session.identities->end()) return unsupported(instance, "knows no identity of " + request.type);
  const Result<Value> whole = conform(*request.identity, schema->second.type);
  if (!whole)
    return Error(Errc::invalid_argument, "the identity is none of " + request.type + ": " + whole.error().message())
        .at(whole.error().subject())
        .next("see the provider's documentation for what identifies such a resource");
  return encode_msgpack(*whole, schema->second.type, out);
}

// What the diagnostics of an answer must not show. A state that is none tells nothing.
std::vector<std::string> secrets_of(const Instance& instance, const Session& session, const ImportResourceStateReply& answer,
                                    const ImportRequest& request) {
  std::vector<std::string> out = instance.secrets();
  if (answer.diagnostics.empty()) return out;
  for (const ImportedResource& imported : answer.resources) {
    const Result<std::shared_ptr<const TypeSchema>> schema = session.schema->resource(type_of(imported, request));
    if (!schema) continue;
    const CtyType& type = (*schema)->type;
    if (const Result<Value> state = decode_dynamic(imported.state, type); state)
      add_secrets_of((*schema)->facts.mark_sensitive(unwrap_dynamic(*state, type)), type, out);
  }
  return out;
}

// Whether one of the texts below `v` is a secret of the resource; `probe` has its attributes.
bool tells_secret(const Value& v, Resource& probe) {
  if (v.is_string()) {
    probe.id = std::string(v.as_string());
    return id_is_secret(probe);
  }
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), [&](const Value& e) { return tells_secret(e, probe); });
  if (!v.is_object()) return false;
  return std::any_of(v.as_object().begin(), v.as_object().end(), [&](const Object::Member& m) { return tells_secret(m.second, probe); });
}

Result<Resource> resource_of(const Instance& instance, const Session& session, const ImportedResource& imported,
                             const ImportRequest& request) {
  Resource r;
  r.type = type_of(imported, request);
  r.provider = provider_text(instance);
  const Result<std::shared_ptr<const TypeSchema>> schema = session.schema->resource(r.type);
  if (!schema) return schema.error();
  Result<Value> state = decode_dynamic(imported.state, (*schema)->type);
  if (!state) return std::move(state).error();
  if (state->is_null())
    return Error(Errc::read_failed, "the provider imported nothing where it said that it did").next("report it to its authors");
  r.attributes = (*schema)->facts.mark_sensitive(*std::move(state));
  r.id = std::string(r.attributes.string_or("id", request.id));
  r.schema_version = static_cast<std::uint64_t>((*schema)->version);
  r.private_data = third::base64(imported.private_data);
  const auto identity = session.identities->find(r.type);
  if (identity != session.identities->end() && !imported.identity.empty()) {
    Result<Value> v = decode_dynamic(imported.identity, identity->second.type);
    if (!v) return std::move(v).error();
    if (!v->is_null()) r.identity = *std::move(v);
    r.identity_schema_version = static_cast<std::uint64_t>(identity->second.version);
  }
  r.address = address_of_found(r, request.id);
  return r;
}

}  // namespace

std::string address_of_found(const Resource& r, std::string_view otherwise) {
  std::string name = !r.id.empty() ? r.id : r.identity ? to_json(*r.identity) : std::string(otherwise);
  Resource probe;
  probe.attributes = r.attributes;
  if (tells_secret(!r.id.empty() || !r.identity ? Value(name) : *r.identity, probe))
    name = '#' + third::hex(third::digest(third::Hasher::sha256, r.type + '\0' + name)).substr(0, 16);
  return r.type + " (" + name + ")";
}

std::string provider_text(const Instance& instance) {
  const std::string configuration = instance.address().configuration();
  return "provider[\"" + instance.address().source() + "\"]" + (configuration.empty() ? "" : "." + configuration);
}

Result<std::vector<Resource>> import_states(Instance& instance, const Session& session, const ImportRequest& request,
                                            const plugin::Redactor& redact, const OpContext& ctx) {
  if (!session.schema->has_resource(request.type)) return unsupported(instance, "has no resource type " + request.type);
  std::string identity, bytes;
  DRIFT_TRY(encode_identity(instance, session, request, identity));
  encode(ImportResourceStateRequest{.type_name = request.type,
                                    .id = identity.empty() ? std::string_view(request.id) : std::string_view(),
                                    .identity = {.msgpack = identity}},
         bytes);
  const auto protocol = static_cast<Protocol>(session.process->protocol());
  const plugin::GrpcReply reply = session.process->channel().call(method_path(Method::import_resource_state, protocol), bytes, ctx);
  if (reply.status.code == plugin::GrpcCode::unimplemented) return unsupported(instance, "cannot import");
  if (!reply.ok()) return session.process->error_of(reply, "ImportResourceState", redact);
  const Result<ImportResourceStateReply> answer = decode_import_resource_state(reply.message);
  if (!answer) return answer.error();
  const std::vector<std::string> hidden = secrets_of(instance, session, *answer, request);
  tell_warnings(answer->diagnostics, instance.display(), hidden, ctx);
  if (has_error(answer->diagnostics)) return error_of(answer->diagnostics, hidden);
  if (answer->deferred != Deferred::none)
    return Error(Errc::unsupported_feature, "the provider put the import off: its configuration is not known yet")
        .next("configure it fully");
  std::vector<Resource> out;
  for (const ImportedResource& imported : answer->resources) {
    Result<Resource> r = resource_of(instance, session, imported, request);
    if (!r) return std::move(r).error();
    out.push_back(*std::move(r));
  }
  return out;
}

}  // namespace drift::terraform_internal
