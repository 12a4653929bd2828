// The engine: what a program calls.
//
// Example (the whole of it; examples/cpp/scan.cpp is compiled and run by a test):
//   drift::ScanRequest request;
//   request.state = drift::ByteSource::file("terraform.tfstate");
//   drift::Result<drift::Report> report = drift::scan(request);
//   if (!report) { std::cerr << report.error().to_string() << '\n'; return 1; }
//   std::cout << drift::render_text(*report);
//
// Thread rule: any; scans share nothing. Reads the environment, the current folder and files only where a ByteSource or provider says so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drift/classify/classify.hpp"
#include "drift/diff/compare.hpp"
#include "drift/engine/project.hpp"
#include "drift/provider/provider.hpp"
#include "drift/provider/replay.hpp"
#include "drift/provider/scheduler.hpp"
#include "drift/state/pulumi_secrets.hpp"
#include "drift/state/pulumi_stack.hpp"
#include "drift/state/reader.hpp"

namespace drift {

struct ScanRequest {
  std::optional<DocumentSource> state;     // recorded (and desired, when it is a plan). Needed, unless desired or baseline is given
  std::optional<DocumentSource> desired;   // a plan, or any document taken as desired
  std::optional<DocumentSource> baseline;  // a libdrift snapshot that `accept` wrote
  std::optional<DocumentSource> actual;    // a document instead of live reads
  // Live reads; empty: the file provider alone.
  ProviderRegistry providers;
  RuleSet rules;
  SecretKey key;  // for sealed secrets in baseline and recordings
  // How the secrets of Pulumi stacks are decrypted when their documents are read; empty: they stay ciphertexts.
  std::optional<PulumiSecretsOptions> secrets{};
  BreakerOptions breaker;
  std::vector<std::string> targets;  // address globs; empty: all. One that matches nothing is E_INVALID_ARGUMENT
  std::vector<std::string> excludes;
  SchedulerOptions scheduler;
  JsonLimits limits;
  OpContext context;
  ReadRecorder* recorder = nullptr;  // borrowed; gets every outcome
  bool find_unmanaged = false;       // ask providers that can list
  // Objects to look at beside what the documents have: those that exist are unmanaged, where no document has them. Not with a recorder.
  std::vector<ImportRequest> imports{};
  // Gets each actual resource of a finding before it is dropped: what `accept` stores. One thread at a time.
  std::function<void(const ResourceComparison&, const Resource* actual)> on_drift;
};

Result<Report> scan(const ScanRequest& request);

// What drift.yaml says, as a request: documents (paths relative to the project file; a stack of Pulumi is fetched by the scan), rules,
// limits, and providers, configured. Secrets of Pulumi stacks are decrypted as the environment of this process says. `providers` are those
// of the host (empty: the file provider alone, which starts at the folder of the project file); a configured name that none of them has is
// that of a Terraform provider (drift/provider/terraform.hpp), whose settings are checked here; nothing is launched. `context` becomes the
// request's, and holds for the configuring; the project's timeout counts from now, where `context` has no deadline.
Result<ScanRequest> scan_request(const Project& project, ProviderRegistry providers = {}, const OpContext& context = {});

// Two documents, `a` taken as recorded and `b` as actual.
struct DiffRequest {
  DocumentSource a;
  DocumentSource b;
  RuleSet rules{};
  SecretKey key{};
  std::vector<std::string> targets{};
  std::vector<std::string> excludes{};
  JsonLimits limits{};
  OpContext context{};
};
Result<Report> diff_documents(const DiffRequest& request);

// Accepts findings: scans with `request`, then writes the actual state of those drifted resources whose address matches one of `addresses`
// (globs) into the baseline file at `baseline_path`, beside what is there. A deletion is accepted by an entry that says `absent`. The scan
// takes what is accepted already into account, also when request.baseline is empty. Secrets are sealed with request.key; where there is a
// secret to seal and no key, `make_key` is asked for one (and has to keep it), and without it the result is E_CONFIG_INVALID.
// Nothing to accept is E_INVALID_ARGUMENT; when the scan was incomplete, it is a result that accepted nothing and says why in `errors`.
// A scan that was cancelled or ran out of time accepts nothing: its E_CANCELLED or E_DEADLINE is the result.
struct AcceptResult {
  std::vector<std::string> accepted;
  std::size_t left = 0;             // findings not accepted
  bool complete = true;             // false: not everything could be judged, so that nothing being left does not mean being in order
  std::vector<ReportError> errors;  // of the scan: what could not be judged, and was not accepted
};
Result<AcceptResult> accept(ScanRequest request, const std::vector<std::string>& addresses, const std::string& baseline_path,
                            const std::function<Result<SecretKey>()>& make_key = {});

}  // namespace drift
