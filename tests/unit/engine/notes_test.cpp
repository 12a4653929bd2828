#include "engine/notes.hpp"

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

IgnoreRule rule(std::string name, std::string path) {
  return {.name = std::move(name), .path = *PathPattern::parse(path), .mode = IgnoreMode::mute, .reason = "r"};
}

ScanRequest with_rules(std::vector<IgnoreRule> ignores) {
  ScanRequest request;
  request.state = document({resource("a", R"({"x":1})")});
  request.actual = document({resource("a", R"({"x":2})")});
  request.rules.ignores = std::move(ignores);
  return request;
}

}  // namespace

TEST_CASE("notes: a rule that caught nothing is reported, one that did is not") {
  const Result<Report> report = scan(with_rules({rule("useful", "x"), rule("useless", "y")}));
  REQUIRE(report.ok());
  CHECK(has_note(*report, "rule_unused", "useless"));
  CHECK(!has_note(*report, "rule_unused", "useful"));
}

TEST_CASE("notes: with targets a rule may not have had its chance") {
  ScanRequest request = with_rules({rule("useless", "y")});
  request.targets = {"a"};
  CHECK(!has_note(*scan(request), "rule_unused"));
}

TEST_CASE("notes: a rule stops on the day it expires, and says so") {
  const FixedClock clock;  // 2026-11-21
  ScanRequest request = with_rules({rule("old", "x")});
  request.context.clock = &clock;
  request.rules.ignores[0].expires.emplace();
  REQUIRE(parse_rfc3339("2026-11-22", *request.rules.ignores[0].expires));
  CHECK(outline(scan(request)) == "+1");
  REQUIRE(parse_rfc3339("2026-11-21", *request.rules.ignores[0].expires));
  const Result<Report> report = scan(request);
  CHECK(outline(report) == "a changed\n+1");
  CHECK(has_note(*report, "rule_expired", "old expired on 2026-11-21"));
  CHECK(!has_note(*report, "rule_unused"));
}

TEST_CASE("notes: a target that matches nothing is an error, before anything is read") {
  ScanRequest request = with_rules({});
  request.targets = {"a", "b.*"};
  const Result<Report> documents = scan(request);
  REQUIRE(!documents.ok());
  CHECK(documents.error().code() == Errc::invalid_argument);
  CHECK(documents.error().subject() == "b.*");

  const auto provider = std::make_shared<FakeProvider>();
  request = request_for(provider, {resource("a", "{}")});
  request.targets = {""};
  CHECK(outline(scan(request)) == "E_INVALID_ARGUMENT");
  CHECK(provider->asked.empty());
}

TEST_CASE("notes: what a target is about may be found only by listing") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->lists = true;
  provider->listed = {resource("new.x", "{}")};
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  request.find_unmanaged = true;
  request.targets = {"new.*"};
  CHECK(outline(scan(request)) == "new.x unmanaged\n+1");
  request.targets = {"new.*", "typo"};
  CHECK(outline(scan(request)) == "new.x unmanaged\n !E_INVALID_ARGUMENT\n+1");
}

TEST_CASE("notes: a scope that leaves nothing is not clean") {
  ScanRequest request = with_rules({});
  request.excludes = {"*"};
  const Result<Report> report = scan(request);
  CHECK(outline(report) == " !E_INVALID_ARGUMENT\n+0");
  CHECK(!report->complete);
  CHECK(report->errors.at(0).error.message().find("0 of 1 resource") != std::string::npos);

  request.state = document({});
  request.actual = document({});
  CHECK(outline(scan(request)) == "+0");  // there was nothing to leave out
}

TEST_CASE("notes: an exclude that matches nothing is reported") {
  ScanRequest request = with_rules({});
  request.excludes = {"b.*"};
  const Result<Report> report = scan(request);
  CHECK(outline(report) == "a changed\n+1");
  CHECK(has_note(*report, "exclude_unused", "b.*"));
}
