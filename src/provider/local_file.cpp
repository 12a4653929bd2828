// local_file and local_sensitive_file of Terraform's hashicorp/local.
#include <cctype>
#include <optional>
#include <string>
#include <utility>

#include "model/utf8.hpp"
#include "provider/file_types.hpp"

namespace drift::provider_internal {
namespace {

constexpr std::size_t most_content = std::size_t{16} << 20;
constexpr std::string_view hash_members[] = {"content_base64sha256", "content_base64sha512", "content_md5", "content_sha1",
                                             "content_sha256",       "content_sha512",       "id"};

std::string hash_text(std::string_view member, const FileContent& c) {
  if (member == "content_md5") return third::hex(c.md5);
  if (member == "content_sha256") return third::hex(c.sha256);
  if (member == "content_base64sha256") return third::base64(c.sha256);
  if (member == "content_sha512") return third::hex(c.sha512);
  if (member == "content_base64sha512") return third::base64(c.sha512);
  return third::hex(c.sha1);  // content_sha1, id
}

bool is_set(const Value* v) { return v != nullptr && !v->is_null() && !(v->is_string() && v->as_string().empty()); }

// The member that says what the file holds, looked for in the order in which Terraform's provider does; empty when there is none.
std::string_view content_member(const Value& attributes) {
  for (const std::string_view m : {"sensitive_content", "content_base64", "source", "content"})
    if (is_set(attributes.find(m))) return m;
  const Value* content = attributes.find("content");  // an empty file
  return content != nullptr && !content->is_null() ? "content" : "";
}

// What the known side says the content is, as far as it can be compared here: one of the two digests (lower-case hex), or neither.
struct KnownContent {
  std::string sha256;
  std::string sha1;
  [[nodiscard]] bool tells() const { return !sha256.empty() || !sha1.empty(); }
  [[nodiscard]] bool is(const FileContent& c) const {
    return !sha256.empty() ? third::hex(c.sha256) == sha256 : third::hex(c.sha1) == sha1;
  }
};

bool is_hex(const std::string* text, std::size_t digits) {
  if (text == nullptr || text->size() != digits) return false;
  for (const char c : *text)
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return false;
  return true;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

KnownContent known_content(const Value& attributes) {
  if (const std::string* t = clear_text(attributes, "content_sha256"); is_hex(t, 64)) return {lower(*t), {}};
  const std::string_view member = content_member(attributes);  // states of before 2.4 have no hashes but the id
  if (const std::string* t = member == "source" ? nullptr : clear_text(attributes, member); t != nullptr) {
    std::string bytes;
    if (member != "content_base64") return {third::hex(third::digest(third::Hasher::sha256, *t)), {}};
    if (third::base64_decode(*t, bytes)) return {third::hex(third::digest(third::Hasher::sha256, bytes)), {}};
  }
  for (const std::string_view id : {"content_sha1", "id"})
    if (const std::string* t = clear_text(attributes, id); is_hex(t, 40)) return {{}, lower(*t)};
  return {};
}

// True when a member that follows from the content is there without its text: unknown in a plan, a digest in a baseline.
bool needs_filling(const Value& attributes) {
  const auto veiled = [&](std::string_view member) { return is_set(attributes.find(member)) && clear_text(attributes, member) == nullptr; };
  for (const std::string_view m : hash_members)
    if (veiled(m)) return true;
  const std::string_view member = content_member(attributes);
  return !member.empty() && member != "source" && veiled(member);
}

Value content_value(const FileContent& c, bool as_base64) {
  if (!c.bytes) {
    Object summary;
    summary.set("bytes", Value(c.stat.size));
    summary.set("sha256", Value(third::hex(c.sha256)));
    return summary;
  }
  return as_base64 ? Value(third::base64(*c.bytes)) : Value(*c.bytes);
}

// Replaces a member's value, which stays secret where it was.
void replace(Object& attributes, std::string_view member, Value value) {
  if (const Value* old = attributes.find(member); old != nullptr && old->is_secret()) value.mark(Secret::plain);
  attributes.set(member, std::move(value));
}

void fill(Value& root, const FileContent& c, bool changed) {
  const std::string_view member = content_member(root);
  Object& attributes = root.edit_object();
  for (const std::string_view m : hash_members)
    if (const Value* v = attributes.find(m); v != nullptr && !v->is_null()) replace(attributes, m, hash_text(m, c));
  if (!member.empty() && member != "source")
    replace(attributes, member, content_value(c, member == "content_base64"));
  else if (changed && c.bytes && !model_internal::is_utf8(*c.bytes))
    replace(attributes, "content_base64", content_value(c, true));
  else if (changed)
    replace(attributes, "content", content_value(c, false));
}

// See drift/provider/file.hpp: file_permission is a mask that the umask has made smaller still.
void read_permission(Value& root, std::uint32_t mode, std::string_view default_text) {
  const Value* known = root.find("file_permission");
  if (known == nullptr || known->is_null()) return;
  std::uint32_t asked = 0;
  if (const std::string* text = clear_text(root, "file_permission"); text != nullptr && parse_mode(*text, asked)) {
    asked &= 0777U;  // Terraform's provider cannot set more
    const bool owner_kept = *text == default_text || (mode & 0700U) == (asked & 0700U);
    if ((mode & ~asked) == 0 && owner_kept) return;
  }
  replace(root.edit_object(), "file_permission", mode_text(mode));
}

// That a member is not used is no secret; and sealed as one, it could not be told from one that is.
void mark_secrets(Value& root, const Schema& schema) {
  root = schema.mark_sensitive(std::move(root));
  const Value before = root;  // keeps the members in place
  for (const auto& [member, value] : before.as_object())
    if (value.is_null() && value.secret() == Secret::plain) root.edit_object().set(member, Value());
  Value* const roots[] = {&root};
  schema.mark_revealing(roots);
}

Result<std::optional<FileContent>> read_as_needed(FileReads& in, const std::string& path, const Value& attributes, bool& changed) {
  const KnownContent known = known_content(attributes);
  const ContentRequest everything{.follow = true, .all_hashes = true, .most_bytes = most_content};
  const bool at_once = needs_filling(attributes) || known.sha256.empty();
  const ContentRequest want = at_once ? everything : ContentRequest{.follow = true};
  changed = false;
  Result<std::optional<FileContent>> content = read_content(in.fs, path, want, in.buffers, in.ctx);
  if (!content || !*content) return content;
  if (!at_once && !known.is(**content)) {
    content = read_content(in.fs, path, everything, in.buffers, in.ctx);
    if (!content || !*content) return content;
  }
  changed = known.tells() && !known.is(**content);
  return content;
}

}  // namespace

Schema local_file_schema(bool sensitive) {
  Schema s;
  s.add("filename", {.force_new = true, .type = TypeHint::string});
  s.add("source", {.force_new = true});
  // The content in another form, or its hash, is as secret as the content.
  const std::vector<std::string> content = {"content", "content_base64", "sensitive_content"};
  s.add("content", {.sensitive = sensitive, .force_new = true, .reveals = content});
  s.add("content_base64", {.sensitive = sensitive, .force_new = true, .reveals = content});
  if (!sensitive) s.add("sensitive_content", {.sensitive = true, .force_new = true, .reveals = content});
  s.add("file_permission", {.computed = true, .force_new = true, .type = TypeHint::string});
  s.add("directory_permission", {.computed = true, .write_only = true, .force_new = true, .type = TypeHint::string});
  for (const std::string_view m : hash_members)
    s.add(m, {.computed = true, .read_only = true, .sensitive = sensitive, .derived = true, .reveals = content});
  return s;
}

ReadOutcome read_local_file(FileReads& in, const Resource& known, const Schema& schema) {
  const Result<std::string> path = path_of(in, known, "filename");
  if (!path) return ReadOutcome::failed(path.error());
  bool changed = false;
  Result<std::optional<FileContent>> content = read_as_needed(in, *path, known.attributes, changed);
  if (!content) return ReadOutcome::failed(std::move(content).error());
  if (!*content) {
    FileStat link;
    if (in.fs.stat(*path, false, link) != 0 || link.kind != FileStat::Kind::symlink) return ReadOutcome::absent();
    return ReadOutcome::failed(Error(Errc::read_failed, "there is a symbolic link to nothing where the file should be")
                                   .next("restore what the link points to, or remove the link"));
  }
  Resource actual = known;
  actual.absent = false;
  if (changed || needs_filling(actual.attributes)) fill(actual.attributes, **content, changed);
  const bool sensitive = known.type == "local_sensitive_file";
  read_permission(actual.attributes, (*content)->stat.mode, sensitive ? "0700" : "0777");
  mark_secrets(actual.attributes, schema);
  return ReadOutcome::found(std::move(actual));
}

}  // namespace drift::provider_internal
