#include "provider/pulumi/refresh.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <variant>

#include "model/secret_echoes.hpp"
#include "provider/hosted/bare_json.hpp"
#include "provider/pulumi/property.hpp"
#include "state/pulumi_resource.hpp"

namespace drift::pulumi_internal {
namespace {

using Kind = EngineAnswer::Kind;
using plugin::GrpcReply;

// What a provider says would be put back, seen as what happened to it.
Kind inverted(DiffReply::Kind k) {
  switch (k) {
    case DiffReply::Kind::add:
    case DiffReply::Kind::add_replace:
      return Kind::removed;
    case DiffReply::Kind::remove:
    case DiffReply::Kind::remove_replace:
      return Kind::added;
    case DiffReply::Kind::update:
    case DiffReply::Kind::update_replace:
      break;
  }
  return Kind::modified;
}

bool replaces(DiffReply::Kind k) {
  return k == DiffReply::Kind::add_replace || k == DiffReply::Kind::remove_replace || k == DiffReply::Kind::update_replace;
}

// What the provider names. It is a property path where that leads somewhere, or a key of the resource as it stands (the older `diffs` are
// keys, and many a path is one whose dots nobody quoted). What leads nowhere keeps its name; what it may be about is for the comparison.
Path named(const std::string& text, bool is_key, const Refresh::Roots& roots) {
  const auto any = [&](const Path& p) { return std::any_of(roots.begin(), roots.end(), [&](const Value* v) { return leads(*v, p); }); };
  Path key({text});
  const std::optional<Path> path = path_of(text);
  if (!path || text.empty() || (is_key && any(key))) return key;
  return !any(*path) && any(key) ? key : *path;
}

bool leads_in(const std::vector<const Value*>& roots, const Path& path) {
  return std::any_of(roots.begin(), roots.end(), [&](const Value* root) { return leads(*root, path); });
}

std::optional<std::string> only_key(const Path& path) {
  const auto* key = path.size() == 1 ? std::get_if<std::string>(&path.segments()[0]) : nullptr;
  return key != nullptr ? std::optional(*key) : std::nullopt;
}

// What may be shown of it: the names in a secret are the secret. One that leads nowhere is searched for the keys that its text begins with.
Path shown_name(const Path& name, const std::vector<const Value*>& roots) {
  Path out = name;
  for (const Value* root : roots) out = up_to_secret(*root, std::move(out));
  if (leads_in(roots, out)) return out;
  std::string text;
  for (const Path::Segment& segment : name.segments()) {
    if (!text.empty()) text += '.';
    const auto* key = std::get_if<std::string>(&segment);
    text += key != nullptr ? *key : std::to_string(std::get<std::uint64_t>(segment));
  }
  for (const Value* root : roots)
    if (std::optional<Path> secret = secret_in_name(*root, text)) return *std::move(secret);
  return out;
}

EngineAnswer answer_of(const DiffReply& diff, const Refresh::Roots& roots) {
  EngineAnswer out;
  out.changed = diff.changes == DiffReply::Changes::some;
  if (!out.changed) return out;
  for (const DiffReply::Detail& d : diff.detailed)
    out.properties.push_back({named(d.path, false, roots), inverted(d.kind), d.input_diff, replaces(d.kind)});
  if (diff.has_detailed && !diff.detailed.empty()) return out;
  for (const std::string& key : diff.diffs)
    out.properties.push_back({named(key, true, roots), Kind::modified, false,
                              std::find(diff.replaces.begin(), diff.replaces.end(), key) != diff.replaces.end()});
  return out;
}

double read_timeout(const Value& record) {
  const Value* all = record.find("customTimeouts");
  const Value* read = all != nullptr ? all->find("read") : nullptr;
  return read != nullptr && read->is_number() ? read->as_number().to_double() : 0;
}

Result<Value> section_of(const std::optional<Value>& recorded, std::string_view name) {
  if (!recorded || !recorded->is_object()) return Value(Object());
  return property_of_record(*recorded, name);
}

}  // namespace

Refresh::Refresh(Instance& instance, const Session& session, const Resource& resource, const OpContext& ctx, Turns turns)
    : instance_(instance), session_(session), resource_(resource), ctx_(ctx), turns_(std::move(turns)) {}

// What is asked is made ready while others read. What was waited for may have been in vain: then another process is asked.
Result<std::optional<ReadOutcome>> Refresh::run() {
  using Outcome = std::optional<ReadOutcome>;
  const auto failed = [&](const Error& e) {
    Error out = hidden(e);
    if (out.subject().empty()) out = Error(out).at(resource_.address);
    if (out.next_step().empty()) out = Error(out).next("report it to the plugin's authors, with its version");
    return Outcome(ReadOutcome::failed(std::move(out)));
  };
  if (Status s = take_record(); !s.ok()) return failed(s.error());
  const Result<std::string> request = read_request();
  if (!request) return failed(request.error());
  Result<Turn> turn = turns_.take();
  if (!turn) return std::move(turn).error();
  if (turns_.may_be_lost && (session_.process->is_given_up() || !session_.process->alive())) return Outcome();
  ctx_ = turn->ctx;
  Result<Found> found = read(*request);
  if (lost_) return Outcome();
  turn->permit = {};
  if (found) ctx_ = turns_.over();
  if (found) {
    hide(*found);
    for (std::string& reason : found->init_errors) reason = masked(reason);
  }
  tell_warnings(found ? &*found : nullptr);
  if (!found) return failed(found.error());
  if (!found->outputs) return Outcome(ReadOutcome::absent("the " + instance_.display() + " itself says that it is gone"));
  Result<EngineAnswer> answer = judge(*found);
  if (lost_) return Outcome();
  tell_warnings(nullptr);
  if (!answer) return failed(answer.error());
  const Roots roots = roots_of(*found);
  hide_names(*answer, *found);
  for (EngineAnswer::Property& p : answer->properties)
    for (const Value* root : roots) p.whole |= is_whole(*root, p.path);
  return Outcome(outcome(*std::move(found), *std::move(answer)));
}

Status Refresh::take_record() {
  const Value& record = resource_.record->resource;
  if (!record.string_or("extensionRef").empty())
    return Error(Errc::read_unsupported, "the resource is of an extension of its provider's package, which is not supported yet")
        .next("leave it out (`exclude`)");
  if (resource_.id.empty())
    return Error(Errc::bad_structure, "the state has no id for the resource, so that nothing can be asked about it")
        .next("repair the stack: pulumi refresh, or pulumi state delete");
  Result<Value> inputs = section_of(state_internal::pulumi_inputs(record), "inputs");
  if (!inputs) return std::move(inputs).error();
  const Value* given = record.find("outputs");
  Result<Value> outputs = section_of(given != nullptr ? std::optional<Value>(*given) : std::nullopt, "outputs");
  if (!outputs) return std::move(outputs).error();
  recorded_inputs_ = *std::move(inputs);
  recorded_outputs_ = *std::move(outputs);
  recorded_ = {&recorded_inputs_, &recorded_outputs_, &resource_.attributes};
  if (resource_.inputs) recorded_.push_back(&*resource_.inputs);
  if (const Value* names = record.find("additionalSecretOutputs"); names != nullptr && names->is_list())
    for (const Value& name : names->as_list())
      if (name.is_string()) listed_.edit_object().set(name.as_string(), Value()).mark(Secret::plain);
  recorded_.push_back(&listed_);
  timeout_ = read_timeout(record);
  if (const Value* ignored = record.find("ignoreChanges"); ignored != nullptr && ignored->is_list())
    for (const Value& path : ignored->as_list())
      if (path.is_string()) ignore_changes_.push_back(path.as_string());
  for (const Value* section : {&recorded_inputs_, &recorded_outputs_})
    if (holds_secret(*section)) hosted_internal::collect_secrets(model_of(*section), secrets_);
  hosted_internal::collect_secrets(resource_.attributes, secrets_);  // those that the state only lists, too
  hidden_ = instance_.secrets().hold(secrets_);
  return {};
}

// With those that the state lists: the provider may give one of which nothing was recorded.
Value Refresh::model_of_outputs(const Value& outputs) const {
  Value out = model_of(outputs);
  if (!out.is_object()) return out;
  for (const auto& [name, mark] : listed_.as_object())
    if (Value* v = out.edit_object().find(name); v != nullptr && !v->is_secret() && !v->is_unknown()) v->mark(Secret::plain);
  return out;
}

// What the provider calls secret now, beside what was recorded as such.
void Refresh::hide(const Found& found) {
  std::vector<std::string> all = secrets_;
  if (holds_secret(found.inputs)) hosted_internal::collect_secrets(model_of(found.inputs), all);
  if (found.outputs && (holds_secret(*found.outputs) || !listed_.as_object().empty()))
    hosted_internal::collect_secrets(model_of_outputs(*found.outputs), all);
  if (all.size() > secrets_.size()) hidden_ = instance_.secrets().hold(all);
}

void Refresh::hide_names(EngineAnswer& answer, const Found& found) const {
  if (answer.properties.empty()) return;
  std::vector<const Value*> roots = recorded_;
  const Value inputs = model_of(found.inputs), outputs = model_of_outputs(*found.outputs);
  roots.insert(roots.end(), {&inputs, &outputs});
  const model_internal::SecretEchoes echoes(roots);
  std::vector<EngineAnswer::Property> out;
  std::map<std::pair<Path, bool>, std::size_t> places;  // in `out`
  for (EngineAnswer::Property& p : answer.properties) {
    Path shown = echoes.up_to_key(shown_name(p.path, roots));
    if (const std::optional<std::string> first = only_key(shown); first && echoes.in_text(*first) && !leads_in(roots, shown))
      shown = Path({masked(*first)});
    if (shown != p.path) p.kind = Kind::modified;
    p.path = std::move(shown);
    const auto [place, is_new] = places.try_emplace({p.path, p.of_inputs}, out.size());
    if (is_new)
      out.push_back(std::move(p));
    else
      out[place->second].replaces |= p.replaces;
  }
  answer.properties = std::move(out);
}

GrpcReply Refresh::call(std::string_view method, std::string_view request) {
  GrpcReply reply = session_.process->call(method, request, ctx_);
  answered_ |= !reply.ours && !reply.connection_lost;
  return reply;
}

Error Refresh::failure(const GrpcReply& reply, std::string_view method) {
  Error out = hidden(session_.process->error_of(reply, method));
  if (reply.connection_lost) lost_ = out;
  return out;
}

Error Refresh::hidden(const Error& plain) const {
  Error out = Error(plain.code(), masked(plain.message())).at(plain.subject()).next(plain.next_step()).retryable(plain.is_retryable());
  for (const std::string& context : plain.contexts()) out.add_context(context);
  return out;
}

Result<std::string> Refresh::read_request() const {
  const EncodeOptions encoding = session_.accepts.encoding(false);
  std::string properties, inputs, request;
  DRIFT_TRY(encode_struct(recorded_outputs_, encoding, properties));
  DRIFT_TRY(encode_struct(recorded_inputs_, encoding, inputs));
  const std::string urn(resource_.record->resource.string_or("urn"));
  encode(ReadCall{.id = resource_.id, .urn = urn, .properties = properties, .inputs = inputs, .timeout = timeout_}, request);
  return request;
}

Result<Refresh::Found> Refresh::read(const std::string& request) {
  const GrpcReply reply = call("Read", request);
  if (reply.ok()) {
    Result<ReadReply> answer = decode_read(reply.message);
    if (!answer) return std::move(answer).error();
    return take(std::move(answer->id), answer->properties, answer->inputs);
  }
  const Result<ErrorDetails> details = reply.connection_lost ? ErrorDetails() : decode_error_details(reply.status.details);
  if (!details) return details.error();
  if (!details->init_failed) return failure(reply, "Read");
  // The resource is there, and something of it did not become ready.
  const ErrorDetails::InitFailed& partial = *details->init_failed;
  if (partial.id.empty()) return failure(reply, "Read");  // no word that it is gone
  Result<Found> found = take(partial.id, partial.properties, partial.inputs);
  if (!found) return found;
  found->init_errors = partial.reasons;
  return found;
}

// A blank id, or no properties at all, says that the resource does not exist.
Result<Refresh::Found> Refresh::take(std::string id, const std::optional<std::string>& properties,
                                     const std::optional<std::string>& inputs) {
  Found found{std::move(id), std::nullopt, recorded_inputs_, {}};
  if (properties) {
    Result<Value> outputs = decode_struct(*properties, "outputs", recorded_);
    if (!outputs) return std::move(outputs).error();
    if (!session_.accepts.secrets) annotate_secrets(*outputs, recorded_outputs_);
    if (!found.id.empty()) found.outputs = *std::move(outputs);
  }
  if (inputs) {
    Result<Value> given = decode_struct(*inputs, "inputs", recorded_);
    if (!given) return std::move(given).error();
    if (!session_.accepts.secrets) annotate_secrets(*given, recorded_inputs_);
    found.inputs = *std::move(given);
  }
  return found;
}

// For a resource that the stack only reads, the engine looks at the outputs itself. For all others the provider is asked what an update
// would do: from what there is now ("old") to what the program gave when it last ran ("new").
Result<EngineAnswer> Refresh::judge(const Found& found) {
  if (resource_.external) {
    EngineAnswer answer;
    answer.properties = diff_properties(recorded_outputs_, *found.outputs, false);
    answer.changed = !answer.properties.empty();
    return answer;
  }
  const EncodeOptions encoding = session_.accepts.encoding(true);
  std::string old_inputs, old_outputs, new_inputs, request;
  DRIFT_TRY(encode_struct(found.inputs, encoding, old_inputs));
  DRIFT_TRY(encode_struct(*found.outputs, encoding, old_outputs));
  DRIFT_TRY(encode_struct(recorded_inputs_, encoding, new_inputs));
  const std::string urn(resource_.record->resource.string_or("urn"));
  encode(DiffCall{.id = found.id,
                  .urn = urn,
                  .old_inputs = old_inputs,
                  .old_outputs = old_outputs,
                  .new_inputs = new_inputs,
                  .ignore_changes = ignore_changes_},
         request);
  const GrpcReply reply = call("Diff", request);
  if (!reply.ok()) return failure(reply, "Diff");
  const Result<DiffReply> diff = decode_diff(reply.message);
  if (!diff) return diff.error();
  return diff->changes == DiffReply::Changes::unknown ? judge_by_values(found) : answer_of(*diff, roots_of(found));
}

// The provider does not say: the inputs are compared, but for what the program ignores.
EngineAnswer Refresh::judge_by_values(const Found& found) const {
  Value wanted = recorded_inputs_;
  for (const std::string& path : ignore_changes_) (void)reset_path(path, found.inputs, wanted);
  EngineAnswer answer;
  answer.properties = diff_properties(wanted, found.inputs, true);
  answer.changed = !answer.properties.empty();
  return answer;
}

ReadOutcome Refresh::outcome(Found found, EngineAnswer answer) const {
  Resource now = resource_;
  now.record.reset();
  now.id = std::move(found.id);
  now.attributes = model_of_outputs(*found.outputs);
  now.inputs = model_of(found.inputs);
  if (!resource_.inputs && found.inputs.as_object().empty()) now.inputs.reset();
  now.init_errors = std::move(found.init_errors);
  std::optional<Value> known;
  if (loses_digits(resource_.attributes)) known = as_doubles(resource_.attributes);
  if (resource_.inputs && loses_digits(*resource_.inputs)) now.inputs = with_digits_of(*resource_.inputs, *std::move(now.inputs));
  ReadOutcome out = ReadOutcome::found(std::move(now), std::move(known));
  out.judged(std::move(answer));
  return out;
}

// What the plugin said of the resource meanwhile, and what it says is not well with it, become notes of the report.
void Refresh::tell_warnings(const Found* found) const {
  const std::string urn(resource_.record->resource.string_or("urn"));
  for (PluginLog::HiddenText& text : instance_.log().take(urn)) {
    instance_.secrets().hide_in(text);
    ctx_.tell(LogLevel::warning, provider_warning, resource_.address, instance_.display() + ": " + one_line(text.shown()));
  }
  if (found == nullptr) return;
  for (const std::string& reason : found->init_errors)
    ctx_.tell(LogLevel::warning, provider_warning, resource_.address,
              instance_.display() + ": the resource is in an unhealthy state: " + one_line(reason));
}

}  // namespace drift::pulumi_internal
