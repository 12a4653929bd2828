#include <mutex>

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

TEST_CASE("log: a scan tells what it reads, what could not be read, and how it ended, and never a value") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("a", R"({"password":"canary-5f1d"})"));
  ScanRequest request = request_for(provider, {resource("a", R"({"password":"canary-77aa"})"), resource("b", "{}")});
  provider->fails("b", Errc::read_auth);
  std::mutex mutex;
  std::vector<std::string> told;
  std::string text;
  const LogSink sink = [&](const LogRecord& r) {
    const std::lock_guard lock(mutex);
    told.push_back(std::string(r.code) + (r.address.empty() ? "" : " ") + std::string(r.address));
    text += std::string(r.message) + '\n';
  };
  request.context.log = &sink;
  REQUIRE(scan(request).ok());
  CHECK(told == std::vector<std::string>{"document_read", "reads_begin", "read_failed b", "scan_done"});
  CHECK(text.find("2 resources") != std::string::npos);
  CHECK(text.find("E_READ_AUTH") != std::string::npos);
  CHECK(text.find("canary") == std::string::npos);
}
