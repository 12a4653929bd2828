// Reads `terraform show -json` of a state (internal/command/jsonstate of opentofu).
#include "state/terraform_show.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "state/shapes.hpp"
#include "state/walk.hpp"

namespace drift::state_internal {
namespace {

constexpr std::string_view kFormat = "terraform-show-state";

constexpr MemberType kMembers[] = {
    {"address", JsonType::string},     {"mode", JsonType::string},
    {"type", JsonType::string},        {"provider_name", JsonType::string},
    {"values", JsonType::object},      {"schema_version", JsonType::number},
    {"depends_on", JsonType::array},   {"tainted", JsonType::boolean},
    {"deposed_key", JsonType::string}, {"identity_schema_version", JsonType::number},
};

Status check_resource(const JsonView& resource, SpanParser& parser) {
  if (!resource.is_object()) return parser.error(Errc::bad_structure, "a resource was no object");
  DRIFT_TRY(parser.unique_keys_here(resource));
  for (JsonView::Cursor c = resource.begin(); c; c.next()) {
    const JsonView v = c.value();
    // `values` is checked where it is turned into canonical bytes.
    if (c.key() != "values" && (v.is_object() || v.is_array())) DRIFT_TRY(parser.unique_keys(v));
    DRIFT_TRY(check_member_type(c.key(), v, kMembers, parser));
  }
  if (resource.string_or("address").empty()) return parser.error(Errc::bad_structure, "a resource had no address");
  if (resource.string_or("type").empty()) return parser.error(Errc::bad_structure, "a resource had no type");
  const std::string_view mode = resource.string_or("mode");
  if (mode == "managed" || mode == "data") return {};
  return parser.error_at(resource.find("mode"), Errc::unsupported_feature, "a resource's mode was neither managed nor data")
      .next("read this document with a newer version of libdrift");
}

std::string full_address(const JsonView& resource) {
  std::string address(resource.string_or("address"));
  const std::string_view deposed = resource.string_or("deposed_key");
  if (!deposed.empty()) address += " (deposed " + std::string(deposed) + ")";
  return address;
}

// The source alone, and not as a state file writes it: which configuration of the provider (alias) it is, this format does not tell.
std::string provider_text(std::string_view name) {
  if (name.empty() || name.find('/') != std::string_view::npos) return std::string(name);
  return "registry.terraform.io/-/" + std::string(name);  // of Terraform 0.12, which had no namespaces
}

// `resource` passed check_resource().
Result<Resource> build_resource(const JsonView& resource, SpanParser& parser, const PlannedMasks* masks) {
  Result<Value> tree = parser.value(resource);
  if (!tree) return std::move(tree).error();
  Resource r;
  r.address = full_address(resource);
  r.type = resource.string_or("type");
  r.provider = provider_text(resource.string_or("provider_name"));
  r.tainted = resource.find("tainted").boolean();
  r.deposed_key = resource.string_or("deposed_key");
  r.pending_delete = !r.deposed_key.empty();
  r.schema_version = resource.find("schema_version").uint64().value_or(0);
  if (const Value* list = tree->find("depends_on"); list != nullptr && list->is_list())
    for (const Value& e : list->as_list())
      if (e.is_string()) r.dependencies.push_back(e.as_string());
  if (const Value* identity = tree->find("identity"); identity != nullptr && identity->is_object()) r.identity = *identity;
  r.identity_schema_version = resource.find("identity_schema_version").uint64().value_or(0);
  const Value* values = tree->find("values");
  r.attributes = values != nullptr && values->is_object() ? *values : Value(Object());
  r.id = r.attributes.string_or("id");
  if (masks != nullptr) apply_unknown_mask(masks->unknown, r.attributes);
  if (const Value* mask = tree->find("sensitive_values")) apply_sensitive_mask(*mask, r.attributes);
  if (masks != nullptr) apply_sensitive_mask(masks->sensitive, r.attributes);
  return r;
}

Fingerprint raw_with_masks(const Fingerprint& raw, const PlannedMasks& masks) {
  return fingerprint_bytes("planned " + raw.hex() + masks.fingerprint().hex());
}

class ShownLoader final : public SpanLoader {
 public:
  ShownLoader(std::shared_ptr<const OpenSource> source, const JsonLimits& limits, std::shared_ptr<const PlannedMasksByAddress> masks)
      : SpanLoader(std::move(source), limits), masks_(std::move(masks)) {}

 protected:
  Result<Resource> build(const Snapshot& snapshot, std::size_t index, std::size_t, const JsonView& span,
                         SpanParser& parser) const override {
    return build_resource(span, parser, masks_of(snapshot.entry(index).address));
  }
  Fingerprint raw_fingerprint(const Snapshot& snapshot, std::size_t span_index, std::string_view bytes) const override {
    const PlannedMasks* masks = masks_of(snapshot.entry(snapshot.span(span_index).first_entry).address);
    return masks == nullptr ? fingerprint_bytes(bytes) : raw_with_masks(fingerprint_bytes(bytes), *masks);
  }
  // Child modules lie deeper; what was within the limit when the document was read need not be measured exactly again.
  std::uint32_t depth_of(std::size_t) const override { return 4; }

 private:
  const PlannedMasks* masks_of(std::string_view address) const {
    if (masks_ == nullptr) return nullptr;
    const auto found = masks_->find(address);
    return found == masks_->end() ? nullptr : &found->second;
  }
  std::shared_ptr<const PlannedMasksByAddress> masks_;
};

}  // namespace

Fingerprint PlannedMasks::fingerprint() const {
  std::string bytes;
  append_canonical(unknown, bytes);
  append_canonical(sensitive, bytes);
  return fingerprint_bytes(bytes);
}

bool mask_says_something(const JsonView& mask) {
  if (mask.is_bool()) return mask.boolean();
  for (JsonView::Cursor c = mask.begin(); c; c.next())
    if (mask_says_something(c.value())) return true;
  return false;
}

namespace {

bool says_something(const Value& mask) {
  if (mask.is_bool()) return mask.as_bool();
  if (mask.is_list()) return std::any_of(mask.as_list().begin(), mask.as_list().end(), says_something);
  if (!mask.is_object()) return false;
  return std::any_of(mask.as_object().begin(), mask.as_object().end(), [](const Object::Member& m) { return says_something(m.second); });
}

void apply_to_object(const Object& mask, Value& v) {
  if (v.is_null()) v = Value(Object());
  if (!v.is_object()) return;
  std::vector<Object::Member> missing;
  for (const auto& [key, below] : mask) {
    if (Value* member = v.edit_object().find(key)) {
      apply_unknown_mask(below, *member);
    } else if (says_something(below)) {
      missing.emplace_back(key, Value());
      apply_unknown_mask(below, missing.back().second);
    }
  }
  if (missing.empty()) return;
  missing.insert(missing.end(), v.as_object().begin(), v.as_object().end());
  v = Value(Object(std::move(missing)));
}

// Plans keep a place for every element. Where they did not, nobody knows how many there will be: the whole list is unknown.
void apply_to_list(const Value::List& mask, Value& v) {
  const std::size_t size = v.is_list() ? v.as_list().size() : 0;
  if (!v.is_null() && !v.is_list()) return;
  if (mask.size() > size && std::any_of(mask.begin() + static_cast<std::ptrdiff_t>(size), mask.end(), says_something)) {
    v = Value::unknown();
    return;
  }
  for (std::size_t i = 0; i < mask.size() && i < size; ++i) apply_unknown_mask(mask[i], v.edit_list()[i]);
}

}  // namespace

void apply_unknown_mask(const Value& mask, Value& v) {
  if (!says_something(mask)) return;
  if (mask.is_object())
    apply_to_object(mask.as_object(), v);
  else if (mask.is_list())
    apply_to_list(mask.as_list(), v);
  else
    v = Value::unknown();
}

void apply_sensitive_mask(const Value& mask, Value& v) {
  if (mask.is_bool() && mask.as_bool()) {
    if (!v.is_unknown()) v.mark(Secret::plain);
  } else if (mask.is_object() && v.is_object()) {
    for (const auto& [key, below] : mask.as_object())
      if (Value* member = v.edit_object().find(key)) apply_sensitive_mask(below, *member);
  } else if (mask.is_list() && v.is_list()) {
    const Value::List& masks = mask.as_list();
    for (std::size_t i = 0; i < masks.size() && i < v.as_list().size(); ++i) apply_sensitive_mask(masks[i], v.edit_list()[i]);
  }
}

Status read_format_version(Reading& in) {
  const std::uint64_t offset = in.scanner.key_offset();
  auto version = in.take_string("member format_version");
  if (!version) return std::move(version).error();
  if (version->starts_with("0.") || version->starts_with("1.") || *version == "1") return {};
  return in.scanner.error(Errc::unsupported_version, "the document was of a format version that is not known", offset)
      .next("format versions 0.x and 1.x of terraform show -json can be read; use a newer version of libdrift");
}

ShownValues::ShownValues(Reading& in, Side side, std::shared_ptr<const PlannedMasksByAddress> masks)
    : in_(in), masks_(std::move(masks)), builder_(side) {}

Status ShownValues::read() {
  return each_member(in_, "member values",
                     [&](const std::string& key) { return key == "root_module" ? read_module() : in_.check_value(); });
}

// The scanner's depth limit bounds the recursion.
Status ShownValues::read_module() {
  return each_member(in_, "a module", [&](const std::string& key) -> Status {
    if (key == "resources") return read_resources();
    if (key == "child_modules") return read_modules();
    return in_.check_value();
  });
}

Status ShownValues::read_modules() {
  return each_element(in_, "member child_modules", [&] { return read_module(); });
}

Status ShownValues::read_resources() {
  return each_span(in_, "member resources", [&](const Span& span) { return add_resource(span); });
}

const PlannedMasks* ShownValues::masks_of(std::string_view address) const {
  if (masks_ == nullptr) return nullptr;
  const auto found = masks_->find(address);
  return found == masks_->end() ? nullptr : &found->second;
}

// Equal bytes are the same resource only where no mask speaks about it now. (Where one spoke then, the known fingerprint is another.)
bool ShownValues::may_take(const Fingerprint& raw) const {
  if (in_.known == nullptr) return false;
  if (masks_ == nullptr || masks_->empty()) return true;
  const auto span = in_.known->find_span(raw);
  return span && in_.known->span(*span).entries > 0 && masks_of(in_.known->entry(in_.known->span(*span).first_entry).address) == nullptr;
}

Status ShownValues::add_resource(const Span& span) {
  const Fingerprint raw = fingerprint_bytes(span.text);
  if (may_take(raw)) {
    auto taken = in_.take_known(builder_, raw, span.offset, span.text.size());
    if (!taken) return located(taken.error(), *in_.source, span.offset);
    if (*taken) return {};
  }
  auto view = in_.parser.parse(span);
  if (!view) return std::move(view).error();
  DRIFT_TRY(check_resource(*view, in_.parser));
  if (view->string_or("mode") == "data") {
    ++data_;
    return in_.parser.unique_keys(*view);
  }
  const std::string address = full_address(*view);
  const PlannedMasks* masks = masks_of(address);
  auto canonical = canonical_of(*view, masks);
  if (!canonical) return std::move(canonical).error();
  builder_.begin_span(masks == nullptr ? raw : raw_with_masks(raw, *masks), span.offset, span.text.size());
  const Status added = builder_.add_entry({.address = address,
                                           .type = view->string_or("type"),
                                           .canonical = *canonical,
                                           .pending_delete = !view->string_or("deposed_key").empty()});
  return added ? Status() : located(added.error(), *in_.source, span.offset);
}

// Sensitive marks leave no trace in canonical bytes; unknown values do.
Result<Fingerprint> ShownValues::canonical_of(const JsonView& resource, const PlannedMasks* masks) {
  if (masks != nullptr && !masks->unknown.is_null()) {
    Result<Resource> r = build_resource(resource, in_.parser, masks);
    if (!r) return std::move(r).error();
    return resource_fingerprint(*r);
  }
  const bool tainted = resource.find("tainted").boolean();
  const JsonView values = resource.find("values");
  if (!values.is_object()) return resource_fingerprint(resource.string_or("type"), {}, tainted, "o0:", {}, scratch_);
  auto bytes = in_.parser.canonical(values);
  if (!bytes) return std::move(bytes).error();
  return resource_fingerprint(resource.string_or("type"), values.string_or("id"), tainted, *bytes, {}, scratch_);
}

Snapshot ShownValues::build(std::string_view format, const JsonLimits& limits) && {
  builder_.provenance().format = format;
  builder_.provenance().source = in_.source->name();
  if (data_ > 0) {
    builder_.note(
        {"data_skipped", "",
         std::to_string(data_) + (data_ == 1 ? " data resource was" : " data resources were") + " skipped: they are read, not managed"});
  }
  return std::move(builder_).build(std::make_shared<ShownLoader>(in_.source, limits, masks_));
}

Result<Document> read_terraform_show(const ByteSource& source, const ReadOptions& options) {
  auto reading = Reading::open(source, options, kFormat);
  if (!reading) return std::move(reading).error();
  Reading& in = **reading;
  ShownValues values(in, Side::recorded, nullptr);
  bool version_seen = false;
  DRIFT_TRY(each_member(in, "the document", [&](const std::string& key) -> Status {
    if (key == "values") return values.read();
    if (key == "format_version") {
      version_seen = true;
      return read_format_version(in);
    }
    if (key != "terraform_version") return in.check_value();
    auto version = in.take_string("member terraform_version");
    if (!version) return std::move(version).error();
    values.builder().provenance().engine_version = *std::move(version);
    return {};
  }));
  DRIFT_TRY(in.finish());
  if (!version_seen) return in.scanner.error(Errc::unsupported_version, "the document had no format version", 0);
  Document doc;
  doc.format = kFormat;
  doc.recorded = std::move(values).build(kFormat, options.limits);
  return doc;
}

}  // namespace drift::state_internal
