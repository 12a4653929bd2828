#include <algorithm>
#include <utility>

#include "drift/engine/scan.hpp"
#include "engine/accepted.hpp"
#include "engine/baseline_file.hpp"
#include "engine/lineage.hpp"
#include "engine/run.hpp"

namespace drift {
namespace engine_internal {
namespace {

using Resources = std::map<std::string, Resource, std::less<>>;

bool matches_any(const std::vector<std::string>& globs, std::string_view address) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& g) { return glob_match(g, address); });
}

Status find_key(const Resources& accepted, const std::string& path, const std::function<Result<SecretKey>()>& make_key, SecretKey& key) {
  const bool secret = std::any_of(accepted.begin(), accepted.end(), [](const auto& r) { return holds_plain_secret(r.second); });
  if (!secret || !key.empty()) return {};
  if (!make_key)
    return Error(Errc::config_invalid, "there are secrets to seal and no key was given")
        .at(path)
        .next("give a key: SecretKey::random() makes one");
  Result<SecretKey> made = make_key();
  if (!made) return std::move(made).error();
  key = *std::move(made);
  return {};
}

// What a scan that was cut short did not look at must not pass for accepted, nor for being in order.
const Error* stopped(const Report& report) {
  for (const ReportError& e : report.errors)
    if (e.address.empty() && (e.error.code() == Errc::cancelled || e.error.code() == Errc::deadline)) return &e.error;
  return nullptr;
}

Error nothing_accepted(const Report& report) {
  if (report.findings.empty())
    return Error(Errc::invalid_argument, "there is no finding to accept").next("run `drift scan` to see what there is");
  return Error(Errc::invalid_argument, "no finding has such an address")
      .next("run `drift scan` to see the addresses of findings, or accept `all`");
}

// What is to be stored, and what the caller is told.
struct Accepted {
  Resources resources;
  std::map<std::string, std::string, std::less<>> previous;  // where the baseline has what moved since
  std::string lineage;                                       // of the state
  AcceptResult result;
};

Result<Accepted> scan_and_choose(const ScanRequest& request, const std::vector<std::string>& addresses) {
  Result<Inputs> inputs = open_inputs(request);
  if (!inputs) return std::move(inputs).error();
  Accepted out;
  if (inputs->recorded) out.lineage = lineage_of(*inputs->recorded);

  Resources drifted;
  Result<Report> report = run_scan(request, *std::move(inputs), [&](const ResourceComparison& c, const Loaded& sides) {
    if (!matches_any(addresses, c.address)) return;
    if (sides.baseline && sides.baseline_address != c.address) out.previous.insert_or_assign(c.address, sides.baseline_address);
    if (std::optional<Resource> r = accepted_resource(c, sides)) drifted.insert_or_assign(c.address, *std::move(r));
  });
  if (!report) return std::move(report).error();
  if (const Error* why = stopped(*report)) return Error(*why).in("nothing was accepted");

  // Findings only: a deletion that the mass-deletion breaker does not believe is none.
  for (const Finding& f : report->findings) {
    auto node = drifted.extract(f.address);
    if (node.empty()) {
      ++out.result.left;
      continue;
    }
    out.result.accepted.push_back(f.address);
    out.resources.insert(std::move(node));
  }
  if (out.resources.empty() && report->complete) return nothing_accepted(*report);
  out.result.complete = report->complete;
  out.result.errors = std::move(report->errors);
  return out;
}

// Adds to the file as it is now, which another process may have written since the scan began.
Status store(Accepted& accepted, const std::string& path, ScanRequest& request, const std::function<Result<SecretKey>()>& make_key) {
  Result<FolderLock> lock = FolderLock::of(path, request.context);
  if (!lock) return std::move(lock).error();
  Result<BaselineFile> baseline = read_baseline_file(path, request.limits, request.context);
  if (!baseline) return std::move(baseline).error();
  DRIFT_TRY(check_lineage(baseline->lineage, accepted.lineage, path));
  DRIFT_TRY(check_keys(*baseline, request.key));  // before find_key() can put a new key in the place of a lost one
  DRIFT_TRY(find_key(accepted.resources, path, make_key, request.key));
  if (baseline->lineage.empty()) baseline->lineage = accepted.lineage;
  for (auto& [address, r] : accepted.resources) {
    if (const auto old = accepted.previous.find(address); old != accepted.previous.end()) baseline->resources.erase(old->second);
    baseline->resources.insert_or_assign(address, std::move(r));
  }
  DRIFT_TRY(check_keys(*baseline, request.key));
  DRIFT_TRY(request.context.check());
  return write_baseline_file(*baseline, request.key, *request.context.clock);
}

}  // namespace
}  // namespace engine_internal

Result<AcceptResult> accept(ScanRequest request, const std::vector<std::string>& addresses, const std::string& baseline_path,
                            const std::function<Result<SecretKey>()>& make_key) {
  using namespace engine_internal;
  Result<std::string> path = without_links(baseline_path);
  if (!path) return std::move(path).error();
  const Result<BaselineFile> before = read_baseline_file(*path, request.limits, request.context);
  if (!before) return before.error();
  DRIFT_TRY(check_keys(*before, request.key));
  if (!request.baseline && !before->resources.empty()) request.baseline = ByteSource::file(*path);

  Result<Accepted> accepted = scan_and_choose(request, addresses);
  if (!accepted) return std::move(accepted).error();
  if (!accepted->resources.empty()) DRIFT_TRY(store(*accepted, *path, request, make_key));
  return std::move(accepted->result);
}

}  // namespace drift
