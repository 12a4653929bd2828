#include "provider/pulumi/find.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "unit/provider/fakes.hpp"

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;  // NOLINT(google-build-using-namespace)

namespace {

// A home, a PATH and a cache; nothing of the machine is looked at.
struct World {
  test::TempDir dir;
  Environment environment;
  PluginPlaces places;
  PluginRequest request{.name = "acme", .version = "1.2.3", .download_url = {}};

  World() {
    environment = {{"HOME", dir / "home"}, {"PATH", (dir / "none") + ":" + (dir / "bin")}};
    places.environment = &environment;
    places.folder = dir / "project";
  }
  std::string program(const std::string& path, ::mode_t mode = 0755) const {
    std::filesystem::create_directories(std::filesystem::path(dir / path).parent_path());
    dir.write(path, "a program");
    REQUIRE(::chmod((dir / path).c_str(), mode) == 0);
    return dir / path;
  }
  std::string cached(const std::string& version, const std::string& name = "acme", const std::string& home = "home/.pulumi") const {
    return program(home + "/plugins/resource-" + name + "-v" + version + "/pulumi-resource-acme");
  }
  [[nodiscard]] std::string found() const {
    const Result<FoundPlugin> f = find_plugin(request, places);
    return f ? f->program : "error: " + f.error().to_string();
  }
  [[nodiscard]] Error error() const {
    const Result<FoundPlugin> f = find_plugin(request, places);
    REQUIRE_FALSE(f.ok());
    CHECK_FALSE(f.error().next_step().empty());
    return f.error();
  }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("pulumi find: PATH goes before the cache, unless ambient plugins are ignored") {
  World w;
  const std::string cached = w.cached("1.2.3"), ambient = w.program("bin/pulumi-resource-acme");
  CHECK(w.found() == ambient);
  for (const char* yes : {"1", "true", "TRUE"}) {
    w.environment["PULUMI_IGNORE_AMBIENT_PLUGINS"] = yes;
    CHECK(w.found() == cached);
  }
  w.environment["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "0";
  CHECK(w.found() == ambient);
}

TEST_CASE("pulumi find: what is on PATH has to be a program in an absolute folder") {
  World w;
  const std::string cached = w.cached("1.2.3");
  w.program("bin/pulumi-resource-acme", 0644);
  CHECK(w.found() == cached);
  w.environment["PATH"] = ".:bin";
  CHECK(w.found() == cached);
}

TEST_CASE("pulumi find: the recorded version exactly") {
  World w;
  w.cached("1.2.2");
  const std::string exact = w.cached("1.2.3");
  w.cached("1.2.4");
  w.cached("1.2.3-beta.1");
  CHECK(w.found() == exact);
  w.request.version = "v1.2.3";
  CHECK(w.found() == exact);
  w.request.version = "1.2.5";
  const Error e = w.error();
  CHECK(e.code() == Errc::read_unsupported);
  CHECK(has(e.message(), "1.2.2 1.2.3-beta.1 1.2.3 1.2.4"));
  CHECK(has(e.next_step(), "pulumi plugin install resource acme 1.2.5"));
  w.request.download_url = "https://get.acme.example/plugins";
  CHECK(has(w.error().next_step(), " --server https://get.acme.example/plugins"));
  w.request.download_url = "https://get.acme.example; touch canary";  // nothing that a shell would make something else of
  CHECK_FALSE(has(w.error().next_step(), "canary"));
  w.request.download_url = "https://ann:canary@get.acme.example";
  CHECK_FALSE(has(w.error().next_step(), "canary"));
  w.request.download_url.clear();
  w.request.version = "1.2.3-beta.1";
  CHECK(has(w.found(), "resource-acme-v1.2.3-beta.1/"));
  w.request.version = "two";
  CHECK(w.error().code() == Errc::bad_structure);
}

TEST_CASE("pulumi find: without a recorded version the newest release") {
  World w;
  w.request.version = "";
  w.cached("2.0.0-rc.1");
  CHECK(has(w.found(), "2.0.0-rc.1"));
  w.cached("1.9.0");
  const std::string newest = w.cached("1.10.0");
  CHECK(w.found() == newest);
}

TEST_CASE("pulumi find: an install that is not complete is none") {
  World w;
  w.cached("1.2.3");
  w.dir.write("home/.pulumi/plugins/resource-acme-v1.2.3.partial", "");
  CHECK(w.error().code() == Errc::read_unsupported);
  std::filesystem::remove(w.dir / "home/.pulumi/plugins/resource-acme-v1.2.3.partial");
  w.dir.write("home/.pulumi/plugins/resource-acme-v1.2.3.lock", "");
  CHECK(has(w.found(), "v1.2.3/"));
  w.request.version = "1.2.4";
  w.cached("1.2.4.tmp123");
  CHECK(w.error().code() == Errc::read_unsupported);
}

TEST_CASE("pulumi find: PULUMI_HOME, and names that begin alike") {
  World w;
  w.cached("1.2.3");
  w.environment["PULUMI_HOME"] = w.dir / "other";
  CHECK(w.error().code() == Errc::read_unsupported);
  const std::string other = w.cached("1.2.3", "acme", "other");
  CHECK(w.found() == other);
  w.request.name = "acme-v1";
  CHECK(w.error().code() == Errc::read_unsupported);
}

TEST_CASE("pulumi find: a plugin that only Pulumi's language host can run is named so") {
  World w;
  std::filesystem::create_directories(w.dir / "home/.pulumi/plugins/resource-acme-v1.2.3");
  w.dir.write("home/.pulumi/plugins/resource-acme-v1.2.3/PulumiPlugin.yaml", "runtime: nodejs\n");
  Error e = w.error();
  CHECK(e.code() == Errc::read_unsupported);
  CHECK(has(e.message(), "`nodejs`"));
  CHECK(has(e.next_step(), "PULUMI_DEBUG_PROVIDERS"));
  w.dir.write("home/.pulumi/plugins/resource-acme-v1.2.3/PulumiPlugin.yaml", "name: x\nruntime:\n  name: \"python\"\n  options: {}\n");
  CHECK(has(w.error().message(), "`python`"));
  w.program("home/.pulumi/plugins/resource-acme-v1.2.3/pulumi-resource-acme", 0644);
  std::filesystem::remove(w.dir / "home/.pulumi/plugins/resource-acme-v1.2.3/PulumiPlugin.yaml");
  CHECK(w.error().code() == Errc::permission);
}

TEST_CASE("pulumi find: dynamic providers are beside the CLI") {
  World w;
  w.request = {.name = "pulumi-nodejs", .version = "", .download_url = {}};
  w.program("cli/pulumi");
  const std::string beside = w.program("cli/pulumi-resource-pulumi-nodejs");
  std::filesystem::create_directories(w.dir / "bin");
  std::filesystem::create_symlink(w.dir / "cli/pulumi", w.dir / "bin/pulumi");
  CHECK(w.found() == std::filesystem::canonical(beside).string());
  w.request.name = "acme";
  w.program("cli/pulumi-resource-acme");
  CHECK(w.error().code() == Errc::read_unsupported);
}

TEST_CASE("pulumi find: a binary of the settings, or the folder that it is in") {
  World w;
  w.program("bin/pulumi-resource-acme");
  const std::string own = w.program("project/build/pulumi-resource-acme");
  w.places.binary = "build/pulumi-resource-acme";
  CHECK(w.found() == own);
  w.places.binary = "build";
  CHECK(w.found() == own);
  w.places.binary = "~/x";
  const std::string home = w.program("home/x");
  CHECK(w.found() == home);
  w.places.binary = "nowhere";
  CHECK(w.error().code() == Errc::config_invalid);
}

TEST_CASE("pulumi find: what the project's file names goes before PATH, for its version or for all") {
  World w;
  const std::string ambient = w.program("bin/pulumi-resource-acme"), own = w.program("stack/build/pulumi-resource-acme");
  PulumiProject project;
  project.file = w.dir / "stack/Pulumi.yaml";
  project.folder = w.dir / "stack";
  w.places.project = &project;
  CHECK(w.found() == ambient);
  project.providers = {{"other", "./none", ""}, {"acme", "./build", "1.0.0"}};
  CHECK(w.found() == ambient);
  project.providers[1].version = "v1.2.3";
  const Error unasked = w.error();  // nor is another one run in its place
  CHECK(unasked.code() == Errc::read_unsupported);
  CHECK(unasked.subject() == project.file);
  CHECK(has(unasked.next_step(), "project_plugins: true"));
  w.places.project_plugins = true;
  CHECK(w.found() == own);
  project.providers[1].version = "";
  CHECK(w.found() == own);
  project.providers[1].path = w.dir / "stack/build";
  CHECK(w.found() == own);
  w.places.binary = w.dir / "bin";
  CHECK(w.found() == ambient);
  w.places.binary = "";
  project.providers[1].path = "none";
  CHECK(w.error().code() == Errc::config_invalid);
}

TEST_CASE("pulumi find: a plugin that runs already") {
  World w;
  w.environment["PULUMI_DEBUG_PROVIDERS"] = "other:1,acme:12345";
  const Result<FoundPlugin> f = find_plugin(w.request, w.places);
  REQUIRE(f.ok());
  CHECK(f->port == 12345);
  for (const char* bad : {"acme", "acme:", "acme:x", "acme:0", "acme:70000"}) {
    w.environment["PULUMI_DEBUG_PROVIDERS"] = bad;
    CHECK(w.error().code() == Errc::config_invalid);
  }
}

TEST_CASE("pulumi find: what comes from a repository has its name in the cache") {
  World w;
  w.request.download_url = "git://github.com/acme/pulumi-acme";
  const std::string cached = w.cached("1.2.3", "github.com_acme_pulumi-acme.git");
  CHECK(w.found() == cached);
}

TEST_CASE("pulumi find: versions are read as tolerantly as the engine reads them") {
  CHECK(tolerant_version("1.2.3") == "1.2.3");
  CHECK(tolerant_version(" v1.2 ") == "1.2.0");
  CHECK(tolerant_version("7") == "7.0.0");
  CHECK(tolerant_version("1.2.3-a.b+c") == "1.2.3-a.b+c");
  for (const char* bad : {"", "v", "1.2-beta", "1.2.3.4", "x"}) CHECK_FALSE(tolerant_version(bad).has_value());
}
