#include "state/pulumi_cloud.hpp"

#include <doctest/doctest.h>

#include "state/base64.hpp"
#include "support/http_server.hpp"
#include "unit/state/stacks.hpp"

using namespace drift;
using namespace drift::state_internal;
using drift::test::HttpServer;
using stacks::answer;

namespace {

const PulumiStackId id{"acme", "shop", "dev"};
constexpr std::uint64_t plenty = 1 << 20;

struct Asked {
  explicit Asked(std::vector<stacks::Answers::Answer> answers, std::string url = "https://api.pulumi.com")
      : transport(std::make_shared<stacks::Answers>(std::move(answers))), cloud(std::move(url), "token-canary", transport) {
    ctx.clock = &clock;
  }
  Result<std::string> text() { return cloud.export_stack(id, plenty, ctx); }
  // Which requests had the token.
  std::string with_token() const {
    std::string out;
    for (const HttpRequest& r : transport->requests) out += stacks::header(r, "Authorization") == "token token-canary" ? 'y' : 'n';
    return out;
  }
  std::shared_ptr<stacks::Answers> transport;
  PulumiCloud cloud;
  stacks::QuickClock clock;
  OpContext ctx;
};

Error failure(std::vector<stacks::Answers::Answer> answers) {
  Asked a(std::move(answers));
  const auto text = a.text();
  REQUIRE_FALSE(text.ok());
  CHECK(text.error().to_string().find("canary") == std::string::npos);
  CHECK(text.error().subject() == "https://api.pulumi.com");
  CHECK_FALSE(text.error().next_step().empty());
  return text.error();
}

HttpResponse redirect(const std::string& to, int status = 302) { return answer(status, "", {{"Location", to}}); }

}  // namespace

TEST_CASE("pulumi cloud: the export of a stack is asked for as the API's documentation says") {
  HttpServer server([](const HttpServer::Request&) { return HttpServer::Answer{.body = "{\"version\":3}"}; });
  const PulumiCloud cloud(server.url(), "secret", nullptr);
  CHECK(cloud.export_stack(id, plenty, {}).value() == "{\"version\":3}");
  const auto seen = server.requests();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "GET");
  CHECK(seen[0].path == "/api/stacks/acme/shop/dev/export");
  CHECK(seen[0].headers.at("authorization") == "token secret");
  CHECK(seen[0].headers.at("accept") == "application/vnd.pulumi+8");
  CHECK(seen[0].headers.at("content-type") == "application/json");
  CHECK(seen[0].headers.at("user-agent").find("libdrift/") == 0);
}

TEST_CASE("pulumi cloud: what the service refuses, with what to do") {
  CHECK(failure({answer(401)}).code() == Errc::permission);
  CHECK(failure({answer(403, "no, token-canary")}).code() == Errc::permission);
  CHECK(failure({answer(404)}).code() == Errc::not_found);
  CHECK(failure({answer(418)}).code() == Errc::io);
  CHECK_FALSE(failure({answer(400)}).is_retryable());
}

TEST_CASE("pulumi cloud: what may pass is tried four times in all, with longer and longer waits") {
  Asked a({answer(500), answer(503), Error(Errc::truncated, "cut").retryable(), answer(200, "x")});
  CHECK(a.text().value() == "x");
  CHECK(a.clock.monotonic() == std::chrono::milliseconds(500 + 1000 + 2000));
  const Error e = failure({answer(500), answer(502), answer(504), answer(500)});
  CHECK(e.code() == Errc::io);
  CHECK(e.is_retryable());
  CHECK(failure({Error(Errc::io, "gone").retryable(), Error(Errc::io, "gone").retryable(), Error(Errc::io, "gone").retryable(),
                 Error(Errc::io, "gone").retryable().next("look")})
            .message() == "gone");
  CHECK(failure({Error(Errc::byte_limit, "long").next("raise it")}).code() == Errc::byte_limit);  // never passes
}

TEST_CASE("pulumi cloud: a service that is asked too often says how long to wait") {
  Asked a({answer(429, "", {{"Retry-After", "7"}}), answer(200, "x")});
  CHECK(a.text().value() == "x");
  CHECK(a.clock.monotonic() == std::chrono::seconds(7));
  Asked long_wait({answer(429, "", {{"retry-after", "86400"}}), answer(200, "x")});
  CHECK(long_wait.text().ok());
  CHECK(long_wait.clock.monotonic() == std::chrono::seconds(60));
  Asked date({answer(429, "", {{"Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"}}), answer(200, "x")});
  CHECK(date.text().ok());
  CHECK(date.clock.monotonic() == std::chrono::milliseconds(500));
  const Error e = failure({answer(429), answer(429), answer(429), answer(429)});
  CHECK(e.code() == Errc::read_throttled);
  CHECK(e.is_retryable());
}

TEST_CASE("pulumi cloud: a wait ends at the deadline and on a cancel") {
  Asked a({answer(429, "", {{"Retry-After", "30"}})});
  a.ctx.deadline = Deadline::after(a.clock, std::chrono::seconds(5));
  CHECK(a.text().error().code() == Errc::deadline);
  Asked b({answer(500)});
  b.ctx.cancel.cancel();
  // The transport of the test does not look; the wait does.
  CHECK(b.text().error().code() == Errc::cancelled);
}

TEST_CASE("pulumi cloud: a redirect within the service has the token, one elsewhere has not") {
  Asked own({redirect("/api/other"), redirect("https://API.pulumi.com:443/third", 308), answer(200, "x")});
  CHECK(own.text().value() == "x");
  CHECK(own.with_token() == "yyy");
  CHECK(own.transport->requests[1].url == "https://api.pulumi.com/api/other");
  for (const char* elsewhere : {"https://storage.example/blob?sig=1", "https://api.pulumi.com:8443/x",
                                "https://api.pulumi.com.evil.example/", "https://api.pulumi.com%2f.evil.example/"}) {
    CAPTURE(elsewhere);
    Asked a({redirect(elsewhere, 307), answer(200, "x")});
    CHECK(a.text().value() == "x");
    CHECK(a.with_token() == "yn");
    CHECK(a.transport->requests[1].url == elsewhere);
  }
  Asked back({redirect("https://evil.example/"), redirect("https://api.pulumi.com/x"), answer(200, "x")});
  CHECK(back.text().ok());
  CHECK(back.with_token() == "yny");
}

TEST_CASE("pulumi cloud: a redirect to what is less safe, to nowhere, or without end is not followed") {
  for (const char* to : {"http://api.pulumi.com/x", "file:///etc/passwd", "//evil.example/x", "", "x", "https://user@api.pulumi.com/"}) {
    CAPTURE(to);
    Asked a({redirect(to)});
    CHECK(a.text().error().code() == Errc::io);
    CHECK(a.transport->requests.size() == 1);
  }
  Asked round({redirect("/1"), redirect("/2"), redirect("/3"), redirect("/4"), redirect("/5"), redirect("/6")});
  CHECK(round.text().error().code() == Errc::io);
  Asked post({redirect("https://evil.example/")});
  CHECK(post.cloud.decrypt(id, {"QQ=="}, post.ctx).error().code() == Errc::io);
  CHECK(post.transport->requests.size() == 1);
}

TEST_CASE(
    "pulumi cloud: a real server: silence ends at the deadline, a cut answer is asked for again, a redirect elsewhere loses the token") {
  HttpServer other([](const HttpServer::Request&) { return HttpServer::Answer{.body = "moved"}; });
  int cut = 0;
  HttpServer server([&](const HttpServer::Request& r) {
    if (r.path.find("/moved/") != std::string::npos)
      return HttpServer::Answer{.status = 302, .headers = {{"Location", other.url() + "/blob"}}};
    if (r.path.find("/cut/") != std::string::npos && ++cut < 3) return HttpServer::Answer{.body = "0123456789", .cut = 5};
    if (r.path.find("/silent/") != std::string::npos) return HttpServer::Answer{.silent = true};
    return HttpServer::Answer{.body = "0123456789"};
  });
  const PulumiCloud cloud(server.url(), "token-canary", nullptr);
  stacks::QuickClock clock;
  OpContext quick;
  quick.clock = &clock;
  CHECK(cloud.export_stack({"o", "p", "moved"}, plenty, quick).value() == "moved");
  REQUIRE(other.requests().size() == 1);
  CHECK(other.requests()[0].headers.count("authorization") == 0);
  CHECK(cloud.export_stack({"o", "p", "cut"}, plenty, quick).value() == "0123456789");
  CHECK(cut == 3);
  CHECK(cloud.export_stack({"o", "p", "s"}, 9, quick).error().code() == Errc::byte_limit);
  OpContext late;
  late.deadline = Deadline::after(*late.clock, std::chrono::milliseconds(150));
  CHECK(cloud.export_stack({"o", "p", "silent"}, plenty, late).error().code() == Errc::deadline);
}

TEST_CASE("pulumi cloud: secrets are decrypted in batches, in order") {
  std::vector<std::string> ciphertexts;
  std::vector<stacks::Answers::Answer> answers;
  for (int i = 0; i < 401; ++i) ciphertexts.push_back(base64_encode("c" + std::to_string(i)));
  for (int batch = 0; batch < 3; ++batch) {
    std::string body = "{\"plaintexts\":{";
    for (int i = batch * 200; i < std::min(401, batch * 200 + 200); ++i)
      body += (i % 200 != 0 ? "," : "") + ("\"" + ciphertexts[static_cast<std::size_t>(i)] + "\":\"") +
              base64_encode("p" + std::to_string(i)) + "\"";
    answers.emplace_back(answer(200, body + "}}"));
  }
  Asked a(std::move(answers));
  const auto texts = a.cloud.decrypt(id, ciphertexts, a.ctx);
  REQUIRE(texts.ok());
  REQUIRE(texts->size() == 401);
  CHECK((*texts)[0].view() == "p0");
  CHECK((*texts)[400].view() == "p400");
  CHECK(a.transport->requests[0].method == "POST");
  CHECK(a.transport->requests[0].url == "https://api.pulumi.com/api/stacks/acme/shop/dev/batch-decrypt");
}

TEST_CASE("pulumi cloud: an answer that lacks something is an error without its text") {
  for (const char* body : {"", "token-canary", "{}", R"({"plaintexts":{}})", R"({"plaintexts":{"QQ==":"!canary"}})", R"({"plaintexts":[]})",
                           R"({"plaintexts":{"QQ==":7}})"}) {
    CAPTURE(body);
    Asked a({answer(200, body)});
    const auto texts = a.cloud.decrypt(id, {"QQ=="}, a.ctx);
    REQUIRE_FALSE(texts.ok());
    CHECK(texts.error().code() == Errc::bad_structure);
    CHECK(texts.error().to_string().find("canary") == std::string::npos);
  }
  Asked user({answer(200, R"({"githubLogin":"ann"})")});
  CHECK(user.cloud.user(user.ctx).value() == "ann");
  Asked nobody({answer(200, "[]")});
  CHECK(nobody.cloud.user(nobody.ctx).error().code() == Errc::bad_structure);
}

TEST_CASE("pulumi cloud: nothing is sent over http to another machine") {
  Asked a({}, "http://api.acme.example");
  CHECK(a.text().error().code() == Errc::config_invalid);
  CHECK(a.cloud.user(a.ctx).error().code() == Errc::config_invalid);
  CHECK(a.cloud.decrypt(id, {"QQ=="}, a.ctx).error().code() == Errc::config_invalid);
}

TEST_CASE("pulumi cloud: a name cannot lead to another path") {
  Asked a({});
  for (const std::string bad : {"..", ".", "", "a/b", "a/../b", "p?q", "s#", "%2e%2e", "a b", "a\nb", "-\xff"}) {
    CAPTURE(bad);
    for (const PulumiStackId& other : {PulumiStackId{bad, "p", "s"}, {"o", bad, "s"}, {"o", "p", bad}}) {
      CHECK(a.cloud.export_stack(other, plenty, a.ctx).error().code() == Errc::invalid_argument);
      CHECK(a.cloud.decrypt(other, {"QQ=="}, a.ctx).error().code() == Errc::invalid_argument);
    }
  }
  CHECK(a.transport->requests.empty());
  Asked user({answer(200, R"({"githubLogin":"../x"})")});
  CHECK(user.cloud.user(user.ctx).error().code() == Errc::bad_structure);
}
