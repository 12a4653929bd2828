// Writes libdrift-snapshot-v1 (docs/snapshot-format.md).
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include "drift/model/json.hpp"
#include "drift/state/snapshot_file.hpp"
#include "model/utf8.hpp"
#include "state/base64.hpp"
#include "state/snapshot_lines.hpp"

namespace drift {
namespace {

namespace si = state_internal;

struct Marks {
  Value::List secrets;
  Value::List unknown;
  Value::List bytes;
};

void append_token(std::string& pointer, std::string_view key) {
  pointer += '/';
  for (const char c : key) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
}

// `v` without marks; every mark that was there goes into `marks`. `v` was sealed: no plain secret is in it.
Value strip_marks(const Value& v, std::string_view section, std::string& pointer, Marks& marks) {
  if (v.is_secret()) {
    const std::string_view kind = v.secret() == Secret::ciphertext ? "ciphertext" : "digest";
    marks.secrets.push_back(Value(Value::List{Value(section), Value(pointer), Value(kind)}));
  }
  const std::size_t length = pointer.size();
  switch (v.kind()) {
    case Value::Kind::unknown:
      marks.unknown.push_back(Value(Value::List{Value(section), Value(pointer)}));
      return Value();
    case Value::Kind::string:
      if (model_internal::is_utf8(v.as_string())) return Value(v.as_string());
      marks.bytes.push_back(Value(Value::List{Value(section), Value(pointer)}));
      return Value(si::base64_encode(v.as_string()));
    case Value::Kind::list: {
      Value::List out;
      out.reserve(v.as_list().size());
      for (const Value& e : v.as_list()) {
        append_token(pointer, std::to_string(out.size()));
        out.push_back(strip_marks(e, section, pointer, marks));
        pointer.resize(length);
      }
      return Value(std::move(out));
    }
    case Value::Kind::object: {
      std::vector<Object::Member> out;
      out.reserve(v.as_object().size());
      for (const auto& [key, member] : v.as_object()) {
        append_token(pointer, key);
        out.emplace_back(key, strip_marks(member, section, pointer, marks));
        pointer.resize(length);
      }
      return Value(Object(std::move(out)));
    }
    default: {
      Value out = v;
      out.mark(Secret::none);
      return out;
    }
  }
}

class LineWriter {
 public:
  void member(std::string_view name, const std::string& json) {
    line_ += line_.size() > 1 ? "," : "";
    append_json_string(line_, name);
    line_ += ':';
    line_ += json;
  }
  void text(std::string_view name, std::string_view s, bool always = false) {
    if (!s.empty() || always) member(name, to_json(Value(s)));
  }
  void flag(std::string_view name, bool on) {
    if (on) member(name, "true");
  }
  void texts(std::string_view name, const std::vector<std::string>& all) {
    if (all.empty()) return;
    Value::List list;
    for (const std::string& s : all) list.push_back(Value(s));
    member(name, to_json(Value(std::move(list))));
  }
  void list(std::string_view name, Value::List& all) {
    if (!all.empty()) member(name, to_json(Value(std::move(all))));
  }
  void section(std::string_view name, const Value& v, const SecretKey& key, Marks& marks) {
    std::string pointer;
    member(name, to_json(strip_marks(seal_secrets(v, key), name, pointer, marks)));
  }
  std::string finish() && { return std::move(line_) + "}"; }

 private:
  std::string line_ = "{";
};

Error io_error(std::string what, const std::string& path, int number) {
  const bool denied = number == EACCES || number == EPERM || number == EROFS;
  const Errc code = denied ? Errc::permission : number == ENOENT ? Errc::not_found : Errc::io;
  std::string message = std::move(what) + " failed: " + std::strerror(number);
  return Error(code, std::move(message)).at(path).next("check that the folder exists, has room, and may be written to");
}

std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::string> temporary_name(const std::string& path) {
  unsigned char random[8];
  if (::getrandom(random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) return io_error("drawing a random name", path, errno);
  std::string name = path + ".tmp-";
  for (const unsigned char c : random) {
    name += "0123456789abcdef"[c >> 4];
    name += "0123456789abcdef"[c & 15U];
  }
  return name;
}

// Writes all of `text` and waits until it is on the disk; 0 or errno.
int write_fully(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

Status sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_error("opening the folder to sync it", folder, errno);
  const int failed = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  // Some file systems cannot sync a folder; their rename is what it is.
  if (failed != 0 && failed != EINVAL && failed != ENOTSUP) return io_error("syncing the folder", folder, failed);
  return {};
}

}  // namespace

std::string format_resource_line(const Resource& r, const SecretKey& key) {
  LineWriter w;
  Marks marks;
  w.text("address", r.address, true);
  w.text("type", r.type);
  if (!id_is_secret(r)) w.text("id", r.id);
  w.text("provider", r.provider);
  if (r.kind != ResourceKind::managed) w.text("kind", resource_kind_name(r.kind));
  if (!r.attributes.is_null() || r.attributes.is_secret()) w.section(si::kSectionAttributes, r.attributes, key, marks);
  if (r.inputs) w.section(si::kSectionInputs, *r.inputs, key, marks);
  if (r.identity) w.section(si::kSectionIdentity, *r.identity, key, marks);
  w.flag("absent", r.absent);
  w.flag("untyped", r.untyped);
  w.flag("tainted", r.tainted);
  w.flag("external", r.external);
  w.flag("protect", r.protect);
  w.flag("pending_replacement", r.pending_replacement);
  w.flag("pending_delete", r.pending_delete);
  w.text("deposed_key", r.deposed_key);
  w.texts("ignore_changes", r.ignore_changes);
  w.texts("dependencies", r.dependencies);
  if (r.schema_version != 0) w.member("schema_version", std::to_string(r.schema_version));
  if (r.identity_schema_version != 0) w.member("identity_schema_version", std::to_string(r.identity_schema_version));
  w.list("secrets", marks.secrets);
  w.list("unknown", marks.unknown);
  w.list("bytes", marks.bytes);
  return std::move(w).finish();
}

std::string format_snapshot(const SnapshotFileHeader& header, const std::vector<Resource>& resources, const SecretKey& key) {
  LineWriter w;
  w.member("libdrift_snapshot", "1");
  w.text("side", side_name(header.side), true);
  w.text("created", header.created);
  w.text("lineage", header.lineage);
  w.text("key_id", key.id());
  std::string out = std::move(w).finish() + "\n";
  for (const Resource& r : resources) {
    out += format_resource_line(r, key);
    out += '\n';
  }
  return out;
}

Status write_file_atomically(const std::string& path, std::string_view text, bool secret) {
  Result<std::string> temporary = temporary_name(path);
  if (!temporary) return std::move(temporary).error();
  const mode_t mode = secret ? 0600 : 0644;
  const int fd = ::open(temporary->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return io_error("creating a file beside it", path, errno);
  int failed = write_fully(fd, text);
  const char* what = "writing";
  if (::close(fd) != 0 && failed == 0) failed = errno;
  if (failed == 0 && std::rename(temporary->c_str(), path.c_str()) != 0) {
    failed = errno;
    what = "replacing the file";
  }
  if (failed != 0) {
    ::unlink(temporary->c_str());
    return io_error(what, path, failed);
  }
  return sync_folder(parent_folder(path));
}

}  // namespace drift
