#include "provider/pulumi/find.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <memory>
#include <utility>

#include "provider/hosted/text_file.hpp"
#include "provider/hosted/version.hpp"

namespace drift::pulumi_internal {
namespace {

using hosted_internal::compare_versions;
using hosted_internal::inside;
using hosted_internal::is_file;
using hosted_internal::is_folder;

constexpr std::string_view bundled[] = {"pulumi-nodejs", "pulumi-python"};

std::string variable(const PluginPlaces& places, std::string_view name) {
  const auto at = places.environment->find(name);
  return at == places.environment->end() ? std::string() : at->second;
}

bool is_program(const std::string& path) { return is_file(path) && ::access(path.c_str(), X_OK) == 0; }

std::string file_name(const PluginRequest& r) { return "pulumi-resource-" + r.name; }

// As exec.LookPath: what is not an absolute path could be anybody's.
std::string on_path(const PluginPlaces& places, const std::string& file) {
  std::string_view rest = places.environment->count("PATH") != 0 ? std::string_view(places.environment->find("PATH")->second) : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    std::string candidate(rest.substr(0, end));
    candidate.append("/").append(file);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (candidate.starts_with('/') && end > 0 && is_program(candidate)) return candidate;
  }
  return {};
}

bool truthy(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == "1" || lower == "true";
}

// PULUMI_DEBUG_PROVIDERS=aws:12345,gcp:678
Result<std::optional<int>> attach_port(const PluginRequest& r, const PluginPlaces& places) {
  const std::string all = variable(places, "PULUMI_DEBUG_PROVIDERS");
  for (std::string_view rest = all; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view entry = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t colon = entry.find(':');
    if (entry.substr(0, colon) != r.name) continue;
    const std::string_view digits = colon == std::string_view::npos ? std::string_view() : entry.substr(colon + 1);
    int port = 0;
    const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (fault != std::errc() || stop != digits.data() + digits.size() || port < 1 || port > 65535)
      return Error(Errc::config_invalid, "the entry of the provider " + r.name + " has no port")
          .at("PULUMI_DEBUG_PROVIDERS")
          .next("write name:port, as aws:12345");
    return std::optional<int>(port);
  }
  return std::optional<int>();
}

// The runtime of a PulumiPlugin.yaml: `runtime: nodejs`, or `name:` in the map below it.
std::string runtime_of(const std::string& folder) {
  const auto text = hosted_internal::read_text_file(folder + "/PulumiPlugin.yaml");
  if (!text || !*text) return {};
  const auto word = [](std::string_view line) {
    const std::size_t from = std::min(line.find_first_not_of(" \t\"'"), line.size());
    line.remove_prefix(from);
    return std::string(line.substr(0, line.find_first_of(" \t\r\"'#,}")));
  };
  bool within = false;
  for (std::string_view rest = **text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.starts_with("runtime:")) {
      std::string name = word(line.substr(8));
      if (!name.empty() && name[0] != '{') return name;
      within = true;
    } else if (const std::size_t at = line.find("name:"); within && at != std::string_view::npos) {
      return word(line.substr(at + 5));
    }
  }
  return "a runtime of its own";
}

// The program in a plugin's folder.
Result<std::string> program_in(const PluginRequest& r, const std::string& folder) {
  const std::string program = folder + '/' + file_name(r);
  if (is_program(program)) return program;
  if (is_file(folder + "/PulumiPlugin.yaml"))
    return Error(Errc::read_unsupported, "the plugin " + r.name + " has no program of its own: Pulumi runs it by its runtime `" +
                                             one_line(runtime_of(folder)) + "`")
        .at(folder)
        .next("run it by hand, and name its port in PULUMI_DEBUG_PROVIDERS (" + r.name + ":PORT); or use a plugin with a program");
  if (is_file(program)) return Error(Errc::permission, "the plugin's program may not be executed").at(program).next("allow it: chmod +x");
  return Error(Errc::not_found, "the plugin's folder holds no program of it")
      .at(program)
      .next("install it anew: pulumi plugin install resource " + r.name + (r.version.empty() ? "" : " " + r.version));
}

Result<FoundPlugin> configured(const PluginRequest& r, const PluginPlaces& places) {
  std::string path = places.binary;
  if (path.starts_with("~/")) path = variable(places, "HOME") + path.substr(1);
  path = inside(places.folder, path);
  FoundPlugin out{.program = path, .port = {}, .version = {}, .origin = "the settings", .notes = {}};
  if (is_folder(path)) {
    Result<std::string> program = program_in(r, path);
    if (!program) return std::move(program).error();
    out.program = *std::move(program);
  } else if (!is_file(path)) {
    return Error(Errc::config_invalid, "the binary of the plugin " + r.name + " is not there")
        .at(path)
        .next("correct `binary` under `providers.pulumi.plugins." + r.name + "`");
  }
  return out;
}

bool same_version(const std::string& a, const std::string& b) {
  return compare_versions(tolerant_version(a).value_or(a), tolerant_version(b).value_or(b)) == 0;
}

// What Pulumi.yaml says (`plugins: {providers: [{name: acme, path: ../acme}]}`), for the version that is wanted or for all.
// Whoever can write such a file, into a checkout or a folder above it, would have a program run: that takes a word of the settings. Another
// one is not taken instead, since the engine would not.
Result<std::optional<FoundPlugin>> of_project(const PluginRequest& r, const PulumiProject& project, bool may_be_run) {
  for (const PulumiProjectPlugin& own : project.providers) {
    if (own.name != r.name || (!own.version.empty() && !r.version.empty() && !same_version(own.version, r.version))) continue;
    if (!may_be_run)
      return Error(Errc::read_unsupported,
                   "the project's file names a program of its own for the plugin " + r.name + ", which is not run unasked")
          .at(project.file)
          .next("where that file is trusted as much as a program, write `project_plugins: true` under `providers.pulumi`, or name it by " +
                ("`binary` under `providers.pulumi.plugins." + r.name) + "`");
    const std::string folder = inside(project.folder, own.path);
    if (own.path.empty() || !is_folder(folder))
      return Error(Errc::config_invalid, "the folder that the project names for the plugin " + r.name + " is not there")
          .at(project.file)
          .next("correct `path` under `plugins.providers`");
    Result<std::string> program = program_in(r, folder);
    if (!program) return std::move(program).error();
    return std::optional<FoundPlugin>(
        {.program = *std::move(program), .port = {}, .version = own.version, .origin = "the project", .notes = {}});
  }
  return std::optional<FoundPlugin>();
}

// "github.com_acme_pulumi-thing.git" of git://github.com/acme/pulumi-thing: the name in the cache of what comes from a repository.
std::string local_name(const PluginRequest& r) {
  constexpr std::string_view git = "git://";
  if (!r.download_url.starts_with(git)) return r.name;
  std::string url = r.download_url.substr(git.size());
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= url.size();) {
    const std::size_t end = std::min(url.find('/', at), url.size());
    parts.push_back(url.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() >= 3 && !parts[2].ends_with(".git")) parts[2] += ".git";
  std::string out;
  for (const std::string& p : parts) out += (out.empty() ? "" : "_") + p;
  return out;
}

struct Installed {
  std::string folder{};
  std::string version{};
};

// The complete installs of the plugin in the cache.
std::vector<Installed> installed(const PluginRequest& r, const std::string& cache) {
  std::vector<Installed> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(cache.c_str()), ::closedir);
  if (!dir) return out;
  const std::string prefix = "resource-" + local_name(r) + "-v";
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    std::string folder = cache;
    folder.append("/").append(name);
    if (!name.starts_with(prefix) || !is_folder(folder)) continue;
    const std::optional<std::string> version = tolerant_version(std::string_view(name).substr(prefix.size()));
    const std::size_t tmp = name.rfind(".tmp");  // what an installer is still writing
    const bool writing =
        tmp != std::string::npos && tmp + 4 < name.size() &&
        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(tmp) + 4, name.end(), [](char c) { return c >= '0' && c <= '9'; });
    struct stat partial {};
    if (!version || writing || ::stat((folder + ".partial").c_str(), &partial) == 0) continue;
    out.push_back({std::move(folder), *version});
  }
  std::sort(out.begin(), out.end(), [](const Installed& a, const Installed& b) {
    const int c = compare_versions(a.version, b.version);
    return c != 0 ? c < 0 : a.folder < b.folder;
  });
  return out;
}

// The recorded version exactly; where none is recorded the newest, a release if there is one.
const Installed* choose(const std::vector<Installed>& all, const std::string& version) {
  const Installed* best = nullptr;
  for (const Installed& one : all) {
    if (!version.empty()) {
      if (compare_versions(one.version, version) == 0) best = &one;
      continue;
    }
    const bool worse = best != nullptr && !hosted_internal::is_prerelease(best->version) && hosted_internal::is_prerelease(one.version);
    if (!worse) best = &one;
  }
  return best;
}

// The state's word becomes a part of a command that people copy into a shell. One with an `@` may have a password before it.
bool is_plain_url(std::string_view url) {
  constexpr std::string_view marks = "-._~:/%+=";
  return !url.empty() && url.front() != '-' && std::all_of(url.begin(), url.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
  });
}

Error missing(const PluginRequest& r, const std::vector<Installed>& others, const std::string& cache, bool ambient) {
  std::string message = "the resource plugin " + r.name + (r.version.empty() ? "" : " " + r.version) + " is not installed: it is " +
                        (ambient ? "neither" : "not") + " in " + (cache.empty() ? std::string("the plugin cache") : cache) +
                        (ambient ? " nor on PATH" : "");
  if (!others.empty()) {
    message += "; there is";
    for (const Installed& one : others) message += ' ' + one.version;
  }
  return Error(Errc::read_unsupported, std::move(message))
      .at(file_name(r))
      .next("pulumi plugin install resource " + r.name + (r.version.empty() ? "" : " " + r.version) +
            (is_plain_url(r.download_url) ? " --server " + r.download_url : ""));
}

std::string beside_cli(const PluginRequest& r, const PluginPlaces& places) {
  if (std::find(std::begin(bundled), std::end(bundled), r.name) == std::end(bundled)) return {};
  const std::string cli = on_path(places, "pulumi");
  if (cli.empty()) return {};
  std::error_code fault;
  const std::filesystem::path real = std::filesystem::canonical(cli, fault);
  const std::string candidate = (real.parent_path() / file_name(r)).string();
  return !fault && is_program(candidate) ? candidate : std::string();
}

}  // namespace

std::optional<std::string> tolerant_version(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  if (text.starts_with('v')) text.remove_prefix(1);
  const std::size_t core_end = std::min(text.find_first_of("-+"), text.size());
  std::string core(text.substr(0, core_end));
  for (auto dots = std::count(core.begin(), core.end(), '.'); dots < 2; ++dots) {
    if (core_end != text.size()) return std::nullopt;  // only whole versions have a pre-release
    core += ".0";
  }
  std::string out = core + std::string(text.substr(core_end));
  if (!hosted_internal::is_version(out)) return std::nullopt;
  return out;
}

Result<FoundPlugin> find_plugin(const PluginRequest& r, const PluginPlaces& places) {
  Result<std::optional<int>> port = attach_port(r, places);
  if (!port) return std::move(port).error();
  if (*port) return FoundPlugin{.program = {}, .port = **port, .version = {}, .origin = "PULUMI_DEBUG_PROVIDERS", .notes = {}};
  if (!places.binary.empty()) return configured(r, places);
  if (places.project != nullptr) {
    Result<std::optional<FoundPlugin>> own = of_project(r, *places.project, places.project_plugins);
    if (!own) return std::move(own).error();
    if (*own) return **std::move(own);
  }

  const bool ambient = !truthy(variable(places, "PULUMI_IGNORE_AMBIENT_PLUGINS"));
  const std::string found = ambient ? on_path(places, file_name(r)) : std::string();
  if (!found.empty()) return FoundPlugin{.program = found, .port = {}, .version = {}, .origin = "PATH", .notes = {}};
  if (std::string beside = beside_cli(r, places); !beside.empty())
    return FoundPlugin{.program = std::move(beside), .port = {}, .version = {}, .origin = "the folder of the CLI", .notes = {}};

  const std::string home = variable(places, "PULUMI_HOME");
  const std::string user = variable(places, "HOME");
  const std::string base = !home.empty() ? home : user.empty() ? std::string() : user + "/.pulumi";
  const std::string cache = base.empty() ? std::string() : base + "/plugins";
  PluginRequest wanted = r;
  if (!r.version.empty()) {
    std::optional<std::string> version = tolerant_version(r.version);
    if (!version)
      return Error(Errc::bad_structure, "the version that the state has for the plugin " + r.name + " is none")
          .next("repair the state: pulumi stack export, and the inputs of pulumi:providers:" + r.name);
    wanted.version = *std::move(version);
  }
  const std::vector<Installed> all = cache.empty() ? std::vector<Installed>() : installed(wanted, cache);
  const Installed* best = choose(all, wanted.version);
  if (best == nullptr) return missing(wanted, all, cache, ambient);
  Result<std::string> program = program_in(wanted, best->folder);
  if (!program) return std::move(program).error();
  return FoundPlugin{.program = *std::move(program), .port = {}, .version = best->version, .origin = "the plugin cache", .notes = {}};
}

}  // namespace drift::pulumi_internal
