#include "state/pulumi_resource.hpp"

#include <utility>
#include <vector>

#include "state/pulumi_values.hpp"
#include "state/shapes.hpp"

namespace drift::state_internal {
namespace {

constexpr std::string_view kProviderType = "pulumi:providers:";
// What the engine itself provides: references to other stacks. There is nothing behind it that could drift.
constexpr std::string_view kEngineType = "pulumi:pulumi:";
constexpr std::string_view kDeleteMark = " (delete ";

constexpr MemberType kMembers[] = {
    {"additionalSecretOutputs", JsonType::array},
    {"custom", JsonType::boolean},
    {"defaults", JsonType::object},
    {"delete", JsonType::boolean},
    {"dependencies", JsonType::array},
    {"external", JsonType::boolean},
    {"id", JsonType::string},
    {"ignoreChanges", JsonType::array},
    {"initErrors", JsonType::array},
    {"inputs", JsonType::object},
    {"outputs", JsonType::object},
    {"parent", JsonType::string},
    {"pendingReplacement", JsonType::boolean},
    {"protect", JsonType::boolean},
    {"provider", JsonType::string},
    {"taint", JsonType::boolean},
    {"type", JsonType::string},
    {"urn", JsonType::string},
    {"viewOf", JsonType::string},
};

bool is_value_section(std::string_view name) { return name == "inputs" || name == "outputs"; }

Status check_members(const JsonView& resource, SpanParser& parser) {
  for (JsonView::Cursor c = resource.begin(); c; c.next()) {
    const JsonView value = c.value();
    // inputs and outputs are checked where they are turned into canonical bytes.
    if ((value.is_object() || value.is_array()) && !is_value_section(c.key())) DRIFT_TRY(parser.unique_keys(value));
    DRIFT_TRY(check_member_type(c.key(), value, kMembers, parser));
  }
  // One that was passed over could be a secret's name.
  for (const char* name : {"additionalSecretOutputs", "dependencies", "ignoreChanges", "initErrors"})
    DRIFT_TRY(check_texts(name, resource.find(name), parser));
  return {};
}

ResourceKind kind_of(std::string_view type, bool custom, bool view) {
  if (type.starts_with(kProviderType)) return ResourceKind::provider;
  return custom && !view && !type.starts_with(kEngineType) ? ResourceKind::managed : ResourceKind::component;
}

bool flag(const Value& object, std::string_view name) {
  const Value* v = object.find(name);
  return v != nullptr && v->is_bool() && v->as_bool();
}

std::vector<std::string> texts(const Value& object, std::string_view name) {
  std::vector<std::string> out;
  const Value* list = object.find(name);
  if (list == nullptr || !list->is_list()) return out;
  for (const Value& e : list->as_list())
    if (e.is_string()) out.push_back(e.as_string());
  return out;
}

const Value* section(const Value& object, std::string_view name) {
  const Value* v = object.find(name);
  return v != nullptr && v->is_object() ? v : nullptr;
}

void mark_additional_secrets(const Value& object, Value& outputs) {
  for (const std::string& name : texts(object, "additionalSecretOutputs")) {
    Value* v = outputs.edit_object().find(name);
    if (v != nullptr && !v->is_secret() && !v->is_unknown()) v->mark(Secret::plain);
  }
}

}  // namespace

Result<PulumiHead> pulumi_head(const JsonView& resource, SpanParser& parser) {
  if (!resource.is_object()) return parser.error(Errc::bad_structure, "a resource was no object");
  DRIFT_TRY(parser.unique_keys_here(resource));
  DRIFT_TRY(check_members(resource, parser));
  PulumiHead head;
  head.urn = resource.string_or("urn");
  if (!is_pulumi_urn(head.urn)) {
    return parser.error_at(resource.find("urn"), Errc::bad_structure, "a resource's urn was missing or malformed")
        .next("repair the stack with pulumi state repair, or export it again");
  }
  head.type = resource.string_or("type");
  if (head.type.empty()) return parser.error(Errc::bad_structure, "a resource had no type");
  head.id = resource.string_or("id");
  head.view = !resource.string_or("viewOf").empty();
  head.kind = kind_of(head.type, resource.find("custom").boolean(), head.view);
  head.tainted = resource.find("taint").boolean();
  head.pending_delete = resource.find("delete").boolean();
  head.pending_replacement = resource.find("pendingReplacement").boolean();
  return head;
}

// Version 1 kept the defaults apart; what the program gave goes before them.
std::optional<Value> pulumi_inputs(const Value& object) {
  const Value* inputs = section(object, "inputs");
  const Value* defaults = section(object, "defaults");
  if (inputs == nullptr && defaults == nullptr) return std::nullopt;
  if (defaults == nullptr) return *inputs;
  Value merged = *defaults;
  if (inputs != nullptr)
    for (const auto& [key, value] : inputs->as_object()) merged.edit_object().set(key, value);
  return merged;
}

std::string pending_delete_address(std::string_view urn, std::uint64_t nth) {
  return std::string(urn) + std::string(kDeleteMark) + std::to_string(nth) + ")";
}

std::uint64_t pending_delete_place(std::string_view address) {
  const std::size_t at = address.rfind(kDeleteMark);
  if (at == std::string_view::npos || !address.ends_with(')')) return 0;
  std::uint64_t nth = 0;
  for (const char c : address.substr(at + kDeleteMark.size(), address.size() - at - kDeleteMark.size() - 1)) {
    if (c < '0' || c > '9') return 0;
    nth = nth * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return nth;
}

Result<Resource> pulumi_resource(const Value& object) {
  Resource r;
  r.address = object.string_or("urn");
  r.type = object.string_or("type");
  r.id = object.string_or("id");
  r.provider = object.string_or("provider");
  r.kind = kind_of(r.type, flag(object, "custom"), !object.string_or("viewOf").empty());
  r.tainted = flag(object, "taint");
  r.external = flag(object, "external");
  r.protect = flag(object, "protect");
  r.pending_delete = flag(object, "delete");
  r.pending_replacement = flag(object, "pendingReplacement");
  r.dependencies = texts(object, "dependencies");
  r.init_errors = texts(object, "initErrors");
  for (const std::string& path : texts(object, "ignoreChanges")) {
    // A path that cannot be read stays as it is: it ignores nothing, and whoever compares can say so.
    const Result<PathPattern> pattern = PathPattern::from_pulumi(path);
    r.ignore_changes.push_back(pattern ? pattern->text() : path);
  }
  if (const std::optional<Value> inputs = pulumi_inputs(object)) {
    Result<Value> clean = untag_pulumi(*inputs, "inputs");
    if (!clean) return std::move(clean).error();
    r.inputs = *std::move(clean);
  }
  r.attributes = Value(Object());
  if (const Value* outputs = section(object, "outputs")) {
    Result<Value> clean = untag_pulumi(*outputs, "outputs");
    if (!clean) return std::move(clean).error();
    r.attributes = *std::move(clean);
  }
  // The top object itself can be a tagged value in a document that is wrong; then there is nothing below to mark.
  if (r.attributes.is_object()) mark_additional_secrets(object, r.attributes);
  return r;
}

}  // namespace drift::state_internal
