#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

TEST_CASE("diff: two documents, the first as recorded and the second as what exists") {
  DiffRequest request{.a = document({resource("a", R"({"x":1})"), resource("b", "{}")}),
                      .b = document({resource("a", R"({"x":2})"), resource("c", "{}")})};
  const Result<Report> report = diff_documents(request);
  CHECK(outline(report) == "a changed\nb deleted\nc unmanaged\n+3");
  CHECK(report->basis == Basis{.desired = false, .recorded = true, .actual = true, .baseline = false});
  CHECK(report->findings[0].changes[0].path.text() == "x");
  CHECK(to_json(*report->findings[0].changes[0].recorded) == "1");
  CHECK(to_json(*report->findings[0].changes[0].actual) == "2");
}

TEST_CASE("diff: a document does not differ from itself, in whatever order") {
  const Resource a = resource("a", R"({"x":1,"y":[1,2]})"), b = resource("b", R"({"z":1.0})");
  CHECK(outline(diff_documents({.a = document({a, b}), .b = document({b, a})})) == "+2");
}

TEST_CASE("diff: rules and scope apply") {
  DiffRequest request{.a = document({resource("a", R"({"x":1})"), resource("b", R"({"x":1})")}),
                      .b = document({resource("a", R"({"x":2})"), resource("b", R"({"x":2})")})};
  request.excludes = {"b"};
  request.rules.ignores.push_back({.name = "known", .path = *PathPattern::parse("x"), .mode = IgnoreMode::mute, .reason = "because"});
  const Result<Report> report = diff_documents(request);
  CHECK(outline(report) == "+1");
  CHECK(report->summary.suppressed == 1);
  CHECK(report->rule_hits.at("known") == 1);
}

TEST_CASE("diff: an error says which of the two it was") {
  const Result<Report> report = diff_documents({.a = document({}), .b = ByteSource::bytes("{", "b.json")});
  REQUIRE(!report.ok());
  CHECK(report.error().to_string().find("second document") != std::string::npos);
}
