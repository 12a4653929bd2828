// Pulumi stacks where they live: which back end a stack is in, and its newest checkpoint.
//
// The back end is, as for pulumi itself: what PulumiStackOptions::backend says, else PULUMI_BACKEND_URL, else `backend: {url}` of the
// project (Pulumi.yaml), else what `pulumi login` stored; and Pulumi Cloud where only PULUMI_ACCESS_TOKEN is set.
//
//   file://PATH, file://~   the DIY back end in a folder: .pulumi/meta.yaml (version 0: stacks without projects, 1: with), below
//                           .pulumi/stacks the file <project>/<stack>.json, .json.gz or .json.zst, whichever was written last. Nothing is
//                           locked and nothing written
//   https://...             Pulumi Cloud, or one's own: the REST API's export
// PULUMI_ACCESS_TOKEN does not go to a service that only Pulumi.yaml names (E_PERMISSION, with what confirms it) unless it is Pulumi
// Cloud's or in credentials.json; and no token goes over http but to this machine (E_CONFIG_INVALID), or where a URL has a password in it.
// Others (s3, azblob, gs, ...) are E_UNSUPPORTED_FEATURE with a next step: `pulumi stack export` writes what can be read.
//
// A stack is named `stack`, `project/stack` or `organisation/project/stack`. Without a project it is that of the Pulumi.yaml in the folder
// or above it. The organisation of a DIY back end is `organization`. Two parts in Pulumi Cloud, where Pulumi.yaml names another project
// than the first part, are `organisation/stack`, as pulumi has it.
//
// Example:
//   Result<std::shared_ptr<StateSource>> stack = make_pulumi_stack({.stack = "shop/prod", .environment = process_environment()});
//   if (!stack) return std::move(stack).error();
//   request.state = DocumentSource(*stack);
//
// Thread rule: options and projects are ordinary values; a source may be fetched from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drift/base/environment.hpp"
#include "drift/base/transport.hpp"
#include "drift/state/reader.hpp"

namespace drift {

// Where pulumi keeps its settings and plugins: PULUMI_HOME, else ~/.pulumi; empty when there is neither.
[[nodiscard]] std::string pulumi_home(const Environment& environment);

// What the file says of a provider's plugin (`plugins: {providers: [...]}`).
struct PulumiProjectPlugin {
  std::string name;
  std::string path;     // of the folder that it is in; relative to the file's
  std::string version;  // may be empty
};
// A project file: Pulumi.yaml, Pulumi.yml or Pulumi.json.
struct PulumiProject {
  std::string file;
  std::string folder;
  std::string name;
  std::string backend;  // its backend.url; mostly empty
  std::string main;     // where its program is, relative to `folder`; mostly empty
  std::vector<std::pair<std::string, std::string>> runtime_options;
  std::vector<PulumiProjectPlugin> providers;
};
// In `folder` or the nearest one above it; none where there is no such file. E_PERMISSION, E_IO; E_PARSE and its family for a file that
// cannot be read, E_BAD_STRUCTURE for one without a name, or with one that is none.
[[nodiscard]] Result<std::optional<PulumiProject>> find_pulumi_project(const std::string& folder);

struct PulumiStackOptions {
  std::string stack{};
  std::string backend{};         // a URL; empty: as above
  std::string folder{};          // where the project is looked for; empty: working_folder
  std::string working_folder{};  // where relative paths start; empty: the current folder
  Environment environment{};
  std::shared_ptr<Transport> transport{};  // empty: libcurl
};

// Nothing is opened yet: E_INVALID_ARGUMENT for a name that is none. fetch() has E_CONFIG_INVALID where nobody says which back end or
// project, E_NOT_FOUND with the names that are there, E_UNSUPPORTED_FEATURE, E_UNSUPPORTED_VERSION, and what files and service give.
[[nodiscard]] Result<std::shared_ptr<StateSource>> make_pulumi_stack(PulumiStackOptions options);

}  // namespace drift
