// The whole provider, against a plugin of the test that is attached to.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drift/provider/pulumi.hpp"
#include "drift/state/reader.hpp"
#include "unit/provider/fakes.hpp"
#include "unit/provider/pulumi/peer.hpp"

namespace drift::pulumi_internal::test {

using Lines = std::vector<std::string>;

inline const std::string provider_urn = "urn:pulumi:dev::proj::pulumi:providers:acme::default";
inline const std::string urn = "urn:pulumi:dev::proj::acme:index:Thing::one";
inline const std::string secret_mark = R"("4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270")";

struct World {
  Peer peer;
  std::string provider_inputs = R"({"region":"eu","version":"1.2.3","__internal":{}})";
  std::string more = R"("inputs":{"size":1,"name":"a"},"outputs":{"size":1,"name":"a","etag":"x"})";
  std::string id = "i-1";
  std::string type;  // of the resource, where it is to be another one
  PulumiOptions options;
  std::shared_ptr<Provider> provider;
  std::vector<std::string> notes;

  World() {
    answer(R"({"size":1,"name":"a","etag":"x"})");
    peer.methods["Diff"] = [](std::string_view) { return ok(diff_reply(1)); };
  }
  void answer(std::string_view outputs, const std::string& inputs = {}) {
    peer.methods["Read"] = [this, o = struct_of(outputs), i = inputs.empty() ? std::string() : struct_of(inputs),
                            given = !inputs.empty()](std::string_view) { return ok(read_reply(id, o, given ? &i : nullptr)); };
  }
  void differs(const std::vector<std::string>& details) {
    peer.methods["Diff"] = [details](std::string_view) { return ok(diff_reply(2, details)); };
  }

  [[nodiscard]] Resource recorded() const {
    const std::string text = R"({"version":3,"deployment":{"resources":[{"urn":")" + provider_urn +
                             R"(","custom":true,"type":"pulumi:providers:acme","id":"p-1","inputs":)" + provider_inputs + R"(},{"urn":")" +
                             urn + R"(","custom":true,"type":"acme:index:Thing","id":"i-1","provider":")" + provider_urn + "::p-1\"," +
                             more + "}]}}";
    Result<Document> d = read_document(ByteSource::bytes(text, "stack"));
    if (!d) FAIL(d.error().to_string());
    Result<Resource> r = d->recorded->load(1);
    if (!r) FAIL(r.error().to_string());
    return *std::move(r);
  }
  std::shared_ptr<Provider> made() {
    options.environment["PULUMI_DEBUG_PROVIDERS"] = "acme:" + peer.port();
    return make_pulumi_providers(options);
  }
  ReadOutcome read() {
    Resource r = recorded();
    if (!type.empty()) r.type = type;
    if (!provider) provider = made();
    REQUIRE(provider->handles(r));
    const ReadRequest request{&r};
    std::optional<ReadOutcome> out;
    const LogSink log = [this](const LogRecord& record) {
      if (record.code == provider_warning) notes.emplace_back(record.message);
    };
    OpContext ctx;
    ctx.log = &log;
    const Status s = provider->read(
        {&request, 1}, [&](std::size_t, ReadOutcome o) { out = std::move(o); }, ctx);
    if (!s.ok()) FAIL(s.error().to_string());
    REQUIRE(out.has_value());
    return *std::move(out);
  }
  ReadOutcome found() {
    ReadOutcome out = read();
    if (out.is_failed()) FAIL(out.error().to_string());
    REQUIRE(out.is_found());
    REQUIRE(out.engine().has_value());
    return out;
  }
  Error failed() {
    const ReadOutcome out = read();
    REQUIRE(out.is_failed());
    CHECK_FALSE(out.error().next_step().empty());
    CHECK_FALSE(out.error().subject().empty());
    CHECK(out.error().to_string().find("canary") == std::string::npos);
    return out.error();
  }
};

}  // namespace drift::pulumi_internal::test
