#include "engine/lineage.hpp"

#include "fixtures.hpp"

using namespace engine_test;             // NOLINT(google-build-using-namespace)
using namespace drift::engine_internal;  // NOLINT(google-build-using-namespace)

namespace {

Snapshot snapshot(const std::string& text) {
  const Result<Document> doc = read_document(ByteSource::bytes(text));
  REQUIRE_MESSAGE(doc.ok(), doc.error().to_string());
  return doc->main();
}

}  // namespace

TEST_CASE("lineage: Terraform's own, a Pulumi stack by its URNs, and the one that a baseline was accepted for") {
  CHECK(lineage_of(snapshot(R"({"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"l-1","outputs":{},"resources":[]})")) ==
        "l-1");
  CHECK(lineage_of(snapshot(R"({"version":3,"deployment":{"resources":[{"urn":"urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod",)"
                            R"("type":"pulumi:pulumi:Stack"}]}})")) == "urn:pulumi:prod::shop");
  CHECK(lineage_of(snapshot(R"({"version":3,"deployment":{"resources":[]}})")).empty());
  const auto baseline = [](const std::string& lineage) {
    return snapshot(format_snapshot({.side = Side::baseline, .created = "", .lineage = lineage}, {resource("a", "{}")}, {}));
  };
  CHECK(lineage_of(baseline("l-1")) == "l-1");
  CHECK(lineage_of(baseline("")).empty());
}

TEST_CASE("lineage: a baseline is refused only when both sides say and differ") {
  CHECK(check_lineage("a", "a", "b.jsonl").ok());
  CHECK(check_lineage("", "a", "b.jsonl").ok());
  CHECK(check_lineage("a", "", "b.jsonl").ok());
  const Status s = check_lineage("a", "b", "b.jsonl");
  REQUIRE_FALSE(s.ok());
  CHECK(s.error().code() == Errc::config_invalid);
  CHECK(s.error().subject() == "b.jsonl");
  CHECK_FALSE(s.error().next_step().empty());
}
