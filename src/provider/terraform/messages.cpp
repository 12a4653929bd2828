#include "provider/terraform/messages.hpp"

#include <algorithm>
#include <array>

#include "drift/model/json.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/message_fields.hpp"
#include "provider/terraform/msgpack.hpp"

namespace drift::terraform_internal {
namespace {

using third::bytes_of;
using third::read_inner;
using third::read_message;
using third::wire_bytes;
using third::wire_varint;
using third::WireReader;
using third::WireWriter;

struct Names {
  std::string_view v5;
  std::string_view v6;
};
// In the order of Method.
constexpr std::array<Names, 11> method_names{{
    {"/tfplugin5.Provider/GetMetadata", "/tfplugin6.Provider/GetMetadata"},
    {"/tfplugin5.Provider/GetSchema", "/tfplugin6.Provider/GetProviderSchema"},
    {"/tfplugin5.Provider/GetResourceIdentitySchemas", "/tfplugin6.Provider/GetResourceIdentitySchemas"},
    {"/tfplugin5.Provider/PrepareProviderConfig", "/tfplugin6.Provider/ValidateProviderConfig"},
    {"/tfplugin5.Provider/Configure", "/tfplugin6.Provider/ConfigureProvider"},
    {"/tfplugin5.Provider/UpgradeResourceState", "/tfplugin6.Provider/UpgradeResourceState"},
    {"/tfplugin5.Provider/UpgradeResourceIdentity", "/tfplugin6.Provider/UpgradeResourceIdentity"},
    {"/tfplugin5.Provider/ReadResource", "/tfplugin6.Provider/ReadResource"},
    {"/tfplugin5.Provider/ImportResourceState", "/tfplugin6.Provider/ImportResourceState"},
    {"/tfplugin5.Provider/ListResource", "/tfplugin6.Provider/ListResource"},
    {"/tfplugin5.Provider/Stop", "/tfplugin6.Provider/StopProvider"},
}};
static_assert(method_names.size() == static_cast<std::size_t>(Method::stop) + 1);

// ---- writing ----

void add_text(WireWriter& w, std::uint32_t tag, std::string_view text) {
  if (!text.empty()) w.add_bytes(tag, text.data(), text.size());
}

void add_dynamic(WireWriter& w, std::uint32_t tag, const DynamicValue& v) {
  WireWriter inner(w, tag);
  add_text(inner, 1, v.msgpack);
  add_text(inner, 2, v.json);
}

void add_identity(WireWriter& w, std::uint32_t tag, const DynamicValue& v) {
  if (v.empty()) return;
  WireWriter inner(w, tag);
  add_dynamic(inner, 1, v);
}

void add_capabilities(WireWriter& w, std::uint32_t tag, const ClientCapabilities& c) {
  WireWriter inner(w, tag);
  if (c.deferral_allowed) inner.add_bool(1, true);
  if (c.write_only_attributes_allowed) inner.add_bool(2, true);
}

// ---- reading ----

DynamicValue read_identity(std::string_view bytes) {
  DynamicValue v;
  read_inner(bytes, [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(1)) {
      v = read_dynamic_value(bytes_of(r));
    } else {
      r.skip();
    }
  });
  return v;
}

Deferred read_deferred(std::string_view bytes) {
  Deferred d = Deferred::unknown;
  read_inner(bytes, [&](WireReader& r) {
    if (r.tag_and_type() != wire_varint(1)) return r.skip();
    const std::int32_t reason = r.get_enum();
    d = reason >= 1 && reason <= 3 ? static_cast<Deferred>(reason + 1) : Deferred::unknown;
  });
  return d;
}

Result<DiagnosticsReply> decode_diagnostics(std::string_view bytes, std::string_view message, std::uint32_t tag) {
  DiagnosticsReply reply;
  DRIFT_TRY(read_message(bytes, message, [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(tag)) {
      reply.diagnostics.push_back(read_diagnostic(bytes_of(r)));
    } else {
      r.skip();
    }
  }));
  return reply;
}

// A reply of a value (1) and diagnostics (2).
template <class Reply, class Read>
Result<Reply> decode_upgrade(std::string_view bytes, std::string_view message, DynamicValue Reply::*value, const Read& read) {
  Reply reply;
  DRIFT_TRY(read_message(bytes, message, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        reply.*value = read(bytes_of(r));
        break;
      case wire_bytes(2):
        reply.diagnostics.push_back(read_diagnostic(bytes_of(r)));
        break;
      default:
        r.skip();
    }
  }));
  return reply;
}

ImportedResource read_imported(std::string_view bytes) {
  ImportedResource imported;
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        imported.type_name = bytes_of(r);
        break;
      case wire_bytes(2):
        imported.state = read_dynamic_value(bytes_of(r));
        break;
      case wire_bytes(3):
        imported.private_data = bytes_of(r);
        break;
      case wire_bytes(4):
        imported.identity = read_identity(bytes_of(r));
        break;
      default:
        r.skip();
    }
  });
  return imported;
}

}  // namespace

std::string_view method_path(Method method, Protocol protocol) noexcept {
  const Names& names = method_names[static_cast<std::size_t>(method)];
  return protocol == Protocol::v5 ? names.v5 : names.v6;
}

Result<Value> decode_dynamic(const DynamicValue& v, const CtyType& t) {
  if (!v.msgpack.empty()) return decode_msgpack(v.msgpack, t);
  if (v.json.empty()) return Value();
  Result<Value> json = parse_json(v.json);
  if (!json) return std::move(json).error().in("while reading a value of the provider");
  return conform(*json, t);
}

bool has_error(std::span<const Diagnostic> diagnostics) noexcept {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
}

void encode(const ValidateProviderConfigRequest& r, std::string& out) {
  WireWriter w(out);
  add_dynamic(w, 1, r.config);
}

void encode(const ConfigureRequest& r, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, r.terraform_version);
  add_dynamic(w, 2, r.config);
  add_capabilities(w, 3, r.capabilities);
}

void encode(const UpgradeResourceStateRequest& r, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, r.type_name);
  if (r.version != 0) w.add_int64(2, r.version);
  WireWriter raw(w, 3);
  add_text(raw, 1, r.json);
  for (const auto& [key, text] : r.flatmap) {
    WireWriter entry(raw, 2);
    entry.add_bytes(1, key);
    entry.add_bytes(2, text);
  }
}

void encode(const UpgradeResourceIdentityRequest& r, std::string& out) {
  encode(UpgradeResourceStateRequest{r.type_name, r.version, r.json, {}}, out);
}

void encode(const ReadResourceRequest& r, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, r.type_name);
  add_dynamic(w, 2, r.current_state);
  add_text(w, 3, r.private_data);
  if (!r.provider_meta.empty()) add_dynamic(w, 4, r.provider_meta);
  add_capabilities(w, 5, r.capabilities);
  add_identity(w, 6, r.identity);
}

void encode(const ImportResourceStateRequest& r, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, r.type_name);
  add_text(w, 2, r.id);
  add_capabilities(w, 3, r.capabilities);
  add_identity(w, 4, r.identity);
}

void encode(const ListResourceRequest& r, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, r.type_name);
  add_dynamic(w, 2, r.config);
  if (r.include_resource_object) w.add_bool(3, true);
  if (r.limit != 0) w.add_int64(4, r.limit);
}

Result<DiagnosticsReply> decode_configure(std::string_view bytes) { return decode_diagnostics(bytes, "Configure reply", 1); }
Result<DiagnosticsReply> decode_validate_provider_config(std::string_view bytes) {
  return decode_diagnostics(bytes, "ValidateProviderConfig reply", 2);
}

Result<UpgradeResourceStateReply> decode_upgrade_resource_state(std::string_view bytes) {
  return decode_upgrade<UpgradeResourceStateReply>(bytes, "UpgradeResourceState reply", &UpgradeResourceStateReply::upgraded_state,
                                                   read_dynamic_value);
}

Result<UpgradeResourceIdentityReply> decode_upgrade_resource_identity(std::string_view bytes) {
  return decode_upgrade<UpgradeResourceIdentityReply>(bytes, "UpgradeResourceIdentity reply",
                                                      &UpgradeResourceIdentityReply::upgraded_identity, read_identity);
}

Result<ReadResourceReply> decode_read_resource(std::string_view bytes) {
  ReadResourceReply reply;
  DRIFT_TRY(read_message(bytes, "ReadResource reply", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        reply.new_state = read_dynamic_value(bytes_of(r));
        break;
      case wire_bytes(2):
        reply.diagnostics.push_back(read_diagnostic(bytes_of(r)));
        break;
      case wire_bytes(3):
        reply.private_data = bytes_of(r);
        break;
      case wire_bytes(4):
        reply.deferred = read_deferred(bytes_of(r));
        break;
      case wire_bytes(5):
        reply.new_identity = read_identity(bytes_of(r));
        break;
      default:
        r.skip();
    }
  }));
  return reply;
}

Result<ImportResourceStateReply> decode_import_resource_state(std::string_view bytes) {
  ImportResourceStateReply reply;
  DRIFT_TRY(read_message(bytes, "ImportResourceState reply", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        reply.resources.push_back(read_imported(bytes_of(r)));
        break;
      case wire_bytes(2):
        reply.diagnostics.push_back(read_diagnostic(bytes_of(r)));
        break;
      case wire_bytes(3):
        reply.deferred = read_deferred(bytes_of(r));
        break;
      default:
        r.skip();
    }
  }));
  return reply;
}

Result<ListEvent> decode_list_event(std::string_view bytes) {
  ListEvent event;
  DRIFT_TRY(read_message(bytes, "ListResource event", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        event.identity = read_identity(bytes_of(r));
        break;
      case wire_bytes(2):
        event.display_name = bytes_of(r);
        break;
      case wire_bytes(3):
        event.resource_object = read_dynamic_value(bytes_of(r));
        break;
      case wire_bytes(4):
        event.diagnostics.push_back(read_diagnostic(bytes_of(r)));
        break;
      default:
        r.skip();
    }
  }));
  return event;
}

Result<StdioData> decode_stdio(std::string_view bytes) {
  StdioData data;
  DRIFT_TRY(read_message(bytes, "StreamStdio message", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_varint(1): {
        const std::int32_t channel = r.get_enum();
        data.channel = channel == 1 ? StdioData::Channel::out : channel == 2 ? StdioData::Channel::err : StdioData::Channel::invalid;
        break;
      }
      case wire_bytes(2):
        data.data = bytes_of(r);
        break;
      default:
        r.skip();
    }
  }));
  return data;
}

}  // namespace drift::terraform_internal
