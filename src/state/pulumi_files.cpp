#include "state/pulumi_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "drift/base/nearest.hpp"
#include "drift/model/json.hpp"
#include "state/small_file.hpp"
#include "state/yaml_scalars.hpp"
#include "third/digest.hpp"

namespace drift::state_internal {
namespace {

namespace fs = std::filesystem;

constexpr const char* stacks_folder = ".pulumi/stacks";
constexpr std::string_view extensions[] = {".json", ".json.gz", ".json.zst"};
constexpr int newest_version = 1;

Error file_error(const std::error_code& code, const std::string& path) {
  const bool refused = code == std::errc::permission_denied || code == std::errc::operation_not_permitted;
  return Error(refused ? Errc::permission : Errc::io, "the back end's folder could not be read: " + code.message())
      .at(path)
      .next(refused ? "let the account that scans read it" : "check the disk or the mount that it is on");
}

// The stack that a file is of; empty when it is of none (backups, attributes, tags).
std::string stack_of(const std::string& file) {
  for (const std::string_view extension : extensions)
    if (file.size() > extension.size() && file.ends_with(extension)) {
      std::string name = file.substr(0, file.size() - extension.size());
      return is_stack_name(name) ? name : std::string();
    }
  return {};
}

// The names in `folder`; none where it is not there.
Result<std::vector<fs::directory_entry>> entries_of(const fs::path& folder) {
  std::vector<fs::directory_entry> out;
  std::error_code code;
  fs::directory_iterator at(folder, code);
  if (code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory) return out;
  for (; !code && at != fs::directory_iterator(); at.increment(code)) out.push_back(*at);
  if (code) return file_error(code, folder.string());
  return out;
}

Result<std::vector<std::string>> stacks_in(const fs::path& folder) {
  Result<std::vector<fs::directory_entry>> entries = entries_of(folder);
  if (!entries) return std::move(entries).error();
  std::vector<std::string> out;
  for (const fs::directory_entry& e : *entries) {
    std::error_code unknown;
    const std::string stack = e.is_directory(unknown) ? std::string() : stack_of(e.path().filename().string());
    if (!stack.empty()) out.push_back(stack);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// None: there is no such file.
Result<std::optional<timespec>> written_at(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) return std::optional<timespec>(found.st_mtim);
  if (errno == ENOENT || errno == ENOTDIR) return std::optional<timespec>();
  return file_error({errno, std::generic_category()}, path);
}

bool is_before(const timespec& a, const timespec& b) { return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec; }

Result<int> layout_of(const std::string& root) {
  const std::string path = inside_folder(root, ".pulumi/meta.yaml");
  Result<std::optional<std::string>> text = read_small_file(path);
  if (!text) return std::move(text).error();
  if (!*text) {
    Result<std::vector<std::string>> old = stacks_in(inside_folder(root, stacks_folder));
    if (!old) return std::move(old).error();
    return old->empty() ? newest_version : 0;
  }
  Result<std::map<std::string, std::string, std::less<>>> meta = yaml_scalars(**text);
  if (!meta) return std::move(meta).error().at(path);
  const auto version = meta->find("version");
  if (version != meta->end() && version->second == "0") return 0;
  if (version != meta->end() && version->second == "1") return 1;
  const bool number = version != meta->end() && !version->second.empty() && version->second.size() < 6 &&
                      version->second.find_first_not_of("0123456789") == std::string::npos;
  if (number)
    return Error(Errc::unsupported_version, "the back end's layout is of version " + version->second + ", which is not known")
        .at(path)
        .next("give what pulumi stack export writes, or use a newer version of libdrift");
  return Error(Errc::bad_structure, "the back end's meta.yaml does not say the version of its layout")
      .at(path)
      .next("repair it: `version: 1` is what pulumi writes");
}

// The bytes' MD5 in base64, as gocloud.dev writes it; none for a file that is gone meanwhile.
Result<std::optional<std::string>> md5_of(const std::string& path, const OpContext& ctx) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) return std::optional<std::string>();
  third::Hasher hasher(third::Hasher::md5);
  std::array<char, std::size_t{256} << 10> room;
  for (;;) {
    DRIFT_TRY(ctx.check());
    const std::size_t n = std::fread(room.data(), 1, room.size(), file.get());
    hasher.update({room.data(), n});
    if (n == room.size()) continue;
    if (std::ferror(file.get()) != 0) return std::optional<std::string>();
    return std::optional<std::string>(third::base64(hasher.finish()));
  }
}

// What its `.attrs` says of the file; empty: nothing. Both are written one after the other, so that the one can be newer for a moment.
std::string expected_md5(const std::string& path) {
  const Result<std::optional<std::string>> text = read_small_file(path + ".attrs");
  if (!text || !*text) return {};
  const Result<Value> attributes = parse_json(**text);
  return attributes ? std::string(attributes->string_or("md5")) : std::string();
}

Status check_sum(const std::string& path, std::vector<Note>& notes, const OpContext& ctx) {
  for (int look = 0; look < 2; ++look) {
    const std::string expected = expected_md5(path);
    if (expected.empty()) return {};
    Result<std::optional<std::string>> found = md5_of(path, ctx);
    if (!found) return std::move(found).error();
    if (!*found || **found == expected) return {};
  }
  notes.push_back(
      {"checksum_mismatch", {}, "the stack's file does not fit the checksum beside it: it was edited by hand, or not wholly written"});
  return {};
}

}  // namespace

bool is_stack_name(std::string_view name) {
  if (name.empty() || name.size() > 100 || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

Result<PulumiFiles> PulumiFiles::open(std::string root) {
  std::error_code code;
  const fs::file_status status = fs::status(root, code);
  if (status.type() == fs::file_type::not_found || (!code && status.type() != fs::file_type::directory))
    return Error(Errc::not_found, "there is no folder where the back end should be")
        .at(root)
        .next("check the URL: file:// and the folder that pulumi login was given");
  if (code) return file_error(code, root);
  const Result<int> version = layout_of(root);
  if (!version) return version.error();
  return PulumiFiles(std::move(root), *version);
}

Result<std::vector<std::string>> PulumiFiles::stacks() const {
  const fs::path folder = inside_folder(root_, stacks_folder);
  if (!has_projects()) return stacks_in(folder);
  Result<std::vector<fs::directory_entry>> projects = entries_of(folder);
  if (!projects) return std::move(projects).error();
  std::vector<std::string> out;
  for (const fs::directory_entry& project : *projects) {
    std::error_code unknown;
    if (!project.is_directory(unknown)) continue;
    Result<std::vector<std::string>> names = stacks_in(project.path());
    if (!names) return std::move(names).error();
    for (const std::string& stack : *names) out.push_back(project.path().filename().string() + "/" + stack);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Error PulumiFiles::not_found(const std::string& name, const std::string& plain) const {
  std::string step = "`pulumi stack ls --all` lists the stacks of a back end";
  std::error_code unknown;
  for (const std::string_view extension : extensions) {
    const std::string backup = plain + std::string(extension.substr(5)) + ".bak";
    if (fs::exists(backup, unknown)) step = "its backup is left: give that as a state, when it is meant (" + backup + ")";
  }
  if (const Result<std::vector<std::string>> all = stacks(); all && !all->empty()) {
    const std::vector<std::string_view> names(all->begin(), all->end());
    const std::string near(nearest(name, names));
    if (!near.empty() && edit_distance(name, near) <= 2) step = "did you mean `" + near + "`?";
  }
  return Error(Errc::not_found, "the back end has no stack " + one_line(name)).at(root_).next(std::move(step));
}

// Best effort: what cannot be looked at says nothing.
void PulumiFiles::add_activity(const std::string& name, std::vector<Note>& notes) const {
  const auto any_json = [](const Result<std::vector<fs::directory_entry>>& entries) {
    return entries &&
           std::any_of(entries->begin(), entries->end(), [](const fs::directory_entry& e) { return e.path().extension() == ".json"; });
  };
  if (any_json(entries_of(inside_folder(root_, ".pulumi/locks/" + (has_projects() ? "organization/" + name : name)))))
    notes.push_back({"stack_locked", {}, "an update of the stack is under way, or was interrupted: what is recorded may be of its middle"});
  const Result<std::vector<fs::directory_entry>> journal = entries_of(inside_folder(root_, ".pulumi/journal/" + name));
  if (journal && !journal->empty())
    notes.push_back({"stack_journal", {}, "an update has left a journal, which pulumi has not put into the recorded state yet"});
}

Result<PulumiFiles::Found> PulumiFiles::find(const std::string& project, const std::string& stack, const OpContext& ctx) const {
  for (const std::string* part : {&project, &stack})
    if (!(part == &project && project.empty()) && !is_stack_name(*part))
      return Error(Errc::invalid_argument, "this is no name of a project or a stack").at(one_line(*part)).next("check the name");
  const std::string name = project.empty() ? stack : project + "/" + stack;
  const std::string plain = inside_folder(root_, std::string(stacks_folder) + "/" + name + ".json");
  std::optional<timespec> newest;
  Found found;
  for (const std::string_view extension : extensions) {
    const std::string path = plain + std::string(extension.substr(5));
    Result<std::optional<timespec>> at = written_at(path);
    if (!at) return std::move(at).error();
    if (!*at || (newest && is_before(**at, *newest))) continue;
    newest = *at;
    found.path = path;
  }
  if (!newest) return not_found(name, plain);
  add_activity(name, found.notes);
  DRIFT_TRY(check_sum(found.path, found.notes, ctx));
  return found;
}

}  // namespace drift::state_internal
