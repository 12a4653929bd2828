// Reads Terraform state version 3 (before 0.12), as OpenTofu upgrades it (internal/states/statefile/version3_upgrade.go).
//
// There a "resource" is one instance: "aws_instance.web.0": {type, depends_on, primary: {id, attributes, meta, tainted}, deposed,
// provider}, inside modules: [{path: ["root", "a"], resources: {...}}].
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "drift/model/json.hpp"
#include "state/base64.hpp"
#include "state/flatmap.hpp"
#include "state/reader_internal.hpp"
#include "state/shapes.hpp"
#include "state/terraform_address.hpp"
#include "state/walk.hpp"

namespace drift::state_internal {
namespace {

constexpr std::string_view kFormat = "terraform-state-v3";
constexpr std::string_view kDeposedMark = " (deposed ";

struct LegacyKey {
  bool data = false;
  std::string type, name;
  std::optional<std::int64_t> index;
};

// Terraform takes no other names, so that what is put behind an address can be told from it.
bool is_identifier(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
    const auto b = static_cast<unsigned char>(c);
    return (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || b == '_' || b == '-' || b >= 0x80;
  });
}

// "type.name", "type.name.0", "data.type.name", "data.type.name.0".
std::optional<LegacyKey> parse_legacy_key(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
    if (parts.size() == 4) return std::nullopt;
  }
  LegacyKey key;
  if (parts.size() > 2 && parts[0] == "data") {
    key.data = true;
    parts.erase(parts.begin());
  }
  if (parts.size() < 2 || parts.size() > 3 || !is_identifier(parts[0]) || !is_identifier(parts[1])) return std::nullopt;
  key.type = parts[0];
  key.name = parts[1];
  if (parts.size() == 2) return key;
  if (parts[2].empty() || parts[2].size() > 18 || parts[2].find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t n = 0;
  for (const char c : parts[2]) n = n * 10 + (c - '0');
  key.index = n;
  return key;
}

std::string address_of(std::string_view module, const LegacyKey& key) {
  TerraformAddress a;
  a.module = module;
  a.data = key.data;
  a.type = key.type;
  a.name = key.name;
  if (key.index) a.key = {InstanceKey::Kind::number, *key.index, {}};
  std::string out;
  write_terraform_address(a, out);
  return out;
}

std::string join(std::string_view module, std::string_view rest) {
  return module.empty() ? std::string(rest) : std::string(module) + '.' + std::string(rest);
}

std::string_view without_deposed(std::string_view address) { return address.substr(0, address.find(kDeposedMark)); }

// Module of an address of this format, whose modules have no keys: all up to the last two components.
std::string_view module_of(std::string_view address) {
  std::size_t end = address.rfind('.');
  if (end == std::string_view::npos || end == 0) return {};
  end = address.rfind('.', end - 1);
  return end == std::string_view::npos ? std::string_view() : address.substr(0, end);
}

std::string provider_of(std::string_view module, std::string_view type, std::string_view given) {
  if (given.find("provider.") != std::string_view::npos) return std::string(given);
  return join(module, "provider." + std::string(given.empty() ? type.substr(0, type.find('_')) : given));
}

std::string dependency_of(std::string_view module, std::string_view text) {
  if (text.ends_with(".*")) text.remove_suffix(2);
  const std::optional<LegacyKey> key = parse_legacy_key(text);
  return key && !text.starts_with("module.") ? address_of(module, *key) : join(module, text);
}

// The SDK kept the schema's version in `meta`; the rest of it is what later versions call private.
void take_meta(const Value* meta, Resource& r) {
  if (meta == nullptr || !meta->is_object()) return;
  Value rest = *meta;
  if (const Value* v = meta->find("schema_version")) {
    const Result<Number> n = v->is_string() ? Number::parse(v->as_string()) : v->is_number() ? Result<Number>(v->as_number()) : Number();
    const std::optional<std::int64_t> version = n ? n->to_int64() : std::nullopt;
    if (version && *version >= 0) {
      r.schema_version = static_cast<std::uint64_t>(*version);
      rest.edit_object().erase("schema_version");
    }
  }
  if (!rest.as_object().empty()) r.private_data = base64_encode(to_json(rest));
}

// `instance` is `primary` or an element of `deposed`.
Resource build_instance_v3(std::string_view address, const Value& resource, const Value& instance) {
  const std::string_view module = module_of(without_deposed(address));
  Resource r;
  r.address = address;
  r.type = resource.string_or("type");
  r.provider = provider_of(module, r.type, resource.string_or("provider"));
  if (const Value* list = resource.find("depends_on"); list != nullptr && list->is_list())
    for (const Value& e : list->as_list())
      if (e.is_string()) r.dependencies.push_back(dependency_of(module, e.as_string()));
  const Value* tainted = instance.find("tainted");
  r.tainted = tainted != nullptr && tainted->is_bool() && tainted->as_bool();
  take_meta(instance.find("meta"), r);
  const Value* flat = instance.find("attributes");
  r.attributes = flat != nullptr && flat->is_object() ? expand_flatmap(flat->as_object()) : Value(Object());
  r.untyped = true;
  r.id = instance.string_or("id");
  if (!r.attributes.is_object()) r.attributes = Value(Object());
  if (r.attributes.string_or("id").empty() && !r.id.empty()) r.attributes.edit_object().set("id", Value(r.id));
  if (r.id.empty()) r.id = r.attributes.string_or("id");
  return r;
}

constexpr MemberType kResourceMembers[] = {
    {"type", JsonType::string},    {"provider", JsonType::string}, {"depends_on", JsonType::array},
    {"primary", JsonType::object}, {"deposed", JsonType::array},
};
constexpr MemberType kInstanceMembers[] = {
    {"id", JsonType::string}, {"attributes", JsonType::object}, {"meta", JsonType::object}, {"tainted", JsonType::boolean}};

Status check_instance(const JsonView& instance, const SpanParser& parser) {
  if (!instance.is_object()) return parser.error_at(instance, Errc::bad_structure, "an instance of a resource was no object");
  DRIFT_TRY(check_member_types(instance, kInstanceMembers, parser));
  for (auto c = instance.find("attributes").begin(); c; c.next()) {
    if (c.value().is_string() || c.value().is_null()) continue;
    return parser.error_at(c.value(), Errc::bad_structure, "a resource's member attributes held something else than strings");
  }
  return {};
}

// All that building the resource would pass over: what is left out there would look deleted.
Status check_resource(const JsonView& resource, std::string_view type, const SpanParser& parser) {
  if (!resource.is_object()) return parser.error(Errc::bad_structure, "a resource was no object");
  DRIFT_TRY(check_member_types(resource, kResourceMembers, parser));
  if (resource.string_or("type") != type)
    return parser.error_at(resource.find("type"), Errc::bad_structure, "a resource's type was not that of its name");
  DRIFT_TRY(check_texts("depends_on", resource.find("depends_on"), parser));
  if (const JsonView primary = resource.find("primary"); primary && !primary.is_null()) DRIFT_TRY(check_instance(primary, parser));
  for (auto c = resource.find("deposed").begin(); c; c.next()) DRIFT_TRY(check_instance(c.value(), parser));
  return {};
}

// Calls fn(address, instance) for the primary instance, then for each deposed one.
template <class Fn>
Status each_instance(std::string_view base, const Value& resource, const Fn& fn) {
  const Value* primary = resource.find("primary");
  if (primary != nullptr && primary->is_object()) DRIFT_TRY(fn(std::string(base), std::string(), *primary));
  const Value* deposed = resource.find("deposed");
  if (deposed == nullptr || !deposed->is_list()) return {};
  std::uint64_t n = 0;
  for (const Value& instance : deposed->as_list()) {
    std::string key;
    ++n;
    for (int shift = 28; shift >= 0; shift -= 4) key += "0123456789abcdef"[n >> shift & 15U];
    if (instance.is_object()) DRIFT_TRY(fn(std::string(base) + std::string(kDeposedMark) + key + ")", key, instance));
  }
  return {};
}

// The address is the member's name and not in the span.
Fingerprint raw_of(std::string_view base, std::string_view bytes) {
  return fingerprint_bytes(fingerprint_bytes(bytes).hex() + std::string(base));
}

class LoaderV3 final : public SpanLoader {
 public:
  using SpanLoader::SpanLoader;

 protected:
  Result<Resource> build(const Snapshot& snapshot, std::size_t index, std::size_t, const JsonView& span,
                         SpanParser& parser) const override {
    Result<Value> tree = parser.value(span);
    if (!tree) return std::move(tree).error();
    const std::string_view wanted = snapshot.entry(index).address;
    std::optional<Resource> found;
    DRIFT_TRY(each_instance(without_deposed(wanted), *tree, [&](const std::string& address, const std::string& key, const Value& instance) {
      if (address != wanted) return Status();
      found = build_instance_v3(address, *tree, instance);
      found->deposed_key = key;
      found->pending_delete = !key.empty();
      return Status();
    }));
    if (found) return *std::move(found);
    return parser.error(Errc::internal, "an instance was not found in its resource again");
  }
  Fingerprint raw_fingerprint(const Snapshot& snapshot, std::size_t span_index, std::string_view bytes) const override {
    return raw_of(without_deposed(snapshot.entry(snapshot.span(span_index).first_entry).address), bytes);
  }
  std::uint32_t depth_of(std::size_t) const override { return 4; }
};

class ReadingV3 {
 public:
  explicit ReadingV3(Reading& in) : in_(in), builder_(Side::recorded) {}

  Result<Document> read(const JsonLimits& limits) {
    DRIFT_TRY(each_member(in_, "the document", [&](const std::string& key) { return root_member(key); }));
    DRIFT_TRY(in_.finish());
    if (!modules_seen_) {
      return in_.scanner.error(Errc::bad_structure, "a Terraform state of version 3 had no member modules", 0)
          .next("check that this is a whole state file: `terraform state pull` writes it");
    }
    Provenance& p = builder_.provenance();
    p.format = kFormat;
    p.source = in_.source->name();
    if (data_ > 0) {
      builder_.note(
          {"data_skipped", "",
           std::to_string(data_) + (data_ == 1 ? " data resource was" : " data resources were") + " skipped: they are read, not managed"});
    }
    Document doc;
    doc.format = kFormat;
    doc.recorded = std::move(builder_).build(std::make_shared<LoaderV3>(in_.source, limits));
    return doc;
  }

 private:
  Status root_member(const std::string& key) {
    if (key == "modules") {
      modules_seen_ = true;
      return modules();
    }
    Provenance& p = builder_.provenance();
    if (key == "version") return version();
    if (key == "serial") {
      auto serial = in_.take_uint64("member serial");
      if (!serial) return std::move(serial).error();
      p.serial = *serial;
      return {};
    }
    if (key != "lineage" && key != "terraform_version") return in_.check_value();
    auto text = in_.take_string("member " + key);
    if (!text) return std::move(text).error();
    (key == "lineage" ? p.lineage : p.engine_version) = *std::move(text);
    return {};
  }

  Status version() {
    const std::uint64_t offset = in_.scanner.key_offset();
    auto version = in_.take_uint64("member version");
    if (!version) return std::move(version).error();
    if (*version == 3) return {};
    return in_.scanner.error(Errc::unsupported_version, "the state was not of version 3", offset);
  }

  Status modules() {
    return each_element(in_, "member modules", [&] { return module(); });
  }

  // The path is needed before the resources. It is written first; where it is not, the module is walked twice.
  Status module() {
    DRIFT_TRY(in_.scanner.expect(JsonType::object, "a module"));
    auto start = in_.scanner.mark();
    if (!start) return std::move(start).error();
    std::optional<std::string> path;
    bool again = false;
    for (int walk = 0; walk < 2; ++walk) {
      if (walk > 0) in_.scanner.rewind(*start);
      auto walked = walk_module(path, walk > 0);
      if (!walked) return std::move(walked).error();
      again = !*walked;
      if (!again) break;
    }
    if (again || !path) return in_.scanner.error(Errc::bad_structure, "a module had no path", start->offset);
    return {};
  }

  // False: resources came before the path and were passed over.
  Result<bool> walk_module(std::optional<std::string>& path, bool second) {
    bool complete = true;
    DRIFT_TRY(each_member(in_, "a module", [&](const std::string& key) -> Status {
      if (key == "resources" && path) return resources(*path);
      if (key == "resources") {
        complete = false;
        return in_.scanner.skip_value();
      }
      if (key != "path" || second) return in_.check_value();
      auto read = module_path();
      if (!read) return std::move(read).error();
      path = *std::move(read);
      return {};
    }));
    return complete;
  }

  Result<std::string> module_path() {
    const std::uint64_t offset = in_.scanner.key_offset();
    auto tree = in_.take_tree();
    if (!tree) return std::move(tree).error();
    std::string out;
    bool good = tree->is_list() && !tree->as_list().empty();
    for (std::size_t i = 0; good && i < tree->as_list().size(); ++i) {
      const Value& step = tree->as_list()[i];
      good = step.is_string() && is_identifier(step.as_string()) && (i > 0 || step.as_string() == "root");
      if (good && i > 0) out = join(out, "module." + step.as_string());
    }
    if (!good) return in_.scanner.error(Errc::bad_structure, "a module's path was no list of names that begins at root", offset);
    return out;
  }

  Status resources(const std::string& module) {
    return each_member(in_, "member resources", [&](const std::string& name) -> Status {
      const std::optional<LegacyKey> key = parse_legacy_key(name);
      if (!key) {
        return in_.scanner.error(Errc::bad_structure,
                                 "a resource's name was not type.name or type.name.index, of letters, digits, '_' and '-'",
                                 in_.scanner.key_offset());
      }
      if (key->data) {
        ++data_;
        return in_.check_value();
      }
      auto span = in_.scanner.take_value();
      if (!span) return std::move(span).error();
      return add(address_of(module, *key), *key, *span);
    });
  }

  Status add(const std::string& base, const LegacyKey& key, const Span& span) {
    const Fingerprint raw = raw_of(base, span.text);
    auto taken = in_.take_known(builder_, raw, span.offset, span.text.size());
    if (!taken) return located(taken.error(), *in_.source, span.offset);
    if (*taken) return {};
    auto view = in_.parser.parse(span);
    if (!view) return std::move(view).error();
    DRIFT_TRY(check_resource(*view, key.type, in_.parser));
    auto tree = in_.parser.value(*view);
    if (!tree) return std::move(tree).error();
    bool begun = false;
    const Status added = each_instance(base, *tree, [&](const std::string& address, const std::string& deposed, const Value& instance) {
      if (!begun) builder_.begin_span(raw, span.offset, span.text.size());
      begun = true;
      const Resource r = build_instance_v3(address, *tree, instance);
      return builder_.add_entry(
          {.address = address, .type = r.type, .canonical = resource_fingerprint(r), .pending_delete = !deposed.empty()});
    });
    return added ? Status() : located(added.error(), *in_.source, span.offset);
  }

  Reading& in_;
  SnapshotBuilder builder_;
  std::uint64_t data_ = 0;
  bool modules_seen_ = false;
};

}  // namespace

Result<Document> read_terraform_v3(const ByteSource& source, const ReadOptions& options) {
  auto reading = Reading::open(source, options, kFormat);
  if (!reading) return std::move(reading).error();
  return ReadingV3(**reading).read(options.limits);
}

}  // namespace drift::state_internal
