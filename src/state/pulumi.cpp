// Reads Pulumi's `stack export` and checkpoint files, versions 1 to 4 (apitype/core.go of pulumi).
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "drift/model/engine.hpp"
#include "state/pulumi_resource.hpp"
#include "state/pulumi_secrets.hpp"
#include "state/pulumi_values.hpp"
#include "state/reader_internal.hpp"
#include "state/walk.hpp"
#include "third/digest.hpp"

namespace drift::state_internal {
namespace {

// The mandatory features of version 4 that mean nothing for what is read here, or that are handled.
constexpr std::string_view kFeatures[] = {"refreshBeforeUpdate",       "views",     "hooks", "taint", "replaceWith", "snippets-prototype",
                                          "extensionParameterization", "byteString"};
constexpr std::uint64_t kOldestVersion = 1;
constexpr std::uint64_t kNewestVersion = 4;

bool holds(std::string_view text, std::string_view needle) {
  return ::memmem(text.data(), text.size(), needle.data(), needle.size()) != nullptr;
}

// The signature as a key or the unknown placeholder, however they are escaped. The nesting limit bounds the recursion.
bool holds_tag(const JsonView& v) {
  if (v.is_string()) return v.string() == kPulumiUnknown;
  for (JsonView::Cursor c = v.begin(); c; c.next())
    if (c.key() == kPulumiSignature || holds_tag(c.value())) return true;
  return false;
}

bool holds_tag(const Span& span, const JsonView& v) {
  if (holds(span.text, kPulumiSignature) || holds(span.text, kPulumiUnknown)) return true;
  return span.unicode_escapes && holds_tag(v);
}

// A resource that waits for deletion is addressed by its place, so equal bytes alone do not make it the same entry.
Fingerprint raw_of_pending_delete(const Fingerprint& bytes, std::uint64_t nth) {
  return fingerprint_bytes("pulumi delete " + std::to_string(nth) + ' ' + bytes.hex());
}

// Resources of one deployment. A resource that has a provider gets that one's record with its own; it is built once.
class PulumiLoader final : public SpanLoader {
 public:
  PulumiLoader(std::shared_ptr<const OpenSource> source, const JsonLimits& limits, std::shared_ptr<const PulumiSecrets> secrets)
      : SpanLoader(std::move(source), limits), secrets_(std::move(secrets)) {}

 protected:
  Result<Resource> build(const Snapshot& snapshot, std::size_t index, std::size_t, const JsonView& span,
                         SpanParser& parser) const override {
    Result<Value> object = parser.value(span);
    if (!object) return std::move(object).error();
    if (secrets_ != nullptr) {
      const Status revealed = reveal_pulumi(*object, *secrets_);
      if (!revealed.ok()) return parser.error(revealed.error().code(), revealed.error().message()).next(revealed.error().next_step());
    }
    Result<Resource> r = pulumi_resource(*object);
    if (!r) return parser.error(r.error().code(), r.error().message()).next(r.error().next_step());
    r->address = snapshot.entry(index).address;
    std::shared_ptr<const EngineRecord> provider;
    if (r->kind == ResourceKind::managed && !r->provider.empty()) {
      auto found = provider_of(snapshot, r->provider);
      if (!found) return std::move(found).error();
      provider = *std::move(found);
    }
    r->record = std::make_shared<const EngineRecord>(EngineRecord{*std::move(object), std::move(provider)});
    return r;
  }
  Fingerprint raw_fingerprint(const Snapshot& snapshot, std::size_t span_index, std::string_view bytes) const override {
    const Snapshot::Entry e = snapshot.entry(snapshot.span(span_index).first_entry);
    const Fingerprint raw = fingerprint_bytes(bytes);
    return e.pending_delete ? raw_of_pending_delete(raw, pending_delete_place(e.address)) : raw;
  }

 private:
  using Record = std::shared_ptr<const EngineRecord>;

  // Of the resource that `reference` ("<urn>::<id>") names, one that waits for its deletion too; null when there is none.
  Result<Record> provider_of(const Snapshot& snapshot, const std::string& reference) const {
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = providers_.find(reference); known != providers_.end()) return known->second;
    }
    Record found;
    const std::size_t end = reference.rfind("::");
    const std::string urn = reference.substr(0, end);
    const std::string id = end == std::string::npos ? std::string() : reference.substr(end + 2);
    std::optional<std::size_t> at = snapshot.find(urn);
    for (std::uint64_t nth = 1; !found; ++nth) {
      if (at && snapshot.entry(*at).kind == ResourceKind::provider) {
        Result<Resource> r = snapshot.load(*at);
        if (!r) return std::move(r).error();
        if (r->id == id) found = r->record;
      }
      if (nth > 1 && !at) break;
      at = snapshot.find(pending_delete_address(urn, nth));
    }
    const std::lock_guard lock(mutex_);
    return providers_.emplace(reference, std::move(found)).first->second;
  }

  const std::shared_ptr<const PulumiSecrets> secrets_;  // null: ciphertexts stay what they are
  mutable std::mutex mutex_;
  mutable std::map<std::string, Record, std::less<>> providers_;  // by reference
};

// The ciphertexts of one document: whether there are any, and which, where somebody else has to be asked for them.
class Ciphertexts {
 public:
  void add(const Value& v, bool keep) {
    if (v.secret() == Secret::ciphertext) {
      any_ = true;
      if (keep && v.is_string() && seen_.insert(v.as_string()).second) all_.push_back(v.as_string());
    }
    if (v.is_list())
      for (const Value& e : v.as_list()) add(e, keep);
    if (v.is_object())
      for (const auto& member : v.as_object()) add(member.second, keep);
  }
  void add_some() { any_ = true; }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] const std::vector<std::string>& all() const { return all_; }

 private:
  bool any_ = false;
  std::vector<std::string> all_;  // in the document's order, each once
  std::set<std::string> seen_;
};

class PulumiReading {
 public:
  PulumiReading(Reading& in, const ReadOptions& options) : in_(in), options_(options), builder_(Side::recorded) {
    append_canonical(Value(Object()), no_outputs_);
  }

  Result<Document> read() {
    DRIFT_TRY(each_member(in_, "the document", [&](const std::string& key) { return root_member(key); }));
    DRIFT_TRY(in_.finish());
    if (form_.empty() && version_ == 0) return refuse_version("the document had no version", 0);
    if (form_.empty()) return in_.scanner.error(Errc::bad_structure, "the document had neither a deployment nor a checkpoint", 0);
    note_pending_deletes();
    if (!resources_seen_)
      builder_.note({"empty_deployment", {}, "the stack holds no resources: nothing was deployed, or all was destroyed"});
    Result<std::shared_ptr<const PulumiSecrets>> secrets = open_secrets();
    if (!secrets) return std::move(secrets).error();
    for (const Note& n : options_.notes) builder_.note(n);
    Provenance& p = builder_.provenance();
    p.source = in_.source->name();
    Document doc;
    doc.format = "pulumi-" + form_;
    doc.recorded = std::move(builder_).build(std::make_shared<PulumiLoader>(in_.source, options_.limits, *std::move(secrets)));
    return doc;
  }

 private:
  Status root_member(const std::string& key) {
    if (key == "version") return read_version(in_);
    if (key == "features") return read_features(in_);
    if (key == "deployment") {
      DRIFT_TRY(begin("export"));
      DRIFT_TRY(in_.scanner.expect(JsonType::object, "member deployment"));  // null would read as a stack where all is gone
      return deployment("member deployment");
    }
    if (key == "checkpoint") {
      DRIFT_TRY(begin("checkpoint"));
      DRIFT_TRY(in_.scanner.expect(JsonType::object, "member checkpoint"));
      return checkpoint();
    }
    return in_.check_value();
  }

  // What has to be known before the resources. Writers put it first; when it stands behind them, the document is walked once more.
  Status begin(std::string form) {
    if (!form_.empty()) {
      return in_.scanner.error(Errc::bad_structure, "the document had a deployment and a checkpoint", in_.scanner.key_offset());
    }
    form_ = std::move(form);
    if (version_ == 0) DRIFT_TRY(look_ahead());
    if (version_ == 0) return refuse_version("the document had no version", in_.scanner.key_offset());
    Provenance& p = builder_.provenance();
    p.format = "pulumi-" + form_ + "-v" + std::to_string(version_);
    const Snapshot* known = options_.known;
    in_.known = known != nullptr && known->provenance().format == p.format && !is_asked_for(*known) ? known : nullptr;
    if (in_.known != nullptr)
      for (const Note& n : known->notes())
        if (n.code == "view") known_views_.insert(n.address);
    return {};
  }

  // What is taken over from there is not looked into, and its ciphertexts have to be known to be asked for.
  bool is_asked_for(const Snapshot& known) const {
    return options_.secrets != nullptr && needs_ciphertexts(known.provenance().secrets_provider, *options_.secrets);
  }

  // Null when there is nothing to decrypt, nobody wants it, or nobody can; that is noted.
  Result<std::shared_ptr<const PulumiSecrets>> open_secrets() {
    if (options_.secrets == nullptr || !ciphertexts_.any()) return std::shared_ptr<const PulumiSecrets>();
    Result<OpenedSecrets> opened = open_pulumi_secrets(builder_.provenance().secrets_provider, secrets_state_, ciphertexts_.all(),
                                                       options_.service, *options_.secrets, options_.context);
    if (!opened) {
      Error e = std::move(opened).error();
      if (e.subject().empty()) return std::move(e).at(in_.source->name());
      return e;
    }
    if (opened->locked) {
      const Error& why = *opened->locked;
      builder_.note({"secrets_locked",
                     {},
                     one_line("secrets stay encrypted, so that whether they changed is not known: " + why.message() +
                              (why.next_step().empty() ? "" : "; " + why.next_step()))});
    }
    return std::move(opened->secrets);
  }

  Status look_ahead() {
    Reading ahead(in_.source, options_, {});
    return each_member(ahead, "the document", [&](const std::string& key) -> Status {
      if (key == "version") return read_version(ahead);
      if (key == "features") return read_features(ahead);
      return ahead.scanner.skip_value();
    });
  }

  Error refuse_version(std::string message, std::uint64_t offset) const {
    return in_.scanner.error(Errc::unsupported_version, std::move(message), offset)
        .next("export the stack again with a recent pulumi: versions 1 to 4 can be read");
  }

  Status read_version(Reading& from) {
    const std::uint64_t offset = from.scanner.key_offset();
    auto version = from.take_uint64("member version");
    if (!version) return std::move(version).error();
    if (*version < kOldestVersion || *version > kNewestVersion)
      return refuse_version("the document was of version " + std::to_string(*version) + ", which is not known", offset);
    version_ = *version;
    return {};
  }

  static Status read_features(Reading& from) {
    const std::uint64_t offset = from.scanner.key_offset();
    auto features = from.take_tree();
    if (!features) return std::move(features).error();
    if (features->is_null()) return {};
    if (!features->is_list()) return from.scanner.error(Errc::bad_structure, "member features was no array", offset);
    for (const Value& f : features->as_list()) {
      if (!f.is_string()) return from.scanner.error(Errc::bad_structure, "member features held something else than strings", offset);
      bool known = false;
      for (const std::string_view name : kFeatures) known = known || f.as_string() == name;
      if (known) continue;
      const std::string message = "the stack needed the feature \"" + printable(f.as_string()) + "\", which is not known";
      return from.scanner.error(Errc::unsupported_feature, message, offset).next("read this stack with a newer version of libdrift");
    }
    return {};
  }

  // For names in messages: what could not stand in one line of a terminal is not repeated.
  static std::string printable(std::string_view s) {
    std::string out;
    for (const char c : s.substr(0, 400)) out += c >= 0x20 && c < 0x7f && c != '"' ? c : '?';
    return out;
  }

  Status checkpoint() {
    return each_member(in_, "member checkpoint",
                       [&](const std::string& key) { return key == "latest" ? deployment("member latest") : in_.check_value(); });
  }

  // Without a deployment (`latest` of a stack that was never deployed) or without resources in it the stack is empty, which is noted.
  Status deployment(std::string_view what) {
    return each_member(in_, what, [&](const std::string& key) -> Status {
      if (key == "resources") return resources();
      if (key == "pending_operations") return each_span(in_, "member pending_operations", [&](const Span& s) { return note_operation(s); });
      if (key == "manifest") return read_manifest();
      if (key == "secrets_providers") return read_secrets_provider();
      if (key == "metadata") return read_metadata();
      return in_.check_value();
    });
  }

  Status resources() {
    auto type = in_.scanner.peek();
    if (!type) return std::move(type).error();
    resources_seen_ = *type != JsonType::null;
    return each_span(in_, "member resources", [&](const Span& s) { return add_resource(s); });
  }

  // The engine writes the SHA-256 of its version beside it, and refuses a state where the two do not fit.
  Status read_manifest() {
    auto tree = in_.take_tree();
    if (!tree) return std::move(tree).error();
    const std::string_view version = tree->string_or("version"), magic = tree->string_or("magic");
    builder_.provenance().engine_version = version;
    if (!magic.empty() && magic != third::hex(third::digest(third::Hasher::sha256, version)))
      builder_.note({"manifest_changed", {}, "the checksum in the state's manifest does not fit: pulumi itself would refuse this state"});
    return {};
  }

  Status read_secrets_provider() {
    auto tree = in_.take_tree();
    if (!tree) return std::move(tree).error();
    builder_.provenance().secrets_provider = tree->string_or("type");
    if (const Value* state = tree->find("state")) secrets_state_ = *state;
    return {};
  }

  Status read_metadata() {
    auto tree = in_.take_tree();
    if (!tree) return std::move(tree).error();
    const Value* error = tree->find("integrity_error");
    if (error != nullptr && !error->is_null())
      builder_.note({"integrity_error", {}, "the engine itself found this state inconsistent when it last wrote it"});
    return {};
  }

  Status note_operation(const Span& span) {
    auto view = in_.parser.parse(span);
    if (!view) return std::move(view).error();
    DRIFT_TRY(in_.parser.unique_keys(*view));
    const std::string type = printable(view->string_or("type", "an operation"));
    builder_.note({"pending_operation", std::string(view->find("resource").string_or("urn")),
                   "the engine was interrupted (" + type + "): what became of this resource is not known"});
    return {};
  }

  Status add_resource(const Span& span) {
    const Fingerprint raw = fingerprint_bytes(span.text);
    auto taken = in_.take_known(builder_, raw, span.offset, span.text.size());
    if (!taken) return duplicate(taken.error(), known_address(raw), span);
    if (*taken) {
      if (!in_.known->provenance().secrets_provider.empty()) ciphertexts_.add_some();  // it may have had some
      note_known_view(raw);
      return {};
    }
    auto view = in_.parser.parse(span);
    if (!view) return std::move(view).error();
    auto head = pulumi_head(*view, in_.parser);
    if (!head) return std::move(head).error();
    auto canonical = canonical_of(span, *view, *head);
    if (!canonical) return std::move(canonical).error();
    std::string address(head->urn);
    Fingerprint span_raw = raw;
    if (head->pending_delete) {
      const std::uint64_t nth = ++pending_deletes_[address];
      span_raw = raw_of_pending_delete(raw, nth);
      address = pending_delete_address(address, nth);
    }
    if (head->view) note_view(address);
    builder_.begin_span(span_raw, span.offset, span.text.size());
    const Status added = builder_.add_entry({.address = address,
                                             .type = head->type,
                                             .canonical = *canonical,
                                             .kind = head->kind,
                                             .pending_delete = head->pending_delete,
                                             .pending_replacement = head->pending_replacement});
    return added ? Status() : duplicate(added.error(), address, span);
  }

  // A URN is no secret, and without it nobody finds the two.
  Error duplicate(const Error& e, std::string_view address, const Span& span) const {
    if (e.code() != Errc::duplicate_address) return e;
    return in_.scanner.error(Errc::duplicate_address, "two live resources had the URN " + printable(address), span.offset)
        .next("repair the stack with pulumi state repair, or delete one of them with pulumi state delete");
  }

  // The address of a span that is known; there is one resource in each.
  std::string known_address(const Fingerprint& raw) const {
    return std::string(in_.known->entry(in_.known->span(*in_.known->find_span(raw)).first_entry).address);
  }

  void note_view(const std::string& address) { builder_.note({"view", address, "a view shows part of another resource and is not read"}); }

  // The same note for a resource that was taken over without being parsed.
  void note_known_view(const Fingerprint& raw) {
    if (known_views_.empty()) return;
    const std::string address = known_address(raw);
    if (known_views_.count(address) != 0) note_view(address);
  }

  // Without tagged values straight from the text; else of the resource as load() builds it.
  Result<Fingerprint> canonical_of(const Span& span, const JsonView& view, const PulumiHead& head) {
    if (holds_tag(span, view) || view.find("defaults")) {
      Result<Value> object = in_.parser.value(view);
      if (!object) return std::move(object).error();
      Result<Resource> r = pulumi_resource(*object);
      if (!r) return in_.parser.error(r.error().code(), r.error().message()).next(r.error().next_step());
      if (options_.secrets != nullptr) note_ciphertexts(*r);
      return resource_fingerprint(*r);
    }
    inputs_.clear();
    if (const JsonView inputs = view.find("inputs"); inputs.is_object()) {
      auto bytes = in_.parser.canonical(inputs);
      if (!bytes) return std::move(bytes).error();
      inputs_ = *bytes;
    }
    std::string_view outputs_bytes = no_outputs_;
    if (const JsonView outputs = view.find("outputs"); outputs.is_object()) {
      auto bytes = in_.parser.canonical(outputs);
      if (!bytes) return std::move(bytes).error();
      outputs_bytes = *bytes;
    }
    return resource_fingerprint(head.type, head.id, head.tainted, outputs_bytes, inputs_, scratch_);
  }

  // Without a name yet (writers put it first) the provider could be one that somebody has to be asked for.
  void note_ciphertexts(const Resource& r) {
    const std::string& provider = builder_.provenance().secrets_provider;
    const bool keep = provider.empty() || needs_ciphertexts(provider, *options_.secrets);
    ciphertexts_.add(r.attributes, keep);
    if (r.inputs) ciphertexts_.add(*r.inputs, keep);
  }

  void note_pending_deletes() {
    for (const auto& [urn, count] : pending_deletes_) {
      const bool duplicate_urn = count > 1 || builder_.contains(urn);
      builder_.note({duplicate_urn ? "duplicate_urn" : "pending_delete", urn,
                     std::to_string(count) + (count == 1 ? " old resource" : " old resources") + " with this URN still to be deleted"});
    }
  }

  Reading& in_;
  const ReadOptions& options_;
  SnapshotBuilder builder_;
  std::string form_;  // "export" or "checkpoint"
  std::uint64_t version_ = 0;
  bool resources_seen_ = false;
  Value secrets_state_;
  Ciphertexts ciphertexts_;
  std::map<std::string, std::uint64_t> pending_deletes_;  // by URN
  std::set<std::string> known_views_;                     // addresses of views in `known`
  std::string no_outputs_, inputs_, scratch_;
};

}  // namespace

Result<Document> read_pulumi(const ByteSource& source, const ReadOptions& options) {
  auto reading = Reading::open(source, options, {});
  if (!reading) return std::move(reading).error();
  return PulumiReading(**reading, options).read();
}

}  // namespace drift::state_internal
