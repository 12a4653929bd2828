#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

class NamedProvider final : public FakeProvider {
 public:
  Value configured;
  Status configure(const Value& config, const OpContext&) override {
    configured = config;
    if (config.find("bad") != nullptr) return Error(Errc::config_unknown_key, "the key is not known").at("bad").next("leave it out");
    return {};
  }
};

}  // namespace

TEST_CASE("request: paths are relative to the project file") {
  const TempDir dir;
  const Result<Project> p = parse_project("state: a.tfstate\ndesired: /abs/plan.json\nbaseline: b.jsonl\n", dir.path("drift.yaml"));
  REQUIRE(p.ok());
  const Result<ScanRequest> r = scan_request(*p);
  REQUIRE(r.ok());
  CHECK(r->state->name() == dir.path("a.tfstate"));
  CHECK(r->desired->name() == "/abs/plan.json");
  CHECK(r->baseline->name() == dir.path("b.jsonl"));
  CHECK(!r->actual);
  CHECK(r->providers.all().size() == 1);
}

TEST_CASE("request: files are looked for beside the project file, wherever drift was started") {
  const TempDir dir;
  dir.write("here.txt", "x");
  std::filesystem::create_directory(dir.path("sub"));
  const Resource file = resource("file.here", R"({"path":"here.txt","kind":"file"})", "file");
  const auto scanned = [&](std::string_view text, const std::string& project) {
    Result<ScanRequest> request = scan_request(*parse_project(text, dir.path(project)));
    REQUIRE(request.ok());
    request->state = document({file});
    return outline(scan(*request));
  };
  CHECK(scanned("", "drift.yaml") == "+1");
  CHECK(scanned("providers: {file: }", "drift.yaml") == "+1");
  CHECK(scanned("providers: {file: {root: sub}}", "drift.yaml") == "file.here deleted\n+1");
  CHECK(scanned("providers: {file: {root: ..}}", "sub/drift.yaml") == "+1");
}

TEST_CASE("request: limits, scope and rules come along") {
  const Result<Project> p = parse_project(
      "parallel: 3\ntimeout: 1h\nread_timeout: 7s\ntargets: [a]\nexclude: [b]\nbreaker: {min_absent: 7}\nengine_ignores: false\n",
      "drift.yaml");
  REQUIRE(p.ok());
  const Result<ScanRequest> r = scan_request(*p);
  REQUIRE(r.ok());
  CHECK(r->scheduler.parallel == 3);
  CHECK(r->scheduler.read_timeout == std::chrono::seconds(7));
  CHECK(!r->context.deadline.never());
  CHECK(r->targets == std::vector<std::string>{"a"});
  CHECK(r->excludes == std::vector<std::string>{"b"});
  CHECK(r->breaker.min_absent == 7);
  CHECK(!r->rules.use_engine_ignores);
}

TEST_CASE("request: providers are configured by name; errors stand at the place in the file") {
  const auto provider = std::make_shared<NamedProvider>();
  ProviderRegistry providers;
  providers.add(provider);
  const auto request = [&](std::string_view text) { return scan_request(*parse_project(text, "drift.yaml"), providers); };
  REQUIRE(request("providers: {fake: {depth: 2}}").ok());
  CHECK(to_json(provider->configured) == R"({"depth":2})");

  const Result<ScanRequest> unknown = request("providers:\n  fakr: {}\n");
  REQUIRE(!unknown.ok());
  CHECK(unknown.error().code() == Errc::config_unknown_key);
  CHECK(unknown.error().subject() == "drift.yaml");
  CHECK(unknown.error().where()->line == 2);
  CHECK(unknown.error().next_step().find("`fake`") != std::string::npos);

  const Result<ScanRequest> bad = request("providers:\n  fake: {bad: 1}\n");
  REQUIRE(!bad.ok());
  CHECK(bad.error().code() == Errc::config_unknown_key);
  CHECK(bad.error().where()->line == 2);
}

TEST_CASE("request: an unknown key of a provider is named, at its own place, with the nearest known one") {
  const TempDir dir;
  const Result<ScanRequest> r = scan_request(*parse_project("providers:\n  file:\n    rooot: x\n", dir.path("drift.yaml")));
  REQUIRE(!r.ok());
  CHECK(r.error().code() == Errc::config_unknown_key);
  CHECK(r.error().message().find("`rooot`") != std::string::npos);
  CHECK(r.error().next_step().find("`root`") != std::string::npos);
  REQUIRE(r.error().where().has_value());
  CHECK(r.error().where()->line == 3);
  CHECK(r.error().where()->column == 5);
}
