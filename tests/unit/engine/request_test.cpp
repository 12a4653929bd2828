#include "engine/request.hpp"

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

namespace {

// What the maker of Terraform providers is given.
struct Made {
  int times = 0;
  TerraformOptions options;
  Result<ScanRequest> request(std::string_view text, const std::string& path, ProviderRegistry providers = {}, const OpContext& ctx = {}) {
    return engine_internal::scan_request_with(*parse_project(text, path), std::move(providers), ctx, [this](TerraformOptions given) {
      ++times;
      options = std::move(given);
      return std::make_shared<NamedProvider>();
    });
  }
};

std::vector<std::string> names(const ScanRequest& r) {
  std::vector<std::string> out;
  for (const auto& p : r.providers.all()) out.emplace_back(p->name());
  return out;
}

}  // namespace

TEST_CASE("request: entries of no provider of libdrift or the host are for Terraform providers") {
  const TempDir dir;
  Made made;
  const LogSink sink = [](const LogRecord&) {};
  OpContext ctx;
  ctx.log = &sink;
  const Result<ScanRequest> r = made.request(
      "state: infra/terraform.tfstate\n"
      "providers:\n"
      "  file:\n"
      "  kubernetes:\n"
      "    config:\n"
      "      host: https://x\n"
      "      token: ${env:DRIFT_TEST_NO_SUCH_VARIABLE}\n"
      "    env: {A: \"${env:B}\"}\n"
      "  hashicorp/aws.west: {parallel: 4}\n"
      "  random:\n",
      dir.path("drift.yaml"), {}, ctx);
  REQUIRE(r.ok());
  CHECK(made.times == 1);
  CHECK(names(*r) == std::vector<std::string>{"fake", "file"});
  const TerraformOptions& o = made.options;
  REQUIRE(o.providers.size() == 3);
  CHECK(o.providers[0].name == "kubernetes");
  CHECK(o.providers[0].config.string_or("token") == "${env:DRIFT_TEST_NO_SUCH_VARIABLE}");
  CHECK(o.providers[1].alias == "west");
  CHECK(o.providers[1].parallel == 4);
  CHECK(o.providers[2].config.is_null());
  CHECK(o.project_folder + "/" == dir.path(""));
  CHECK(o.state_path == dir.path("infra/terraform.tfstate"));
  CHECK(o.working_folder == std::filesystem::current_path().string());
  CHECK(o.environment == process_environment());
  CHECK(static_cast<bool>(o.log));
}

TEST_CASE("request: the entry `pulumi` is for Pulumi's plugins") {
  const TempDir dir;
  PulumiOptions given;
  int made = 0;
  const auto request = [&](std::string_view text) {
    const auto terraform = [](TerraformOptions) { return std::make_shared<NamedProvider>(); };
    return engine_internal::scan_request_with(*parse_project(text, dir.path("drift.yaml")), {}, {}, terraform, [&](PulumiOptions options) {
      ++made;
      given = std::move(options);
      return std::make_shared<NamedProvider>();
    });
  };
  REQUIRE(request("providers:\n  file:\n").ok());
  CHECK(made == 0);
  const Result<ScanRequest> r = request("providers:\n  file:\n  pulumi:\n    dynamic_providers: true\n    plugins: {aws: {parallel: 3}}\n");
  REQUIRE(r.ok());
  CHECK(made == 1);
  CHECK(names(*r) == std::vector<std::string>{"fake", "file"});
  CHECK(given.settings.dynamic_providers);
  CHECK(given.settings.plugins.at("aws").parallel == 3U);
  CHECK(given.project_folder + "/" == dir.path(""));
  CHECK(given.environment == process_environment());
  const Result<ScanRequest> bad = request("providers:\n  pulumi:\n    logs: hunter2\n");
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().code() == Errc::config_invalid);
  CHECK(bad.error().where()->line == 3);
  CHECK(bad.error().to_string().find("hunter2") == std::string::npos);
}

TEST_CASE("request: who names a stack wants its resources read by their plugins, an entry or not, but for a provider of the host's") {
  const TempDir dir;
  std::vector<PulumiOptions> given;
  const auto request = [&](std::string_view text, ProviderRegistry own) {
    const auto terraform = [](TerraformOptions) { return std::make_shared<NamedProvider>(); };
    return engine_internal::scan_request_with(*parse_project(text, dir.path("drift.yaml")), std::move(own), {}, terraform,
                                              [&](PulumiOptions options) {
                                                given.push_back(std::move(options));
                                                return std::make_shared<NamedProvider>();
                                              });
  };
  REQUIRE(request("state: stack.json\n", {}).ok());
  CHECK(given.empty());
  const Result<ScanRequest> bare = request("stack: shop/dev\n", {});
  REQUIRE(bare.ok());
  CHECK(names(*bare) == std::vector<std::string>{"fake", "file"});
  REQUIRE(request("stack: shop/dev\nproviders: {pulumi: {parallel: 3}}\n", {}).ok());
  REQUIRE(given.size() == 2);
  CHECK_FALSE(given[0].project.has_value());
  dir.write("Pulumi.yaml", "name: shop\nmain: infra\n");
  REQUIRE(request("stack: shop/dev\n", {}).ok());
  REQUIRE(given.back().project.has_value());
  CHECK(given.back().project->folder + "/" == dir.path(""));
  CHECK(given.back().project->main == "infra");
  dir.write("Pulumi.yaml", "runtime: go\n");
  REQUIRE(request("stack: shop/dev\n", {}).ok());  // whether the project is needed, the stack knows
  CHECK_FALSE(given.back().project.has_value());
  given.resize(2);
  CHECK_FALSE(given[0].settings.dynamic_providers);
  CHECK_FALSE(given[0].settings.parallel.has_value());
  CHECK(given[1].settings.parallel == 3U);
  ProviderRegistry host;
  const auto own = std::make_shared<NamedProvider>();
  own->label = "pulumi";
  host.add(own);
  REQUIRE(request("stack: shop/dev\n", std::move(host)).ok());
  CHECK(given.size() == 2);
}

TEST_CASE("request: without an entry for one there are no Terraform providers, and the host's own go before them") {
  const TempDir dir;
  Made made;
  CHECK(names(*made.request("providers: {file: }\n", dir.path("drift.yaml"))) == std::vector<std::string>{"file"});
  CHECK(made.times == 0);
  ProviderRegistry host;
  host.add(std::make_shared<FakeProvider>());
  CHECK(names(*made.request("providers: {fake: , aws: }\n", dir.path("drift.yaml"), host)) == std::vector<std::string>{"fake", "fake"});
  REQUIRE(made.options.providers.size() == 1);
  CHECK(made.options.providers[0].name == "aws");
}

TEST_CASE("request: what is wrong with the settings of a Terraform provider stands at its place, without its value") {
  const TempDir dir;
  Made made;
  const auto fails = [&](std::string_view text) {
    const Result<ScanRequest> r = made.request(text, dir.path("drift.yaml"));
    REQUIRE_FALSE(r.ok());
    CHECK(r.error().subject() == dir.path("drift.yaml"));
    CHECK(r.error().to_string().find("hunter2") == std::string::npos);
    CHECK_FALSE(r.error().next_step().empty());
    REQUIRE(r.error().where().has_value());
    return std::string(r.error().name()) + " " + std::to_string(r.error().where()->line) + ":" + std::to_string(r.error().where()->column);
  };
  CHECK(fails("providers:\n  aws:\n    confg: {token: hunter2}\n") == "E_CONFIG_UNKNOWN_KEY 3:5");
  CHECK(fails("providers:\n  aws:\n    logs: true\n    config:\n      token: \"${hunter2}\"\n") == "E_CONFIG_INVALID 4:5");
  CHECK(fails("providers:\n  a b: {}\n") == "E_CONFIG_INVALID 2:3");
  CHECK(fails("providers:\n  fiel: {root: hunter2}\n") == "E_CONFIG_UNKNOWN_KEY 2:3");
  CHECK(made.request("providers:\n  hashicorp/fiel:\n", dir.path("drift.yaml")).ok());
  ProviderRegistry host;
  host.add(std::make_shared<FakeProvider>());
  CHECK(made.request("providers: {file: {root: x}}\n", dir.path("drift.yaml"), host).error().code() == Errc::config_unknown_key);
}

TEST_CASE("request: a stack of Pulumi is the state, and fetched when the scan reads it") {
  const TempDir dir;
  std::filesystem::create_directories(dir.path("state/.pulumi/stacks/shop"));
  dir.write("Pulumi.yaml", "name: shop\nbackend: {url: 'file://state'}\n");
  const Result<Project> p = parse_project("stack: dev\n", dir.path("drift.yaml"));
  REQUIRE(p.ok());
  Result<ScanRequest> r = scan_request(*p);
  REQUIRE(r.ok());
  REQUIRE(r->state.has_value());
  CHECK(r->state->name() == "stack dev");
  REQUIRE(r->secrets.has_value());
  CHECK(r->secrets->keys != nullptr);
  r->actual = document({});
  CHECK(scan(*r).error().code() == Errc::not_found);
  dir.write("state/.pulumi/stacks/shop/dev.json", R"({"version":3,"checkpoint":{"stack":"dev","latest":null}})");
  CHECK(scan(*r).ok());
  const Result<Project> bad = parse_project("stack: a/../b\n", dir.path("drift.yaml"));
  REQUIRE(bad.ok());
  CHECK(scan_request(*bad).error().code() == Errc::invalid_argument);
}

TEST_CASE("request: a project has a state or a stack") {
  CHECK(parse_project("state: a\nstack: b/c\n", "drift.yaml").error().code() == Errc::config_invalid);
  CHECK(parse_project("stack: b/c\n", "drift.yaml")->stack == "b/c");
  CHECK(parse_project("stack: [b]\n", "drift.yaml").error().code() == Errc::config_invalid);
}
