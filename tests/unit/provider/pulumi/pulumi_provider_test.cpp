// The whole provider, against a plugin of the test that is attached to.
#include <doctest/doctest.h>

#include "unit/provider/pulumi/world.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)

namespace {

std::vector<std::string> lines(const EngineAnswer& a) {
  std::vector<std::string> out;
  for (const auto& p : a.properties) {
    const char* kind = p.kind == EngineAnswer::Kind::added ? "+" : p.kind == EngineAnswer::Kind::removed ? "-" : "~";
    out.push_back(kind + p.path.text() + (p.of_inputs ? " (input)" : "") + (p.replaces ? " (replaces)" : ""));
  }
  return out;
}

}  // namespace

TEST_CASE("pulumi provider: the plugin is configured with all that the state has, once") {
  World w;
  w.provider_inputs = R"({"region":"eu","count":2,"deep":{"a":[1]},"key":{)" + secret_mark +
                      R"(,"plaintext":"\"s3cret\""},"version":"1.2.3","__internal":{}})";
  (void)w.found();
  (void)w.found();
  REQUIRE(w.peer.asked("Configure").size() == 1);
  const Fields f = w.peer.last("Configure");
  std::map<std::string, std::string> variables;
  for (const std::string& entry : f.texts.at(1)) variables[Fields(entry).text(1)] = Fields(entry).text(2);
  CHECK(variables ==
        std::map<std::string, std::string>{
            {"acme:config:region", "eu"}, {"acme:config:count", "2"}, {"acme:config:deep", R"({"a":[1]})"}, {"acme:config:key", "s3cret"}});
  const Value args = decoded(f.text(2));
  CHECK(*args.find("version") == Value("1.2.3"));
  CHECK(args.find("__internal") == nullptr);
  CHECK(*args.find("key")->find("value") == Value("s3cret"));
  CHECK(tag_of(*args.find("key")) == Tag::secret);
  CHECK(f.text(7) == "p-1");
  CHECK(f.text(8) == provider_urn);
  CHECK(f.text(9) == "default");
  CHECK(f.text(10) == "pulumi:providers:acme");
}

TEST_CASE("pulumi provider: settings lie over the state's configuration") {
  World w;
  w.options.settings = parse_pulumi_settings(json(R"({"plugins":{"acme":{"config":{"region":"us","token":"${env:TOKEN}"}}}})")).value();
  w.options.environment["TOKEN"] = "t0ken";
  (void)w.found();
  const Value args = decoded(w.peer.last("Configure").text(2));
  CHECK(*args.find("region") == Value("us"));
  CHECK(*args.find("token")->find("value") == Value("t0ken"));
}

TEST_CASE("pulumi provider: Read is given what was recorded, Diff the same with the roles inverted") {
  World w;
  w.more = R"("inputs":{"size":1},"outputs":{"size":1,"etag":"x"},"ignoreChanges":["a.b","c[*]"],"customTimeouts":{"read":90})";
  w.answer(R"({"size":5,"etag":"y"})", R"({"size":5})");
  (void)w.found();
  const Fields read = w.peer.last("Read");
  CHECK(read.text(1) == "i-1");
  CHECK(read.text(2) == urn);
  CHECK(decoded(read.text(3)) == json(R"({"size":1,"etag":"x"})"));
  CHECK(decoded(read.text(4)) == json(R"({"size":1})"));
  const Fields diff = w.peer.last("Diff");
  CHECK(decoded(diff.text(3)) == json(R"({"size":5,"etag":"y"})"));
  CHECK(decoded(diff.text(4)) == json(R"({"size":1})"));
  CHECK(decoded(diff.text(6)) == json(R"({"size":5})"));
  CHECK(diff.texts.at(5) == Lines{"a.b", "c[*]"});
}

TEST_CASE("pulumi provider: a resource without inputs and outputs is asked with empty ones, which are there") {
  World w;
  w.more = R"("protect":false)";
  (void)w.found();
  for (const unsigned tag : {3U, 4U}) CHECK(w.peer.last("Read").has(tag));
  for (const unsigned tag : {3U, 4U, 6U}) CHECK(w.peer.last("Diff").has(tag));
}

TEST_CASE("pulumi provider: what a provider calls no difference is none, whatever the outputs are") {
  World w;
  w.answer(R"({"size":1,"name":"a","etag":"other"})");
  const ReadOutcome out = w.found();
  CHECK_FALSE(out.engine()->changed);
  CHECK(*out.resource().attributes.find("etag") == Value("other"));
  CHECK(*out.resource().inputs == json(R"({"size":1,"name":"a"})"));  // the provider gave none: the old ones stay
}

TEST_CASE("pulumi provider: details come with inverted kinds") {
  World w;
  w.differs({detail("size", 4), detail("tags.new", 2), detail(R"(tags["old.one"])", 1, true)});
  const ReadOutcome out = w.found();
  CHECK(out.engine()->changed);
  CHECK(lines(*out.engine()) == Lines{"~size", "+tags.new", R"(-tags["old.one"] (input) (replaces))"});
}

TEST_CASE("pulumi provider: an old provider names only properties, or nothing at all") {
  World w;
  w.peer.methods["Diff"] = [](std::string_view) { return ok(Message().text(1, "size").number(4, 2).text(5, "size").text(5, "name")); };
  CHECK(lines(*w.found().engine()) == Lines{"~size (replaces)", "~name"});
  w.peer.methods["Diff"] = [](std::string_view) { return ok(Message().number(4, 2)); };
  const ReadOutcome out = w.found();
  CHECK(out.engine()->changed);
  CHECK(out.engine()->properties.empty());
}

TEST_CASE("pulumi provider: where the provider cannot say, the inputs are compared, but for what is ignored") {
  World w;
  w.more = R"("inputs":{"size":1,"name":"a","gone":1},"outputs":{"size":1},"ignoreChanges":["name"])";
  w.answer(R"({"size":2})", R"({"size":2,"name":"z","new":1})");
  w.peer.methods["Diff"] = [=](std::string_view) { return ok(diff_reply(0)); };
  CHECK(lines(*w.found().engine()) == Lines{"-gone (input)", "~size (input)", "+new (input)"});
  w.answer(R"({"size":2})", R"({"size":1,"name":"z","gone":1})");
  CHECK_FALSE(w.found().engine()->changed);
}

TEST_CASE("pulumi provider: a resource whose provider has no Diff is unsupported") {
  World w;
  w.answer(R"({"size":2})");
  w.peer.methods["Diff"] = [](std::string_view) { return refused(12); };
  CHECK(w.failed().code() == Errc::read_unsupported);
}

TEST_CASE("pulumi provider: an asset is one value, and so is what is in it") {
  const std::string asset = R"({"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","hash":)";
  World w;
  w.more = R"("inputs":{"list":[)" + asset + R"("aa","text":"a"}],"deep":{"b":1}},"outputs":{})";
  w.answer("{}", R"({"list":[)" + asset + R"("bb","text":"b"}],"deep":{"b":2}})");
  w.differs({detail("list[0]", 4, true), detail("list[0].hash", 4, true), detail("deep", 4, true)});
  const ReadOutcome out = w.found();
  std::vector<bool> whole;
  for (const EngineAnswer::Property& p : out.engine()->properties) whole.push_back(p.whole);
  CHECK(whole == std::vector<bool>{true, true, false});
}

TEST_CASE("pulumi provider: of what a stack only reads, the outputs are compared, and no provider is asked") {
  World w;
  w.more += R"(,"external":true)";
  w.answer(R"({"size":2,"name":"a","etag":"x"})", R"({"size":9})");
  CHECK(lines(*w.found().engine()) == Lines{"~size"});
  CHECK(w.peer.asked("Diff").empty());
}

TEST_CASE("pulumi provider: a blank id is a deletion, and so are missing properties") {
  World w;
  w.id = "";
  CHECK(w.read().is_absent());
  w.peer.methods["Read"] = [](std::string_view) { return ok(Message().text(1, "i-1")); };
  CHECK(w.read().is_absent());
  CHECK(w.peer.asked("Diff").empty());
}

TEST_CASE("pulumi provider: an id that changed is the resource's from then on") {
  World w;
  w.id = "i-2";
  CHECK(w.found().resource().id == "i-2");
  CHECK(w.peer.last("Diff").text(1) == "i-2");
}

TEST_CASE("pulumi provider: a resource that is not well is read all the same, and said to be so") {
  World w;
  const std::string inputs = struct_of(R"({"size":1})");
  w.peer.methods["Read"] = [&](std::string_view) {
    const std::string failed =
        Message().text(1, "i-1").text(2, struct_of(R"({"size":7})")).text(3, "not ready: hunter2").text(4, inputs).bytes();
    return refused_with(2, any_of("pulumirpc.ErrorResourceInitFailed", failed));
  };
  w.more = R"("inputs":{"size":1},"outputs":{"size":1,"pass":{)" + secret_mark + R"(,"plaintext":"\"hunter2\""}})";
  const ReadOutcome out = w.found();
  CHECK(*out.resource().attributes.find("size") == Value(7));
  CHECK(out.resource().init_errors == Lines{"not ready: ***"});
  REQUIRE(w.notes.size() == 1);
  CHECK(w.notes[0].find("not ready: ***") != std::string::npos);
}

TEST_CASE("pulumi provider: secrets are sent as the provider takes them, and stay secrets") {
  World w;
  w.more = R"("inputs":{"pass":{)" + secret_mark + R"(,"plaintext":"\"hunter2\""}},"outputs":{"pass":{)" + secret_mark +
           R"(,"plaintext":"\"hunter2\""}})";
  w.answer(R"({"pass":"hunter3"})");
  SUBCASE("one that knows secrets") {
    const ReadOutcome out = w.found();
    CHECK(tag_of(*decoded(w.peer.last("Read").text(3)).find("pass")) == Tag::secret);
    CHECK(out.resource().attributes.find("pass")->secret() == Secret::none);  // it says that it is none now
  }
  SUBCASE("one that does not") {
    w.peer.methods["Handshake"] = [](std::string_view) { return ok(Message().number(1, 0)); };
    const ReadOutcome out = w.found();
    CHECK(*decoded(w.peer.last("Read").text(3)).find("pass") == Value("hunter2"));
    CHECK(out.resource().attributes.find("pass")->secret() == Secret::plain);
    CHECK(*decoded(w.peer.last("Diff").text(3)).find("pass") == Value("hunter3"));
  }
  SUBCASE("one of before the handshake says so when it is configured") {
    w.peer.methods.erase("Handshake");
    w.peer.methods["Configure"] = [](std::string_view) { return ok(Message().number(1, 1)); };
    (void)w.found();
    CHECK(tag_of(*decoded(w.peer.last("Read").text(3)).find("pass")) == Tag::secret);
  }
}

TEST_CASE("pulumi provider: what was not decrypted goes to no plugin") {
  World w;
  w.more = R"("inputs":{"pass":{)" + secret_mark + R"(,"ciphertext":"canary"}})";
  CHECK(w.failed().code() == Errc::encrypted_state);
  CHECK(w.peer.asked("Read").empty());
  World other;
  other.provider_inputs = R"({"key":{)" + secret_mark + R"(,"ciphertext":"canary"}})";
  CHECK(other.failed().code() == Errc::encrypted_state);
  CHECK(other.peer.asked("Handshake").empty());
}

TEST_CASE("pulumi provider: assets go by their hash, and come back as they were recorded") {
  World w;
  const std::string asset = R"({"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","hash":"ab")";
  w.more = R"("inputs":{"file":)" + asset + R"(,"path":"./x"}},"outputs":{"file":)" + asset + R"(,"path":"./x"}})";
  w.answer("{\"file\":" + asset + "}}");
  const ReadOutcome out = w.found();
  CHECK(decoded(w.peer.last("Read").text(3)) == json("{\"file\":" + asset + "}}"));
  CHECK(out.resource().attributes == w.recorded().attributes);
}

TEST_CASE("pulumi provider: numbers that the protocol cannot hold are compared as it holds them") {
  World w;
  w.more = R"("inputs":{},"outputs":{"n":12345678901234567891})";
  w.answer(R"({"n":12345678901234567891})");
  const ReadOutcome out = w.found();
  REQUIRE(out.known().has_value());
  CHECK(*out.known() == out.resource().attributes);
}

TEST_CASE("pulumi provider: errors of a provider are those of its resource, masked") {
  World w;
  w.more = R"("inputs":{},"outputs":{"pass":{)" + secret_mark + R"(,"plaintext":"\"canary\""}})";
  const auto code_of = [&](int code) {
    w.peer.methods["Read"] = [=](std::string_view) { return refused(code, "no canary"); };
    return w.failed().code();
  };
  CHECK(code_of(2) == Errc::read_failed);
  CHECK(code_of(12) == Errc::read_unsupported);
  CHECK(code_of(16) == Errc::read_auth);
  CHECK(code_of(8) == Errc::read_throttled);
  w.answer("{}");
  w.peer.methods["Diff"] = [](std::string_view) { return refused(2, "no canary"); };
  CHECK(w.failed().to_string().find("Diff") != std::string::npos);
  w.peer.methods["Read"] = [](std::string_view) { return ok("\xff"); };
  CHECK(w.failed().code() == Errc::parse);
}

TEST_CASE("pulumi provider: configuration that is missing is named") {
  World w;
  w.peer.methods["Configure"] = [](std::string_view) {
    const std::string keys = Message().text(1, Message().text(1, "acme:token").text(2, "canary").bytes()).bytes();
    return refused_with(3, any_of("pulumirpc.ConfigureErrorMissingKeys", keys));
  };
  const Error e = w.failed();
  CHECK(e.code() == Errc::config_invalid);
  CHECK(e.message().find("acme:token") != std::string::npos);
}

TEST_CASE("pulumi provider: a parameterized plugin is told what it is before it is configured") {
  World w;
  w.provider_inputs = R"({"version":"3.0.0","__internal":{"name":"acme","version":"1.0.0","parameterization":"cGFyYW1z"}})";
  CHECK(w.failed().to_string().find("Parameterize") != std::string::npos);  // it has none of it
  World can;
  can.provider_inputs = w.provider_inputs;
  can.peer.methods["Parameterize"] = [](std::string_view) { return ok(Message().text(1, "acme").text(2, "3.0.0")); };
  (void)can.found();
  const Fields value(can.peer.last("Parameterize").text(2));
  CHECK(value.text(1) == "acme");
  CHECK(value.text(2) == "3.0.0");
  CHECK(value.text(3) == "params");
}

TEST_CASE("pulumi provider: code that stands in the state is not executed unasked") {
  World w;
  w.provider_inputs = R"({"__internal":{"name":"pulumi-nodejs"}})";
  const Error e = w.failed();
  CHECK(e.code() == Errc::read_unsupported);
  CHECK(e.next_step().find("dynamic_providers: true") != std::string::npos);
  CHECK(w.peer.asked("Handshake").empty());
}

TEST_CASE("pulumi provider: a resource whose provider the state does not have, and one without an id") {
  World w;
  Resource r = w.recorded();
  auto alone = std::make_shared<EngineRecord>(*r.record);
  alone->provider.reset();
  r.record = alone;
  w.provider = make_pulumi_providers({});
  const ReadRequest request{&r};
  std::optional<ReadOutcome> out;
  REQUIRE(w.provider->read({&request, 1}, [&](std::size_t, ReadOutcome o) { out = std::move(o); }, {}).ok());
  REQUIRE(out->is_failed());
  CHECK(out->error().code() == Errc::bad_structure);
  r = w.recorded();
  r.record.reset();
  CHECK_FALSE(w.provider->handles(r));
}
