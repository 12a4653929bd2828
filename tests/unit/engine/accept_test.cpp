#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

struct Setting {
  TempDir dir;
  std::shared_ptr<FakeProvider> provider = std::make_shared<FakeProvider>();
  std::vector<Resource> recorded;
  FixedClock clock;
  SecretKey key;
  std::string baseline = dir.path("drift.baseline.jsonl");

  [[nodiscard]] ScanRequest request(bool with_baseline = false) const {
    ScanRequest r = request_for(provider, recorded);
    r.context.clock = &clock;
    r.key = key;
    if (with_baseline) r.baseline = ByteSource::file(baseline);
    return r;
  }
  [[nodiscard]] Result<AcceptResult> take(const std::vector<std::string>& globs) const { return accept(request(), globs, baseline); }
  [[nodiscard]] std::string rescan() const { return outline(scan(request(true))); }
};

}  // namespace

TEST_CASE("accept: what was accepted is quiet, what was not is left, and the next acceptance adds to the file") {
  Setting s;
  s.recorded = {resource("b", R"({"x":1})"), resource("a", R"({"x":1})"), resource("c", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  s.provider->has(resource("b", R"({"x":2})"));
  const Result<AcceptResult> first = s.take({"b"});
  REQUIRE_MESSAGE(first.ok(), first.error().to_string());
  CHECK(first->accepted == std::vector<std::string>{"b"});
  CHECK(first->left == 2);
  CHECK(s.rescan() == "a changed\nc deleted\n+3");

  const Result<AcceptResult> second = s.take({"*"});
  REQUIRE(second.ok());
  CHECK(second->accepted == std::vector<std::string>{"a", "c"});  // b was no finding any more
  CHECK(second->left == 0);
  CHECK(s.rescan() == "+3");

  const Result<Document> file = read_document(ByteSource::file(s.baseline));
  REQUIRE(file.ok());
  REQUIRE(file->main().size() == 3);
  CHECK(file->main().entry(0).address == "a");  // sorted
  CHECK(file->main().entry(2).address == "c");
  CHECK(file->main().load(2)->absent);
}

TEST_CASE("accept: drift away from what was accepted is drift again") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  REQUIRE(s.take({"a"}).ok());
  s.provider->has(resource("a", R"({"x":3})"));
  CHECK(s.rescan() == "a changed\n+1");
  // Also back to what the state says: the person decided for 2.
  s.provider->has(resource("a", R"({"x":1})"));
  CHECK(s.rescan() == "a changed\n+1");
  REQUIRE(s.take({"a"}).ok());
  CHECK(s.rescan() == "+1");
}

TEST_CASE("accept: an accepted deletion that comes back is found, and can be accepted in turn") {
  Setting s;
  s.recorded = {};
  Resource stray = resource("stray", "{}");
  s.provider->lists = true;
  s.provider->listed = {stray};
  ScanRequest request = s.request();
  request.find_unmanaged = true;
  REQUIRE(accept(request, {"stray"}, s.baseline).ok());
  s.provider->has(stray);
  CHECK(s.rescan() == "+1");
  s.provider->answers.clear();
  CHECK(s.rescan() == "stray deleted\n+1");
}

TEST_CASE("accept: nothing to accept is an error with a next step, and no file is written") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":1})"));
  CHECK(s.take({"*"}).error().code() == Errc::invalid_argument);
  s.provider->has(resource("a", R"({"x":2})"));
  const Result<AcceptResult> none = s.take({"b"});
  CHECK(none.error().code() == Errc::invalid_argument);
  CHECK(!none.error().next_step().empty());
  CHECK(!std::filesystem::exists(s.baseline));
}

TEST_CASE("accept: deletions that the breaker does not believe are not accepted, and it says so") {
  Setting s;
  for (int i = 0; i < 20; ++i) s.recorded.push_back(resource("r" + std::to_string(i), "{}"));
  const Result<AcceptResult> none = s.take({"*"});
  REQUIRE(none.ok());
  CHECK(none->accepted.empty());
  CHECK_FALSE(none->complete);
  REQUIRE(none->errors.size() == 20);
  CHECK(none->errors[0].error.code() == Errc::mass_deletion);
  CHECK(!std::filesystem::exists(s.baseline));
}

TEST_CASE("accept: what could not be read is told apart from what is in order, and what could be is accepted") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})"), resource("b", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  s.provider->fails("b", Errc::permission);
  const Result<AcceptResult> first = s.take({"*"});
  REQUIRE(first.ok());
  CHECK(first->accepted == std::vector<std::string>{"a"});
  CHECK(first->left == 0);
  CHECK_FALSE(first->complete);
  REQUIRE(first->errors.size() == 1);
  CHECK(first->errors[0].address == "b");
  s.provider->has(resource("b", R"({"x":1})"));
  CHECK(s.rescan() == "+2");
}

TEST_CASE("accept: a scan that was stopped accepts nothing") {
  for (const Errc why : {Errc::cancelled, Errc::deadline}) {
    CAPTURE(errc_name(why));
    Setting s;
    for (int i = 0; i < 12; ++i) {
      const std::string address = "r" + std::to_string(i);
      s.recorded.push_back(resource(address, R"({"x":1})"));
      s.provider->has(resource(address, R"({"x":2})"));
    }
    ScanRequest request = s.request();
    request.context.deadline = Deadline::after(s.clock, std::chrono::seconds(1));
    s.provider->on_read = [&] {
      if (s.provider->asked.size() < 6) return;  // the first batch of four has been answered
      if (why == Errc::cancelled) request.context.cancel.cancel();
      if (why == Errc::deadline) s.clock.sleep(std::chrono::seconds(2));
    };
    CHECK(accept(request, {"*"}, s.baseline).error().code() == why);
    CHECK(!std::filesystem::exists(s.baseline));
  }
}

TEST_CASE("accept: a baseline that cannot be opened is not taken for one that is missing") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  std::filesystem::create_symlink(s.baseline, s.baseline);
  CHECK(s.take({"a"}).error().code() == Errc::io);
  CHECK(std::filesystem::is_symlink(s.baseline));
}

TEST_CASE("accept: with the key lost, no new one is made") {
  Setting s;
  s.recorded = {resource("a", "{}"), resource("b", "{}")};
  s.provider->facts.add("token", {.sensitive = true});
  s.provider->has(resource("a", R"({"token":"t"})"));
  s.provider->has(resource("b", R"({"token":"t"})"));
  s.key = *SecretKey::random();
  REQUIRE(s.take({"a"}).ok());
  s.key = SecretKey();
  int asked = 0;
  const auto make = [&] {
    ++asked;
    return SecretKey::random();
  };
  CHECK(accept(s.request(), {"*"}, s.baseline, make).error().code() == Errc::config_invalid);
  CHECK(asked == 0);
}

TEST_CASE("accept: secrets are sealed, and need a key") {
  Setting s;
  s.recorded = {resource("a", "{}")};
  s.provider->facts.add("token", {.sensitive = true});
  s.provider->has(resource("a", R"({"token":"CANARY"})"));
  CHECK(s.take({"a"}).error().code() == Errc::config_invalid);
  CHECK(!std::filesystem::exists(s.baseline));

  int asked = 0;
  const auto make = [&]() -> Result<SecretKey> {
    ++asked;
    s.key = *SecretKey::random();
    return s.key;
  };
  REQUIRE(accept(s.request(), {"a"}, s.baseline, make).ok());
  CHECK(asked == 1);
  const std::string text = s.dir.read("drift.baseline.jsonl");
  CHECK(text.find("CANARY") == std::string::npos);
  CHECK(text.find("hmac-sha256:" + s.key.id()) != std::string::npos);
  CHECK(s.rescan() == "+1");
  s.provider->has(resource("a", R"({"token":"CANARY-2"})"));
  CHECK(s.rescan() == "a changed\n+1");
}

TEST_CASE("accept: an id that is made of a secret is not written") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})")};
  s.key = *SecretKey::random();
  s.provider->facts.add("id", {.sensitive = true});
  Resource now = resource("a", R"({"x":2,"id":"CANARY"})");
  now.id = "CANARY";
  s.provider->has(now);
  REQUIRE(s.take({"a"}).ok());
  CHECK(s.dir.read("drift.baseline.jsonl").find("CANARY") == std::string::npos);
}

TEST_CASE("accept: a baseline that was sealed with another key is left alone") {
  Setting s;
  s.recorded = {resource("a", "{}"), resource("b", R"({"x":1})")};
  s.provider->facts.add("token", {.sensitive = true});
  s.provider->has(resource("a", R"({"token":"t"})"));
  s.provider->has(resource("b", R"({"x":1})"));
  s.key = *SecretKey::random();
  REQUIRE(s.take({"a"}).ok());
  const std::string before = s.dir.read("drift.baseline.jsonl");
  s.provider->has(resource("b", R"({"x":2})"));
  s.key = *SecretKey::random();
  CHECK(s.take({"b"}).error().code() == Errc::config_invalid);
  s.key = SecretKey();
  CHECK(s.take({"b"}).error().code() == Errc::config_invalid);
  CHECK(s.dir.read("drift.baseline.jsonl") == before);
}

TEST_CASE("accept: a file that libdrift did not write is not written over") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  const std::string state = R"({"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"l","outputs":{},"resources":[]})";
  s.dir.write("drift.baseline.jsonl", state);
  CHECK(s.take({"a"}).error().code() == Errc::bad_structure);
  CHECK(s.dir.read("drift.baseline.jsonl") == state);
}

TEST_CASE("accept: when an ignore rule ends, what it kept out of sight was not accepted") {
  Setting s;
  s.recorded = {resource("a", R"({"content":"x","mode":1})")};
  s.provider->has(resource("a", R"({"content":"y","mode":2})"));
  ScanRequest request = s.request();
  request.rules.ignores.push_back({.name = "until", .path = *PathPattern::parse("content"), .reason = "for now"});
  REQUIRE(accept(request, {"*"}, s.baseline).ok());
  request.baseline = ByteSource::file(s.baseline);
  CHECK(outline(scan(request)) == "+1");
  CHECK(s.rescan() == "a changed\n+1");
}

TEST_CASE("accept: what others accepted while the scan ran is kept") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})"), resource("b", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  s.provider->has(resource("b", R"({"x":2})"));
  bool other = false;
  s.provider->on_read = [&] {
    if (other) return;
    other = true;
    REQUIRE(s.take({"b"}).ok());
  };
  REQUIRE(s.take({"a"}).ok());
  CHECK(s.rescan() == "+2");
}

TEST_CASE("accept: the baseline belongs to the state that it was accepted for") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  const auto request = [&](const std::string& lineage) {
    ScanRequest r = s.request();
    r.state = ByteSource::bytes(format_snapshot({.side = Side::recorded, .created = "", .lineage = lineage}, s.recorded, {}));
    return r;
  };
  REQUIRE(accept(request("one"), {"a"}, s.baseline).ok());
  s.provider->has(resource("a", R"({"x":3})"));
  const std::string before = s.dir.read("drift.baseline.jsonl");
  CHECK(accept(request("two"), {"a"}, s.baseline).error().code() == Errc::config_invalid);
  CHECK(s.dir.read("drift.baseline.jsonl") == before);
  ScanRequest other = request("two");
  other.baseline = ByteSource::file(s.baseline);
  CHECK(scan(other).error().code() == Errc::config_invalid);
  // A state that does not say (`show -json`) takes nothing away from what is known.
  REQUIRE(accept(request(""), {"a"}, s.baseline).ok());
  CHECK(accept(request("two"), {"a"}, s.baseline).error().code() == Errc::config_invalid);
  CHECK(outline(scan([&] {
          ScanRequest same = request("one");
          same.baseline = ByteSource::file(s.baseline);
          return same;
        }())) == "+1");
}

TEST_CASE("accept: a baseline behind a symbolic link is written where it is") {
  Setting s;
  s.recorded = {resource("a", R"({"x":1})")};
  s.provider->has(resource("a", R"({"x":2})"));
  std::filesystem::create_directory(s.dir.path("shared"));
  std::filesystem::create_symlink("shared/prod.jsonl", s.baseline);
  REQUIRE(s.take({"a"}).ok());
  CHECK(std::filesystem::is_symlink(s.baseline));
  CHECK(std::filesystem::is_regular_file(s.dir.path("shared/prod.jsonl")));
  CHECK(s.rescan() == "+1");
}

TEST_CASE("accept: what a plan moved replaces what was accepted under the previous address") {
  Setting s;
  s.recorded = {resource("thing.old", R"({"x":1})")};
  s.provider->has(resource("thing.old", R"({"x":2})"));
  s.provider->has(resource("thing.new", R"({"x":3})"));
  REQUIRE(s.take({"*"}).ok());
  ScanRequest moved = s.request(true);
  moved.desired = ByteSource::bytes(
      R"({"format_version":"1.2","planned_values":{},"resource_changes":[
        {"address":"thing.new","previous_address":"thing.old","mode":"managed","change":{}}]})",
      "plan.json");
  CHECK(outline(scan(moved)) == "thing.new changed\n+1");
  REQUIRE(accept(moved, {"*"}, s.baseline).ok());
  moved.baseline = ByteSource::file(s.baseline);  // the new file
  CHECK(outline(scan(moved)) == "+1");
  const Result<Document> file = read_document(ByteSource::file(s.baseline));
  REQUIRE(file.ok());
  REQUIRE(file->main().size() == 1);
  CHECK(file->main().entry(0).address == "thing.new");
}

TEST_CASE("accept: what only became sensitive cannot be accepted, is sealed with what can, and is told as long as the state has it bare") {
  Setting s;
  s.provider->facts.add("password", {.sensitive = true});
  s.recorded = {resource("quiet", R"({"x":1,"password":"CANARY"})"), resource("loud", R"({"x":1,"password":"CANARY"})")};
  s.provider->has(resource("quiet", R"({"x":1,"password":"CANARY"})"));
  s.key = SecretKey(std::string(32, 'k'));
  s.provider->has(resource("loud", R"({"x":1,"password":"CANARY"})"));
  CHECK(s.take({"*"}).error().code() == Errc::invalid_argument);
  CHECK(!std::filesystem::exists(s.baseline));

  s.provider->has(resource("loud", R"({"x":2,"password":"CANARY"})"));
  const Result<AcceptResult> taken = s.take({"*"});
  REQUIRE(taken.ok());
  CHECK(taken->accepted == std::vector<std::string>{"loud"});
  CHECK(s.dir.read("drift.baseline.jsonl").find("CANARY") == std::string::npos);
  const Result<Report> quiet = scan(s.request(true));
  CHECK(outline(quiet) == "+2");
  const auto rules = [](const Report& r) {
    std::string out;
    for (const Suppressed& x : r.suppressed)
      for (const Change& c : x.changes) out += x.address + ' ' + c.path.text() + ' ' + c.rule + '\n';
    return out;
  };
  CHECK(rules(*quiet) == "loud password secret.unmarked\nloud x baseline\nquiet password secret.unmarked\n");

  // It hides nothing: neither beside what was accepted nor of what was not.
  s.provider->has(resource("loud", R"({"x":2,"password":"other"})"));
  s.provider->has(resource("quiet", R"({"x":1,"password":"other"})"));
  const Result<Report> loud = scan(s.request(true));
  CHECK(outline(loud) == "loud changed\nquiet changed\n+2");
  CHECK(rules(*loud) == "loud x baseline\n");
}
