// libdrift's own type `file`: files, directories and symbolic links.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "provider/file_types.hpp"

namespace drift::provider_internal {
namespace {

std::string_view kind_text(FileStat::Kind kind) {
  switch (kind) {
    case FileStat::Kind::regular:
      return "file";
    case FileStat::Kind::directory:
      return "directory";
    case FileStat::Kind::symlink:
      return "symlink";
    case FileStat::Kind::other:
      break;
  }
  return "special";  // a FIFO, socket or device: there, but nothing that is managed here
}

bool recorded(const Value& attributes, std::string_view member) {
  const Value* v = attributes.find(member);
  return v != nullptr && !v->is_null();
}

// What the recorded attributes say of the kind without naming it; empty when nothing.
std::string_view implied_kind(const Value& attributes) {
  if (recorded(attributes, "target")) return "symlink";
  if (recorded(attributes, "sha256") || recorded(attributes, "size")) return "file";
  return {};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The owner or group in the form that the recorded side uses: an id as number or digits, else a name.
Value principal(const Value& known, std::uint64_t id, const std::optional<std::string>& name) {
  if (known.is_number()) return Value(id);
  const bool by_id = known.is_string() && is_number(known.as_string());
  return by_id || !name ? Value(std::to_string(id)) : Value(*name);
}

bool same_mode(const Value& known, std::uint32_t mode) {
  std::uint32_t asked = 0;
  return known.is_string() && parse_mode(known.as_string(), asked) && asked == mode;
}

bool same_hex(const Value& known, std::string_view hex) {
  if (!known.is_string() || known.as_string().size() != hex.size()) return false;
  return std::equal(hex.begin(), hex.end(), known.as_string().begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'F' ? static_cast<char>(b + ('a' - 'A')) : b); });
}

// Writes what is there over what was recorded, member by member.
class Actual {
 public:
  Actual(const Resource& known, Object& out) : known_(known.attributes), out_(out) {}

  // `make` is asked for the value when the recorded side has the member; an empty optional takes it away.
  template <class Make>
  void set(std::string_view member, Make&& make) {
    if (!recorded(known_, member)) return;
    const Value& before = *known_.find(member);
    std::optional<Value> value = make(before);
    if (!value) {
      out_.erase(member);
      return;
    }
    if (before.is_secret()) value->mark(Secret::plain);
    out_.set(member, *std::move(value));
  }

 private:
  const Value known_;
  Object& out_;
};

void set_ownership_and_mode(Actual& actual, const FileStat& stat, const FileSystem& fs) {
  actual.set("mode",
             [&](const Value& known) -> std::optional<Value> { return same_mode(known, stat.mode) ? known : Value(mode_text(stat.mode)); });
  actual.set("owner", [&](const Value& known) -> std::optional<Value> { return principal(known, stat.uid, fs.user_name(stat.uid)); });
  actual.set("group", [&](const Value& known) -> std::optional<Value> { return principal(known, stat.gid, fs.group_name(stat.gid)); });
}

ReadOutcome absent_or(int error) {
  return means_absent(error) ? ReadOutcome::absent() : ReadOutcome::failed(system_error(error, "looked up"));
}

}  // namespace

Schema native_file_schema() {
  Schema s;
  s.add("path", {.force_new = true, .type = TypeHint::string});
  s.add("kind", {.force_new = true, .type = TypeHint::string});
  return s;
}

ReadOutcome read_native_file(FileReads& in, const Resource& known) {
  const Result<std::string> path = path_of(in, known, "path");
  if (!path) return ReadOutcome::failed(path.error());
  FileStat stat;
  if (const int e = in.fs.stat(*path, false, stat); e != 0) return absent_or(e);

  std::optional<std::string> sha256;
  if (stat.kind == FileStat::Kind::regular && recorded(known.attributes, "sha256")) {
    Result<std::optional<FileContent>> content = read_content(in.fs, *path, {}, in.buffers, in.ctx);
    if (!content) return ReadOutcome::failed(std::move(content).error());
    if (!*content) return ReadOutcome::absent();
    stat = (*content)->stat;  // of the same moment as the hash
    sha256 = third::hex((*content)->sha256);
  }
  std::optional<std::string> target;
  if (stat.kind == FileStat::Kind::symlink && recorded(known.attributes, "target"))
    if (const int e = in.fs.read_link(*path, target.emplace()); e != 0) return absent_or(e);

  Resource result = known;
  result.absent = false;
  Object& out = result.attributes.edit_object();
  Actual actual(known, out);
  const std::string_view kind = kind_text(stat.kind);
  if (const std::string_view implied = implied_kind(known.attributes);
      recorded(known.attributes, "kind") || (!implied.empty() && implied != kind))
    out.set("kind", kind);
  actual.set("sha256", [&](const Value& before) -> std::optional<Value> {
    if (!sha256) return std::nullopt;
    return same_hex(before, *sha256) ? before : Value(*sha256);
  });
  actual.set("size", [&](const Value&) -> std::optional<Value> {
    return stat.kind == FileStat::Kind::regular ? std::optional<Value>(Value(stat.size)) : std::nullopt;
  });
  actual.set("target", [&](const Value&) -> std::optional<Value> { return target ? std::optional<Value>(Value(*target)) : std::nullopt; });
  set_ownership_and_mode(actual, stat, in.fs);
  return ReadOutcome::found(std::move(result));
}

}  // namespace drift::provider_internal
