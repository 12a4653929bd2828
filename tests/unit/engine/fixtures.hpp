// What the engine's tests share: a folder of their own, documents made of resources, a provider that does as it is told.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "drift/drift.hpp"

namespace engine_test {

using namespace drift;  // NOLINT(google-build-using-namespace)

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "drift-engine-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempDir() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::stringstream out;
    out << std::ifstream(path(name), std::ios::binary).rdbuf();
    return out.str();
  }

 private:
  std::filesystem::path path_;
};

inline Value json(std::string_view text) {
  Result<Value> v = parse_json(text);
  REQUIRE(v.ok());
  return *std::move(v);
}

inline Resource resource(std::string address, std::string_view attributes, std::string type = "thing") {
  Resource r;
  r.address = std::move(address);
  r.type = std::move(type);
  r.id = "id-of-" + r.address;
  r.attributes = json(attributes);
  return r;
}

inline ByteSource document(const std::vector<Resource>& resources, Side side = Side::recorded, const SecretKey& key = {}) {
  return ByteSource::bytes(format_snapshot({.side = side, .created = "2026-11-21T09:00:00Z"}, resources, key), "document");
}

// Answers by address; what it was not told about does not exist.
class FakeProvider : public Provider {
 public:
  std::map<std::string, std::function<ReadOutcome()>> answers;
  std::string type = "thing";
  Schema facts;
  std::vector<Resource> listed;
  std::vector<std::string> asked;
  std::function<void()> on_read;
  std::function<void(const Resource&)> on_resource;  // gets what each read was told of the resource
  bool lists = false;
  std::string label = "fake";
  Status list_status;  // how a list ends

  void has(Resource r) {
    std::string address = r.address;
    answers[address] = [r = std::move(r)] { return ReadOutcome::found(r); };
  }
  void fails(const std::string& address, Errc code) {
    answers[address] = [code] { return ReadOutcome::failed(Error(code, "the read failed")); };
  }
  [[nodiscard]] std::string_view name() const override { return label; }
  [[nodiscard]] ProviderCapabilities capabilities() const override { return {.can_list = lists, .max_batch = 4, .max_concurrency = 1}; }
  [[nodiscard]] bool handles(const Resource& r) const override { return r.type == type; }
  [[nodiscard]] const Schema* schema(std::string_view t) const override { return t == type ? &facts : nullptr; }
  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (on_read) on_read();
      if (on_resource) on_resource(*batch[i].resource);
      DRIFT_TRY(ctx.check());
      const std::string& address = batch[i].resource->address;
      asked.push_back(address);
      const auto it = answers.find(address);
      sink(i, it == answers.end() ? ReadOutcome::absent() : it->second());
    }
    return {};
  }
  Status list(const std::vector<std::string>&, const ListSink& sink, const OpContext&) override {
    for (const Resource& r : listed) sink(r);
    return list_status;
  }
};

inline ScanRequest request_for(const std::shared_ptr<FakeProvider>& provider, const std::vector<Resource>& recorded) {
  ScanRequest request;
  request.state = document(recorded);
  request.providers.add(provider);
  request.scheduler.parallel = 1;
  request.scheduler.attempts = 1;
  return request;
}

// "address verdict" per finding, "address !CODE" per error, "+n" checked.
inline std::string outline(const Report& report) {
  std::string out;
  for (const Finding& f : report.findings) out += f.address + ' ' + std::string(verdict_name(f.verdict)) + '\n';
  for (const ReportError& e : report.errors) out += e.address + " !" + std::string(e.error.name()) + '\n';
  return out + "+" + std::to_string(report.summary.checked);
}

inline std::string outline(const Result<Report>& report) { return report ? outline(*report) : std::string(report.error().name()); }

inline bool has_note(const Report& report, std::string_view code, std::string_view text = {}) {
  for (const Note& n : report.notes)
    if (n.code == code && (n.address + n.message).find(text) != std::string::npos) return true;
  return false;
}

// Moved by one thread while the scan's own threads read it.
class FixedClock final : public Clock {
 public:
  [[nodiscard]] Duration monotonic() const override { return Duration(at_.load()); }
  [[nodiscard]] Duration wall() const override { return std::chrono::seconds(1'795'251'600) + monotonic(); }  // 2026-11-21T09:00:00Z
  void sleep(Duration d) const override { at_ += d.count(); }

 private:
  mutable std::atomic<Duration::rep> at_{0};
};

}  // namespace engine_test
