#include <array>

#include "drift/model/json.hpp"
#include "fuzz/properties.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/messages.hpp"
#include "provider/terraform/msgpack.hpp"
#include "provider/terraform/normalise.hpp"
#include "provider/terraform/schema.hpp"

namespace fuzz {
namespace {

using namespace drift;
using namespace drift::terraform_internal;

constexpr std::array<const char*, 8> types{
    R"("dynamic")",
    R"("number")",
    R"(["list","string"])",
    R"(["set",["object",{"a":"number","b":["map","bool"]}]])",
    R"(["map","dynamic"])",
    R"(["object",{"a":"string","b":["set","number"],"d":"dynamic"}])",
    R"(["tuple",["bool",["list",["list","dynamic"]]]])",
    R"(["list",["object",{"id":"string"}]])",
};

// A value that was read is written, read again, and the same; it is in the one form.
std::string check_value(const Value& v, const CtyType& t) {
  if (!(json_round_trip(v, t) == v)) return "a value that was read is not in the one form of type " + t.to_json();
  std::string bytes;
  if (Status s = encode_msgpack(v, t, bytes); !s.ok()) return "a value that was read cannot be written: " + s.error().to_string();
  const Result<Value> again = decode_msgpack(bytes, t);
  if (!again) return "a value that was written cannot be read: " + again.error().to_string();
  return *again == v ? "" : "a value changed when it was written and read again, of type " + t.to_json();
}

std::string check_values(std::string_view bytes, const CtyType& t) {
  if (const Result<Value> v = decode_msgpack(bytes, t))
    if (std::string wrong = check_value(*v, t); !wrong.empty()) return wrong;
  const Result<Value> json = parse_json(bytes);
  if (!json) return {};
  for (const Extras extras : {Extras::refuse, Extras::strip})
    if (const Result<Value> v = conform(*json, t, extras))
      if (std::string wrong = check_value(*v, t); !wrong.empty()) return wrong;
  return {};
}

std::string check_schema(std::string_view bytes, Protocol protocol) {
  const auto schema = ProviderSchema::index(std::string(bytes), protocol);
  if (!schema) return {};
  for (const std::string_view name : (*schema)->resource_types()) {
    const auto type = (*schema)->resource(name);
    if (!type) continue;
    const Value empty = empty_value((*type)->block);
    if (std::string wrong = check_value(json_round_trip(empty, (*type)->type), (*type)->type); !wrong.empty()) return wrong;
    (void)normalise_read(empty, **type);
  }
  (void)(*schema)->provider();
  (void)(*schema)->provider_meta();
  return {};
}

}  // namespace

std::string check_plugin_bytes(std::string_view bytes) {
  (void)decode_configure(bytes);
  (void)decode_validate_provider_config(bytes);
  (void)decode_upgrade_resource_state(bytes);
  (void)decode_upgrade_resource_identity(bytes);
  (void)decode_import_resource_state(bytes);
  (void)decode_list_event(bytes);
  (void)decode_stdio(bytes);
  (void)decode_identity_schemas(bytes, nullptr);
  for (const Protocol p : {Protocol::v5, Protocol::v6})
    if (std::string wrong = check_schema(bytes, p); !wrong.empty()) return wrong;
  for (const char* text : types)
    if (std::string wrong = check_values(bytes, *CtyType::parse(text)); !wrong.empty()) return wrong;
  if (const auto reply = decode_read_resource(bytes))
    if (const Result<Value> v = decode_dynamic(reply->new_state, CtyType()))
      if (std::string wrong = check_value(*v, CtyType()); !wrong.empty()) return wrong;
  if (const Result<CtyType> t = CtyType::parse(bytes))
    if (!(*CtyType::parse(t->to_json()) == *t)) return "a type changed when it was written and read again";
  return {};
}

}  // namespace fuzz
