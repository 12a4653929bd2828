#include "third/curl_transport.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "support/http_server.hpp"

using namespace drift;
using drift::test::HttpServer;

namespace {

using Answer = HttpServer::Answer;

std::string gzip(const std::string& text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string in = text, out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

Result<HttpResponse> get(const std::string& url, OpContext ctx = {}, std::uint64_t most = 1 << 20) {
  HttpRequest request;
  request.url = url;
  request.max_body = most;
  return third::make_curl_transport()->send(request, ctx);
}

}  // namespace

TEST_CASE("curl: a service of this machine is asked without a proxy") {
  HttpServer server([](const HttpServer::Request&) { return Answer{.body = "direct"}; });
  HttpServer proxy([](const HttpServer::Request&) { return Answer{.body = "by the proxy"}; });
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  const auto own = get(server.url() + "/x");
  const auto other = get("http://service.example/x");
  ::unsetenv("http_proxy");
  REQUIRE((own.ok() && other.ok()));
  CHECK(own->body == "direct");
  CHECK(other->body == "by the proxy");
}

TEST_CASE("curl: a request is sent as it is, and its answer comes back whatever its status") {
  HttpServer server([](const HttpServer::Request& r) {
    return Answer{.status = 418, .headers = {{"X-One", " two "}}, .body = r.method + " " + r.path + " " + r.body};
  });
  HttpRequest request;
  request.method = "POST";
  request.url = server.url() + "/a/b%20c?d=e";
  request.headers = {{"Authorization", "token abc"}, {"Content-Type", "application/json"}};
  request.body = "{\"x\":1}";
  const auto answer = third::make_curl_transport()->send(request, {});
  REQUIRE(answer.ok());
  CHECK(answer->status == 418);
  CHECK(answer->body == "POST /a/b%20c?d=e {\"x\":1}");
  CHECK(answer->header("x-ONE") == "two");
  CHECK(answer->header("absent").empty());
  const auto seen = server.requests();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].headers.at("authorization") == "token abc");
  CHECK(seen[0].headers.at("content-type") == "application/json");
  CHECK(seen[0].headers.count("expect") == 0);
}

TEST_CASE("curl: no redirect is followed") {
  HttpServer server([](const HttpServer::Request&) { return Answer{.status = 302, .headers = {{"Location", "/elsewhere"}}}; });
  const auto answer = get(server.url() + "/here");
  REQUIRE(answer.ok());
  CHECK(answer->status == 302);
  CHECK(answer->header("location") == "/elsewhere");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("curl: a compressed answer is undone, and counted as it becomes") {
  HttpServer server([](const HttpServer::Request&) {
    return Answer{.headers = {{"Content-Encoding", "gzip"}}, .body = gzip(std::string(100'000, 'x'))};
  });
  CHECK(get(server.url()).value().body == std::string(100'000, 'x'));
  const auto cut = get(server.url(), {}, 99'999);
  REQUIRE_FALSE(cut.ok());
  CHECK(cut.error().code() == Errc::byte_limit);
  CHECK(get(server.url(), {}, 100'000).ok());
}

TEST_CASE("curl: an answer that ends too early is truncated, and may be asked for again") {
  HttpServer server([](const HttpServer::Request&) { return Answer{.body = "0123456789", .cut = 4}; });
  const auto answer = get(server.url());
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code() == Errc::truncated);
  CHECK(answer.error().is_retryable());
}

TEST_CASE("curl: nobody there, no name, no such protocol") {
  int port = 0;
  {
    HttpServer gone([](const HttpServer::Request&) { return Answer{}; });
    port = gone.port();
  }
  const auto refused = get("http://127.0.0.1:" + std::to_string(port) + "/secret-path");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == Errc::io);
  CHECK(refused.error().is_retryable());
  CHECK(refused.error().to_string().find("secret-path") == std::string::npos);
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "::"}) {
    CAPTURE(url);
    const auto none = get(url);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code() == Errc::invalid_argument);
  }
}

TEST_CASE("curl: a server that says nothing is left at the deadline, on a cancel, and when it idles") {
  std::atomic<bool> asked = false;
  HttpServer server([&](const HttpServer::Request&) {
    asked = true;
    return Answer{.silent = true};
  });
  OpContext late;
  late.deadline = Deadline::after(*late.clock, std::chrono::milliseconds(200));
  CHECK(get(server.url(), late).error().code() == Errc::deadline);

  asked = false;
  OpContext stopped;
  std::thread stopper([&] {
    while (!asked) std::this_thread::yield();
    stopped.cancel.cancel();
  });
  CHECK(get(server.url(), stopped).error().code() == Errc::cancelled);
  stopper.join();

  HttpRequest request;
  request.url = server.url();
  request.idle_timeout = std::chrono::seconds(1);
  const auto idle = third::make_curl_transport()->send(request, {});
  REQUIRE_FALSE(idle.ok());
  CHECK(idle.error().code() == Errc::io);
  CHECK(idle.error().is_retryable());
}

TEST_CASE("curl: the signals of the thread are as before") {
  HttpServer server([](const HttpServer::Request&) { return Answer{}; });
  sigset_t before, after;
  REQUIRE(pthread_sigmask(SIG_SETMASK, nullptr, &before) == 0);
  CHECK(get(server.url()).ok());
  REQUIRE(pthread_sigmask(SIG_SETMASK, nullptr, &after) == 0);
  for (const int s : {SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGALRM}) CHECK(sigismember(&before, s) == sigismember(&after, s));
}
