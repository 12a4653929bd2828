#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "drift/model/json.hpp"
#include "fuzz/properties.hpp"
#include "plugin/fd.hpp"
#include "plugin/grpc_server.hpp"
#include "provider/pulumi/launch.hpp"
#include "provider/pulumi/messages.hpp"
#include "provider/pulumi/property.hpp"
#include "provider/pulumi/provider_record.hpp"
#include "provider/pulumi/struct_codec.hpp"
#include "provider/pulumi/urn.hpp"
#include "state/pulumi_secrets.hpp"
#include "state/yaml_scalars.hpp"

namespace fuzz {
namespace {

using namespace drift;
using namespace drift::pulumi_internal;

constexpr EncodeOptions everything{
    .keep_unknowns = true, .keep_secrets = true, .keep_references = true, .keep_byte_strings = true, .elide_assets = false};
constexpr EncodeOptions nothing{};

// What a provider may answer is sent back to it, and means the same; the engine sees no difference of it to itself.
std::string check_property(const Value& v) {
  std::string bytes;
  if (Status s = encode_struct(v, everything, bytes); !s.ok()) return "a property cannot be sent: " + s.error().to_string();
  const Result<Value> again = decode_struct(bytes, "fuzz");
  if (!again) return "a property that was sent cannot be read: " + again.error().to_string();
  std::string twice;
  if (Status s = encode_struct(*again, everything, twice); !s.ok()) return "a property cannot be sent twice: " + s.error().to_string();
  if (twice != bytes) return "a property changed when it was sent and read again";
  if (!diff_properties(v, v, true).empty()) return "a property differs from itself";
  const Value model = model_of(v);
  if (loses_digits(model) && loses_digits(as_doubles(model))) return "doubles lose digits when they become doubles";
  // Of a provider that knows no secrets: what it was sent open, and gives back, is a secret again.
  bytes.clear();
  if (!encode_struct(v, nothing, bytes).ok()) return {};
  Result<Value> echoed = decode_struct(bytes, "fuzz");
  if (!echoed) return "a property that was sent open cannot be read: " + echoed.error().to_string();
  annotate_secrets(*echoed, v);
  return holds_secret(v) && !holds_secret(*echoed) ? "a secret was lost on the way to a provider that knows none" : "";
}

std::string check_struct(std::string_view bytes) {
  const Result<Value> v = decode_struct(bytes, "fuzz");
  if (!v) return v.error().message().empty() ? "an error without a message" : "";
  if (!v->is_object()) return "a Struct became something else than an object";
  return plain_object(*v) ? check_property(*v) : "";  // at the top the signature's key is a name like others
}

class AnySecret final : public state_internal::PulumiSecrets {
 public:
  [[nodiscard]] Result<third::SecretBytes> text(std::string_view /*ciphertext*/) const override { return third::SecretBytes("\"x\""); }
};

std::string check_record(std::string_view text) {
  JsonLimits limits;
  limits.max_depth = 32;
  limits.max_nodes = 100'000;
  Result<Value> json = parse_json(text, limits);
  if (!json || !json->is_object()) return {};
  if (!state_internal::reveal_pulumi(*json, AnySecret()).ok()) return {};
  const Result<Value> v = property_of_record(*json, "fuzz");
  if (v && plain_object(*v) && !v->holds_unknown()) {
    std::string bytes;
    if (encode_struct(*v, everything, bytes).ok())
      if (std::string wrong = check_struct(bytes); !wrong.empty()) return "of a checkpoint: " + wrong;
  }
  EngineRecord record;
  record.resource = *std::move(json);
  if (const auto read = read_provider_record(record);
      read && read->plugin.name.find_first_of(std::string_view("/\0", 2)) != std::string::npos)
    return "the name of a plugin leads to another file";
  return key_of(record) == key_of(record) ? "" : "one provider has two keys";
}

std::string check_texts(std::string_view text) {
  if (const auto port = port_of_line(text); port && (*port < 1 || *port > 65535)) return "a port that is none";
  if (const auto version = tolerant_version(text); version && tolerant_version(*version) != version) return "a version has two forms";
  for (const std::string_view part : {urn_type(text), urn_name(text), urn_project(text), provider_package(text)})
    if (!part.empty() && (part.data() < text.data() || part.data() + part.size() > text.data() + text.size()))
      return "a part of a URN is not in it";
  Object before, now;
  before.set("a", Value(Value::List{Value("b"), Value(Object())}));
  now.set("c", Value("d"));
  Value changed{now};
  if (!reset_path(text, Value(before), changed) && !(changed == Value(now))) return "a path that cannot be followed changed something";
  (void)path_of(text);
  (void)state_internal::yaml_scalars(text);
  return {};
}

}  // namespace

std::string check_pulumi_bytes(std::string_view bytes) {
  (void)decode_handshake(bytes);
  (void)decode_configure(bytes);
  (void)decode_diff(bytes);
  (void)decode_list_event(bytes);
  (void)decode_plugin_version(bytes);
  (void)decode_engine_log(bytes);
  if (const auto details = decode_error_details(bytes); details && details->init_failed && details->init_failed->properties)
    if (std::string wrong = check_struct(*details->init_failed->properties); !wrong.empty()) return wrong;
  if (const auto read = decode_read(bytes))
    for (const auto* part : {&read->properties, &read->inputs})
      if (*part)
        if (std::string wrong = check_struct(**part); !wrong.empty()) return wrong;
  for (const auto check : {check_struct, check_record, check_texts})
    if (std::string wrong = check(bytes); !wrong.empty()) return wrong;
  return {};
}

namespace {

// Serves for as long as the program runs.
const plugin::GrpcServer& server() {
  static const auto one = [] {
    auto made = plugin::GrpcServer::start("fuzz", [](std::string_view path, std::string_view message) -> plugin::GrpcServer::Answer {
      (void)decode_engine_log(message);
      return {.code = path == engine_log_path ? plugin::GrpcCode::ok : plugin::GrpcCode::unimplemented, .message = {}, .body = {}};
    });
    return std::move(made).value();
  }();
  return *one;
}

plugin::Fd connected() {
  plugin::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string& address = server().address();
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return {};
  // Thousands of connections are made: none of them shall keep its port.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  return fd;
}

}  // namespace

std::string check_grpc_server(std::string_view bytes) {
  const plugin::Fd fd = connected();
  if (!fd.open()) return "the server takes no connection any more";
  // What is more than the socket takes at once is left out: nobody reads answers meanwhile.
  (void)::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(fd.get(), SHUT_WR);
  char answer[4096];
  for (;;) {
    pollfd wait{fd.get(), POLLIN, 0};
    if (::poll(&wait, 1, 30000) == 0) return "the server keeps a connection that its peer has closed";
    if (::recv(fd.get(), answer, sizeof answer, 0) <= 0) return {};
  }
}

}  // namespace fuzz
