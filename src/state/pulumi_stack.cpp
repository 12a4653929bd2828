#include "drift/state/pulumi_stack.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "base/web_url.hpp"
#include "state/pulumi_cloud.hpp"
#include "state/pulumi_files.hpp"
#include "state/pulumi_login.hpp"
#include "state/small_file.hpp"
#include "state/yaml_scalars.hpp"

namespace drift {
namespace state_internal {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view diy_organisation = "organization";
constexpr std::string_view file_scheme = "file://";
constexpr const char* project_files[] = {"Pulumi.yaml", "Pulumi.yml", "Pulumi.json"};

// The path behind file://, with what a URL escapes undone; what stands behind a question mark is about how pulumi writes.
std::string path_of(std::string_view url) {
  url.remove_prefix(file_scheme.size());
  url = url.substr(0, url.find('?'));
  std::string out;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  for (std::size_t i = 0; i < url.size(); ++i) {
    const bool escape = url[i] == '%' && i + 2 < url.size() && digit(url[i + 1]) >= 0 && digit(url[i + 2]) >= 0;
    out += escape ? static_cast<char>(digit(url[i + 1]) * 16 + digit(url[i + 2])) : url[i];
    if (escape) i += 2;
  }
  return out;
}

std::vector<std::string> parts_of(std::string_view stack) {
  std::vector<std::string> out;
  for (std::size_t slash = 0; slash != std::string_view::npos;) {
    slash = stack.find('/');
    out.emplace_back(stack.substr(0, slash));
    if (slash != std::string_view::npos) stack.remove_prefix(slash + 1);
  }
  return out;
}

Error no_project() {
  return Error(Errc::config_invalid, "the stack's project is not known: no Pulumi.yaml was found")
      .next("name it with its project: `project/stack`");
}

class PulumiStack final : public StateSource {
 public:
  PulumiStack(PulumiStackOptions options, std::vector<std::string> parts)
      : options_(std::move(options)), parts_(std::move(parts)), name_("stack " + options_.stack) {}
  const std::string& name() const noexcept override { return name_; }

  Result<Fetched> fetch(const JsonLimits& limits, const OpContext& ctx) override {
    Result<Fetched> fetched = Fetch(*this, limits, ctx).run();
    if (fetched) return fetched;
    Error e = std::move(fetched).error();
    e.add_context("while fetching the " + name_);
    return e;
  }

 private:
  // One fetch: what was found out on the way is not kept, as files and logins change.
  class Fetch {
   public:
    Fetch(const PulumiStack& stack, const JsonLimits& limits, const OpContext& ctx)
        : options_(stack.options_), parts_(stack.parts_), limits_(limits), ctx_(ctx) {}

    Result<Fetched> run() {
      DRIFT_TRY(ctx_.check());
      Result<std::string> url = backend();
      if (!url) return std::move(url).error();
      if (url->starts_with(file_scheme)) return from_files(*url);
      if (is_cloud_url(*url)) {
        DRIFT_TRY(base_internal::check_service_url(*url));
        return from_cloud(canonical_cloud_url(*url));
      }
      return Error(Errc::unsupported_feature, "the back end is one that cannot be read here")
          .at(base_internal::shown_url(*url))
          .next("give what pulumi stack export writes: `pulumi stack export | drift scan --state -`");
    }

   private:
    Result<const PulumiProject*> project() {
      if (!looked_) {
        const std::string& folder = options_.folder.empty() ? options_.working_folder : options_.folder;
        Result<std::optional<PulumiProject>> found = find_pulumi_project(folder);
        if (!found) return std::move(found).error();
        project_ = *std::move(found);
        looked_ = true;
      }
      return project_ ? &*project_ : nullptr;
    }

    // Relative paths of a file:// URL start in `relative_to_`, and `only_project_` says that nobody but the project's file names the back
    // end: both are set here.
    Result<std::string> backend() {
      relative_to_ = options_.working_folder;
      if (!options_.backend.empty()) return options_.backend;
      if (std::string url = variable(options_.environment, "PULUMI_BACKEND_URL"); !url.empty()) return url;
      const Result<const PulumiProject*> found = project();
      if (!found) return found.error();
      if (*found != nullptr && !(*found)->backend.empty()) {
        relative_to_ = (*found)->folder;
        only_project_ = true;
        return (*found)->backend;
      }
      Result<PulumiLogin> login = PulumiLogin::read(options_.environment);
      if (!login) return std::move(login).error();
      if (!login->current().empty()) return login->current();
      if (!variable(options_.environment, "PULUMI_ACCESS_TOKEN").empty()) return std::string(pulumi_cloud_url);
      return Error(Errc::config_invalid,
                   "nobody says where stacks are: no PULUMI_BACKEND_URL, no `backend` in Pulumi.yaml, no pulumi login")
          .next("log in with pulumi login, or set PULUMI_BACKEND_URL");
    }

    Result<std::string> root_of(const std::string& url) const {
      std::string path = path_of(url);
      if (path == "~" || path.starts_with("~/")) {
        const std::string home = variable(options_.environment, "HOME");
        if (home.empty())
          return Error(Errc::config_invalid, "the home folder is not known, where the back end is")
              .next("set HOME, or give the whole path");
        return path.size() <= 2 ? home : inside_folder(home, path.substr(2));
      }
      if (path.empty()) path = ".";
      return inside_folder(relative_to_, path);
    }

    Result<Fetched> from_files(const std::string& url) {
      Result<std::string> root = root_of(url);
      if (!root) return std::move(root).error();
      const Result<PulumiFiles> files = PulumiFiles::open(*std::move(root));
      if (!files) return files.error();
      std::string project_name;
      if (files->has_projects()) {
        Result<std::string> named = project_of_files();
        if (!named) return std::move(named).error();
        project_name = *std::move(named);
      } else if (parts_.size() > 1) {
        return Error(Errc::invalid_argument, "this back end keeps its stacks without projects")
            .at(options_.stack)
            .next("name the stack alone: `" + parts_.back() + "`");
      }
      Result<PulumiFiles::Found> found = files->find(project_name, parts_.back(), ctx_);
      if (!found) return std::move(found).error();
      return Fetched{ByteSource::file(std::move(found->path)), std::move(found->notes), {}};
    }

    Result<std::string> project_of_files() {
      if (parts_.size() == 3 && parts_[0] != diy_organisation)
        return Error(Errc::invalid_argument, "a back end of files has no organisation but `organization`")
            .at(options_.stack)
            .next("name the stack `" + parts_[1] + "/" + parts_[2] + "`");
      if (parts_.size() == 3) return parts_[1];
      const bool organisation = parts_.size() == 2 && parts_[0] == diy_organisation;
      if (parts_.size() == 2 && !organisation) return parts_[0];
      const Result<const PulumiProject*> found = project();
      if (!found) return found.error();
      if (*found != nullptr) return (*found)->name;
      return organisation ? Result<std::string>(parts_[0]) : no_project();
    }

    Result<Fetched> from_cloud(const std::string& url) {
      const Result<PulumiLogin> login = PulumiLogin::read(options_.environment);
      if (!login) return login.error();
      if (only_project_ && !login->knows(url)) return unconfirmed(url);
      std::string token = confirmed(*login, url) ? std::string() : login->token(url);
      const bool is_stored = !token.empty();
      if (!is_stored) token = access_token(*login, options_.environment, url, url);
      if (token.empty())
        return Error(Errc::permission, "nobody is logged in to the service")
            .at(url)
            .next("log in with pulumi login, or set PULUMI_ACCESS_TOKEN");
      const PulumiCloud cloud(url, token, options_.transport);
      Result<PulumiStackId> id = id_in_cloud(cloud, *login, url);
      if (!id) return std::move(id).error();
      Result<std::string> text = cloud.export_stack(*id, limits_.max_bytes, ctx_);
      if (!text) return std::move(text).error();
      return Fetched{ByteSource::bytes(*std::move(text), url + " " + id->organisation + "/" + id->project + "/" + id->stack),
                     {},
                     is_stored ? std::string() : url};
    }

    // Whether somebody besides the project's file says that this is the back end.
    [[nodiscard]] bool confirmed(const PulumiLogin& login, const std::string& url) const {
      return !only_project_ || canonical_cloud_url(login.current()) == url;
    }

    // Whoever can write into a folder, or above it, can write a Pulumi.yaml: that alone does not get the token.
    Error unconfirmed(const std::string& url) const {
      const bool given = !variable(options_.environment, "PULUMI_ACCESS_TOKEN").empty();
      return Error(Errc::permission, std::string(given ? "PULUMI_ACCESS_TOKEN was not sent: " : "nobody is logged in: ") + "only " +
                                         project_->file + " names this service")
          .at(url)
          .next("if it is the one that is meant: `export PULUMI_BACKEND_URL=" + url + "`, or `pulumi login " + url + "`");
    }

    Result<PulumiStackId> id_in_cloud(const PulumiCloud& cloud, const PulumiLogin& login, const std::string& url) {
      PulumiStackId id{{}, {}, parts_.back()};
      if (parts_.size() == 3) return PulumiStackId{parts_[0], parts_[1], parts_[2]};
      const Result<const PulumiProject*> found = project();
      if (!found) return found.error();
      const std::string own = *found != nullptr ? (*found)->name : std::string();
      if (parts_.size() == 1 && own.empty()) return no_project();
      if (parts_.size() == 2 && !own.empty() && parts_[0] != own) return PulumiStackId{parts_[0], own, parts_[1]};
      id.project = parts_.size() == 2 ? parts_[0] : own;
      id.organisation = login.default_organisation(url);
      if (id.organisation.empty()) id.organisation = login.user(url);
      if (!id.organisation.empty()) return id;
      Result<std::string> user = cloud.user(ctx_);
      if (!user) return std::move(user).error();
      id.organisation = *std::move(user);
      return id;
    }

    const PulumiStackOptions& options_;
    const std::vector<std::string>& parts_;
    const JsonLimits& limits_;
    const OpContext& ctx_;
    std::string relative_to_;
    bool only_project_ = false;
    bool looked_ = false;
    std::optional<PulumiProject> project_;
  };

  const PulumiStackOptions options_;
  const std::vector<std::string> parts_;  // one to three
  const std::string name_;
};

Result<std::optional<PulumiProject>> project_in(const std::string& folder) {
  for (const char* const name : project_files) {
    const std::string path = inside_folder(folder, name);
    Result<std::optional<std::string>> text = read_small_file(path);
    if (!text) return std::move(text).error();
    if (!*text) continue;
    Result<std::map<std::string, std::string, std::less<>>> scalars = yaml_scalars(**text);
    if (!scalars) return std::move(scalars).error().at(path);
    const auto scalar = [&](std::string_view key) {
      const auto found = scalars->find(key);
      return found != scalars->end() ? found->second : std::string();
    };
    if (scalar("name").empty())
      return Error(Errc::bad_structure, "the project file has no name").at(path).next("add `name:`; every Pulumi project has one");
    // It becomes a part of paths and URLs.
    if (!is_stack_name(scalar("name")))
      return Error(Errc::bad_structure, "the name in the project file is none of a project: " + one_line(scalar("name")))
          .at(path)
          .next("names have letters, digits, `-`, `_` and `.`, and at most 100 bytes");
    PulumiProject project{path, folder, scalar("name"), scalar("backend.url"), scalar("main"), {}, {}};
    constexpr std::string_view options = "runtime.options.";
    for (const auto& [key, value] : *scalars)
      if (key.starts_with(options)) project.runtime_options.emplace_back(key.substr(options.size()), value);
    Result<std::vector<std::map<std::string, std::string, std::less<>>>> plugins = yaml_maps(**text, "plugins", "providers");
    if (!plugins) return std::move(plugins).error().at(path);
    for (auto& plugin : *plugins) project.providers.push_back({plugin["name"], plugin["path"], plugin["version"]});
    return std::optional<PulumiProject>(std::move(project));
  }
  return std::optional<PulumiProject>();
}

}  // namespace
}  // namespace state_internal

using namespace state_internal;  // NOLINT(google-build-using-namespace)

std::string pulumi_home(const Environment& environment) {
  std::string home = variable(environment, "PULUMI_HOME");
  if (!home.empty()) return home;
  home = variable(environment, "HOME");
  return home.empty() ? home : inside_folder(home, ".pulumi");
}

Result<std::optional<PulumiProject>> find_pulumi_project(const std::string& folder) {
  std::error_code code;
  const std::filesystem::path begin =
      std::filesystem::absolute(folder.empty() ? std::filesystem::path(".") : std::filesystem::path(folder), code);
  if (code) return Error(Errc::io, "the current folder could not be told: " + code.message()).at(folder);
  for (std::filesystem::path at = begin.lexically_normal();; at = at.parent_path()) {
    Result<std::optional<PulumiProject>> found = project_in(at.string());
    if (!found || *found || at == at.parent_path()) return found;
  }
}

Result<std::shared_ptr<StateSource>> make_pulumi_stack(PulumiStackOptions options) {
  std::vector<std::string> parts = parts_of(options.stack);
  if (parts.size() > 3 || !std::all_of(parts.begin(), parts.end(), [](const std::string& p) { return is_stack_name(p); }))
    return Error(Errc::invalid_argument, "this is no name of a stack")
        .at(one_line(options.stack))
        .next("write `stack`, `project/stack` or `organisation/project/stack`");
  return std::shared_ptr<StateSource>(std::make_shared<PulumiStack>(std::move(options), std::move(parts)));
}

}  // namespace drift
