#include "provider/pulumi/plugin_log.hpp"

#include <doctest/doctest.h>

#include "provider/hosted/secret_set.hpp"
#include "unit/provider/pulumi/peer.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)

namespace {

struct Heard {
  std::vector<std::string> lines{};
  LogSink sink = [this](const LogRecord& r) {
    lines.push_back(std::to_string(static_cast<int>(r.level)) + " " + std::string(r.address) + " " + std::string(r.message));
  };
};

void mask(hosted_internal::HiddenText& text) {
  hosted_internal::SecretSet set;
  set.add({"canary"});
  set.hide_in(text);
}
// What take() gave, as it is told.
std::vector<std::string> told(const std::vector<hosted_internal::HiddenText>& texts) {
  std::vector<std::string> out;
  for (const auto& text : texts) out.push_back(one_line(text.shown()));
  return out;
}
std::string said(unsigned severity, std::string_view text, std::string_view urn = {}) {
  return Message().number(1, severity).text(2, text).text(3, urn);
}

}  // namespace

TEST_CASE("pulumi log: the engine's endpoint answers health and Log, and nothing else") {
  PluginLog log("acme", mask, {}, false);
  CHECK(log.answer("/grpc.health.v1.Health/Check", "").code == 0);
  CHECK(log.answer("/grpc.health.v1.Health/Check", "").body == std::string("\x08\x01"));
  CHECK(log.answer("/pulumirpc.Engine/Log", said(1, "x")).code == 0);
  for (const char* other : {"/pulumirpc.Engine/SetRootResource", "/pulumirpc.ResourceMonitor/RegisterResource", "/x"})
    CHECK(log.answer(other, "").code == 12);
}

TEST_CASE("pulumi log: warnings wait for the read that they are about, masked, and are told once") {
  PluginLog log("acme", mask, {}, false);
  (void)log.answer(engine_log_path, said(2, "first canary\nline", "urn:a"));
  (void)log.answer(engine_log_path, said(3, "of nothing"));
  (void)log.answer(engine_log_path, said(1, "information", "urn:a"));
  (void)log.answer(engine_log_path, "\xff");
  CHECK(told(log.take("urn:b")) == std::vector<std::string>{"of nothing"});
  CHECK(told(log.take("urn:a")) == std::vector<std::string>{"first ***\\x0aline"});
  CHECK(log.take("urn:a").empty());
}

TEST_CASE("pulumi log: secrets of the resources that are being read are masked, also in what is late") {
  Heard heard;
  hosted_internal::SecretSet secrets;
  PluginLog log(
      "acme", [&](hosted_internal::HiddenText& text) { secrets.hide_late_in(text); }, heard.sink, true);
  {
    const auto hold = secrets.hold({"hunter2"});
    log.line("pass=hunter2");
  }
  (void)log.answer(engine_log_path, said(2, "no hunter2", "urn:a"));
  CHECK(heard.lines == std::vector<std::string>{"0 acme pass=***", "2 urn:a no ***"});
  CHECK(told(log.take("urn:a")) == std::vector<std::string>{"no ***"});
}

TEST_CASE("pulumi log: all goes to the sink where logs are wanted") {
  Heard all, some;
  PluginLog loud("acme", mask, all.sink, true), quiet("acme", mask, some.sink, false);
  for (PluginLog* log : {&loud, &quiet}) {
    (void)log->answer(engine_log_path, said(0, "d canary"));
    (void)log->answer(engine_log_path, said(1, "i", "urn:a"));
    (void)log->answer(engine_log_path, said(2, "w"));
    log->line("stderr canary");
  }
  CHECK(all.lines == std::vector<std::string>{"0 acme d ***", "1 urn:a i", "2 acme w", "0 acme stderr ***"});
  CHECK(some.lines.empty());  // the read that it is about tells it
  CHECK(told(quiet.take("")) == std::vector<std::string>{"w"});
}

TEST_CASE("pulumi log: what becomes known as a secret before a warning is told is hidden in it, where it was cut, too") {
  const std::string secret = "new-secret-of-the-read";
  hosted_internal::SecretSet secrets;
  secrets.add({"secret"});  // a part of it was one before
  PluginLog log(
      "acme", [&](hosted_internal::HiddenText& text) { secrets.hide_late_in(text); }, {}, false);
  const std::string begin(2000 - 9, 'y');
  (void)log.answer(engine_log_path, said(2, begin + secret + " and more", "urn:a"));  // "new-secre" is left of it
  (void)log.answer(engine_log_path, said(2, "a " + secret + " b\nsecret", "urn:a"));
  (void)log.answer(engine_log_path, said(2, std::string(1999, 'y') + "q.", "urn:a"));  // no secret begins so
  auto kept = log.take("urn:a");
  const auto hold = secrets.hold({secret, "lines\nof a secret"});
  for (auto& text : kept) secrets.hide_in(text);
  CHECK(told(kept) == std::vector<std::string>{begin + "***...", "a *** b\\x0a***", std::string(1999, 'y') + "q..."});
}

TEST_CASE("pulumi log: a plugin that talks without end is not kept") {
  PluginLog log("acme", mask, {}, false);
  for (int i = 0; i < 5000; ++i) (void)log.answer(engine_log_path, said(2, std::string(3000, 'x'), "urn:a"));
  const auto kept = log.take("urn:a");
  CHECK(kept.size() == 1000);
  CHECK(kept.front().shown().size() < 2100);
  (void)log.answer(engine_log_path, said(2, "again", "urn:a"));
  CHECK(log.take("urn:a").size() == 1);
}
