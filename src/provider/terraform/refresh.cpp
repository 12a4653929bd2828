#include "provider/terraform/refresh.hpp"

#include <algorithm>
#include <chrono>

#include "model/secret_places.hpp"
#include "provider/hosted/bare_json.hpp"
#include "provider/hosted/masking.hpp"
#include "provider/terraform/diagnostics.hpp"
#include "provider/terraform/flatten.hpp"
#include "provider/terraform/json_value.hpp"
#include "provider/terraform/messages.hpp"
#include "provider/terraform/msgpack.hpp"
#include "provider/terraform/normalise.hpp"
#include "provider/terraform/typed_secrets.hpp"
#include "third/digest.hpp"

namespace drift::terraform_internal {
namespace {

using hosted_internal::append_bare_json;

constexpr std::chrono::milliseconds slice(10);
constexpr std::size_t most_flights = 64;
// What a call is given beyond the end of its read: this side ends it, at which both stop. A call that ended by itself at the same moment
// would look like an answer, and a read that has one did not run out of its time.
constexpr std::chrono::seconds beyond(2);

Deadline end_of_call(const OpContext& ctx) {
  return ctx.deadline.never() ? ctx.deadline : Deadline::after(*ctx.clock, ctx.deadline.left(*ctx.clock) + beyond);
}

// By nobody's word but that of time, or of who waits for it.
bool was_ended(const plugin::GrpcReply& reply) {
  const int code = reply.status.code;
  return !reply.connection_lost && (code == plugin::GrpcCode::cancelled || code == plugin::GrpcCode::deadline_exceeded);
}

Error of_resource(Error e, const Resource& r) { return e.subject().empty() || e.subject() == r.address ? std::move(e).at(r.address) : e; }

// A value of the provider's that is none: the fault is the provider's, and its text is not shown.
Error bad_value(const Error& e, std::string_view what) {
  return Error(Errc::read_failed, "the provider gave " + std::string(what) + " that is none of its schema: " + e.message() +
                                      (e.subject().empty() ? "" : " (at " + e.subject() + ")"))
      .next("report it to the provider's authors");
}

// The provider was told null for what is only known sealed; what was recorded of it holds.
void restore_sealed(Value& known, const Value& recorded) {
  if (recorded.secret() == Secret::digest || recorded.secret() == Secret::ciphertext) {
    if (known.is_null()) known = recorded;
    return;
  }
  if (!recorded.holds_secret() || known.kind() != recorded.kind()) return;
  if (known.is_list()) {
    const std::size_t n = std::min(known.as_list().size(), recorded.as_list().size());
    for (std::size_t i = 0; i < n; ++i) restore_sealed(known.edit_list()[i], recorded.as_list()[i]);
  } else if (known.is_object()) {
    for (const auto& [key, member] : recorded.as_object())
      if (member.holds_secret() && known.find(key) != nullptr) restore_sealed(*known.edit_object().find(key), member);
  }
}

}  // namespace

Refresh::Refresh(Instance& instance, Session session, std::span<const ReadRequest> batch, const ReadSink& sink, OpContext ctx, Turns turns)
    : instance_(instance), session_(std::move(session)), batch_(batch), sink_(sink), ctx_(std::move(ctx)), turns_(std::move(turns)) {}

Refresh::~Refresh() { abandon(); }

Result<Refresh::Left> Refresh::run(std::span<const std::size_t> indexes) {
  Left left;
  std::size_t next = 0;
  while (next < indexes.size() || !flights_.empty()) {
    Status s = ctx_.check();
    while (s.ok() && next < indexes.size() && flights_.size() < most_flights && !left.why) begin(indexes[next++]);
    if (left.why)
      put_back_ready(left);
    else if (s.ok())
      s = read_ready(left);
    if (!s.ok()) {
      abandon();
      return std::move(s).error();
    }
    if (!flights_.empty())
      wait_for_replies(left);
    else if (left.why)
      break;
  }
  left.unread.insert(left.unread.end(), indexes.begin() + static_cast<std::ptrdiff_t>(next), indexes.end());
  return left;
}

// Begins the reads that are ready, as many as may go on. A process that is merely worn out reads what was made ready for it.
Status Refresh::read_ready(Left& left) {
  while (!ready_.empty()) {
    Instance::Permit permit;
    if (reading_ > 0) {
      permit = instance_.try_permit();
      if (!permit) return {};
    } else {
      Result<Turned> turned = turns_.take();
      if (!turned) return std::move(turned).error();
      ctx_ = std::move(turned->ctx);
      permit = std::move(turned->permit);
      if (turns_.may_be_lost && (session_.process->is_given_up() || !session_.process->alive())) {
        ctx_ = turns_.end();
        put_back_ready(left);
        return {};
      }
    }
    Flight& f = flights_.at(ready_.front());
    ready_.pop_front();
    ++reading_;
    f.step = Step::read;
    call(f, Method::read_resource, std::exchange(f.request, {}), std::move(permit));
  }
  return {};
}

void Refresh::put_back_ready(Left& left) {
  for (const std::size_t index : ready_) flights_.erase(index);
  left.unread.insert(left.unread.end(), ready_.begin(), ready_.end());
  ready_.clear();
}

void Refresh::wait_for_replies(Left& left) {
  std::deque<std::pair<std::size_t, plugin::GrpcReply>> replies;
  {
    std::unique_lock lock(box_->mutex);
    box_->news.wait_for(lock, slice, [&] { return !box_->replies.empty(); });
    replies.swap(box_->replies);
  }
  if (!ctx_.check().ok())  // the flights are abandoned, as all that are left
    std::erase_if(replies, [](const auto& reply) { return was_ended(reply.second); });
  const auto was_read = [&](const auto& reply) {
    const auto at = flights_.find(reply.first);
    return at != flights_.end() && at->second.step == Step::read;
  };
  const auto reads = static_cast<std::size_t>(std::count_if(replies.begin(), replies.end(), was_read));
  reading_ -= reads;
  if (reads > 0 && reading_ == 0 && ctx_.check().ok()) ctx_ = turns_.end();  // before the answers are looked at: others wait for it
  for (const auto& [index, reply] : replies) take(index, reply, left);
}

void Refresh::abandon() {
  for (auto& [index, flight] : flights_)
    if (flight.call != 0) session_.process->channel().cancel(flight.call);
  flights_.clear();
  ready_.clear();
  reading_ = 0;
  const std::lock_guard lock(box_->mutex);
  box_->permits.clear();
}

void Refresh::take(std::size_t index, const plugin::GrpcReply& reply, Left& left) {
  const auto at = flights_.find(index);
  if (at == flights_.end()) return;
  Flight& f = at->second;
  if (reply.connection_lost) {
    if (!left.why) left.why = error_of(f, reply);
    left.amid.push_back(index);
    flights_.erase(at);
    return;
  }
  switch (f.step) {
    case Step::upgrade:
      return after_upgrade(f, reply);
    case Step::identity:
      return after_identity(f, reply);
    case Step::read:
      return after_read(f, reply);
  }
}

void Refresh::call(Flight& f, Method method, const std::string& request, Instance::Permit permit) {
  if (permit) {
    const std::lock_guard lock(box_->mutex);
    box_->permits.try_emplace(f.index, std::move(permit));
  }
  f.call = session_.process->channel().start(
      method_path(method, protocol()), request, end_of_call(ctx_),
      [box = box_, index = f.index](plugin::GrpcReply reply) {
        const std::lock_guard lock(box->mutex);
        box->permits.erase(index);
        box->replies.emplace_back(index, std::move(reply));
        box->news.notify_one();
      },
      *ctx_.clock);
}

void Refresh::finish(Flight& f, ReadOutcome outcome) {
  const std::size_t index = f.index;
  flights_.erase(index);  // `f` is gone
  sink_(index, std::move(outcome));
}

void Refresh::fail(Flight& f, Error error) {
  const Resource& r = resource(f.index);
  finish(f, ReadOutcome::failed(of_resource(std::move(error), r)));
}

std::vector<std::string> Refresh::own_secrets(const Flight& f) const {
  const drift::Schema& facts = f.schema->facts;
  const Value recorded = unwrap_dynamic(resource(f.index).attributes, f.schema->type);
  std::vector<std::string> own;
  collect_secrets(facts.mark_sensitive(recorded), f.schema->type, own);
  collect_secrets(facts.mark_sensitive(unwrap_dynamic(f.known, f.schema->type)), f.schema->type, own);
  return own;
}

// What a provider says of a resource may tell its values, too: those that were recorded, and those that it gives beside (`told`, or null).
std::vector<std::string> Refresh::secrets(const Flight& f, const Value& told) const {
  const TypeSchema& schema = *f.schema;
  const auto marked = [&](const Value& v) { return schema.facts.mark_sensitive(unwrap_dynamic(v, schema.type)); };
  Value recorded = marked(resource(f.index).attributes), known = marked(f.known), now = marked(told);
  Value* const each[] = {&recorded, &known, &now};
  model_internal::share_secret_places(each);
  std::vector<std::string> all = instance_.secrets();
  for (const Value* v : each) add_secrets_of(*v, schema.type, all);
  return all;
}

void Refresh::hide(Flight& f) {
  if (instance_.shows_logs()) f.hidden = instance_.hold(own_secrets(f));
}

// A panic and a status tell values, too.
Error Refresh::error_of(const Flight& f, const plugin::GrpcReply& reply) const {
  std::string_view method = "ReadResource";
  if (f.step == Step::upgrade) method = "UpgradeResourceState";
  if (f.step == Step::identity) method = "UpgradeResourceIdentity";
  const std::vector<std::string> hidden = secrets(f, {});
  return session_.process->error_of(reply, method, [&](std::string_view text) { return hosted_internal::mask_values(text, hidden); });
}

// True when the flight has ended with the diagnostics' errors; warnings are told. `told`: the value that came with them, if it is one.
bool Refresh::refused(Flight& f, std::span<const Diagnostic> diagnostics, const Result<Value>& told) {
  if (diagnostics.empty()) return false;
  const std::vector<std::string> hidden = secrets(f, told ? *told : Value());
  const Resource& r = resource(f.index);
  for (const Diagnostic& d : diagnostics)
    if (d.severity == Diagnostic::Severity::warning)
      ctx_.tell(LogLevel::warning, provider_warning, r.address, one_line(line_of(d, hidden)));
  if (!has_error(diagnostics)) return false;
  fail(f, terraform_internal::error_of(diagnostics, hidden));
  return true;
}

void Refresh::begin(std::size_t index) {
  const Resource& r = resource(index);
  Flight& f = flights_.try_emplace(index).first->second;
  f.index = index;
  if (!session_.schema->has_resource(r.type)) {
    fail(f, Error(Errc::read_unsupported, "the " + instance_.display() + " has no resource type " + r.type)
                .next("use the version of the provider that wrote the state"));
    return;
  }
  Result<std::shared_ptr<const TypeSchema>> schema = session_.schema->resource(r.type);
  if (!schema) {
    fail(f, std::move(schema).error());
    return;
  }
  f.schema = *std::move(schema);
  hide(f);
  if (const auto identity = session_.identities->find(r.type); identity != session_.identities->end())
    f.identity_schema = &identity->second;
  if (static_cast<std::int64_t>(r.schema_version) > f.schema->version) {
    fail(f,
         Error(Errc::read_failed, "the state was written by a newer version of the " + instance_.display())
             .next("use a provider that is at least as new (schema version " + std::to_string(r.schema_version) + " of " + r.type + ")"));
    return;
  }
  upgrade(f);
}

// Always, also when the versions are the same: the provider mends what older versions of itself wrote (driftctl did not, and could not read
// much of what it met).
void Refresh::upgrade(Flight& f) {
  const Resource& r = resource(f.index);
  std::string json, request;
  f.step = Step::upgrade;
  if (r.untyped) {  // of Terraform before 0.12
    const auto flat = flatten(r.attributes, f.schema->type);
    encode(UpgradeResourceStateRequest{.type_name = r.type, .version = static_cast<std::int64_t>(r.schema_version), .flatmap = flat},
           request);
    return call(f, Method::upgrade_resource_state, request);
  }
  // Attributes that this version of the provider does not have any more are no error, as for OpenTofu. Else the provider sees what was
  // recorded, as it was: what does not fit its schema is for it to mend.
  std::optional<Value> stripped;
  if (static_cast<std::int64_t>(r.schema_version) == f.schema->version) stripped = strip_removed(r.attributes, f.schema->type);
  append_bare_json(json, stripped ? *stripped : r.attributes);
  encode(UpgradeResourceStateRequest{.type_name = r.type, .version = static_cast<std::int64_t>(r.schema_version), .json = json}, request);
  call(f, Method::upgrade_resource_state, request);
}

void Refresh::after_upgrade(Flight& f, const plugin::GrpcReply& reply) {
  if (!reply.ok()) return fail(f, error_of(f, reply));
  const Result<UpgradeResourceStateReply> answer = decode_upgrade_resource_state(reply.message);
  if (!answer) return fail(f, bad_value(answer.error(), "an answer"));
  Result<Value> known = decode_dynamic(answer->upgraded_state, f.schema->type);
  if (refused(f, answer->diagnostics, known)) return;
  if (!known) return fail(f, bad_value(known.error(), "an upgraded state"));
  if (known->is_null())
    return fail(f,
                Error(Errc::read_failed, "the provider gave no state for the one that it was to upgrade").next("report it to its authors"));
  f.known = *std::move(known);
  hide(f);
  identify(f);
}

// As OpenTofu, only where the versions differ.
void Refresh::identify(Flight& f) {
  const Resource& r = resource(f.index);
  if (f.identity_schema == nullptr || !r.identity || !r.identity->is_object()) return make_ready(f);
  const auto version = static_cast<std::int64_t>(r.identity_schema_version);
  if (version > f.identity_schema->version)
    return fail(f,
                Error(Errc::read_failed, "the identity in the state was written by a newer version of the " + instance_.display())
                    .next("use a provider that is at least as new (identity version " + std::to_string(version) + " of " + r.type + ")"));
  if (version < f.identity_schema->version) {
    std::string json, request;
    append_bare_json(json, *r.identity);
    encode(UpgradeResourceIdentityRequest{.type_name = r.type, .version = version, .json = json}, request);
    f.step = Step::identity;
    return call(f, Method::upgrade_resource_identity, request);
  }
  Result<Value> identity = conform(*r.identity, f.identity_schema->type, Extras::strip);
  if (!identity)
    return fail(f, Error(Errc::read_failed, "the identity in the state is none of the provider's schema: " + identity.error().message())
                       .next("use the version of the provider that wrote the state"));
  f.identity = *std::move(identity);
  make_ready(f);
}

void Refresh::after_identity(Flight& f, const plugin::GrpcReply& reply) {
  if (!reply.ok()) return fail(f, error_of(f, reply));
  const Result<UpgradeResourceIdentityReply> answer = decode_upgrade_resource_identity(reply.message);
  if (!answer) return fail(f, bad_value(answer.error(), "an answer"));
  if (refused(f, answer->diagnostics, Value())) return;
  Result<Value> identity = decode_dynamic(answer->upgraded_identity, f.identity_schema->type);
  if (!identity) return fail(f, bad_value(identity.error(), "an upgraded identity"));
  f.identity = *std::move(identity);
  make_ready(f);
}

void Refresh::make_ready(Flight& f) {
  const Resource& r = resource(f.index);
  std::string state, identity, secret_part;
  if (Status s = encode_msgpack(f.known, f.schema->type, state); !s.ok()) return fail(f, std::move(s).error());
  if (!f.identity.is_null())
    if (Status s = encode_msgpack(f.identity, f.identity_schema->type, identity); !s.ok()) return fail(f, std::move(s).error());
  if (!r.private_data.empty() && !third::base64_decode(r.private_data, secret_part))
    return fail(f, Error(Errc::bad_structure, "the member `private` of the state is no base64").next("the state was damaged: restore it"));
  encode(
      ReadResourceRequest{
          .type_name = r.type, .current_state = {.msgpack = state}, .private_data = secret_part, .identity = {.msgpack = identity}},
      f.request);
  ready_.push_back(f.index);
}

void Refresh::after_read(Flight& f, const plugin::GrpcReply& reply) {
  if (!reply.ours) instance_.answered(*session_.process);
  if (!reply.ok()) return fail(f, error_of(f, reply));
  const Result<ReadResourceReply> answer = decode_read_resource(reply.message);
  if (!answer) return fail(f, bad_value(answer.error(), "an answer"));
  const Result<Value> actual = decode_dynamic(answer->new_state, f.schema->type);
  if (refused(f, answer->diagnostics, actual)) return;
  if (answer->deferred != Deferred::none)
    return fail(
        f, Error(Errc::read_unsupported, "the provider put the read off: its configuration is not known yet").next("configure it fully"));
  if (!actual) return fail(f, bad_value(actual.error(), "a state"));
  const bool identified = f.identity_schema != nullptr && !answer->new_identity.empty();
  Result<Value> identity = identified ? decode_dynamic(answer->new_identity, f.identity_schema->type) : Value();
  if (!identity) return fail(f, bad_value(identity.error(), "an identity"));
  if (actual->is_null())
    return finish(
        f, ReadOutcome::absent(
               "the " + instance_.display() +
               " itself says that it is gone, which some say, too, of what is no longer as they made it (local_file: other content)"));
  if (actual->holds_unknown())
    return fail(f, Error(Errc::read_failed, "the provider gave a state with values that are not known").next("report it to its authors"));
  if (holds_write_only(*actual, f.schema->block))
    return fail(f, Error(Errc::read_failed, "the provider gave a value for a write-only attribute").next("report it to its authors"));
  finish(f, outcome(f, *actual, *std::move(identity)));
}

// What was read and what was known, in one form and with the marks of both: a dynamic value is compared as it is, without the type that a
// state has beside it, and what the state calls sensitive in there is secret there, too.
ReadOutcome Refresh::outcome(const Flight& f, const Value& actual, Value identity) const {
  const TypeSchema& schema = *f.schema;
  Resource found = resource(f.index);
  Value recorded = unwrap_dynamic(found.attributes, schema.type);
  Value known = unwrap_dynamic(normalise_known(f.known, schema), schema.type);
  restore_sealed(known, recorded);
  Value* const own[] = {&recorded, &known};
  model_internal::share_secret_places(own);
  Value marked = schema.facts.mark_sensitive(known);
  std::vector<Path> unmarked = model_internal::newly_secret(known, marked);
  known = std::move(marked);
  recorded = schema.facts.mark_sensitive(std::move(recorded));
  found.attributes = schema.facts.mark_sensitive(unwrap_dynamic(normalise_read(actual, schema), schema.type));
  Value* const all[] = {&recorded, &known, &found.attributes};
  model_internal::share_secret_places(all);
  found.schema_version = static_cast<std::uint64_t>(schema.version);
  found.untyped = false;
  found.id = std::string(found.attributes.string_or("id", found.id));
  if (!identity.is_null()) {
    found.identity = std::move(identity);
    found.identity_schema_version = static_cast<std::uint64_t>(f.identity_schema->version);
  }
  return ReadOutcome::found(std::move(found), std::move(known), std::move(unmarked));
}

}  // namespace drift::terraform_internal
