#include "engine/run.hpp"

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)
using drift::engine_internal::Loaded;

TEST_CASE("run: who speaks for a resource: recorded, baseline, desired, actual") {
  Loaded sides;
  CHECK(sides.known() == nullptr);
  sides.actual = resource("actual", "{}");
  CHECK(sides.known()->address == "actual");
  sides.desired = resource("desired", "{}");
  CHECK(sides.known()->address == "desired");
  sides.baseline = resource("baseline", "{}");
  CHECK(sides.known()->address == "baseline");
  sides.recorded = resource("recorded", "{}");
  CHECK(sides.known()->address == "recorded");
}

TEST_CASE("run: two rules that contradict each other end the scan, naming both") {
  ScanRequest request;
  request.state = document({resource("a", R"({"x":1})")});
  request.actual = document({resource("a", R"({"x":2})")});
  request.rules.ignores = {{.name = "one", .path = *PathPattern::parse("x"), .mode = IgnoreMode::hide, .reason = "r"},
                           {.name = "two", .path = *PathPattern::parse("x"), .mode = IgnoreMode::watch_only, .reason = "r"}};
  const Result<Report> report = scan(request);
  REQUIRE(!report.ok());
  CHECK(report.error().code() == Errc::ambiguous_rule);
  CHECK(report.error().to_string().find("one") != std::string::npos);
  CHECK(report.error().to_string().find("two") != std::string::npos);
}

TEST_CASE("run: notes of the documents come into the report, each once") {
  ScanRequest request;
  request.state = ByteSource::bytes(
      R"({"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"l","outputs":{},"resources":[
      {"mode":"data","type":"d","name":"x","provider":"provider[\"p\"]","instances":[{"schema_version":0,"attributes":{}}]}]})",
      "state");
  request.actual = request.state;
  const Result<Report> report = scan(request);
  REQUIRE_MESSAGE(report.ok(), report.error().to_string());
  CHECK(report->notes.size() == 1);
}

TEST_CASE("run: an entry of an ignore list that cannot be read is noted once for its resource") {
  Resource recorded = resource("a", R"({"x":1})");
  recorded.ignore_changes = {"[", "y[", "["};
  Resource desired = recorded;
  ScanRequest request;
  request.state = document({recorded});
  request.desired = document({desired}, Side::desired);
  request.actual = document({resource("a", R"({"x":2})")});
  const Result<Report> report = scan(request);
  REQUIRE_MESSAGE(report.ok(), report.error().to_string());
  REQUIRE(report->notes.size() == 2);
  for (const Note& n : report->notes) {
    CHECK(n.code == "ignore_path_unreadable");
    CHECK(n.address == "a");
  }
  CHECK(report->findings.size() == 1);
}

TEST_CASE("run: secrets that cannot be told apart are counted in one note") {
  const auto with = [](const char* address, const char* cipher, bool sealed) {
    Resource r = resource(address, R"({"p":0,"q":0})");
    for (const char* key : {"p", "q"}) r.attributes.edit_object().set(key, Value(cipher).mark(sealed ? Secret::ciphertext : Secret::none));
    return r;
  };
  ScanRequest request;
  request.state = document({with("a", "v1:x", true), with("b", "v1:x", true)});
  request.actual = document({with("a", "s", false), with("b", "t", false)});
  const Result<Report> report = scan(request);
  REQUIRE_MESSAGE(report.ok(), report.error().to_string());
  CHECK(report->findings.empty());
  REQUIRE(report->notes.size() == 1);
  CHECK(report->notes[0].code == "secrets_not_compared");
  CHECK(report->notes[0].message.starts_with("4 secrets"));
}

TEST_CASE("run: a provider's bare values do not make a secret of the state readable") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("a", R"({"password":"CANARY-NEW"})"));
  Resource recorded = resource("a", R"({"password":"CANARY-OLD"})");
  recorded.attributes.edit_object().find("password")->mark(Secret::plain);
  ScanRequest request = request_for(provider, {});
  // Sealed in the document, and bare in what the provider gives.
  Result<SecretKey> key = SecretKey::random();
  REQUIRE(key.ok());
  request.state = document({recorded}, Side::recorded, *key);
  request.key = *key;
  const Result<Report> report = scan(request);
  REQUIRE(report.ok());
  CHECK(outline(*report) == "a changed\n+1");
  CHECK((render_json(*report) + render_text(*report) + render_explain(*report, "a")).find("CANARY") == std::string::npos);
}

TEST_CASE("run: a comparison that is under way when the time is over leaves its resource without an answer") {
  // Each look at this clock takes a second.
  struct Ticking final : Clock {
    Duration monotonic() const override { return std::chrono::seconds(++seconds); }
    Duration wall() const override { return {}; }
    void sleep(Duration) const override {}
    mutable int seconds = 0;
  };
  const Ticking clock;
  const auto large = [](const char* element) {
    Resource r = resource("b", "{}");
    r.attributes.edit_object().set("l", Value::List(300'000, Value(element)));
    return r;
  };
  ScanRequest request;
  request.state = document({resource("a", R"({"x":1})"), large("old"), resource("c", R"({"x":1})")});
  request.actual = document({resource("a", R"({"x":2})"), large("new"), resource("c", R"({"x":2})")});
  request.context.clock = &clock;
  request.context.deadline = Deadline::after(clock, std::chrono::seconds(100));
  const Result<Report> report = scan(request);
  REQUIRE_MESSAGE(report.ok(), report.error().to_string());
  CHECK(!report->complete);
  CHECK(report->summary.unreadable == 2);
  REQUIRE(report->findings.size() == 1);
  CHECK(report->findings.front().address == "a");
}
