#include "provider/terraform/refresh.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "drift/provider/terraform.hpp"
#include "unit/plugin/fake_server.hpp"
#include "unit/provider/fakes.hpp"
#include "unit/provider/terraform/golden.hpp"

using namespace drift;
using plugin::test::FakeServer;
using plugin::test::Request;
using test::json;

namespace {

constexpr const char* source = "registry.opentofu.org/x/fake";
const std::string secret = "canary-5d1f-never-shown";

std::string varint(int tag, std::uint64_t n) { return {static_cast<char>(tag << 3), static_cast<char>(n)}; }

std::string field(int tag, const std::string& bytes) {
  std::string out(1, static_cast<char>(tag << 3 | 2));
  std::size_t n = bytes.size();
  for (; n > 127; n >>= 7U) out += static_cast<char>((n & 127U) | 128U);
  return out + static_cast<char>(n) + bytes;
}

std::string attribute(const char* name, const char* type, bool sensitive = false) {
  return field(2, field(1, name) + field(2, type) + varint(5, 1) + (sensitive ? varint(7, 1) : ""));
}

std::string value(const std::string& json) { return field(2, json); }  // DynamicValue.json
std::string state_reply(const std::string& json) { return field(1, value(json)); }

// A provider of one type: `t` of version 1, with an identity of version 1. It answers what it is given, and remembers what it was asked.
class FakeTerraform {
 public:
  FakeTerraform() : server_([this](auto& http, const Request& r) { answer(http, r); }) {
    const std::string block = attribute("id", R"("string")") + attribute("any", R"("dynamic")") + attribute("n", R"("number")") +
                              attribute("password", R"("string")", true);
    replies["GetProviderSchema"] = field(1, field(2, "")) + field(2, field(1, "t") + field(2, varint(1, 1) + field(2, block)));
    const std::string identity = field(2, field(1, "region") + field(2, R"("string")"));
    replies["GetResourceIdentitySchemas"] = field(1, field(1, "t") + field(2, varint(1, 1) + identity));
    for (const char* empty : {"ValidateProviderConfig", "ConfigureProvider"}) replies[empty] = "";
  }

  ReadOutcome read(const Resource& r) {
    TerraformOptions options;
    options.environment = {{"HOME", home_.path()},
                           {"TF_REATTACH_PROVIDERS",
                            "{\"" + std::string(source) +
                                R"(":{"Protocol":"grpc","ProtocolVersion":6,"Pid":1,"Test":true,"Addr":{"Network":"unix","String":")" +
                                server_.socket_path() + "\"}}}"}};
    options.providers.push_back(parse_provider_settings("x/fake", Value()).value());
    const std::shared_ptr<Provider> provider = make_terraform_providers(std::move(options));
    REQUIRE(provider->handles(r));
    std::optional<ReadOutcome> out;
    const ReadRequest request{&r};
    OpContext ctx;
    ctx.deadline = Deadline::after(system_clock(), std::chrono::seconds(60));
    REQUIRE(provider
                ->read(
                    std::span(&request, 1), [&](std::size_t, ReadOutcome o) { out = std::move(o); }, ctx)
                .ok());
    REQUIRE(out.has_value());
    return *std::move(out);
  }

  // The requests of one method.
  std::vector<std::string> asked(const std::string& method) {
    const std::lock_guard lock(mutex_);
    return asked_[method];
  }

  std::map<std::string, std::string> replies;
  std::map<std::string, std::string> refusals;  // the text of a status

 private:
  void answer(third::Http2Session& http, const Request& r) {
    const std::string method = r.path().substr(r.path().rfind('/') + 1);
    {
      const std::lock_guard lock(mutex_);
      asked_[method].push_back(r.message());
    }
    if (refusals.count(method) != 0) return FakeServer::refuse(http, r.stream, "2", refusals.at(method));
    if (replies.count(method) == 0) return FakeServer::refuse(http, r.stream, "12", "");
    FakeServer::answer(http, r.stream, replies.at(method));
  }

  test::TempDir home_;
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> asked_;
  FakeServer server_;  // last: its thread uses the others
};

Resource recorded(const std::string& attributes) {
  Resource r;
  r.address = "t.a";
  r.type = "t";
  r.provider = "provider[\"" + std::string(source) + "\"]";
  r.schema_version = 1;
  r.attributes = json(attributes);
  return r;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the provider sees the state as it was recorded, without what its schema has no more") {
  FakeTerraform t;
  t.replies["UpgradeResourceState"] = state_reply(R"({"any":null,"id":"i","n":1.5,"password":null})");
  t.replies["ReadResource"] = t.replies["UpgradeResourceState"];
  // 1.50 and "x" for a number are for the provider to mend.
  REQUIRE(t.read(recorded(R"({"id":"i","n":1.50,"gone":{"a":1}})")).is_found());
  CHECK(holds(t.asked("UpgradeResourceState").at(0), R"({"id":"i","n":1.50})"));
  REQUIRE(t.read(recorded(R"({"id":"i","n":"x","gone":1})")).is_found());
  CHECK(holds(t.asked("UpgradeResourceState").at(1), R"({"id":"i","n":"x"})"));
  // An older state is the provider's, whole.
  Resource old = recorded(R"({"id":"i","gone":1})");
  old.schema_version = 0;
  REQUIRE(t.read(old).is_found());
  CHECK(holds(t.asked("UpgradeResourceState").at(2), R"({"gone":1,"id":"i"})"));
  Resource newer = recorded("{}");
  newer.schema_version = 2;
  CHECK(t.read(newer).error().code() == Errc::read_failed);
  CHECK(t.asked("UpgradeResourceState").size() == 3);
}

TEST_CASE("an identity of an older version is upgraded, one of a newer is an error") {
  FakeTerraform t;
  t.replies["UpgradeResourceState"] = state_reply(R"({"any":null,"id":"i","n":null,"password":null})");
  t.replies["ReadResource"] = t.replies["UpgradeResourceState"] + field(5, field(1, value(R"({"region":"read"})")));
  t.replies["UpgradeResourceIdentity"] = field(1, field(1, value(R"({"region":"upgraded"})")));
  Resource r = recorded(R"({"id":"i"})");
  r.identity = json(R"({"place":"eu"})");
  ReadOutcome out = t.read(r);
  REQUIRE(out.is_found());
  REQUIRE(t.asked("UpgradeResourceIdentity").size() == 1);
  CHECK(holds(t.asked("UpgradeResourceIdentity")[0], R"({"place":"eu"})"));
  CHECK(holds(t.asked("ReadResource").at(0), "upgraded"));
  CHECK(to_json(*out.resource().identity) == R"({"region":"read"})");
  CHECK(out.resource().identity_schema_version == 1);
  r.identity = json(R"({"region":"as recorded","gone":1})");
  r.identity_schema_version = 1;
  REQUIRE(t.read(r).is_found());
  CHECK(t.asked("UpgradeResourceIdentity").size() == 1);
  CHECK(holds(t.asked("ReadResource").at(1), "as recorded"));
  r.identity_schema_version = 2;
  CHECK(t.read(r).error().message().find("newer version") != std::string::npos);
  r.identity_schema_version = 0;
  t.replies["UpgradeResourceIdentity"] = field(2, varint(1, 1) + field(2, "no such place"));
  CHECK(t.read(r).error().message().find("no such place") != std::string::npos);
  t.replies.erase("UpgradeResourceIdentity");
  CHECK(t.read(r).is_failed());
  CHECK(t.asked("ReadResource").size() == 2);
}

TEST_CASE("what the state calls secret below a dynamic value is secret in what was known and what was read") {
  FakeTerraform t;
  const std::string type = R"(["object",{"p":"string","q":"string"}])";
  const auto any = [&](const std::string& p, const std::string& q) {
    return R"({"any":{"type":)" + type + R"(,"value":{"p":")" + p + R"(","q":")" + q + R"("}},"id":"i","n":null,"password":"w"})";
  };
  t.replies["UpgradeResourceState"] = state_reply(any("old", "1"));
  t.replies["ReadResource"] = state_reply(any("new", "2"));
  Resource r = recorded(any("old", "1"));
  r.attributes.edit_object().find("any")->edit_object().find("value")->edit_object().find("p")->mark(Secret::plain);
  const ReadOutcome out = t.read(r);
  REQUIRE(out.is_found());
  for (const Value* v : {&out.resource().attributes, &*out.known()}) {
    CHECK(v->find("any")->find("p")->secret() == Secret::plain);
    CHECK_FALSE(v->find("any")->find("q")->is_secret());
    CHECK(v->find("password")->secret() == Secret::plain);  // by the schema alone
  }
  // The whole of it, marked where the wrapper is.
  r = recorded(any("old", "1"));
  r.attributes.edit_object().find("any")->mark(Secret::plain);
  CHECK(t.read(r).resource().attributes.find("any")->is_secret());
}

TEST_CASE("a secret that is only known sealed is told to nobody, and stays what was recorded") {
  FakeTerraform t;
  t.replies["UpgradeResourceState"] = state_reply(R"({"any":null,"id":"i","n":null,"password":null})");
  t.replies["ReadResource"] = state_reply(R"({"any":null,"id":"i","n":null,"password":"w"})");
  Resource r = recorded(R"({"id":"i","password":"hmac"})");
  r.attributes.edit_object().find("password")->mark(Secret::digest);
  const ReadOutcome out = t.read(r);
  REQUIRE(out.is_found());
  CHECK(holds(t.asked("UpgradeResourceState").at(0), R"("password":null)"));
  CHECK(*out.known()->find("password") == Value("hmac").mark(Secret::digest));
  CHECK(*out.resource().attributes.find("password") == Value("w").mark(Secret::plain));
}

TEST_CASE("that a resource is gone is told as the provider's word") {
  FakeTerraform t;
  t.replies["UpgradeResourceState"] = state_reply(R"({"any":null,"id":"i","n":null,"password":null})");
  t.replies["ReadResource"] = "";
  const ReadOutcome out = t.read(recorded(R"({"id":"i"})"));
  CHECK(out.is_absent());
  CHECK(holds(out.told(), "provider x/fake"));
}

TEST_CASE("a status is told without the secrets of the resource, those that only the provider knows of included") {
  FakeTerraform t;
  t.refusals["UpgradeResourceState"] = "cannot take " + secret + " here";
  Resource r = recorded(R"({"id":"i","password":")" + secret + "\"}");
  CHECK(holds(t.read(r).error().message(), "cannot take *** here"));
  t.refusals.clear();
  t.replies["UpgradeResourceState"] = state_reply(R"({"any":null,"id":"i","n":null,"password":")" + secret + "\"}");
  t.refusals["ReadResource"] = "cannot take \\\"" + secret + "\\\" here";
  CHECK(holds(t.read(recorded(R"({"id":"i"})")).error().message(), "***"));
  CHECK_FALSE(holds(t.read(recorded(R"({"id":"i"})")).error().to_string(), secret));
}
