#include "provider/terraform/listing.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "provider/hosted/list_each.hpp"
#include "provider/hosted/list_stream.hpp"
#include "provider/terraform/diagnostics.hpp"
#include "provider/terraform/importing.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/messages.hpp"
#include "provider/terraform/msgpack.hpp"
#include "provider/terraform/normalise.hpp"
#include "provider/terraform/typed_secrets.hpp"

namespace drift::terraform_internal {
namespace {

class Listing {
 public:
  Listing(Instance& instance, const Session& session, const Listed& to, const OpContext& ctx)
      : instance_(instance), session_(session), to_(to), ctx_(ctx) {}

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
    const std::string_view path = method_path(Method::list_resource, static_cast<Protocol>(session_.process->protocol()));
    hosted_internal::ListBounds left{.events = instance_.max_listed(), .until = hosted_internal::end_of_list(ctx_)};
    end_ = hosted_internal::take_stream(
        session_.process->channel(), path, request, left, [&](std::string_view event) { take(type, **resource, event); }, ctx_);
    const plugin::GrpcReply& reply = end_.reply;
    if (end_.beyond) to_.cut(hosted_internal::beyond_bounds(type, left.events == 0, "`max_listed` of the provider's settings"));
    if (!reply.ok())
      return session_.process->error_of(reply, "ListResource", [this](std::string_view text) { return to_.secrets.mask(text); });
    if (!first_error_) return {};
    Error e = *std::exchange(first_error_, std::nullopt);
    if (errors_ > 1) e.add_context("the first of " + std::to_string(errors_) + " errors");
    return e;
  }

  [[nodiscard]] const hosted_internal::StreamEnd& end() const noexcept { return end_; }

 private:
  void hide(const Value& marked, const TypeSchema& schema) {
    if (!marked.holds_secret()) return;
    std::vector<std::string> own;
    collect_secrets(marked, schema.type, own);
    to_.secrets.add(instance_, own);
  }

  void wrong(Error e) {
    if (errors_++ == 0) first_error_ = std::move(e);
  }

  void take(const std::string& type, const TypeSchema& schema, std::string_view bytes) {
    const Result<ListEvent> event = decode_list_event(bytes);
    if (!event) return wrong(event.error());
    const Result<Value> object = event->resource_object ? decode_dynamic(*event->resource_object, schema.type) : Value();
    if (!event->diagnostics.empty()) {
      std::vector<std::string> hidden = instance_.secrets();
      if (object) {
        const Value marked = schema.facts.mark_sensitive(unwrap_dynamic(*object, schema.type));
        hide(marked, schema);
        add_secrets_of(marked, schema.type, hidden);
      }
      tell_warnings(event->diagnostics, instance_.display(), hidden, ctx_);
      if (has_error(event->diagnostics)) return wrong(error_of(event->diagnostics, hidden));
    }
    Resource r;
    r.type = type;
    r.provider = provider_text(instance_);
    r.schema_version = static_cast<std::uint64_t>(schema.version);
    r.attributes = Value(Object());
    const auto identity = session_.identities->find(type);
    if (identity != session_.identities->end() && !event->identity.empty()) {
      Result<Value> v = decode_dynamic(event->identity, identity->second.type);
      if (!v) return wrong(std::move(v).error());
      if (!v->is_null()) r.identity = *std::move(v);
      r.identity_schema_version = static_cast<std::uint64_t>(identity->second.version);
    }
    if (!object) return wrong(object.error());
    const bool whole = !object->is_null();
    if (whole) r.attributes = schema.facts.mark_sensitive(unwrap_dynamic(normalise_read(*object, schema), schema.type));
    if (event->diagnostics.empty()) hide(r.attributes, schema);
    r.id = std::string(r.attributes.string_or("id"));
    r.address = address_of_found(r, event->display_name);
    if (!whole && !r.identity)
      return wrong(Error(Errc::read_failed, "the provider listed something without saying what").next("report it to its authors"));
    (whole ? to_.whole : to_.named)(std::move(r));
  }

  Instance& instance_;
  const Session& session_;
  const Listed& to_;
  const OpContext& ctx_;
  std::optional<Error> first_error_;
  std::size_t errors_ = 0;
  hosted_internal::StreamEnd end_;
};

}  // namespace

Status list_resources(Instance& instance, const ProviderSchema& of, const std::vector<std::string>& types, const Listed& to,
                      const OpContext& ctx) {
  std::vector<std::string> wanted;
  for (const std::string_view type : of.list_resource_types())
    if (types.empty() || std::find(types.begin(), types.end(), type) != types.end()) wanted.emplace_back(type);
  const auto one = [&](const Session& session, const std::string& type) {
    Listing listing(instance, session, to, ctx);
    const Status listed = listing.list(type);
    const hosted_internal::StreamEnd& end = listing.end();
    if (listed.ok()) return hosted_internal::ListEnd{};
    return hosted_internal::ListEnd{.wrong = listed.error(), .lost = end.reply.connection_lost, .silent = end.silent, .late = end.late};
  };
  return hosted_internal::list_each(instance, wanted, one, ctx);
}

}  // namespace drift::terraform_internal
