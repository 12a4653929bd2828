#include "drift/state/pulumi_stack.hpp"

#include <doctest/doctest.h>

#include "drift/state/pulumi_secrets.hpp"
#include "state/base64.hpp"
#include "unit/state/reading.hpp"
#include "unit/state/stacks.hpp"

using namespace drift;

namespace {

const std::string document = stacks::checkpoint("{\"x\":1}", "null");
const std::string exported =
    R"({"version":3,"deployment":{"manifest":{"version":"v3"},"resources":[{"urn":"urn:pulumi:dev::shop::a:b:C::one","custom":true,"type":"a:b:C","id":"1"}]}})";

Result<Document> read(PulumiStackOptions options) {
  Result<std::shared_ptr<StateSource>> stack = make_pulumi_stack(std::move(options));
  if (!stack) return std::move(stack).error();
  return DocumentSource(*stack).read();
}

// What the report calls the document, or the error.
std::string where(PulumiStackOptions options) {
  const auto doc = read(std::move(options));
  if (!doc) return std::string(doc.error().name());
  CHECK(doc->recorded->size() == 1);
  return doc->recorded->provenance().source;
}

struct Folder {
  stacks::TempDir dir;
  Folder() {
    dir.file("state/.pulumi/meta.yaml", "version: 1\n");
    dir.file("state/.pulumi/stacks/shop/dev.json", document);
    dir.file("state/.pulumi/stacks/organization/dev.json", document);
  }
  std::string url() const { return "file://" + dir.inside("state"); }
  std::string file(const std::string& stack = "shop/dev") const { return dir.inside("state/.pulumi/stacks/" + stack + ".json"); }
  PulumiStackOptions options(std::string stack) const {
    PulumiStackOptions o;
    o.stack = std::move(stack);
    o.working_folder = dir.path.string();
    return o;
  }
};

}  // namespace

TEST_CASE("pulumi stack: in a back end of files, named in each way") {
  const Folder f;
  for (const char* stack : {"shop/dev", "organization/shop/dev"}) {
    PulumiStackOptions o = f.options(stack);
    o.backend = f.url();
    CHECK(where(o) == f.file());
  }
  PulumiStackOptions other = f.options("acme/shop/dev");
  other.backend = f.url();
  CHECK(where(other) == "E_INVALID_ARGUMENT");
  PulumiStackOptions alone = f.options("dev");
  alone.backend = f.url();
  CHECK(where(alone) == "E_CONFIG_INVALID");
  alone.stack = "organization/dev";
  CHECK(where(alone) == f.file("organization/dev"));
  f.dir.file("work/Pulumi.yaml", "name: shop\nruntime: go\n");
  alone.folder = f.dir.inside("work/deeper");
  std::filesystem::create_directories(alone.folder);
  CHECK(where(alone) == f.file());
  alone.stack = "dev";
  CHECK(where(alone) == f.file());
}

TEST_CASE("pulumi stack: who says where the back end is: options, environment, project, login, token") {
  const Folder f;
  f.dir.file("work/Pulumi.yaml", "name: shop\nbackend:\n  url: file://../state\n");
  f.dir.file("home/credentials.json", "{\"current\":\"" + f.url() + "\"}");
  PulumiStackOptions o = f.options("shop/dev");
  CHECK(where(o) == "E_CONFIG_INVALID");
  o.environment = {{"PULUMI_HOME", f.dir.inside("home")}};
  CHECK(where(o) == f.file());
  o.environment = {};
  o.folder = f.dir.inside("work");
  CHECK(where(o) == f.file());  // relative to the project
  o.environment["PULUMI_BACKEND_URL"] = "file://nowhere";
  CHECK(where(o) == "E_NOT_FOUND");
  o.environment["PULUMI_BACKEND_URL"] = "file://state";  // relative to where one is
  CHECK(where(o) == f.file());
  o.backend = "s3://bucket";
  CHECK(where(o) == "E_UNSUPPORTED_FEATURE");
  CHECK(read(o).error().next_step().find("pulumi stack export") != std::string::npos);

  PulumiStackOptions token = f.options("acme/shop/dev");
  token.environment["PULUMI_ACCESS_TOKEN"] = "t";
  token.transport = std::make_shared<stacks::Answers>(std::vector<stacks::Answers::Answer>{stacks::answer(200, exported)});
  CHECK(where(token) == "https://api.pulumi.com acme/shop/dev");
}

TEST_CASE("pulumi stack: a file URL at home, with escapes, with a question mark") {
  const stacks::TempDir dir;
  dir.file(".pulumi/stacks/shop/dev.json", document);
  dir.file("with space/.pulumi/stacks/shop/dev.json", document);
  PulumiStackOptions o;
  o.stack = "shop/dev";
  o.environment = {{"HOME", dir.path.string()}};
  for (const char* url : {"file://~", "file://~/", "file://~/with space/..", "file://~?no_tmp_dir=true"}) {
    CAPTURE(url);
    o.backend = url;
    CHECK(where(o) == dir.inside(".pulumi/stacks/shop/dev.json"));
  }
  o.backend = "file://" + dir.path.string() + "/with%20space";
  CHECK(where(o) == dir.inside("with space/.pulumi/stacks/shop/dev.json"));
  o.backend = "file://~";
  o.environment = {};
  CHECK(where(o) == "E_CONFIG_INVALID");
}

TEST_CASE("pulumi stack: the old layout has no projects") {
  const stacks::TempDir dir;
  dir.file(".pulumi/stacks/dev.json", document);
  PulumiStackOptions o;
  o.backend = "file://" + dir.path.string();
  o.stack = "dev";
  CHECK(where(o) == dir.inside(".pulumi/stacks/dev.json"));
  o.stack = "shop/dev";
  CHECK(where(o) == "E_INVALID_ARGUMENT");
  CHECK(read(o).error().next_step().find("`dev`") != std::string::npos);
}

TEST_CASE("pulumi stack: what was noted of the files is noted of the document; each read fetches anew") {
  const Folder f;
  f.dir.file("state/.pulumi/locks/organization/shop/dev/1.json", "{}");
  PulumiStackOptions o = f.options("shop/dev");
  o.backend = f.url();
  const auto stack = make_pulumi_stack(o);
  REQUIRE(stack.ok());
  const DocumentSource source(*stack);
  CHECK(source.name() == "stack shop/dev");
  CHECK_FALSE(source.is_file());
  CHECK_FALSE(source.may_borrow());
  const auto first = source.read();
  REQUIRE(first.ok());
  CHECK(reading::note(*first->recorded, "stack_locked") != nullptr);
  std::filesystem::remove_all(f.dir.path / "state/.pulumi/locks");
  f.dir.file("state/.pulumi/stacks/shop/dev.json", exported);
  const auto second = source.read();
  REQUIRE(second.ok());
  CHECK(reading::note(*second->recorded, "stack_locked") == nullptr);
  CHECK(second->format == "pulumi-export");
}

TEST_CASE("pulumi stack: in the cloud, with the organisation that is meant") {
  const Folder f;
  const std::string url = "https://api.acme.example";
  PulumiStackOptions o = f.options("dev");
  o.backend = url + "/";
  o.environment = {{"PULUMI_HOME", f.dir.inside("home")}};
  f.dir.file("home/credentials.json", R"({"current":"x","accessTokens":{"https://api.acme.example":"token-canary"}})");
  const auto asked = [&](std::vector<stacks::Answers::Answer> answers) {
    const auto transport = std::make_shared<stacks::Answers>(std::move(answers));
    o.transport = transport;
    const auto doc = read(o);
    if (!doc) return std::string(doc.error().name());
    for (const HttpRequest& r : transport->requests) CHECK(stacks::header(r, "Authorization") == "token token-canary");
    return transport->requests.back().url;
  };
  CHECK(asked({}) == "E_CONFIG_INVALID");
  o.stack = "shop/dev";
  CHECK(asked({stacks::answer(200, R"({"githubLogin":"ann"})"), stacks::answer(200, exported)}) == url + "/api/stacks/ann/shop/dev/export");
  o.stack = "team/shop/dev";
  CHECK(asked({stacks::answer(200, exported)}) == url + "/api/stacks/team/shop/dev/export");
  f.dir.file("Pulumi.yaml", "name: shop\n");
  f.dir.file("home/credentials.json", R"({"accounts":{"https://api.acme.example":{"accessToken":"token-canary","username":"bob"}}})");
  for (const char* stack : {"dev", "shop/dev"}) {
    o.stack = stack;
    CHECK(asked({stacks::answer(200, exported)}) == url + "/api/stacks/bob/shop/dev/export");
  }
  o.stack = "team/dev";  // as pulumi has it, beside a project
  CHECK(asked({stacks::answer(200, exported)}) == url + "/api/stacks/team/shop/dev/export");
  f.dir.file("home/config.json", R"({"backends":{"https://api.acme.example":{"defaultOrg":"corp"}}})");
  o.stack = "dev";
  CHECK(asked({stacks::answer(200, exported)}) == url + "/api/stacks/corp/shop/dev/export");
  CHECK(asked({stacks::answer(404)}) == "E_NOT_FOUND");
  f.dir.file("home/credentials.json", "{}");
  CHECK(asked({}) == "E_PERMISSION");
  CHECK(read(o).error().next_step().find("pulumi login") != std::string::npos);
  CHECK(read(o).error().contexts().back() == "while fetching the stack dev");
}

TEST_CASE("pulumi stack: the token of the environment does not go to a service that only Pulumi.yaml names") {
  const Folder f;
  const std::string url = "https://api.acme.example";
  f.dir.file("work/Pulumi.yaml", "name: shop\nbackend:\n  url: " + url + "/\n");
  PulumiStackOptions o = f.options("acme/shop/dev");
  o.folder = f.dir.inside("work");
  o.environment = {{"PULUMI_HOME", f.dir.inside("home")}, {"PULUMI_ACCESS_TOKEN", "token-canary"}};
  const auto sent = [&] {
    const auto transport = std::make_shared<stacks::Answers>(std::vector<stacks::Answers::Answer>{stacks::answer(200, exported)});
    o.transport = transport;
    const auto doc = read(o);
    std::string out = doc ? "read:" : std::string(doc.error().name()) + ":";
    for (const HttpRequest& r : transport->requests) out += r.url + " " + stacks::header(r, "Authorization");
    return out;
  };
  const std::string with_token = "read:" + url + "/api/stacks/acme/shop/dev/export token token-canary";
  CHECK(sent() == "E_PERMISSION:");
  const Error e = read(o).error();
  CHECK(e.subject() == url);
  CHECK(e.message().find("PULUMI_ACCESS_TOKEN was not sent") == 0);
  CHECK(e.message().find(f.dir.inside("work/Pulumi.yaml")) != std::string::npos);
  CHECK(e.next_step().find("`export PULUMI_BACKEND_URL=" + url + "`, or `pulumi login " + url + "`") != std::string::npos);
  CHECK(e.to_string().find("canary") == std::string::npos);
  for (const char* known : {R"({"current":"https://api.acme.example"})", R"({"accounts":{"https://api.acme.example/":{"username":"ann"}}})",
                            R"({"current":"file://~","accessTokens":{"https://api.acme.example":""}})"}) {
    CAPTURE(known);
    f.dir.file("home/credentials.json", known);
    CHECK(sent() == with_token);
  }
  f.dir.file("home/credentials.json", R"({"current":"https://other.example","accessTokens":{"https://other.example":"token-canary"}})");
  CHECK(sent() == "E_PERMISSION:");
  o.environment.erase("PULUMI_ACCESS_TOKEN");
  CHECK(sent() == "E_PERMISSION:");
  CHECK(read(o).error().message().find("nobody is logged in") == 0);
  o.environment["PULUMI_ACCESS_TOKEN"] = "token-canary";
  o.environment["PULUMI_BACKEND_URL"] = url;
  CHECK(sent() == with_token);
  o.environment.erase("PULUMI_BACKEND_URL");
  f.dir.file("work/Pulumi.yaml", "name: shop\nbackend: {url: 'https://app.pulumi.com'}\n");
  CHECK(sent() == "read:https://api.pulumi.com/api/stacks/acme/shop/dev/export token token-canary");
}

namespace {

// A stack of a service that Pulumi.yaml names, which also decrypts what is in it.
struct ServiceStack {
  const Folder f;
  const std::string url = "https://api.acme.example";
  PulumiStackOptions o = f.options("acme/shop/dev");
  std::shared_ptr<stacks::Answers> reading, decrypting;

  explicit ServiceStack(const std::string& token) {
    f.dir.file("work/Pulumi.yaml", "name: shop\nbackend:\n  url: " + url + "\n");
    o.folder = f.dir.inside("work");
    o.environment = {{"PULUMI_HOME", f.dir.inside("home")}, {"PULUMI_ACCESS_TOKEN", token}};
  }
  Result<Document> read(const std::string& credentials) {
    const std::string state = R"({"type":"service","state":{"url":")" + url + R"(","owner":"acme","project":"shop","stack":"dev"}})";
    const std::string plaintexts = R"({"plaintexts":{"QQ==":")" + state_internal::base64_encode("\"s3cr3t-canary\"") + "\"}}";
    const std::string checkpoint = stacks::checkpoint("{\"p\":" + stacks::secret("QQ==") + "}", state);
    f.dir.file("home/credentials.json", credentials);
    using Answers = std::vector<stacks::Answers::Answer>;
    reading = std::make_shared<stacks::Answers>(Answers{stacks::answer(200, checkpoint)});
    decrypting = std::make_shared<stacks::Answers>(Answers{stacks::answer(200, plaintexts)});
    o.transport = reading;
    const PulumiSecretsOptions secrets{.environment = o.environment, .transport = decrypting};
    ReadOptions options;
    options.secrets = &secrets;
    return DocumentSource(*make_pulumi_stack(o)).read(options);
  }
};

}  // namespace

TEST_CASE("pulumi stack: a service that only Pulumi.yaml names gets the token that was stored for it, also to decrypt") {
  ServiceStack s("of-environment");
  const auto tokens = [&](const std::string& current) {
    REQUIRE(s.read("{\"current\":\"" + current + "\",\"accessTokens\":{\"" + s.url + "\":\"stored\"}}").ok());
    REQUIRE(s.reading->requests.size() == 1);
    REQUIRE(s.decrypting->requests.size() == 1);
    return stacks::header(s.reading->requests[0], "Authorization") + ", " + stacks::header(s.decrypting->requests[0], "Authorization");
  };
  for (const char* elsewhere : {"https://other.example", "file://~", ""}) CHECK(tokens(elsewhere) == "token stored, token stored");
  CHECK(tokens(s.url + "/") == "token of-environment, token of-environment");  // the login names it, too
  s.o.environment["PULUMI_BACKEND_URL"] = s.url;
  CHECK(tokens("file://~") == "token of-environment, token of-environment");
}

TEST_CASE("pulumi stack: no token goes over http but to this machine, whoever names the service") {
  const Folder f;
  PulumiStackOptions o = f.options("acme/shop/dev");
  o.environment = {{"PULUMI_HOME", f.dir.inside("home")}, {"PULUMI_ACCESS_TOKEN", "token-canary"}};
  const auto asked = [&](const std::string& url) {
    const auto transport = std::make_shared<stacks::Answers>(std::vector<stacks::Answers::Answer>{stacks::answer(200, exported)});
    o.transport = transport;
    f.dir.file("home/credentials.json", "{\"current\":\"" + url + "\",\"accessTokens\":{\"" + url + "\":\"token-canary\"}}");
    const auto doc = read(o);
    CHECK(transport->requests.size() == (doc.ok() ? 1 : 0));
    if (doc) return std::string("read");
    CHECK(doc.error().to_string().find("canary") == std::string::npos);
    return std::string(doc.error().name());
  };
  for (const std::string host : {"api.acme.example", "127.0.0.1.acme.example", "10.0.0.1", "ann:canary@127.0.0.1"}) {
    CAPTURE(host);
    CHECK(asked("http://" + host) == "E_CONFIG_INVALID");  // the login
    o.backend = "http://" + host;
    CHECK(asked("file://~") == "E_CONFIG_INVALID");  // the host
    o.backend.clear();
    o.environment["PULUMI_BACKEND_URL"] = "http://" + host;
    CHECK(asked("file://~") == "E_CONFIG_INVALID");
    o.environment.erase("PULUMI_BACKEND_URL");
  }
  CHECK(asked("https://ann:canary@api.acme.example") == "E_CONFIG_INVALID");
  CHECK(asked("postgres://ann:canary@db.example/x") == "E_UNSUPPORTED_FEATURE");
  CHECK(asked("ann:canary@db.example") == "E_UNSUPPORTED_FEATURE");
  for (const char* url : {"http://127.0.0.1:1", "http://localhost", "http://[::1]:1"}) CHECK(asked(url) == "read");
}

TEST_CASE("pulumi stack: the service that gave the stack decrypts its secrets for the same token") {
  ServiceStack s("token-canary");
  const Result<Document> doc = s.read(R"({"current":"file://~","accounts":{"https://api.acme.example":{"username":"ann"}}})");
  REQUIRE(doc.ok());
  CHECK(reading::note(*doc->recorded, "secrets_locked") == nullptr);
  REQUIRE(s.decrypting->requests.size() == 1);
  CHECK(s.decrypting->requests[0].url == s.url + "/api/stacks/acme/shop/dev/batch-decrypt");
  CHECK(stacks::header(s.decrypting->requests[0], "Authorization") == "token token-canary");
}

TEST_CASE("pulumi stack: what is no name is refused before anything is looked at") {
  for (const char* bad : {"", "/", "a/", "/a", "a//b", "a/b/c/d", "../x", "a/..", "a b", "."}) {
    CAPTURE(bad);
    PulumiStackOptions o;
    o.stack = bad;
    CHECK(make_pulumi_stack(o).error().code() == Errc::invalid_argument);
  }
}

TEST_CASE("pulumi stack: the project is in the nearest folder that has a file of it") {
  const stacks::TempDir dir;
  dir.file("a/Pulumi.yaml", "name: outer\nbackend: {url: 'file://~'}\n");
  dir.file("a/b/Pulumi.json", R"({"name":"inner","runtime":"nodejs"})");
  dir.file("a/b/c/other.yaml", "");
  auto p = find_pulumi_project(dir.inside("a/b/c"));
  REQUIRE((p.ok() && p->has_value()));
  CHECK((*p)->name == "inner");
  CHECK((*p)->folder == dir.inside("a/b"));
  CHECK((*p)->file == dir.inside("a/b/Pulumi.json"));
  CHECK((*p)->backend.empty());
  p = find_pulumi_project(dir.inside("a"));
  CHECK((*p)->backend == "file://~");
  CHECK_FALSE(find_pulumi_project(dir.path.string())->has_value());
  CHECK((*p)->main.empty());
  CHECK((*p)->providers.empty());
  dir.file("d/Pulumi.yaml",
           "name: d\nmain: infra/\nruntime: {name: python, options: {virtualenv: venv, deep: {er: x}}}\nplugins:\n  languages: [{name: go, "
           "path: x}]\n  providers:\n  - name: acme\n    path: ../acme\n"
           "    version: 1.2.3\n  - {name: b, path: /b, more: {path: y}}\n  - c\n");
  p = find_pulumi_project(dir.inside("d"));
  REQUIRE((p.ok() && p->has_value()));
  CHECK((*p)->main == "infra/");
  CHECK((*p)->runtime_options == std::vector<std::pair<std::string, std::string>>{{"virtualenv", "venv"}});
  std::vector<std::string> plugins;
  for (const PulumiProjectPlugin& own : (*p)->providers) plugins.push_back(own.name + " " + own.path + " " + own.version);
  CHECK(plugins == std::vector<std::string>{"acme ../acme 1.2.3", "b /b "});
  for (const char* bad : {"runtime: go\n", "name: ..\n", "name: ../../../\n", "name: a/b\n", "name: a b\n"}) {
    dir.file("bad/Pulumi.yaml", bad);
    CHECK(find_pulumi_project(dir.inside("bad")).error().code() == Errc::bad_structure);
  }
}
