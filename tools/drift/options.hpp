// Options that several commands share, and the request that comes of them and of the project file.
//
// Thread rule: one thread.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drift/drift.hpp"

namespace drift::cli {

struct DocumentOptions {
  std::string state, stack, desired, baseline, actual;
  bool no_baseline = false;
};

struct ScopeOptions {
  std::string project;
  std::vector<std::string> targets, excludes;
};

struct ReadingOptions {
  std::optional<std::size_t> parallel;
  std::string timeout, read_timeout;
  std::string record, replay;
  bool find_unmanaged = false;
  std::vector<std::string> imports;  // TYPE=ID
};

struct OutputOptions {
  bool json = false;
  bool show_suppressed = false;
  std::string color = "auto";
  std::string style = "drift";
};

enum class Recordings { none, replay, record_or_replay };

// `writes_baseline`: the command writes it, so that it cannot do without.
void add_document_options(CLI::App& command, DocumentOptions& o, bool writes_baseline = false);
void add_scope_options(CLI::App& command, ScopeOptions& o, bool with_targets = true);
void add_reading_options(CLI::App& command, ReadingOptions& o, Recordings recordings);
void add_output_options(CLI::App& command, OutputOptions& o, bool with_report);
void add_style_option(CLI::App& command, OutputOptions& o);

// A scan that is ready to run.
struct Prepared {
  ScanRequest request;
  std::string baseline_path;  // where accept writes
  std::string key_path;
  std::unique_ptr<ReadRecorder> recorder;
};

// The project file given, ./drift.yaml when there is one, or an empty project.
Result<Project> load_project(const ScopeOptions& scope);
// Options win over the project file. `writes_baseline`: the baseline need not exist yet.
Result<Prepared> prepare(const DocumentOptions& documents, const ScopeOptions& scope, const ReadingOptions& reading, bool writes_baseline);

// "<baseline>.key", or the environment's DRIFT_KEY_FILE.
[[nodiscard]] std::string key_path(const std::string& baseline);

// "-" is standard input.
[[nodiscard]] ByteSource source_of(const std::string& path);

}  // namespace drift::cli
