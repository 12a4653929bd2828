#include "engine/document.hpp"

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

ScanRequest against(const std::vector<Resource>& recorded, const std::vector<Resource>& actual) {
  ScanRequest request;
  request.state = document(recorded);
  request.actual = document(actual);
  return request;
}

}  // namespace

TEST_CASE("document: its word is believed: what it lacks is deleted, what it has beyond is unmanaged") {
  const Result<Report> report = scan(against({resource("a", R"({"x":1})"), resource("b", "{}"), resource("c", "{}")},
                                             {resource("a", R"({"x":2})"), resource("b", "{}"), resource("d", "{}")}));
  CHECK(outline(report) == "a changed\nc deleted\nd unmanaged\n+4");
  CHECK(report->complete);
}

TEST_CASE("document: twenty deletions are no fault of credentials") {
  std::vector<Resource> all;
  for (int i = 0; i < 20; ++i) all.push_back(resource("r" + std::to_string(i), "{}"));
  const Result<Report> report = scan(against(all, {}));
  REQUIRE(report.ok());
  CHECK(report->summary.deleted == 20);
}

TEST_CASE("document: components and copies that wait for deletion are in no count") {
  Resource component = resource("component", "{}");
  component.kind = ResourceKind::component;
  Resource other_component = resource("component", R"({"x":1})");
  other_component.kind = ResourceKind::component;
  Resource deposed = resource("a (deposed 1)", "{}");
  deposed.pending_delete = true;
  const Result<Report> same = scan(against({resource("a", "{}"), component, deposed}, {resource("a", "{}"), component, deposed}));
  CHECK(outline(same) == "+1");
  CHECK(same->summary.skipped == 2);
  const Result<Report> differ = scan(against({resource("a", "{}"), component, deposed}, {resource("a", "{}"), other_component}));
  CHECK(outline(differ) == "+1");
  CHECK(differ->summary.skipped == 2);
}

TEST_CASE("document: what it holds as being replaced is not there") {
  Resource half = resource("a", "{}");
  half.pending_replacement = true;
  CHECK(outline(scan(against({resource("a", "{}")}, {half}))) == "a deleted\n+1");
}

TEST_CASE("document: a baseline of a few does not make the others differ") {
  std::vector<Resource> recorded, actual;
  for (int i = 0; i < 50; ++i) {
    recorded.push_back(resource("r" + std::to_string(i), R"({"x":1})"));
    actual.push_back(resource("r" + std::to_string(i), i < 2 ? R"({"x":2})" : R"({"x":1})"));
  }
  ScanRequest request = against(recorded, actual);
  request.baseline = document({actual[0]}, Side::baseline);
  const Result<Report> report = scan(request);
  CHECK(outline(report) == "r1 changed\n+50");
  CHECK(report->summary.suppressed == 1);  // accepted: rule "baseline"
}

TEST_CASE("document: an accepted absence and a return") {
  Resource tombstone = resource("a", "{}");
  tombstone.absent = true;
  ScanRequest request = against({resource("a", "{}")}, {});
  request.baseline = document({tombstone}, Side::baseline);
  CHECK(outline(scan(request)) == "+1");
  request.state.reset();
  request.actual = document({resource("a", "{}")});
  CHECK(outline(scan(request)) == "a unmanaged\n+1");
}

TEST_CASE("document: targets and excludes leave out, also of the count of the same") {
  ScanRequest request =
      against({resource("a.x", "{}"), resource("a.y", R"({"x":1})"), resource("b.x", "{}"), resource("b.y", R"({"x":1})")},
              {resource("a.x", "{}"), resource("a.y", R"({"x":2})"), resource("b.x", "{}"), resource("b.y", R"({"x":2})")});
  request.targets = {"a.*"};
  Result<Report> report = scan(request);
  CHECK(outline(report) == "a.y changed\n+2");
  CHECK(report->summary.skipped == 2);
  request.targets = {};
  request.excludes = {"*.y"};
  report = scan(request);
  CHECK(outline(report) == "+2");
  CHECK(report->summary.skipped == 2);
}

TEST_CASE("document: cancelled before anything was compared is an error") {
  ScanRequest request = against({resource("a", "{}")}, {resource("a", R"({"x":1})")});
  request.context.cancel.cancel();
  CHECK(outline(scan(request)) == "E_CANCELLED");
}
