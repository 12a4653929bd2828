#include "resource_json.hpp"

#include <algorithm>
#include <utility>

#include "drift/model/json.hpp"
#include "drift/model/schema.hpp"
#include "third/digest.hpp"

namespace drift::capi {
namespace {

Error malformed(const std::string& where, std::string message) {
  const bool answer = where.starts_with("answer");
  return Error(Errc::bad_structure, std::move(message))
      .at(where)
      .next(answer ? "see drift_run_answer() in drift.h for what an answer looks like"
                   : "see drift_builder_add() in drift.h for what a resource looks like");
}

// Texts of an object by name; a member that is none of `names` is an error.
Status only_members(const Value& v, std::initializer_list<std::string_view> names, const std::string& where) {
  if (!v.is_object()) return malformed(where, "this is not an object");
  for (const auto& [key, member] : v.as_object()) {
    bool known = false;
    for (const std::string_view name : names) known |= name == key;
    if (!known) return malformed(where, "there is a member that is not known");
  }
  return {};
}

Status take_text(const Value& v, std::string_view name, const std::string& where, std::string& out) {
  const Value* member = v.find(name);
  if (member == nullptr) return {};
  if (!member->is_string()) return malformed(where + "." + std::string(name), "this is not a text");
  out = member->as_string();
  return {};
}

Status take_attributes(const Value& v, const std::string& where, Resource& out) {
  const Value* attributes = v.find("attributes");
  if (attributes == nullptr || !attributes->is_object())
    return malformed(where + ".attributes", "the attributes are missing, or not an object");
  out.attributes = *attributes;
  const Value* sensitive = v.find("sensitive");
  if (sensitive == nullptr) return {};
  if (!sensitive->is_list()) return malformed(where + ".sensitive", "this is not a list of paths");
  Schema marks;
  for (const Value& path : sensitive->as_list()) {
    if (!path.is_string() || !PathPattern::parse(path.as_string()))
      return malformed(where + ".sensitive", "there is an entry that is no path");
    marks.add(path.as_string(), {.sensitive = true});
  }
  out.attributes = marks.mark_sensitive(std::move(out.attributes));
  return {};
}

Result<Resource> resource_of(const Value& v, const std::string& where) {
  DRIFT_TRY(only_members(v, {"address", "type", "id", "provider", "attributes", "sensitive"}, where));
  Resource r;
  DRIFT_TRY(take_text(v, "address", where, r.address));
  DRIFT_TRY(take_text(v, "type", where, r.type));
  DRIFT_TRY(take_text(v, "id", where, r.id));
  DRIFT_TRY(take_text(v, "provider", where, r.provider));
  if (r.address.empty()) return malformed(where + ".address", "the address is missing");
  if (r.type.empty()) return malformed(where + ".type", "the type is missing");
  DRIFT_TRY(take_attributes(v, where, r));
  return r;
}

// "(sensitive)" at the place of a known secret: the host did not read it back.
Value with_known_secrets(const Value& v, const Value& known) {
  if (known.is_secret()) return v.is_string() && v.as_string() == "(sensitive)" ? known : v;
  if (!known.holds_secret()) return v;
  Value out = v;
  if (v.is_object() && known.is_object()) {
    for (const auto& [key, member] : v.as_object())
      if (const Value* was = known.find(key); was != nullptr && was->holds_secret())
        out.edit_object().set(key, with_known_secrets(member, *was));
  } else if (v.is_list() && known.is_list()) {
    const std::size_t n = std::min(v.as_list().size(), known.as_list().size());
    for (std::size_t i = 0; i < n; ++i) out.edit_list()[i] = with_known_secrets(v.as_list()[i], known.as_list()[i]);
  }
  return out;
}

Result<ReadOutcome> found(const Value& v, const std::string& where, const Resource& asked) {
  DRIFT_TRY(only_members(v, {"address", "type", "id", "attributes", "sensitive"}, where));
  Resource r = asked;
  DRIFT_TRY(take_text(v, "type", where, r.type));
  DRIFT_TRY(take_text(v, "id", where, r.id));
  if (r.id == "(sensitive)") r.id = asked.id;
  DRIFT_TRY(take_attributes(v, where, r));
  r.attributes = with_known_secrets(r.attributes, asked.attributes);
  return ReadOutcome::found(std::move(r));
}

Status error_of(const Value& v, const std::string& where, std::optional<Error>& out) {
  DRIFT_TRY(only_members(v, {"code", "message", "next", "retryable"}, where));
  std::string code = "E_READ_FAILED", message, next;
  DRIFT_TRY(take_text(v, "code", where, code));
  DRIFT_TRY(take_text(v, "message", where, message));
  DRIFT_TRY(take_text(v, "next", where, next));
  const std::optional<Errc> known = errc_from_name(code);
  if (!known) return malformed(where + ".code", "this is no code of libdrift's");
  if (message.empty()) return malformed(where + ".message", "the message is missing");
  const Value* retryable = v.find("retryable");
  if (retryable != nullptr && !retryable->is_bool()) return malformed(where + ".retryable", "this is not true or false");
  out = Error(*known, one_line(message)).next(one_line(next));
  if (retryable != nullptr) (void)std::move(*out).retryable(retryable->as_bool());
  return {};
}

Result<ReadOutcome> outcome_of(const Value& v, const std::string& where, const Resource& asked) {
  DRIFT_TRY(only_members(v, {"found", "absent", "error"}, where));
  if (v.as_object().size() != 1) return malformed(where, "this is not exactly one of found, absent and error");
  if (const Value* f = v.find("found")) return found(*f, where + ".found", asked);
  if (const Value* e = v.find("error")) {
    std::optional<Error> error;
    DRIFT_TRY(error_of(*e, where + ".error", error));
    return ReadOutcome::failed(*std::move(error));
  }
  const Value* absent = v.find("absent");
  if (!absent->is_bool() || !absent->as_bool()) return malformed(where + ".absent", "this can only be true");
  return ReadOutcome::absent();
}

// The list of that name, or the error that stands in its place.
Result<std::variant<Value, Error>> list_in(std::string_view json, std::string_view name) {
  Result<Value> v = parse_json(json);
  if (!v) return std::move(v).error();
  DRIFT_TRY(only_members(*v, {name, "error"}, "answer"));
  if (const Value* e = v->find("error"); e != nullptr && v->as_object().size() == 1) {
    std::optional<Error> error;
    DRIFT_TRY(error_of(*e, "answer.error", error));
    return std::variant<Value, Error>(*std::move(error));
  }
  const Value* list = v->find(name);
  if (list == nullptr || !list->is_list() || v->as_object().size() != 1)
    return malformed("answer." + std::string(name), "this is not exactly one of the list and an error");
  return std::variant<Value, Error>(*list);
}

}  // namespace

Result<Resource> resource_from_json(std::string_view json) {
  Result<Value> v = parse_json(json);
  if (!v) return std::move(v).error();
  return resource_of(*v, "resource");
}

Result<Answered<Resource>> resources_from_json(std::string_view json) {
  auto list = list_in(json, "resources");
  if (!list) return std::move(list).error();
  if (auto* error = std::get_if<Error>(&*list)) return Answered<Resource>(std::move(*error));
  std::vector<Resource> out;
  for (const Value& v : std::get<Value>(*list).as_list()) {
    Result<Resource> r = resource_of(v, "answer.resources[" + std::to_string(out.size()) + "]");
    if (!r) return std::move(r).error();
    out.push_back(*std::move(r));
  }
  return Answered<Resource>(std::move(out));
}

Result<Answered<std::string>> plaintexts_from_json(std::string_view json) {
  auto list = list_in(json, "plaintexts");
  if (!list) return std::move(list).error();
  if (auto* error = std::get_if<Error>(&*list)) return Answered<std::string>(std::move(*error));
  std::vector<std::string> out;
  for (const Value& v : std::get<Value>(*list).as_list()) {
    if (!v.is_string() || !third::base64_decode(v.as_string(), out.emplace_back()))
      return malformed("answer.plaintexts[" + std::to_string(out.size() - 1) + "]", "this is no base64");
  }
  return Answered<std::string>(std::move(out));
}

Result<std::optional<Error>> failure_from_json(std::string_view json) {
  if (json.empty()) return std::optional<Error>();
  Result<Value> v = parse_json(json);
  if (!v) return std::move(v).error();
  DRIFT_TRY(only_members(*v, {"error"}, "answer"));
  const Value* e = v->find("error");
  if (e == nullptr) return malformed("answer", "this is neither nothing nor an error");
  std::optional<Error> error;
  DRIFT_TRY(error_of(*e, "answer.error", error));
  return error;
}

Result<Answered<ReadOutcome>> outcomes_from_json(std::string_view json, const std::vector<Resource>& asked) {
  auto list = list_in(json, "results");
  if (!list) return std::move(list).error();
  if (auto* error = std::get_if<Error>(&*list)) return Answered<ReadOutcome>(std::move(*error));
  const Value::List& results = std::get<Value>(*list).as_list();
  if (results.size() != asked.size())
    return malformed("answer.results",
                     "there are " + std::to_string(results.size()) + " results for " + std::to_string(asked.size()) + " resources");
  std::vector<ReadOutcome> out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    Result<ReadOutcome> o = outcome_of(results[i], "answer.results[" + std::to_string(i) + "]", asked[i]);
    if (!o) return std::move(o).error();
    out.push_back(*std::move(o));
  }
  return Answered<ReadOutcome>(std::move(out));
}

Value resource_to_value(const Resource& r) {
  Object o;
  o.set("address", r.address);
  o.set("type", r.type);
  if (!r.id.empty()) o.set("id", id_is_secret(r) ? Value(r.id).mark(Secret::plain) : Value(r.id));
  if (!r.provider.empty()) o.set("provider", r.provider);
  o.set("attributes", r.attributes);
  if (r.inputs) o.set("inputs", *r.inputs);
  if (r.identity) o.set("identity", *r.identity);
  return Value(std::move(o));
}

}  // namespace drift::capi
