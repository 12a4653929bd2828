// What no document has: told by id or by identity, listed or looked at.
#include "engine/unmanaged.hpp"

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

// Finds by id what it was told of.
class Finder : public FakeProvider {
 public:
  std::map<std::string, std::vector<Resource>> there;
  Status import_status;
  std::vector<std::string> looked_at;
  Status import_resource(const ImportRequest& request, const ListSink& sink, const OpContext&) override {
    looked_at.push_back(request.id);
    DRIFT_TRY(import_status);
    for (const Resource& r : there[request.id]) sink(r);
    return {};
  }
};

Resource identified(std::string address, std::string_view identity) {
  Resource r = resource(std::move(address), "{}");
  r.id.clear();
  r.identity = json(identity);
  return r;
}

std::string noted(const Result<Report>& report, std::string_view code) {
  REQUIRE(report.ok());
  for (const Note& n : report->notes)
    if (n.code == code) return n.address;
  return {};
}

}  // namespace

TEST_CASE("unmanaged: what has no id is told by its identity, as a document or a read has it") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->lists = true;
  const Resource in_state = identified("in_state", R"({"name":"a","region":null})");
  Resource without = resource("without", "{}");
  without.id.clear();
  provider->has(in_state);
  provider->has(identified("without", R"({"name":"b"})"));
  provider->listed = {identified("thing (a)", R"({"name":"a"})"), identified("thing (b)", R"({"name":"b","region":null})"),
                      identified("thing (c)", R"({"name":"a","region":"eu"})")};
  ScanRequest request = request_for(provider, {in_state, without});
  request.find_unmanaged = true;
  CHECK(outline(scan(request)) == "thing (c) unmanaged\n+3");
}

TEST_CASE("unmanaged: an object that somebody looks at is unmanaged, managed, or not there") {
  const auto provider = std::make_shared<Finder>();
  provider->has(resource("a", "{}"));
  Resource managed = resource("thing (1)", "{}");
  managed.id = "id-of-a";
  provider->there["1"] = {managed};
  provider->there["2"] = {resource("thing (2)", R"({"password":"x"})"), resource("thing (2b)", "{}")};
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  request.imports = {{.type = "thing", .id = "1"}, {.type = "thing", .id = "2"}, {.type = "thing", .id = "3"}};
  const Result<Report> report = scan(request);
  CHECK(outline(report) == "thing (2) unmanaged\nthing (2b) unmanaged\n+3");
  CHECK(noted(report, "import_managed") == "thing (1)");
  CHECK(noted(report, "import_absent") == "thing (3)");
  CHECK(provider->looked_at == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("unmanaged: one id in two configurations of a provider is two objects") {
  const auto of = [](Resource r, std::string provider) {
    r.id = "same";
    r.provider = std::move(provider);
    return r;
  };
  const std::string aws = R"(provider["registry.opentofu.org/hashicorp/aws"])";
  const auto provider = std::make_shared<Finder>();
  provider->lists = true;
  const Resource managed = of(resource("managed", "{}"), "module.m." + aws + ".west");
  provider->has(managed);
  const auto found = [&](std::string configuration) { return of(resource("thing (same)", "{}"), std::move(configuration)); };
  ScanRequest request = request_for(provider, {managed});
  request.find_unmanaged = true;
  SUBCASE("however the managed one's provider is written") {
    for (const char* west : {R"(provider["registry.terraform.io/hashicorp/aws"].west)", "provider.aws.west", ""}) {
      provider->listed = {found(west)};
      CHECK_MESSAGE(outline(scan(request)) == "+1", west);
    }
  }
  SUBCASE("another configuration's is managed by nobody") {
    provider->listed = {found(aws), found(aws + ".west")};
    CHECK(outline(scan(request)) == "thing (same) unmanaged\n+2");
  }
  SUBCASE("each of several has an address of its own, in whatever order they come") {
    const std::string all = "thing (same) unmanaged\nthing (same) of aws.east unmanaged\n+3";
    provider->listed = {found(aws + ".east"), found(aws)};
    CHECK(outline(scan(request)) == all);
    provider->there["same"] = {found(aws + ".east")};
    request.imports = {{.type = "thing", .id = "same"}};
    CHECK(outline(scan(request)) == all);
  }
  SUBCASE("an identity, too") {
    provider->listed = {found(aws), found(aws + ".west")};
    Resource without_id = managed;
    without_id.identity = json(R"({"name":"a"})");
    without_id.id.clear();
    for (Resource& r : provider->listed) r.id.clear(), r.identity = without_id.identity;
    provider->has(without_id);
    request.state = document({without_id});
    CHECK(outline(scan(request)) == "thing (same) unmanaged\n+2");
  }
  SUBCASE("an address in a document is that configuration's") {
    Resource accepted = found(aws + ".west");
    provider->has(accepted);
    request.state = document({accepted});
    provider->listed = {found(aws), found(aws + ".west")};
    CHECK(outline(scan(request)) == "thing (same) of aws unmanaged\n+2");
  }
}

namespace {

// A stack with one resource `same` of the provider `west`, and other providers that have a resource each.
class Stack {
 public:
  static std::string provider(const std::string& name, const std::string& id = "p") {
    return "urn:pulumi:dev::proj::pulumi:providers:acme::" + name + "::" + id;
  }
  void add_provider(const std::string& name, const std::string& inputs, const std::string& id = "p", bool deleted = false) {
    const std::string urn = "urn:pulumi:dev::proj::pulumi:providers:acme::" + name;
    add(R"({"urn":")" + urn + R"(","custom":true,"type":"pulumi:providers:acme","id":")" + id + R"(","inputs":)" + inputs +
        (deleted ? ",\"delete\":true}" : "}"));
    const std::string user = "urn:pulumi:dev::proj::acme:index:Thing::of-" + name + id;
    add(R"({"urn":")" + user + R"(","custom":true,"type":"acme:index:Thing","id":"id-)" + name + id + R"(","provider":")" +
        provider(name, id) + R"(","inputs":{},"outputs":{}})");
    ++size;
  }
  [[nodiscard]] ByteSource document() const {
    return ByteSource::bytes(R"({"version":3,"deployment":{"resources":[)" + resources_ + "]}}", "stack");
  }
  std::size_t size = 0;

 private:
  void add(const std::string& r) { resources_ += (resources_.empty() ? "" : ",") + r; }
  std::string resources_;
};

std::string of_stack(const Stack& stack, std::vector<Resource> listed) {
  const auto provider = std::make_shared<FakeProvider>();
  provider->lists = true;
  provider->type = "acme:index:Thing";
  provider->listed = std::move(listed);
  ScanRequest request = request_for(provider, {});
  request.state = stack.document();
  request.find_unmanaged = true;
  const Result<Report> report = scan(request);
  if (!report) return report.error().to_string();
  std::string out;
  for (const Finding& f : report->findings)
    if (f.verdict == Verdict::unmanaged) out += f.address + '\n';
  return out;
}

Resource listed_by(const std::string& reference, const std::string& id) {
  Resource r = resource("Thing (" + id + ")", "{}", "acme:index:Thing");
  r.id = id;
  r.provider = reference;
  return r;
}

}  // namespace

TEST_CASE("unmanaged: one id in two providers of a stack is two objects") {
  Stack stack;
  stack.add_provider("east", R"({"region":"east"})");
  stack.add_provider("west", R"({"region":"west"})");
  const auto east = [](const std::string& id) { return listed_by(Stack::provider("east"), id); };
  const auto west = [](const std::string& id) { return listed_by(Stack::provider("west"), id); };
  CHECK(of_stack(stack, {east("id-eastp"), west("id-westp")}).empty());
  CHECK(of_stack(stack, {east("id-westp"), west("id-westp")}) == "Thing (id-westp)\n");
  CHECK(of_stack(stack, {west("x"), east("x")}) == "Thing (x)\nThing (x) of west\n");
  SUBCASE("and so it is in the one that is to be replaced") {
    stack.add_provider("west", R"({"region":"north"})", "old", true);
    const Resource old = listed_by(Stack::provider("west", "old"), "x");
    CHECK(of_stack(stack, {old, west("x"), east("x")}) == "Thing (x)\nThing (x) of " + Stack::provider("west") + "\nThing (x) of west\n");
  }
}

TEST_CASE("unmanaged: what two providers of a stack list that differ in their version alone is one object") {
  Stack stack;
  const std::string key = R"("key":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","plaintext":"\"s\""})";
  stack.add_provider("default_1", R"({"region":"east",)" + key + R"(,"version":"1.0.0","__internal":{}})");
  stack.add_provider("default_2", R"({"region":"east",)" + key + R"(,"version":"2.0.0","__internal":{"pluginDownloadURL":"u"}})");
  stack.add_provider("middle", R"({"region":"west","version":"1.0.0","__internal":{}})");
  stack.add_provider("other_account", R"({"region":"east",)" + key + R"(,"__internal":{"envVarMappings":{"A":"B"}}})");
  std::vector<Resource> listed;
  for (const char* name : {"default_1", "default_2"})
    for (const char* id : {"id-default_1p", "id-default_2p", "new"}) listed.push_back(listed_by(Stack::provider(name), id));
  CHECK(of_stack(stack, listed) == "Thing (new)\n");
  for (const char* name : {"middle", "other_account"}) listed.push_back(listed_by(Stack::provider(name), "new"));
  CHECK(of_stack(stack, listed) == "Thing (new)\nThing (new) of middle\nThing (new) of other_account\n");
}

TEST_CASE("unmanaged: what was listed and looked at is one finding") {
  const auto provider = std::make_shared<Finder>();
  provider->lists = true;
  provider->listed = {resource("thing (2)", "{}")};
  provider->there["2"] = {resource("thing (2)", "{}")};
  provider->has(resource("a", "{}"));
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  request.find_unmanaged = true;
  request.imports = {{.type = "thing", .id = "2"}};
  CHECK(outline(scan(request)) == "thing (2) unmanaged\n+2");
}

TEST_CASE("unmanaged: the provider that has the type is asked, and its error is the object's") {
  const auto first = std::make_shared<FakeProvider>();  // cannot
  const auto second = std::make_shared<Finder>(), third = std::make_shared<Finder>();
  first->has(resource("a", "{}"));
  second->import_status = Error(Errc::read_auth, "no entry");
  ScanRequest request = request_for(first, {resource("a", "{}")});
  request.providers.add(second);
  request.providers.add(third);
  request.imports = {{.type = "thing", .id = "1"}};
  const Result<Report> failed = scan(request);
  CHECK(outline(failed) == "thing (1) !E_READ_AUTH\n+1");
  CHECK(!failed->complete);
  CHECK(third->looked_at.empty());
  ScanRequest nobody = request_for(first, {resource("a", "{}")});
  nobody.imports = request.imports;
  CHECK(outline(scan(nobody)) == "thing (1) !E_READ_UNSUPPORTED\n+1");
}

TEST_CASE("unmanaged: what is looked at cannot be recorded") {
  const TempDir dir;
  const auto provider = std::make_shared<Finder>();
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  ReadRecorder recorder(dir.path("reads"));
  request.recorder = &recorder;
  request.imports = {{.type = "thing", .id = "1"}};
  const Result<Report> report = scan(request);
  REQUIRE(!report.ok());
  CHECK(report.error().code() == Errc::invalid_argument);
  CHECK(provider->asked.empty());
}

TEST_CASE("unmanaged: a project file says what to look for") {
  const Result<Project> p = parse_project(
      "find_unmanaged: true\n"
      "import:\n"
      "  - {type: aws_instance, id: i-1}\n"
      "  - {type: aws_bucket, identity: {name: logs}, provider: aws.west}\n",
      "drift.yaml");
  REQUIRE(p.ok());
  CHECK(p->find_unmanaged);
  REQUIRE(p->imports.size() == 2);
  CHECK(p->imports[0].id == "i-1");
  CHECK(!p->imports[0].identity);
  CHECK(p->imports[1].identity == json(R"({"name":"logs"})"));
  CHECK(p->imports[1].provider == "aws.west");
  for (const char* wrong : {"import: x", "import: [{type: a}]", "import: [{id: a}]", "import: [{type: a, id: b, identity: {c: d}}]",
                            "import: [{type: a, identity: b}]", "find_unmanaged: 1"})
    CHECK_MESSAGE(!parse_project(wrong, "drift.yaml").ok(), wrong);
}
