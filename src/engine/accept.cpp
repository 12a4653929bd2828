#include <algorithm>
#include <map>
#include <utility>

#include "drift/engine/scan.hpp"
#include "drift/state/snapshot_file.hpp"
#include "engine/run.hpp"

namespace drift {
namespace engine_internal {
namespace {

using Resources = std::map<std::string, Resource, std::less<>>;

bool matches_any(const std::vector<std::string>& globs, std::string_view address) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& g) { return glob_match(g, address); });
}

// Calls `fn` for `v` and every value in it.
template <class Fn>
void each_value(const Value& v, Fn&& fn) {
  fn(v);
  if (v.is_list())
    for (const Value& e : v.as_list()) each_value(e, fn);
  if (v.is_object())
    for (const auto& member : v.as_object()) each_value(member.second, fn);
}

template <class Fn>
void each_value(const Resource& r, Fn&& fn) {
  each_value(r.attributes, fn);
  if (r.inputs) each_value(*r.inputs, fn);
  if (r.identity) each_value(*r.identity, fn);
}

// What is stored of a drifted resource: all of what is there now; of a deletion what it was, so that it can be looked for.
std::optional<Resource> to_store(const ResourceComparison& c, const Loaded& sides) {
  std::optional<Resource> r = sides.actual;
  if (c.existence == Existence::deleted) {
    const Resource* known = sides.known();
    if (known != nullptr) r = *known;
  }
  if (!r) return r;
  r->address = c.address;
  r->absent = c.existence == Existence::deleted;
  r->private_data.clear();
  // Some ids are made of the content (the SHA-1 of a file): where the attribute is secret, so is the id.
  const Value* id = r->attributes.find("id");
  if (id != nullptr && id->is_secret()) r->id.clear();
  return r;
}

Result<Resources> load_existing(const std::string& path, const ScanRequest& request) {
  Resources out;
  Result<Snapshot> baseline = open_baseline(ByteSource::file(path), request.limits, request.context);
  if (!baseline && baseline.error().code() == Errc::not_found) return out;  // what cannot be opened for another reason is not missing
  if (!baseline) return std::move(baseline).error();
  for (std::size_t i = 0; i < baseline->size(); ++i) {
    Result<Resource> r = baseline->load(i);
    if (!r) return std::move(r).error();
    std::string address = r->address;
    out.emplace(std::move(address), *std::move(r));
  }
  return out;
}

// Digests name the key that they were made with: two keys in one file could not be told apart when it is read.
Status check_keys(const Resources& resources, const std::string& path, const SecretKey& key) {
  const std::string prefix = "hmac-sha256:" + key.id() + ":";
  bool other = false;
  for (const auto& [address, r] : resources)
    each_value(r, [&](const Value& v) { other |= v.secret() == Secret::digest && v.is_string() && !v.as_string().starts_with(prefix); });
  if (!other) return {};
  return Error(Errc::config_invalid, key.empty() ? "the baseline has sealed secrets and no key was given"
                                                 : "the baseline has secrets that were sealed with another key")
      .at(path)
      .next("give the key that belongs to the baseline (DRIFT_KEY_FILE, or the file beside it), or remove both and accept again");
}

Status find_key(const Resources& accepted, const std::string& path, const std::function<Result<SecretKey>()>& make_key, SecretKey& key) {
  bool secret = false;
  for (const auto& [address, r] : accepted) each_value(r, [&](const Value& v) { secret |= v.secret() == Secret::plain; });
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
      .next("run `drift scan` to see the addresses of findings, or give --all to accept every one");
}

}  // namespace
}  // namespace engine_internal

Result<AcceptResult> accept(ScanRequest request, const std::vector<std::string>& addresses, const std::string& baseline_path,
                            const std::function<Result<SecretKey>()>& make_key) {
  using namespace engine_internal;
  Result<Resources> all = load_existing(baseline_path, request);
  if (!all) return std::move(all).error();
  DRIFT_TRY(check_keys(*all, baseline_path, request.key));  // before find_key() can put a new key in the place of a lost one
  if (!request.baseline && !all->empty()) request.baseline = ByteSource::file(baseline_path);

  Resources drifted;
  Result<Report> report = run_scan(request, [&](const ResourceComparison& c, const Loaded& sides) {
    if (!matches_any(addresses, c.address)) return;
    if (std::optional<Resource> r = to_store(c, sides)) drifted.insert_or_assign(c.address, *std::move(r));
  });
  if (!report) return std::move(report).error();
  if (const Error* why = stopped(*report)) return Error(*why).in("nothing was accepted");

  // Findings only: a deletion that the mass-deletion breaker does not believe is none.
  AcceptResult result;
  result.complete = report->complete;
  result.errors = std::move(report->errors);
  Resources accepted;
  for (const Finding& f : report->findings) {
    auto node = drifted.extract(f.address);
    if (node.empty()) {
      ++result.left;
      continue;
    }
    result.accepted.push_back(f.address);
    accepted.insert(std::move(node));
  }
  if (accepted.empty()) {
    if (result.complete) return nothing_accepted(*report);
    return result;
  }

  DRIFT_TRY(find_key(accepted, baseline_path, make_key, request.key));
  for (auto& [address, r] : accepted) all->insert_or_assign(address, std::move(r));
  DRIFT_TRY(check_keys(*all, baseline_path, request.key));
  std::vector<Resource> lines;
  lines.reserve(all->size());
  for (auto& [address, r] : *all) lines.push_back(std::move(r));
  const SnapshotFileHeader header{.side = Side::baseline, .created = format_rfc3339(request.context.clock->wall())};
  DRIFT_TRY(request.context.check());
  DRIFT_TRY(write_file_atomically(baseline_path, format_snapshot(header, lines, request.key)));
  return result;
}

}  // namespace drift
