// Reads libdrift-snapshot-v1 (docs/snapshot-format.md): a header line, then one resource a line.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "drift/model/json.hpp"
#include "drift/state/snapshot_file.hpp"
#include "state/base64.hpp"
#include "state/reader_internal.hpp"
#include "state/snapshot_lines.hpp"
#include "state/walk.hpp"

namespace drift {
namespace state_internal {
namespace {

// The members of a line that this version knows, and what they must be.
struct Field {
  std::string_view name;
  JsonType type;
};
constexpr Field kFields[] = {
    {"absent", JsonType::boolean},
    {"address", JsonType::string},
    {"bytes", JsonType::array},
    {"dependencies", JsonType::array},
    {"deposed_key", JsonType::string},
    {"external", JsonType::boolean},
    {"id", JsonType::string},
    {"identity_schema_version", JsonType::number},
    {"ignore_changes", JsonType::array},
    {"kind", JsonType::string},
    {"pending_delete", JsonType::boolean},
    {"pending_replacement", JsonType::boolean},
    {"protect", JsonType::boolean},
    {"provider", JsonType::string},
    {"schema_version", JsonType::number},
    {"secrets", JsonType::array},
    {"tainted", JsonType::boolean},
    {"type", JsonType::string},
    {"unknown", JsonType::array},
    {"untyped", JsonType::boolean},
};

JsonType type_of(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::boolean:
      return JsonType::boolean;
    case Value::Kind::number:
      return JsonType::number;
    case Value::Kind::string:
      return JsonType::string;
    case Value::Kind::list:
      return JsonType::array;
    case Value::Kind::object:
      return JsonType::object;
    default:
      return JsonType::null;
  }
}

// The subject is the member that it is about: only who has the line's text knows its place.
Error bad_line(std::string_view member, std::string message) {
  return Error(Errc::bad_structure, std::move(message)).at(std::string(member)).next("write the snapshot again with libdrift");
}

Status check_field(std::string_view name, JsonType type) {
  for (const Field& f : kFields) {
    if (f.name != name || f.type == type) continue;
    return bad_line(name, "member " + std::string(name) + " was " + std::string(json_type_name(type)) + " where " +
                              std::string(json_type_name(f.type)) + " was expected");
  }
  return {};
}

bool flag(const Value& line, std::string_view name) {
  const Value* v = line.find(name);
  return v != nullptr && v->as_bool();
}

Status read_texts(const Value& line, std::string_view name, std::vector<std::string>& out) {
  const Value* list = line.find(name);
  if (list == nullptr) return {};
  for (const Value& e : list->as_list()) {
    if (!e.is_string()) return bad_line(name, "member " + std::string(name) + " held something else than strings");
    out.push_back(e.as_string());
  }
  return {};
}

std::optional<ResourceKind> kind_named(std::string_view name) {
  for (const ResourceKind k : {ResourceKind::managed, ResourceKind::component, ResourceKind::provider})
    if (name == resource_kind_name(k)) return k;
  return std::nullopt;
}

// The next reference token of a JSON Pointer, unescaped; `rest` begins with '/'.
std::string take_token(std::string_view& rest) {
  rest.remove_prefix(1);
  const std::size_t end = std::min(rest.find('/'), rest.size());
  std::string token;
  for (std::size_t i = 0; i < end; ++i) {
    if (rest[i] == '~' && i + 1 < end && (rest[i + 1] == '0' || rest[i + 1] == '1'))
      token += rest[++i] == '0' ? '~' : '/';
    else
      token += rest[i];
  }
  rest.remove_prefix(end);
  return token;
}

// The value at `pointer` below `root`, for change; nullptr when there is none. A list or an object on the way decides what a token means.
Value* locate(Value& root, std::string_view pointer) {
  Value* at = &root;
  while (!pointer.empty()) {
    if (pointer[0] != '/') return nullptr;
    const std::string token = take_token(pointer);
    if (at->is_object()) {
      at = at->edit_object().find(token);
      if (at == nullptr) return nullptr;
    } else if (at->is_list()) {
      if (token.empty() || token.size() > 9 || token.find_first_not_of("0123456789") != std::string::npos) return nullptr;
      const std::size_t index = std::stoul(token);
      if (index >= at->as_list().size()) return nullptr;
      at = &at->edit_list()[index];
    } else {
      return nullptr;
    }
  }
  return at;
}

Value* section_of(Resource& r, std::string_view name) {
  if (name == kSectionAttributes) return &r.attributes;
  if (name == kSectionInputs) return r.inputs ? &*r.inputs : nullptr;
  if (name == kSectionIdentity) return r.identity ? &*r.identity : nullptr;
  return nullptr;
}

// Applies `change` (which answers whether it could) at each place of the list `name`.
template <class Change>
Status at_places(const Value& line, std::string_view name, std::size_t parts, Resource& r, const Change& change) {
  const Value* places = line.find(name);
  if (places == nullptr) return {};
  for (const Value& place : places->as_list()) {
    const bool shaped = place.is_list() && place.as_list().size() == parts &&
                        std::all_of(place.as_list().begin(), place.as_list().end(), [](const Value& v) { return v.is_string(); });
    if (!shaped) return bad_line(name, "member " + std::string(name) + " held something else than places");
    const Value::List& p = place.as_list();
    Value* section = section_of(r, p[0].as_string());
    Value* at = section == nullptr ? nullptr : locate(*section, p[1].as_string());
    if (at == nullptr) return bad_line(name, "member " + std::string(name) + " named a place that is not there");
    DRIFT_TRY(change(*at, p));
  }
  return {};
}

Status apply_marks(const Value& line, Resource& r) {
  DRIFT_TRY(at_places(line, "bytes", 2, r, [&](Value& at, const Value::List&) -> Status {
    std::optional<std::string> bytes = at.is_string() ? base64_decode(at.as_string()) : std::nullopt;
    if (!bytes) return bad_line("bytes", "a byte string was not base64");
    at = Value(std::move(*bytes));
    return {};
  }));
  DRIFT_TRY(at_places(line, "unknown", 2, r, [&](Value& at, const Value::List&) -> Status {
    at = Value::unknown();
    return {};
  }));
  // Last: replacing a value would lose its mark.
  return at_places(line, "secrets", 3, r, [&](Value& at, const Value::List& place) -> Status {
    const std::string& kind = place[2].as_string();
    if (kind != "digest" && kind != "ciphertext") {
      return Error(Errc::unsupported_feature, "a secret was of a kind that this version does not know")
          .at("secrets")
          .next("read the snapshot with the version of libdrift that wrote it");
    }
    at.mark(kind == "digest" ? Secret::digest : Secret::ciphertext);
    return {};
  });
}

Status read_version(const Value& line, const char* name, std::uint64_t& out) {
  const Value* v = line.find(name);
  if (v == nullptr) return {};
  const std::optional<std::int64_t> n = v->as_number().to_int64();
  if (!n || *n < 0) return bad_line(name, "member " + std::string(name) + " was not a whole number");
  out = static_cast<std::uint64_t>(*n);
  return {};
}

Status read_flags_and_lists(const Value& line, Resource& r) {
  r.absent = flag(line, "absent");
  r.untyped = flag(line, "untyped");
  r.tainted = flag(line, "tainted");
  r.external = flag(line, "external");
  r.protect = flag(line, "protect");
  r.pending_replacement = flag(line, "pending_replacement");
  r.pending_delete = flag(line, "pending_delete");
  DRIFT_TRY(read_version(line, "schema_version", r.schema_version));
  DRIFT_TRY(read_version(line, "identity_schema_version", r.identity_schema_version));
  DRIFT_TRY(read_texts(line, "ignore_changes", r.ignore_changes));
  return read_texts(line, "dependencies", r.dependencies);
}

}  // namespace

Result<Resource> resource_from_line(const Value& line) {
  if (!line.is_object()) return bad_line({}, "a line was no object");
  for (const auto& [name, value] : line.as_object()) DRIFT_TRY(check_field(name, type_of(value)));
  Resource r;
  r.address = line.string_or("address");
  if (r.address.empty()) return bad_line("address", "a line had no address");
  r.type = line.string_or("type");
  r.id = line.string_or("id");
  r.provider = line.string_or("provider");
  r.deposed_key = line.string_or("deposed_key");
  const std::optional<ResourceKind> kind = kind_named(line.string_or("kind", "managed"));
  if (!kind) return bad_line("kind", "member kind had a value that is not known");
  r.kind = *kind;
  DRIFT_TRY(read_flags_and_lists(line, r));
  if (const Value* v = line.find(kSectionAttributes)) r.attributes = *v;
  if (const Value* v = line.find(kSectionInputs)) r.inputs = *v;
  if (const Value* v = line.find(kSectionIdentity)) r.identity = *v;
  DRIFT_TRY(apply_marks(line, r));
  return r;
}

namespace {

// Cuts a document into lines. One window, which grows only to hold a line.
class LineCutter {
 public:
  LineCutter(std::shared_ptr<const OpenSource> source, std::uint64_t max_line) : source_(std::move(source)), max_line_(max_line) {
    window_.resize(kWindow + kSpanPadding);
  }

  // The next line that is not blank, without its newline; none at the end.
  Result<std::optional<Span>> next() {
    for (;;) {
      const char* from = window_.data() + begin_;
      const auto* newline = static_cast<const char*>(std::memchr(from + seen_, '\n', end_ - begin_ - seen_));
      if (newline == nullptr) {
        seen_ = end_ - begin_;
        if (seen_ > max_line_) {
          return Error(Errc::byte_limit, "a line was larger than the limit for one resource")
              .at(source_->name())
              .position(position_in(*source_, base_ + begin_))
              .next("raise the limit for one resource if the document is to be trusted");
        }
        auto more = fill();
        if (!more) return std::move(more).error();
        if (*more) continue;
        if (begin_ == end_) return std::optional<Span>();
        newline = window_.data() + end_;
      }
      from = window_.data() + begin_;
      const std::string_view text(from, static_cast<std::size_t>(newline - from));
      const Span span{text, base_ + begin_, 0, true};
      begin_ = std::min(end_, begin_ + text.size() + 1);
      seen_ = 0;
      if (text.find_first_not_of(" \t\r") != std::string_view::npos) return std::optional<Span>(span);
    }
  }

 private:
  static constexpr std::size_t kWindow = std::size_t{1} << 20;

  Result<bool> fill() {
    if (base_ + end_ >= source_->size()) return false;
    std::memmove(window_.data(), window_.data() + begin_, end_ - begin_);
    base_ += begin_;
    end_ -= begin_;
    begin_ = 0;
    if (end_ + kSpanPadding == window_.size()) window_.resize(2 * end_ + kSpanPadding);
    auto got = source_->read(base_ + end_, window_.data() + end_, window_.size() - kSpanPadding - end_);
    if (!got) return std::move(got).error();
    end_ += *got;
    return *got > 0;
  }

  std::shared_ptr<const OpenSource> source_;
  std::uint64_t max_line_;
  std::vector<char> window_;
  std::uint64_t base_ = 0;  // offset in the document of window_[0]
  std::size_t begin_ = 0;   // of the next line
  std::size_t seen_ = 0;    // bytes of it that hold no newline
  std::size_t end_ = 0;
};

class LineLoader final : public SpanLoader {
 public:
  using SpanLoader::SpanLoader;

 protected:
  Result<Resource> build(const Snapshot&, std::size_t, std::size_t, const JsonView& span, SpanParser& parser) const override {
    Result<Value> line = parser.value(span);
    if (!line) return std::move(line).error();
    return resource_from_line(*line);
  }
  std::uint32_t depth_of(std::size_t) const override { return 0; }
};

class SnapshotReading {
 public:
  SnapshotReading(Reading& reading, SnapshotBuilder& builder) : reading_(reading), builder_(builder) {}

  Status add(const Span& span) {
    const Fingerprint raw = fingerprint_bytes(span.text);
    auto known = reading_.take_known(builder_, raw, span.offset, span.text.size());
    if (!known) return located(known.error(), *reading_.source, span.offset);
    if (*known) return {};
    auto view = reading_.parser.parse(span);
    if (!view) return std::move(view).error();
    builder_.begin_span(raw, span.offset, span.text.size());
    const Status added = marked(*view) ? add_by_tree(*view) : add_by_view(*view);
    return added ? Status() : Status(placed(added.error(), *view));
  }

 private:
  // An error about the line that was parsed last, at the member that it is about.
  Error placed(Error e, const JsonView& line) const {
    if (e.where()) return e;
    const bool twice = e.code() == Errc::duplicate_address;
    const std::uint64_t offset = reading_.parser.offset_of(line.find(twice ? std::string_view("address") : e.subject()));
    return located(twice ? std::move(e) : std::move(e).at({}), *reading_.source, offset);
  }

  // Marks decide what is equal: such a line is built completely.
  static bool marked(const JsonView& line) { return line.find("secrets") || line.find("unknown") || line.find("bytes"); }

  Status add_by_tree(const JsonView& view) {
    Result<Value> line = reading_.parser.value(view);
    if (!line) return std::move(line).error();
    Result<Resource> r = resource_from_line(*line);
    if (!r) return std::move(r).error();
    return builder_.add_entry({.address = r->address,
                               .type = r->type,
                               .canonical = resource_fingerprint(*r),
                               .kind = r->kind,
                               .pending_delete = r->pending_delete,
                               .pending_replacement = r->pending_replacement});
  }

  // The rest of the line as a tree, the large sections straight to canonical bytes.
  Status add_by_view(const JsonView& view) {
    DRIFT_TRY(reading_.parser.unique_keys_here(view));
    std::vector<Object::Member> rest;
    std::string canonical[2];
    append_canonical(Value(), canonical[0]);
    for (JsonView::Cursor c = view.begin(); c; c.next()) {
      if (c.key() == kSectionAttributes || c.key() == kSectionInputs) {
        auto bytes = reading_.parser.canonical(c.value());
        if (!bytes) return std::move(bytes).error();
        canonical[c.key() == kSectionInputs ? 1 : 0] = *bytes;
        continue;
      }
      Result<Value> v = reading_.parser.value(c.value());
      if (!v) return std::move(v).error();
      rest.emplace_back(std::string(c.key()), *std::move(v));
    }
    Result<Resource> r = resource_from_line(view.is_object() ? Value(Object(std::move(rest))) : Value());
    if (!r) return std::move(r).error();
    return builder_.add_entry({.address = r->address,
                               .type = r->type,
                               .canonical = r->absent
                                                ? resource_fingerprint(*r)
                                                : resource_fingerprint(r->type, r->id, r->tainted, canonical[0], canonical[1], scratch_),
                               .kind = r->kind,
                               .pending_delete = r->pending_delete,
                               .pending_replacement = r->pending_replacement});
  }

  Reading& reading_;
  SnapshotBuilder& builder_;
  std::string scratch_;
};

std::optional<Side> side_named(std::string_view name) {
  for (const Side s : {Side::desired, Side::recorded, Side::actual, Side::baseline})
    if (name == side_name(s)) return s;
  return std::nullopt;
}

struct Header {
  Side side = Side::recorded;
  std::string key_id;
  std::string lineage;
};

Result<Header> read_header(SpanParser& parser, const Span& span) {
  auto view = parser.parse(span);
  if (!view) return std::move(view).error();
  DRIFT_TRY(parser.unique_keys(*view));
  const JsonView version = view->find("libdrift_snapshot");
  if (!version) return parser.error(Errc::unknown_format, "the first line was not the header of a libdrift snapshot");
  if (version.uint64() != std::uint64_t{1}) {
    return parser.error_at(version, Errc::unsupported_version, "the snapshot was of a version that is not known")
        .next("read it with the version of libdrift that wrote it; this one reads version 1");
  }
  const std::optional<Side> side = side_named(view->string_or("side"));
  if (!side)
    return parser.error_at(view->find("side"), Errc::bad_structure, "the header's side was none of desired, recorded, actual, baseline");
  return Header{*side, std::string(view->string_or("key_id")), std::string(view->string_or("lineage"))};
}

}  // namespace

Result<Document> read_libdrift_snapshot(const ByteSource& source, const ReadOptions& options) {
  auto reading = Reading::open(source, options, kSnapshotFormat);
  if (!reading) return std::move(reading).error();
  Reading& in = **reading;
  LineCutter lines(in.source, options.limits.max_span_bytes);
  auto first = lines.next();
  if (!first) return std::move(first).error();
  if (!*first) return in.scanner.error(Errc::truncated, "the document was empty", 0);
  auto header = read_header(in.parser, **first);
  if (!header) return std::move(header).error();

  SnapshotBuilder builder(header->side);
  builder.provenance().format = kSnapshotFormat;
  builder.provenance().source = in.source->name();
  builder.provenance().lineage = header->lineage;
  if (!header->key_id.empty()) builder.provenance().secrets_provider = "hmac-sha256:" + header->key_id;
  SnapshotReading resources(in, builder);
  for (;;) {
    DRIFT_TRY(options.context.check());
    auto line = lines.next();
    if (!line) return std::move(line).error();
    if (!*line) break;
    DRIFT_TRY(resources.add(**line));
    if (in.parser.nodes() > options.limits.max_nodes) {
      const std::string limit = std::to_string(options.limits.max_nodes);
      return in.parser.error(Errc::node_limit, "the document had more values than the limit of " + limit);
    }
  }
  DRIFT_TRY(in.source->unchanged());
  Document doc;
  doc.format = kSnapshotFormat;
  doc.recorded = std::move(builder).build(std::make_shared<LineLoader>(in.source, options.limits));
  return doc;
}

}  // namespace state_internal

Result<Resource> parse_resource_line(std::string_view line, TextPosition origin) {
  Result<Value> tree = parse_json(line, {}, {}, origin);
  if (!tree) return std::move(tree).error();
  Result<Resource> r = state_internal::resource_from_line(*tree);
  if (!r) return Error(r.error()).at({}).position(origin);
  return r;
}

}  // namespace drift
