// drift.yaml: the project file. docs/drift.yaml.md documents every key; an unknown key is an error that names the nearest known one.
//
// Thread rule: an ordinary value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/base/duration.hpp"
#include "drift/classify/classify.hpp"
#include "drift/diff/rules.hpp"
#include "drift/provider/provider.hpp"
#include "drift/provider/scheduler.hpp"

namespace drift {

// Where the configuration of a provider stands in the file, for errors.
struct ProviderPlace {
  TextPosition name;
  std::vector<std::pair<std::string, TextPosition>> keys;
};

struct Project {
  std::string path;  // of the file; empty when built by hand. Relative paths below are relative to its folder
  std::optional<std::string> state;
  std::optional<std::string> stack{};  // of Pulumi, in place of `state`: "project/stack" (drift/state/pulumi_stack.hpp)
  std::optional<std::string> desired;
  std::optional<std::string> baseline;
  RuleSet rules;
  BreakerOptions breaker;
  std::vector<std::string> targets;
  std::vector<std::string> excludes;
  std::optional<std::size_t> parallel;
  std::optional<Clock::Duration> timeout;
  std::optional<Clock::Duration> read_timeout;
  bool find_unmanaged = false;
  std::vector<ImportRequest> imports{};
  std::vector<std::pair<std::string, Value>> providers;  // name, config
  std::vector<ProviderPlace> providers_at{};             // of each; may be empty
};

// `text` is YAML 1.1 without aliases, anchors or tags. Errors carry line and column.
Result<Project> parse_project(std::string_view text, const std::string& path);
Result<Project> read_project(const std::string& path);

}  // namespace drift
