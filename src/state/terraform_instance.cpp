// One resource block of a Terraform state v4, and one instance in it.
#include <array>
#include <span>
#include <string>
#include <utility>

#include "state/flatmap.hpp"
#include "state/terraform_state_v4.hpp"

namespace drift::state_internal {
namespace {

Error wrong_type(const JsonView& at, const SpanParser& parser, std::string_view what, std::string_view wanted) {
  return parser.error_at(at, Errc::bad_structure, "the member " + std::string(what) + " of a resource was not " + std::string(wanted));
}

// Null counts as absent, as Go reads it.
bool given(const JsonView& v) { return v && !v.is_null(); }

Status take_text(const JsonView& v, std::string_view what, const SpanParser& parser, std::string& out) {
  if (!given(v)) return {};
  if (!v.is_string()) return wrong_type(v, parser, what, "a string");
  out = v.string();
  return {};
}

Status take_texts(const JsonView& v, std::string_view what, const SpanParser& parser, std::vector<std::string>& out) {
  if (!given(v)) return {};
  if (!v.is_array()) return wrong_type(v, parser, what, "a list of strings");
  for (auto c = v.begin(); c; c.next()) {
    if (!c.value().is_string()) return wrong_type(c.value(), parser, what, "a list of strings");
    out.emplace_back(c.value().string());
  }
  return {};
}

Status take_count(const JsonView& v, std::string_view what, const SpanParser& parser, std::uint64_t& out) {
  if (!given(v)) return {};
  const auto n = v.uint64();
  if (!n) return wrong_type(v, parser, what, "a whole number");
  out = *n;
  return {};
}

Status take_status(const InstanceView& instance, const SpanParser& parser, bool& tainted) {
  std::string status;
  DRIFT_TRY(take_text(instance.status, "status", parser, status));
  if (!status.empty() && status != "tainted") {
    return parser.error_at(instance.status, Errc::unsupported_feature, "an instance had a status that is neither empty nor tainted")
        .next("read the state with a newer version of libdrift");
  }
  tainted = !status.empty();
  return {};
}

// The attributes, from whichever of the two forms is there. Flat ones are built as a tree, being rare and old.
Result<Value> flat_attributes(const JsonView& flat, SpanParser& parser) {
  for (auto c = flat.begin(); c; c.next()) {
    if (!c.value().is_string() && !c.value().is_null()) return wrong_type(c.value(), parser, "attributes_flat", "an object of strings");
  }
  auto tree = parser.value(flat);
  if (!tree) return tree;
  return expand_flatmap(tree->as_object());
}

// The paths of `sensitive_attributes`. One that cannot be read is an error: passing over it could show a secret.
Status sensitive_paths(const JsonView& list, SpanParser& parser, std::vector<Path>& paths) {
  if (!given(list)) return {};
  if (!list.is_array()) return wrong_type(list, parser, "sensitive_attributes", "a list of paths");
  for (auto c = list.begin(); c; c.next()) {
    auto steps = parser.value(c.value());
    if (!steps) return std::move(steps).error();
    auto path = Path::from_terraform_steps(*steps);
    if (!path) return wrong_type(c.value(), parser, "sensitive_attributes", "a list of paths");
    paths.push_back(std::move(*path));
  }
  return {};
}

// Marks what the path leads to. A value of a dynamic attribute is written as {"value": V, "type": T}, and paths are those of V: a step goes
// through to it. What only looks so is gone into both ways.
void mark_sensitive(Value& v, std::span<const Path::Segment> path) {
  if (path.empty()) {
    v.mark(Secret::plain);
    return;
  }
  if (v.is_list()) {
    const auto* index = std::get_if<std::uint64_t>(&path.front());
    if (index != nullptr && *index < v.as_list().size()) mark_sensitive(v.edit_list()[static_cast<std::size_t>(*index)], path.subspan(1));
    return;
  }
  if (!v.is_object()) return;
  const auto* index = std::get_if<std::uint64_t>(&path.front());
  const std::string key = index != nullptr ? std::to_string(*index) : std::get<std::string>(path.front());
  if (v.find(key) != nullptr) mark_sensitive(*v.edit_object().find(key), path.subspan(1));
  if (v.as_object().size() == 2 && v.find("value") != nullptr && v.find("type") != nullptr)
    mark_sensitive(*v.edit_object().find("value"), path);
}

// All that building the resource would trip over, so that a document is refused when it is read and not later.
Status check_shapes(const InstanceView& v, SpanParser& parser) {
  if (given(v.attributes) && !v.attributes.is_object()) return wrong_type(v.attributes, parser, "attributes", "an object");
  if (given(v.attributes_flat) && !v.attributes_flat.is_object())
    return wrong_type(v.attributes_flat, parser, "attributes_flat", "an object");
  if (given(v.private_data) && !v.private_data.is_string()) return wrong_type(v.private_data, parser, "private", "a string");
  if (given(v.provider) && !v.provider.is_string()) return wrong_type(v.provider, parser, "provider", "a string");
  for (const auto& [version, name] :
       {std::pair{&v.schema_version, "schema_version"}, std::pair{&v.identity_schema_version, "identity_schema_version"}})
    if (given(*version) && !version->uint64()) return wrong_type(*version, parser, name, "a whole number");
  std::vector<Path> paths;
  DRIFT_TRY(sensitive_paths(v.sensitive_attributes, parser, paths));
  for (const auto& [texts, name] : {std::pair{&v.dependencies, "dependencies"}, std::pair{&v.depends_on, "depends_on"}}) {
    if (!given(*texts)) continue;
    if (!texts->is_array()) return wrong_type(*texts, parser, name, "a list of strings");
    for (auto c = texts->begin(); c; c.next()) {
      if (!c.value().is_string()) return wrong_type(c.value(), parser, name, "a list of strings");
    }
  }
  return {};
}

}  // namespace

Fingerprint BlockHeader::fingerprint() const {
  std::string all;
  for (const std::string* part : {&module, &type, &name, &provider}) all += std::to_string(part->size()) + ':' + *part;
  all += data ? 'd' : 'm';
  return fingerprint_bytes(all);
}

Status BlockHeaderReader::member(std::string_view key, const JsonView& v, SpanParser& parser) {
  if (key == "module") return take_text(v, key, parser, header.module);
  if (key == "mode") {
    DRIFT_TRY(take_text(v, key, parser, mode_));
    header.data = mode_ == "data";
    return {};
  }
  if (key == "type") return take_text(v, key, parser, header.type);
  if (key == "name") return take_text(v, key, parser, header.name);
  if (key == "provider") return take_text(v, key, parser, header.provider);
  return parser.unique_keys(v);
}

std::string_view BlockHeaderReader::fault() const {
  if (mode_ != "managed" && mode_ != "data") return "the mode of a resource was neither managed nor data";
  if (header.type.empty()) return "a resource had no type";
  if (header.name.empty()) return "a resource had no name";
  return {};
}

void BlockHeaderReader::reset() {
  for (std::string* part : {&header.module, &header.type, &header.name, &header.provider, &mode_}) part->clear();
  header.data = false;
}

Status read_block(const JsonView& block, SpanParser& parser, BlockHeaderReader& reader, JsonView& instances) {
  if (!block.is_object()) return parser.error_at(block, Errc::bad_structure, "an element of resources was not an object");
  DRIFT_TRY(parser.unique_keys_here(block));
  reader.reset();
  instances = {};
  for (auto c = block.begin(); c; c.next()) {
    if (c.key() == "instances")
      instances = c.value();
    else
      DRIFT_TRY(reader.member(c.key(), c.value(), parser));
  }
  if (const std::string_view fault = reader.fault(); !fault.empty()) return parser.error(Errc::bad_structure, std::string(fault));
  if (!given(instances)) instances = {};
  if (instances && !instances.is_array()) return wrong_type(instances, parser, "instances", "a list");
  return {};
}

Status read_instance(const JsonView& instance, SpanParser& parser, InstanceView& view) {
  if (!instance.is_object()) return parser.error_at(instance, Errc::bad_structure, "an instance of a resource was not an object");
  DRIFT_TRY(parser.unique_keys_here(instance));
  struct Member {
    std::string_view name;
    JsonView InstanceView::*view;
  };
  using V = InstanceView;
  static constexpr std::array<Member, 13> members{{{"attributes", &V::attributes},
                                                   {"schema_version", &V::schema_version},
                                                   {"sensitive_attributes", &V::sensitive_attributes},
                                                   {"private", &V::private_data},
                                                   {"dependencies", &V::dependencies},
                                                   {"index_key", &V::index_key},
                                                   {"identity", &V::identity},
                                                   {"identity_schema_version", &V::identity_schema_version},
                                                   {"status", &V::status},
                                                   {"deposed", &V::deposed},
                                                   {"attributes_flat", &V::attributes_flat},
                                                   {"depends_on", &V::depends_on},
                                                   {"provider", &V::provider}}};
  view = {};
  for (auto c = instance.begin(); c; c.next()) {
    const std::string_view key = c.key();
    for (const Member& m : members) {
      if (m.name != key) continue;
      view.*m.view = c.value();
      break;
    }
    // attributes: when their canonical bytes are written
    const JsonView value = c.value();
    if ((value.is_object() && key != "attributes") || value.is_array()) DRIFT_TRY(parser.unique_keys(value));
  }
  return check_shapes(view, parser);
}

Status write_instance_address(const BlockHeader& header, const InstanceView& instance, const SpanParser& parser, std::string& out) {
  TerraformAddress address{header.module, header.data, header.type, header.name, {}, {}};
  if (given(instance.index_key)) {
    if (instance.index_key.is_string()) {
      address.key = {InstanceKey::Kind::text, 0, instance.index_key.string()};
    } else if (const auto n = instance.index_key.int64()) {
      address.key = {InstanceKey::Kind::number, *n, {}};
    } else {
      return wrong_type(instance.index_key, parser, "index_key", "a string or a whole number");
    }
  }
  if (given(instance.deposed)) {
    if (!instance.deposed.is_string()) return wrong_type(instance.deposed, parser, "deposed", "a string");
    address.deposed = instance.deposed.string();
  }
  write_terraform_address(address, out);
  return {};
}

Result<Fingerprint> instance_fingerprint(const BlockHeader& header, const InstanceView& instance, SpanParser& parser,
                                         std::string& scratch) {
  bool tainted = false;
  DRIFT_TRY(take_status(instance, parser, tainted));
  if (!given(instance.attributes) && given(instance.attributes_flat)) {
    auto attributes = flat_attributes(instance.attributes_flat, parser);
    if (!attributes) return std::move(attributes).error();
    std::string bytes;
    append_canonical(*attributes, bytes);
    return resource_fingerprint(header.type, attributes->string_or("id"), tainted, bytes, {}, scratch);
  }
  if (!given(instance.attributes)) return resource_fingerprint(header.type, {}, tainted, "o0:", {}, scratch);
  auto bytes = parser.canonical(instance.attributes);
  if (!bytes) return std::move(bytes).error();
  return resource_fingerprint(header.type, instance.attributes.string_or("id"), tainted, *bytes, {}, scratch);
}

Result<Resource> build_instance(const BlockHeader& header, const InstanceView& instance, SpanParser& parser) {
  Resource r;
  DRIFT_TRY(write_instance_address(header, instance, parser, r.address));
  r.type = header.type;
  r.provider = header.provider;
  DRIFT_TRY(take_text(instance.provider, "provider", parser, r.provider));
  DRIFT_TRY(take_status(instance, parser, r.tainted));
  DRIFT_TRY(take_text(instance.deposed, "deposed", parser, r.deposed_key));
  r.pending_delete = !r.deposed_key.empty();
  r.attributes = Value(Object());
  if (given(instance.attributes)) {
    auto tree = parser.value(instance.attributes);
    if (!tree) return std::move(tree).error();
    r.attributes = std::move(*tree);
  } else if (given(instance.attributes_flat)) {
    auto tree = flat_attributes(instance.attributes_flat, parser);
    if (!tree) return std::move(tree).error();
    r.attributes = std::move(*tree);
    r.untyped = true;
  }
  r.id = r.attributes.string_or("id");
  std::vector<Path> sensitive;
  DRIFT_TRY(sensitive_paths(instance.sensitive_attributes, parser, sensitive));
  // A path that leads nowhere (the attribute is gone) marks nothing.
  for (const Path& path : sensitive) mark_sensitive(r.attributes, path.segments());
  DRIFT_TRY(take_count(instance.schema_version, "schema_version", parser, r.schema_version));
  DRIFT_TRY(take_text(instance.private_data, "private", parser, r.private_data));
  DRIFT_TRY(take_texts(instance.dependencies, "dependencies", parser, r.dependencies));
  DRIFT_TRY(take_texts(instance.depends_on, "depends_on", parser, r.dependencies));
  if (given(instance.identity)) {
    auto identity = parser.value(instance.identity);
    if (!identity) return std::move(identity).error();
    r.identity = std::move(*identity);
  }
  DRIFT_TRY(take_count(instance.identity_schema_version, "identity_schema_version", parser, r.identity_schema_version));
  return r;
}

}  // namespace drift::state_internal
