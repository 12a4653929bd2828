#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

std::string local_file_state(const std::string& filename, const std::string& content) {
  std::string text =
      R"({"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"l","outputs":{},"resources":[{"mode":"managed","type":"local_file",
"name":"a","provider":"provider[\"registry.opentofu.org/hashicorp/local\"]","instances":[{"schema_version":0,"attributes":{"content":)";
  append_json_string(text, content);
  text += ",\"filename\":";
  append_json_string(text, filename);
  text += R"(,"file_permission":"0644","content_sha256":")" + sha256_hex(content) + R"("}}]}]})";
  return text;
}

}  // namespace

TEST_CASE("scan: without providers, files are read") {
  const TempDir dir;
  const std::string file = dir.write("a.txt", "one\n");
  ScanRequest request;
  request.state = ByteSource::bytes(local_file_state(file, "one\n"), "state");
  CHECK(outline(scan(request)) == "+1");
  dir.write("a.txt", "two\n");
  CHECK(outline(scan(request)) == "local_file.a changed\n+1");
  std::filesystem::remove(file);
  CHECK(outline(scan(request)) == "local_file.a deleted\n+1");
}

TEST_CASE("scan: the host gets every drifted resource as it is now") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("changed", R"({"x":2})"));
  provider->has(resource("same", "{}"));
  ScanRequest request = request_for(provider, {resource("changed", R"({"x":1})"), resource("gone", "{}"), resource("same", "{}")});
  std::string seen;
  request.on_drift = [&](const ResourceComparison& c, const Resource* actual) {
    seen += c.address + "=" + (actual != nullptr ? to_json(actual->attributes) : "none") + " ";
  };
  REQUIRE(scan(request).ok());
  CHECK(seen == "changed={\"x\":2} gone=none ");
}

TEST_CASE("scan: elapsed time comes from the clock that was given, and is not in the JSON") {
  const auto provider = std::make_shared<FakeProvider>();
  const FixedClock clock;
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  request.context.clock = &clock;
  provider->on_read = [&] { clock.sleep(std::chrono::seconds(3)); };
  const Result<Report> slow = scan(request);
  REQUIRE(slow.ok());
  CHECK(slow->elapsed == std::chrono::seconds(3));
  provider->on_read = {};
  CHECK(render_json(*scan(request)) == render_json(*slow));
}

TEST_CASE("scan: an error of a document is the scan's") {
  ScanRequest request;
  request.state = ByteSource::file("no-such-file.tfstate");
  const Result<Report> report = scan(request);
  REQUIRE(!report.ok());
  CHECK(report.error().code() == Errc::not_found);
  CHECK(!report.error().next_step().empty());
}

TEST_CASE("scan: secrets of a Pulumi stack are compared as what they say, and told by no report") {
  const std::string signature = R"("4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270")";
  const auto stack = [&](const std::string& provider, const std::string& secret) {
    return R"({"version":3,"deployment":{"secrets_providers":)" + provider +
           R"(,"resources":[{"urn":"urn:pulumi:dev::shop::a:b:C::one","custom":true,"type":"a:b:C","id":"1","outputs":{"p":{)" + signature +
           "," + secret + "}}}]}}";
  };
  ScanRequest request;
  request.state = DocumentSource(
      ByteSource::bytes(stack(R"({"type":"b64","state":{}})", R"("ciphertext":"InMzY3IzdC1jYW5hcnki")")));  // "s3cr3t-canary"
  const auto told = [&](const std::string& actual, bool decrypt) {
    request.actual = DocumentSource(ByteSource::bytes(stack("null", R"("plaintext":")" + actual + "\"")));
    request.secrets.reset();
    if (decrypt) request.secrets.emplace();
    const Result<Report> report = scan(request);
    REQUIRE(report.ok());
    CHECK(render_json(*report).find("canary") == std::string::npos);
    CHECK(render_text(*report).find("canary") == std::string::npos);
    return report->findings.size();
  };
  CHECK(told(R"(\"s3cr3t-canary\")", true) == 0);
  CHECK(told(R"(\"another-canary\")", true) == 1);
  CHECK(told(R"(\"another-canary\")", false) == 0);  // nobody can tell
}
