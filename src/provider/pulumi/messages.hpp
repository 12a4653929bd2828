// The messages of pulumirpc.ResourceProvider that a scan needs, as Protocol Buffers bytes and back.
//
// Source: pulumi proto/pulumi/{provider,plugin,engine,errors}.proto (v3.258.0), google/rpc/status.proto.
// Rules: fields that are not known are skipped; malformed bytes are E_PARSE with the name of the message. encode() appends and cannot fail.
// A Struct inside a message is carried as bytes (struct_codec.hpp). Texts of a provider may hold secrets: they are only carried here.
// Thread rule: any. Ownership: requests borrow what they show; replies own theirs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/base/result.hpp"

namespace drift::pulumi_internal {

// "/pulumirpc.ResourceProvider/Read"
[[nodiscard]] std::string method_path(std::string_view method);
inline constexpr std::string_view engine_log_path = "/pulumirpc.Engine/Log";
inline constexpr std::string_view health_path = "/grpc.health.v1.Health/Check";
inline constexpr std::string_view health_serving("\x08\x01", 2);  // the reply to it

struct HandshakeRequest {
  std::string_view engine_address{};
  std::optional<std::string_view> program_directory{};  // and root directory; none when attached
};
void encode(const HandshakeRequest& m, std::string& out);

struct HandshakeReply {
  bool accept_secrets = false;
  bool accept_resources = false;
  bool accept_outputs = false;
  bool accepts_byte_string = false;
};
Result<HandshakeReply> decode_handshake(std::string_view bytes);

struct ParameterizeRequest {
  std::string_view name{};
  std::string_view version{};
  std::string_view value{};  // opaque bytes
};
void encode(const ParameterizeRequest& m, std::string& out);

struct ConfigureRequest {
  std::vector<std::pair<std::string, std::string>> variables{};
  std::string_view args{};  // a Struct
  std::string_view id{};
  std::string_view urn{};
  std::string_view name{};
  std::string_view type{};
};
void encode(const ConfigureRequest& m, std::string& out);

struct ConfigureReply {
  bool accept_secrets = false;
  bool accept_resources = false;
};
Result<ConfigureReply> decode_configure(std::string_view bytes);

struct View {
  std::string_view type{}, name{}, parent_type{}, parent_name{};
  std::string_view inputs{}, outputs{};  // Structs
};

struct ReadCall {
  std::string_view id{}, urn{};
  std::string_view properties{};             // a Struct, sent even when empty
  std::optional<std::string_view> inputs{};  // the same; none where the record has none
  double timeout = 0;                        // seconds
};
void encode(const ReadCall& m, std::string& out);

struct ReadReply {
  std::string id{};
  std::optional<std::string> properties{};
  std::optional<std::string> inputs{};
};
Result<ReadReply> decode_read(std::string_view bytes);

struct DiffCall {
  std::string_view id{}, urn{};
  std::string_view old_inputs{}, old_outputs{}, new_inputs{};  // Structs, sent even when empty
  std::vector<std::string> ignore_changes{};
};
void encode(const DiffCall& m, std::string& out);

struct DiffReply {
  enum class Changes : std::uint8_t { unknown, none, some };
  // Numbers as on the wire; what is not known is `update`.
  enum class Kind : std::uint8_t { add, add_replace, remove, remove_replace, update, update_replace };
  struct Detail {
    std::string path{};
    Kind kind = Kind::update;
    bool input_diff = false;
  };
  Changes changes = Changes::unknown;
  std::vector<std::string> replaces{};
  std::vector<std::string> diffs{};
  bool has_detailed = false;
  std::vector<Detail> detailed{};
};
Result<DiffReply> decode_diff(std::string_view bytes);

struct ListRequest {
  std::string_view token{};  // the type
  std::int64_t limit = 0;
  std::int64_t page_size = 0;
  std::string_view continuation{};
};
void encode(const ListRequest& m, std::string& out);

struct ListEvent {
  std::optional<std::pair<std::string, std::string>> found{};  // id, name
  std::optional<std::string> continuation{};
};
Result<ListEvent> decode_list_event(std::string_view bytes);

struct PluginAttach {
  std::string_view address{};
};
void encode(const PluginAttach& m, std::string& out);

Result<std::string> decode_plugin_version(std::string_view bytes);  // of GetPluginInfo

struct EngineLog {
  enum class Severity : std::uint8_t { debug, info, warning, error };
  Severity severity = Severity::debug;
  std::string message{};
  std::string urn{};
};
Result<EngineLog> decode_engine_log(std::string_view bytes);

// What a google.rpc.Status of an error says beyond its text.
struct ErrorDetails {
  struct InitFailed {
    std::string id{};
    std::optional<std::string> properties{};
    std::optional<std::string> inputs{};
    std::vector<std::string> reasons{};
  };
  std::optional<InitFailed> init_failed{};
  std::vector<std::pair<std::string, std::string>> missing_keys{};  // name, description
};
// Of the bytes in grpc-status-details-bin; empty ones have no details.
Result<ErrorDetails> decode_error_details(std::string_view bytes);

}  // namespace drift::pulumi_internal
