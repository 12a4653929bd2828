#include "provider/terraform/messages.hpp"

#include <map>

#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using namespace drift::terraform_internal;
using test::from_hex;
using test::to_hex;

namespace {

struct Golden {
  Protocol protocol;
  std::string bytes;
};

// The messages of that name, of both protocols.
std::vector<Golden> messages(std::string_view name) {
  std::vector<Golden> found;
  for (const Value& line : test::golden("messages.jsonl"))
    if (line.string_or("name") == name)
      found.push_back(
          {line.string_or("message").substr(0, 9) == "tfplugin5" ? Protocol::v5 : Protocol::v6, from_hex(line.string_or("bytes"))});
  REQUIRE_FALSE(found.empty());
  return found;
}

template <class Request>
void check_request(std::string_view name, const Request& request) {
  std::string out;
  encode(request, out);
  for (const Golden& g : messages(name)) CHECK(to_hex(out) == to_hex(g.bytes));
}

void check_diagnostics(const std::vector<Diagnostic>& d) {
  REQUIRE(d.size() == 3);
  CHECK(d[0].severity == Diagnostic::Severity::error);
  CHECK(d[0].summary == "s");
  CHECK(d[0].detail == "d");
  CHECK(d[0].path == R"(a[3]["k.x"])");
  CHECK(d[1].severity == Diagnostic::Severity::warning);
  CHECK(d[1].path.empty());
  CHECK(d[2].severity == Diagnostic::Severity::invalid);  // a severity of the future
  CHECK(has_error(d));
  CHECK_FALSE(has_error(std::span(d).subspan(1)));
}

const DynamicValue empty_object{.msgpack = "\x80"};
const DynamicValue identity{.msgpack = "\x81"};

}  // namespace

TEST_CASE("requests are what protobuf writes for them") {
  check_request("validate_request", ValidateProviderConfigRequest{empty_object});
  check_request("configure_request", ConfigureRequest{"1.12.0", empty_object, {}});
  check_request("upgrade_request", UpgradeResourceStateRequest{"x", 3, "{}", {}});
  const std::vector<std::pair<std::string, std::string>> flatmap{{"a.#", "1"}, {"a.0", "z"}, {"empty", ""}};
  check_request("upgrade_flatmap_request", UpgradeResourceStateRequest{"x", 0, {}, flatmap});
  check_request("identity_request", UpgradeResourceIdentityRequest{"x", 1, "{}"});
  check_request(
      "read_request",
      ReadResourceRequest{"x", empty_object, std::string_view("\0\1\2", 3), {.msgpack = "\xc0"}, {.deferral_allowed = true}, identity});
  check_request("read_plain_request", ReadResourceRequest{.type_name = "x", .current_state = empty_object});
  check_request("import_request", ImportResourceStateRequest{"x", "i-1", {}, identity});
  check_request("list_request", ListResourceRequest{"x", empty_object, true, 100});
}

TEST_CASE("replies are read whole, for both protocols") {
  for (const auto& [protocol, bytes] : messages("validate_reply")) check_diagnostics(decode_validate_provider_config(bytes)->diagnostics);
  for (const auto& [protocol, bytes] : messages("configure_reply")) check_diagnostics(decode_configure(bytes)->diagnostics);
  for (const auto& [protocol, bytes] : messages("upgrade_reply")) {
    const auto reply = decode_upgrade_resource_state(bytes);
    CHECK(reply->upgraded_state.msgpack == "\x80");
    check_diagnostics(reply->diagnostics);
  }
  for (const auto& [protocol, bytes] : messages("identity_reply")) {
    const auto reply = decode_upgrade_resource_identity(bytes);
    CHECK(reply->upgraded_identity.msgpack == "\x80");
    check_diagnostics(reply->diagnostics);
  }
  for (const auto& [protocol, bytes] : messages("read_reply")) {
    const auto reply = decode_read_resource(bytes);
    CHECK(reply->new_state.msgpack == "\x80");
    CHECK(reply->new_state.json == "{}");
    CHECK(reply->private_data == std::string_view("\0\1\2", 3));
    CHECK(reply->deferred == Deferred::absent_prerequisite);
    CHECK(reply->new_identity.msgpack == "\x81");
    check_diagnostics(reply->diagnostics);
  }
}

TEST_CASE("imported and listed resources are read") {
  for (const auto& [protocol, bytes] : messages("import_reply")) {
    const auto reply = decode_import_resource_state(bytes);
    REQUIRE(reply->resources.size() == 2);
    CHECK(reply->resources[0].type_name == "x");
    CHECK(reply->resources[0].state.msgpack == "\x80");
    CHECK(reply->resources[0].private_data == "\x01");
    CHECK(reply->resources[0].identity.msgpack == "\x81");
    CHECK(reply->resources[1].type_name == "y");
    CHECK(reply->resources[1].state.empty());
    CHECK(reply->deferred == Deferred::provider_config_unknown);
    check_diagnostics(reply->diagnostics);
  }
  for (const auto& [protocol, bytes] : messages("list_event")) {
    const auto event = decode_list_event(bytes);
    CHECK(event->identity.msgpack == "\x81");
    CHECK(event->display_name == "n");
    REQUIRE(event->resource_object.has_value());
    CHECK(event->resource_object->msgpack == "\x80");
    check_diagnostics(event->diagnostics);
  }
  CHECK_FALSE(decode_list_event("")->resource_object.has_value());
}

TEST_CASE("go-plugin's own messages are read") {
  for (const Value& line : test::golden("messages.jsonl")) {
    if (line.string_or("name") == "stdio") {
      const std::string bytes = from_hex(line.string_or("bytes"));
      const auto data = decode_stdio(bytes);
      CHECK(data->channel == StdioData::Channel::err);
      CHECK(data->data == "hi");
    }
  }
  CHECK(decode_stdio("")->channel == StdioData::Channel::invalid);
}

TEST_CASE("what is empty, new or of another kind is passed over") {
  const auto reply = decode_read_resource("");
  REQUIRE(reply.ok());
  CHECK(reply->new_state.empty());
  CHECK(reply->deferred == Deferred::none);
  // Field 99 (bytes), field 98 (varint), and field 1 as a varint.
  const std::string odd = from_hex(
                              "9a0603616263"
                              "9006ff01"
                              "0805") +
                          messages("read_reply")[0].bytes;
  CHECK(decode_read_resource(odd)->new_state.msgpack == "\x80");
  CHECK(decode_read_resource(from_hex("22021009"))->deferred == Deferred::unknown);
  CHECK(decode_read_resource(from_hex("22020809"))->deferred == Deferred::unknown);  // a reason of the future
}

TEST_CASE("malformed messages are errors that hold none of their bytes") {
  const auto refused = [](std::string_view name, const auto& decode) {
    for (const auto& [protocol, bytes] : messages(name)) {
      CHECK(decode(bytes).ok());
      std::size_t faults = 0;
      for (std::size_t n = 0; n < bytes.size(); ++n) {
        const auto reply = decode(std::string_view(bytes).substr(0, n));
        if (reply.ok()) continue;  // cut between two fields
        ++faults;
        CHECK(reply.error().code() == Errc::parse);
        CHECK(reply.error().message() == "a message of the plugin was malformed");
      }
      CHECK(faults > bytes.size() / 2);
    }
  };
  refused("configure_reply", decode_configure);
  refused("upgrade_reply", decode_upgrade_resource_state);
  refused("identity_reply", decode_upgrade_resource_identity);
  refused("read_reply", decode_read_resource);
  refused("import_reply", decode_import_resource_state);
  refused("list_event", decode_list_event);
}

TEST_CASE("a value comes as msgpack, as JSON, or not at all") {
  const CtyType t = *CtyType::parse(R"(["object",{"a":"number"}])");
  const std::string packed = from_hex("81a16101");
  CHECK(to_json(*decode_dynamic({.msgpack = packed, .json = R"({"a":2})"}, t)) == R"({"a":1})");
  CHECK(to_json(*decode_dynamic({.json = R"({"a":"2.0"})"}, t)) == R"({"a":2})");
  CHECK(decode_dynamic({}, t)->is_null());
  CHECK_FALSE(decode_dynamic({.json = R"({"a":)"}, t).ok());
  CHECK_FALSE(decode_dynamic({.json = R"({"b":1})"}, t).ok());
}

TEST_CASE("methods have the names of their protocol") {
  CHECK(method_path(Method::get_schema, Protocol::v5) == "/tfplugin5.Provider/GetSchema");
  CHECK(method_path(Method::get_schema, Protocol::v6) == "/tfplugin6.Provider/GetProviderSchema");
  CHECK(method_path(Method::validate_provider_config, Protocol::v5) == "/tfplugin5.Provider/PrepareProviderConfig");
  CHECK(method_path(Method::validate_provider_config, Protocol::v6) == "/tfplugin6.Provider/ValidateProviderConfig");
  CHECK(method_path(Method::configure, Protocol::v5) == "/tfplugin5.Provider/Configure");
  CHECK(method_path(Method::configure, Protocol::v6) == "/tfplugin6.Provider/ConfigureProvider");
  CHECK(method_path(Method::stop, Protocol::v5) == "/tfplugin5.Provider/Stop");
  CHECK(method_path(Method::stop, Protocol::v6) == "/tfplugin6.Provider/StopProvider");
  for (const auto& [method, name] : std::map<Method, std::string>{{Method::get_metadata, "GetMetadata"},
                                                                  {Method::get_identity_schemas, "GetResourceIdentitySchemas"},
                                                                  {Method::upgrade_resource_state, "UpgradeResourceState"},
                                                                  {Method::upgrade_resource_identity, "UpgradeResourceIdentity"},
                                                                  {Method::read_resource, "ReadResource"},
                                                                  {Method::import_resource_state, "ImportResourceState"},
                                                                  {Method::list_resource, "ListResource"}}) {
    CHECK(method_path(method, Protocol::v5) == "/tfplugin5.Provider/" + name);
    CHECK(method_path(method, Protocol::v6) == "/tfplugin6.Provider/" + name);
  }
}
