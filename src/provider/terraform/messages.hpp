// The messages of tfplugin5 and tfplugin6 that a scan needs, as Protocol Buffers bytes and back: one codec for both protocols, whose
// messages differ only in method names (here) and in two fields of a schema's attribute (schema.hpp). Source: terraform-plugin-go v0.31.0,
// tfprotov5/internal/tfplugin5/tfplugin5.proto (5.11) and tfplugin6.proto (6.11).
//
// Example:
//   std::string request;
//   encode(UpgradeResourceStateRequest{.type_name = type, .version = 1, .json = attributes}, request);
//   ... call method_path(Method::upgrade_resource_state, protocol) ...
//   Result<UpgradeResourceStateReply> reply = decode_upgrade_resource_state(bytes);
//   Result<Value> state = decode_dynamic(reply->upgraded_state, type);
//
// Rules: fields that are not known are skipped; a fault of the bytes is E_PARSE with the name of the message. encode() appends to `out` and
// cannot fail. Texts of a Diagnostic come from the provider and may hold secrets: they are only carried here. Thread rule: any. Ownership:
// requests borrow what they show for the call; replies are views into the bytes that were decoded, which must outlive them; a Diagnostic
// owns its text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/value.hpp"
#include "provider/terraform/cty_type.hpp"

namespace drift::terraform_internal {

enum class Protocol : std::uint8_t { v5 = 5, v6 = 6 };

enum class Method : std::uint8_t {
  get_metadata,
  get_schema,  // GetSchema, GetProviderSchema
  get_identity_schemas,
  validate_provider_config,  // PrepareProviderConfig, ValidateProviderConfig
  configure,                 // Configure, ConfigureProvider
  upgrade_resource_state,
  upgrade_resource_identity,
  read_resource,
  import_resource_state,
  list_resource,  // a stream of ListEvent
  stop,           // Stop, StopProvider
};
// "/tfplugin5.Provider/GetSchema"
[[nodiscard]] std::string_view method_path(Method method, Protocol protocol) noexcept;

// go-plugin's own services on the same connection.
inline constexpr std::string_view stdio_path = "/plugin.GRPCStdio/StreamStdio";
inline constexpr std::string_view shutdown_path = "/plugin.GRPCController/Shutdown";

// ---- values ----

// A value in transit. Providers may answer in either form; msgpack goes first when both are there.
struct DynamicValue {
  std::string_view msgpack{};
  std::string_view json{};
  [[nodiscard]] bool empty() const noexcept { return msgpack.empty() && json.empty(); }
};
// The value of type `t`; null when there is none, as OpenTofu takes it. Errors as decode_msgpack(), parse_json() and conform().
Result<Value> decode_dynamic(const DynamicValue& v, const CtyType& t);

struct Diagnostic {
  enum class Severity : std::uint8_t { invalid, error, warning };
  Severity severity = Severity::invalid;
  std::string summary{};
  std::string detail{};
  std::string path{};  // canonical text of a drift::Path; "" when it is about the whole object
};
[[nodiscard]] bool has_error(std::span<const Diagnostic> diagnostics) noexcept;

enum class Deferred : std::uint8_t { none, unknown, resource_config_unknown, provider_config_unknown, absent_prerequisite };

struct ServerCapabilities {
  bool plan_destroy = false;
  bool get_provider_schema_optional = false;
  bool move_resource_state = false;
  bool generate_resource_config = false;
};
struct ClientCapabilities {
  bool deferral_allowed = false;
  bool write_only_attributes_allowed = true;
};

// ---- requests (those without fields are empty bytes: get_metadata, get_schema, get_identity_schemas, stop, stdio, shutdown) ----

struct ValidateProviderConfigRequest {
  DynamicValue config{};
};
struct ConfigureRequest {
  std::string_view terraform_version{};
  DynamicValue config{};
  ClientCapabilities capabilities{};
};
// The state as the state file has it: `json`, or `flatmap` when there is no JSON (Terraform before 0.12).
struct UpgradeResourceStateRequest {
  std::string_view type_name{};
  std::int64_t version = 0;
  std::string_view json{};
  std::span<const std::pair<std::string, std::string>> flatmap{};
};
struct UpgradeResourceIdentityRequest {
  std::string_view type_name{};
  std::int64_t version = 0;
  std::string_view json{};
};
struct ReadResourceRequest {
  std::string_view type_name{};
  DynamicValue current_state{};
  std::string_view private_data{};
  DynamicValue provider_meta{};  // left out when empty
  ClientCapabilities capabilities{};
  DynamicValue identity{};  // left out when empty
};
struct ImportResourceStateRequest {
  std::string_view type_name{};
  std::string_view id{};
  ClientCapabilities capabilities{};
  DynamicValue identity{};  // instead of an id; left out when empty
};
struct ListResourceRequest {
  std::string_view type_name{};
  DynamicValue config{};
  bool include_resource_object = false;
  std::int64_t limit = 0;
};

void encode(const ValidateProviderConfigRequest& r, std::string& out);
void encode(const ConfigureRequest& r, std::string& out);
void encode(const UpgradeResourceStateRequest& r, std::string& out);
void encode(const UpgradeResourceIdentityRequest& r, std::string& out);
void encode(const ReadResourceRequest& r, std::string& out);
void encode(const ImportResourceStateRequest& r, std::string& out);
void encode(const ListResourceRequest& r, std::string& out);

// ---- replies ----

struct DiagnosticsReply {  // of configure, and of validate_provider_config, whose prepared config OpenTofu ignores too
  std::vector<Diagnostic> diagnostics{};
};
struct UpgradeResourceStateReply {
  DynamicValue upgraded_state{};
  std::vector<Diagnostic> diagnostics{};
};
struct UpgradeResourceIdentityReply {
  DynamicValue upgraded_identity{};
  std::vector<Diagnostic> diagnostics{};
};
struct ReadResourceReply {
  DynamicValue new_state{};  // a null value: the resource is gone
  std::vector<Diagnostic> diagnostics{};
  std::string_view private_data{};
  Deferred deferred = Deferred::none;
  DynamicValue new_identity{};
};
struct ImportedResource {
  std::string_view type_name{};
  DynamicValue state{};
  std::string_view private_data{};
  DynamicValue identity{};
};
struct ImportResourceStateReply {
  std::vector<ImportedResource> resources{};
  std::vector<Diagnostic> diagnostics{};
  Deferred deferred = Deferred::none;
};
struct ListEvent {
  DynamicValue identity{};
  std::string_view display_name{};
  std::optional<DynamicValue> resource_object{};
  std::vector<Diagnostic> diagnostics{};
};
struct StdioData {
  enum class Channel : std::uint8_t { invalid, out, err };
  Channel channel = Channel::invalid;
  std::string_view data{};
};

Result<DiagnosticsReply> decode_configure(std::string_view bytes);
Result<DiagnosticsReply> decode_validate_provider_config(std::string_view bytes);
Result<UpgradeResourceStateReply> decode_upgrade_resource_state(std::string_view bytes);
Result<UpgradeResourceIdentityReply> decode_upgrade_resource_identity(std::string_view bytes);
Result<ReadResourceReply> decode_read_resource(std::string_view bytes);
Result<ImportResourceStateReply> decode_import_resource_state(std::string_view bytes);
Result<ListEvent> decode_list_event(std::string_view bytes);
Result<StdioData> decode_stdio(std::string_view bytes);

}  // namespace drift::terraform_internal
