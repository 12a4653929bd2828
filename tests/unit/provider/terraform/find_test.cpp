#include "provider/terraform/find.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "provider/terraform/dirhash.hpp"
#include "unit/provider/fakes.hpp"

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

// A home, a project and folders with packages in them; nothing of the machine is looked at.
struct World {
  test::TempDir dir;
  FindOptions options;

  World() {
    for (const char* folder : {"home", "project", "elsewhere"}) std::filesystem::create_directory(dir / folder);
    options.environment = {{"HOME", dir / "home"}, {"XDG_DATA_DIRS", dir / "share"}};
    options.project_folder = dir / "project";
    options.working_folder = dir / "elsewhere";
    options.platform = "linux_amd64";
  }
  std::string program(const std::string& path, std::string_view text = "a program", ::mode_t mode = 0755) const {
    std::filesystem::create_directories(std::filesystem::path(dir / path).parent_path());
    dir.write(path, text);
    REQUIRE(::chmod((dir / path).c_str(), mode) == 0);
    return dir / path;
  }
  // Returns the executable of a package of hashicorp/x.
  std::string package(const std::string& base, const std::string& version, const std::string& host = "registry.terraform.io",
                      const std::string& platform = "linux_amd64") const {
    return program(base + '/' + host + "/hashicorp/x/" + version + '/' + platform + "/terraform-provider-x_v" + version, version);
  }
  void lock(const std::string& folder, const std::string& version, const std::string& hashes = "",
            const std::string& source = "registry.terraform.io/hashicorp/x") const {
    std::filesystem::create_directories(dir / folder);
    dir.write(folder + "/.terraform.lock.hcl", "provider \"" + source + "\" {\n  version = \"" + version + "\"\n" +
                                                   (hashes.empty() ? "" : "  hashes = [" + hashes + "]\n") + "}\n");
  }
  [[nodiscard]] Result<FoundProvider> find(std::string_view address = "provider[\"registry.terraform.io/hashicorp/x\"]") const {
    return find_provider(parse_provider_address(address).value(), options);
  }
  [[nodiscard]] std::string binary(std::string_view address = "provider[\"registry.terraform.io/hashicorp/x\"]") const {
    const Result<FoundProvider> f = find(address);
    return f ? f->binary : "error: " + f.error().to_string();
  }
  [[nodiscard]] Error error() const {
    const Result<FoundProvider> f = find();
    REQUIRE_FALSE(f.ok());
    CHECK_FALSE(f.error().next_step().empty());
    return f.error();
  }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("find: each place goes before the next") {
  World w;
  const std::string implied = w.package("home/.terraform.d/plugins", "9.0.0");
  CHECK(w.binary() == implied);
  w.dir.write("home/.tofurc", "plugin_cache_dir = \"" + (w.dir / "cache") + "\"\n");
  const std::string cached = w.package("cache", "8.0.0");
  CHECK(w.binary() == cached);
  w.options.environment["TF_PLUGIN_CACHE_DIR"] = w.dir / "cache2";
  const std::string env_cached = w.package("cache2", "7.0.0");
  CHECK(w.binary() == env_cached);
  const std::string installed = w.package("project/.terraform/providers", "6.0.0");
  CHECK(w.binary() == installed);
  const std::string overridden = w.program("dev/terraform-provider-x");
  w.dir.write("home/.tofurc", "provider_installation {\n dev_overrides {\n \"hashicorp/x\" = \"" + (w.dir / "dev") + "\"\n }\n}\n");
  CHECK(w.binary() == overridden);
  w.options.binary = "bin/anything";
  const std::string named = w.program("project/bin/anything");
  CHECK(w.binary() == named);
  w.options.environment["TF_REATTACH_PROVIDERS"] = R"({"hashicorp/x": {"Protocol": "grpc", "Addr": {"Network": "unix", "String": "/s"}}})";
  const FoundProvider f = w.find().value();
  REQUIRE(f.reattach.has_value());
  CHECK(f.reattach->address == "/s");
  CHECK(f.binary.empty());
  CHECK(f.origin == "TF_REATTACH_PROVIDERS");
  CHECK(w.binary("provider[\"registry.terraform.io/hashicorp/y\"]") == named);
}

TEST_CASE("find: the version is the locked one, and without a lock the newest release") {
  World w;
  const std::string old = w.package("project/.terraform/providers", "1.9.0");
  const std::string ten = w.package("project/.terraform/providers", "1.10.0");
  w.package("project/.terraform/providers", "2.0.0-beta1");
  CHECK(w.binary() == ten);
  FoundProvider f = w.find().value();
  CHECK(f.version == "1.10.0");
  CHECK(f.origin == "what init installed in " + (w.dir / "project/.terraform/providers"));
  REQUIRE(f.notes.size() == 1);
  CHECK(has(f.notes[0], "no lock file selects"));
  w.lock("project", "1.9.0");
  f = w.find().value();
  CHECK(f.binary == old);
  CHECK(f.version == "1.9.0");
  CHECK_FALSE(f.hash_checked);
  CHECK(has(f.notes.at(0), "h1:"));
  w.lock("project", "3.0.0");
  const Error e = w.error();
  CHECK(e.code() == Errc::read_unsupported);
  CHECK(has(e.message(), "hashicorp/x 3.0.0 was not found for linux_amd64"));
  CHECK(has(e.message(), "has 1.10.0, 1.9.0, 2.0.0-beta1, and the lock file selects 3.0.0"));
  const std::string mirrored = w.package("home/.terraform.d/plugins", "3.0.0");
  CHECK(w.binary() == mirrored);
}

TEST_CASE("find: a package has to fit its hash") {
  World w;
  const std::string binary = w.package("project/.terraform/providers", "1.0.0");
  const std::string folder = std::filesystem::path(binary).parent_path().string();
  w.lock("project", "1.0.0", "\"zh:00\", \"" + hash_folder(folder).value() + "\"");
  const FoundProvider f = w.find().value();
  CHECK(f.binary == binary);
  CHECK(f.hash_checked);
  CHECK(f.notes.empty());
  w.program("project/.terraform/providers/registry.terraform.io/hashicorp/x/1.0.0/linux_amd64/extra");
  // What lies elsewhere does not make good for it.
  w.package("home/.terraform.d/plugins", "1.0.0");
  const Error e = w.error();
  CHECK(e.code() == Errc::bad_structure);
  CHECK(e.subject() == folder);
  OpContext stopped;
  stopped.cancel.cancel();
  CHECK(find_provider(parse_provider_address("hashicorp/x").value(), w.options, stopped).error().code() == Errc::cancelled);
}

TEST_CASE("find: the two registries are one, and a legacy address takes what its lock says") {
  World w;
  const std::string tofu = w.package("project/.terraform/providers", "1.0.0", "registry.opentofu.org");
  CHECK(w.binary() == tofu);
  CHECK(w.binary("provider.x") == tofu);
  CHECK(w.binary("module.m.provider[\"registry.opentofu.org/hashicorp/x\"].west") == tofu);
  const std::string own = w.package("project/.terraform/providers", "0.9.0", "registry.terraform.io");
  CHECK(w.binary() == own);
  CHECK(w.binary("registry.opentofu.org/hashicorp/x") == tofu);
  CHECK(has(w.binary("example.com/hashicorp/x"), "E_READ_UNSUPPORTED"));
  CHECK(has(w.binary("acme/x"), "E_READ_UNSUPPORTED"));
  const std::string acme = w.program("project/.terraform/providers/registry.terraform.io/acme/x/4.0.0/linux_amd64/terraform-provider-x");
  w.lock("project", "4.0.0", "", "registry.terraform.io/acme/x");
  CHECK(w.binary("provider.x") == acme);
}

TEST_CASE("find: beside the project, the state, its workspaces, in the working folder and in TF_DATA_DIR") {
  World w;
  const std::string here = w.package("elsewhere/.terraform/providers", "1.0.0");
  CHECK(w.binary() == here);
  const std::string by_state = w.package("infra/.terraform/providers", "2.0.0");
  w.options.state_path = w.dir / "infra/terraform.tfstate";
  CHECK(w.binary() == by_state);
  w.options.state_path = w.dir / "infra/terraform.tfstate.d/prod/terraform.tfstate";
  CHECK(w.binary() == by_state);
  w.options.state_path = "terraform.tfstate";
  CHECK(w.binary() == here);
  // Each folder has the lock that its init wrote.
  w.options.state_path = w.dir / "infra/terraform.tfstate";
  w.lock("elsewhere", "1.0.0");
  w.lock("infra", "2.0.0");
  CHECK(w.binary() == by_state);
  w.options.environment["TF_DATA_DIR"] = "data";
  CHECK(has(w.binary(), (w.dir / "infra/data/providers") + " (not there)"));
  const std::string data = w.package("infra/data/providers", "2.0.0");
  CHECK(w.binary() == data);
  w.options.environment["TF_DATA_DIR"] = w.dir / "absolute";
  const std::string absolute = w.package("absolute/plugins", "2.0.0");
  CHECK(w.binary() == absolute);
}

TEST_CASE("find: mirrors are taken as provider_installation says, or the implied ones") {
  World w;
  w.options.environment["XDG_DATA_HOME"] = w.dir / "data";
  const std::string system = w.package("share/terraform/plugins", "1.0.0");
  CHECK(w.binary() == system);
  CHECK(w.find()->origin == "the mirror " + (w.dir / "share/terraform/plugins"));
  const std::string user = w.package("data/terraform/plugins", "1.0.0");
  CHECK(w.binary() == user);
  const std::string tofu = w.package("data/opentofu/plugins", "1.0.0");
  CHECK(w.binary() == tofu);
  const std::string here = w.package("elsewhere/terraform.d/plugins", "1.0.0");
  CHECK(w.binary() == here);
  w.options.environment.erase("XDG_DATA_HOME");
  std::filesystem::remove_all(w.dir / "elsewhere/terraform.d");
  const std::string by_default = w.package("home/.local/share/terraform/plugins", "1.0.0");
  CHECK(w.binary() == by_default);

  const auto installation = [&](const std::string& body) {
    w.dir.write("home/.terraformrc", "provider_installation {\n" + body + "\n}\n");
  };
  installation("direct {}");
  CHECK(has(w.binary(), "E_READ_UNSUPPORTED"));
  const std::string mirror = "filesystem_mirror {\n path = \"" + (w.dir / "mirror") + "\"\n";
  const std::string mirrored = w.package("mirror", "1.0.0");
  installation("network_mirror {\n url = \"https://example.com\"\n }\n" + mirror + "}");
  CHECK(w.binary() == mirrored);
  installation(mirror + "exclude = [\"hashicorp/*\"]\n}");
  CHECK(has(w.binary(), "a mirror that is not for this provider"));
  installation(mirror + "include = [\"registry.opentofu.org/hashicorp/*\"]\n}");
  CHECK(w.binary() == mirrored);
}

TEST_CASE("find: what is packed, or for another platform, is named") {
  World w;
  w.package("home/.terraform.d/plugins", "1.0.0", "registry.terraform.io", "darwin_arm64");
  CHECK(has(w.error().message(), (w.dir / "home/.terraform.d/plugins") + " (only for darwin_arm64)"));
  const std::string zip =
      w.program("home/.terraform.d/plugins/registry.terraform.io/hashicorp/x/terraform-provider-x_1.0.0_linux_amd64.zip");
  w.program("home/.terraform.d/plugins/registry.terraform.io/hashicorp/x/terraform-provider-x_x_linux_amd64.zip");
  CHECK(has(w.error().message(), zip + " (packed: unpack it, or run init)"));
  w.lock("project", "2.0.0");
  CHECK_FALSE(has(w.error().message(), "packed"));
}

TEST_CASE("find: which file of a package is the executable") {
  World w;
  const std::string folder = "project/.terraform/providers/registry.terraform.io/hashicorp/x/1.0.0/linux_amd64/";
  w.program(folder + "terraform-provider-xy");
  w.program(folder + "terraform-provider-x-y");
  w.program(folder + "LICENSE", "", 0644);
  Error e = w.error();
  CHECK(e.code() == Errc::not_found);
  w.program(folder + "terraform-provider-x_v1.0.0_README", "", 0644);
  e = w.error();
  CHECK(e.code() == Errc::permission);
  CHECK(has(e.next_step(), "chmod"));
  const std::string x5 = w.program(folder + "terraform-provider-x_v1.0.0_x5");
  CHECK(w.binary() == x5);
}

TEST_CASE("find: what a person named has to be there") {
  World w;
  w.package("project/.terraform/providers", "1.0.0");
  w.options.binary = "none";
  Error e = w.error();
  CHECK(e.code() == Errc::not_found);
  CHECK(e.subject() == w.dir / "project/none");
  CHECK(has(e.to_string(), "`binary` of its settings"));
  w.program("project/none", "", 0644);
  CHECK(w.error().code() == Errc::permission);
  const std::string at_home = w.program("home/bin/terraform-provider-x");
  w.options.binary = "~/bin/terraform-provider-x";
  CHECK(w.binary() == at_home);
  w.options.binary = "~/bin";
  CHECK(w.binary() == at_home);
  w.options.binary = "";
  w.dir.write("home/.tofurc", "provider_installation {\n dev_overrides {\n \"hashicorp/x\" = \"dev\"\n }\n}\n");
  e = w.error();
  CHECK(e.subject() == w.dir / "elsewhere/dev");
  CHECK(has(e.to_string(), w.dir / "home/.tofurc"));
  const std::string dev = w.program("elsewhere/dev/terraform-provider-x");
  CHECK(w.binary() == dev);
  CHECK(w.find()->version.empty());
}

TEST_CASE("find: a provider that is nowhere says where was looked and how to get it") {
  World w;
  w.options.environment["TF_PLUGIN_CACHE_DIR"] = "cache";
  Error e = w.error();
  CHECK(e.code() == Errc::read_unsupported);
  CHECK(e.subject() == "registry.terraform.io/hashicorp/x");
  for (const char* place :
       {"project/.terraform/providers", "elsewhere/.terraform/providers", "elsewhere/cache", "elsewhere/terraform.d/plugins",
        "home/.terraform.d/plugins", "home/.local/share/terraform/plugins", "share/terraform/plugins"})
    CHECK_MESSAGE(has(e.message(), (w.dir / place) + " (not there)"), place);
  CHECK(has(e.next_step(), "tofu init"));
  CHECK(has(e.next_step(), "providers: {x: {binary: PATH}}"));
  CHECK(has(w.find("acme/y").error().next_step(), "providers: {acme/y: {binary: PATH}}"));
  w.options.environment["TF_CLI_CONFIG_FILE"] = w.dir / "nowhere.tfrc";
  CHECK(has(w.error().message(), "nowhere.tfrc (the CLI configuration that the environment names is not there)"));
  e = w.find("terraform.io/builtin/terraform").error();
  CHECK(e.code() == Errc::read_unsupported);
  CHECK(has(e.next_step(), "exclude"));
  w.options = {};
  w.options.working_folder = w.dir / "elsewhere";
  CHECK(w.error().code() == Errc::read_unsupported);
}

TEST_CASE("find: files on the way that cannot be read stop the search") {
  World w;
  w.package("project/.terraform/providers", "1.0.0");
  w.dir.write("project/.terraform.lock.hcl", "provider");
  CHECK(w.error().subject() == w.dir / "project/.terraform.lock.hcl");
  std::filesystem::remove(w.dir / "project/.terraform.lock.hcl");
  w.dir.write("home/.tofurc", "provider_installation");
  CHECK(w.error().subject() == w.dir / "home/.tofurc");
  w.options.environment["TF_REATTACH_PROVIDERS"] = "{";
  CHECK(w.error().subject() == "TF_REATTACH_PROVIDERS");
}

TEST_CASE("find: platforms have Go's names") {
  CHECK(platform_name("Linux", "x86_64") == "linux_amd64");
  CHECK(platform_name("Linux", "aarch64") == "linux_arm64");
  CHECK(platform_name("Darwin", "arm64") == "darwin_arm64");
  CHECK(platform_name("Linux", "armv7l") == "linux_arm");
  CHECK(platform_name("Linux", "i686") == "linux_386");
  CHECK(platform_name("FreeBSD", "amd64") == "freebsd_amd64");
  CHECK(platform_name("Linux", "ppc64le") == "linux_ppc64le");
  CHECK(platform_name("Linux", "riscv64") == "linux_riscv64");
  CHECK(host_platform().find('_') != std::string::npos);
  World w;
  w.options.platform = "darwin_arm64";
  const std::string mac =
      w.package("home/Library/Application Support/io.terraform/plugins", "1.0.0", "registry.terraform.io", "darwin_arm64");
  CHECK(w.binary() == mac);
}
