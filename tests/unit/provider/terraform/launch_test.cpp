#include "provider/terraform/launch.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "unit/plugin/fake_server.hpp"

using namespace drift;
using namespace drift::terraform_internal;
using plugin::GrpcCode;
using plugin::GrpcReply;
using plugin::test::FakeServer;
using plugin::test::TempFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

OpContext within(Clock::Duration d) {
  OpContext ctx;
  ctx.deadline = Deadline::after(system_clock(), d);
  return ctx;
}

LaunchOptions fixture(std::vector<std::string> args) {
  LaunchOptions options;
  options.program = DRIFT_PLUGIN_FIXTURE;
  options.args = std::move(args);
  return options;
}

std::shared_ptr<PluginProcess> launch(const LaunchOptions& options) {
  auto p = PluginProcess::launch(options, within(seconds(30)));
  if (!p) FAIL(p.error().to_string());
  return *p;
}

Error refused(const LaunchOptions& options, const OpContext& ctx = within(seconds(30))) {
  auto p = PluginProcess::launch(options, ctx);
  REQUIRE_FALSE(p.ok());
  CHECK(p.error().next_step().empty() == (p.error().code() == Errc::cancelled));  // who cancelled knows what to do
  return p.error();
}

std::string ask(PluginProcess& p, std::string_view method, std::string_view request = "") {
  const GrpcReply reply = p.call(method, request, within(seconds(30)));
  CHECK(reply.status.message == "");
  return reply.message;
}

bool gone(pid_t pid) { return ::kill(pid, 0) != 0; }
bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// Where the folders of this test's processes are, and of no other test's.
class OwnTemp {
 public:
  OwnTemp() {
    if (const char* set = ::getenv("TMPDIR")) before_ = set;
    ::setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  OwnTemp(const OwnTemp&) = delete;
  OwnTemp& operator=(const OwnTemp&) = delete;
  ~OwnTemp() { before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR"); }
  [[nodiscard]] bool is_empty() const { return std::filesystem::is_empty(folder_.path()); }

 private:
  const TempFolder folder_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("a provider is launched, called and shut down, and leaves nothing") {
  for (const char* protocol : {"5", "6"}) {
    LaunchOptions options = fixture({"plugin", std::string("protocol=") + protocol});
    options.stop_timeout = seconds(60);
    auto p = launch(options);
    CHECK(p->protocol() == std::stoi(protocol));
    CHECK(p->alive());
    CHECK(ask(*p, "Echo", "hello") == "/tfplugin" + std::string(protocol) + ".Provider/Echo hello");
    CHECK(ask(*p, "Stdio") == "yes");
    CHECK(p->rss_bytes().value_or(0) > 100'000);
    CHECK(p->calls() >= 2);
    const std::string folder = ask(*p, "Env", "PLUGIN_UNIX_SOCKET_DIR");
    CHECK(ask(*p, "Env", "TMPDIR") == folder);
    CHECK(ask(*p, "Env", "TF_LOG_SDK") == "off");
    CHECK(exists(folder + "/plugin1234567890"));
    const pid_t pid = p->pid();
    CHECK_FALSE(p->exit_status().has_value());
    p->shutdown();
    p->shutdown();
    REQUIRE(p->exit_status().has_value());
    CHECK(p->exit_status()->text() == "exit status 0");  // it went by itself: no signal
    CHECK(gone(pid));
    CHECK_FALSE(exists(folder));
    CHECK_FALSE(p->alive());
    CHECK(p->call("Echo", "", within(seconds(9))).connection_lost);
  }
}

TEST_CASE("a provider that does not end when asked is killed, also by its last owner") {
  LaunchOptions options = fixture({"plugin", "ignore-shutdown", "no-stdio"});
  options.stop_timeout = milliseconds(50);
  auto p = launch(options);
  CHECK(ask(*p, "Stdio") == "no");  // and the call that it does not know did no harm
  const std::string folder = ask(*p, "Env", "TMPDIR");
  const pid_t pid = p->pid();
  p.reset();
  CHECK(gone(pid));
  CHECK_FALSE(exists(folder));
  auto stubborn = launch(options);
  stubborn->shutdown();
  CHECK(stubborn->exit_status()->signal == SIGKILL);
  auto hanging = launch(fixture({"plugin"}));
  CHECK(hanging->call("Hang", "", within(milliseconds(50))).status.code == GrpcCode::deadline_exceeded);
  const pid_t second = hanging->pid();
  hanging->kill();
  CHECK(gone(second));
}

TEST_CASE("a socket that the plugin puts elsewhere is removed, too") {
  const TempFolder elsewhere;
  auto p = launch(fixture({"plugin", "elsewhere=" + elsewhere.path()}));
  CHECK(exists(elsewhere.file("plugin1234567890")));
  p->kill();
  CHECK_FALSE(exists(elsewhere.file("plugin1234567890")));
}

TEST_CASE("AutoMTLS: with it, and with a plugin that does not know it") {
  LaunchOptions options = fixture({"plugin"});
  options.mutual_tls = true;
  auto p = launch(options);
  CHECK(ask(*p, "Env", "PLUGIN_CLIENT_CERT").starts_with("-----BEGIN CERTIFICATE-----\n"));
  CHECK(ask(*p, "Echo", "x").ends_with(" x"));
  options.args.emplace_back("no-tls");
  CHECK(refused(options).code() == Errc::unsupported_feature);
}

TEST_CASE("a provider's logs go to who asked for them") {
  std::mutex mutex;
  std::vector<std::string> lines;
  LaunchOptions options = fixture({"plugin"});
  options.log_level = "trace";
  options.on_log = [&](std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line);
  };
  auto p = launch(options);
  CHECK(ask(*p, "Env", "TF_LOG") == "trace");
  CHECK(ask(*p, "Env", "TF_LOG_SDK") == "");
  p->shutdown();  // what it wrote has been read then
  CHECK(p->tail() == "a line of log\n");
  const std::lock_guard lock(mutex);
  CHECK(lines == std::vector<std::string>{"a line of log"});
}

TEST_CASE("a panic is told with its first lines, and without the values of the environment") {
  LaunchOptions options = fixture({"plugin"});
  options.env = {{"SECRET_TOKEN", "hunter2-and-more"}};
  auto p = launch(options);
  const GrpcReply reply = p->call("Panic", "", within(seconds(30)));
  CHECK(reply.connection_lost);
  const Error error = p->error_of(reply, "ReadResource");
  CHECK(error.code() == Errc::read_failed);
  CHECK_FALSE(error.is_retryable());
  CHECK(error.to_string().find("crashed (exit status 2): panic: no such luck: *** | goroutine 1 [running]: | main.main()") !=
        std::string::npos);
  CHECK(error.to_string().find("ReadResource") != std::string::npos);
  CHECK(error.to_string().find("hunter2") == std::string::npos);
  CHECK(p->tail().find("hunter2") != std::string::npos);  // raw
  CHECK_FALSE(p->alive());

  options.redact = [](std::string_view) { return std::string("(redacted)"); };
  auto q = launch(options);
  CHECK(q->error_of(q->call("Panic", "", within(seconds(30))), "M").message().ends_with("crashed (exit status 2): (redacted)"));
}

TEST_CASE("a provider that is killed, or lacks a call") {
  auto p = launch(fixture({"plugin"}));
  CHECK(p->error_of(p->call("Nonsense", "", within(seconds(30))), "Nonsense").code() == Errc::read_unsupported);
  const Error killed = p->error_of(p->call("Killed", "", within(seconds(30))), "ReadResource");
  CHECK(killed.is_retryable());
  CHECK(killed.message().find("signal 9") != std::string::npos);
}

TEST_CASE("programs that are no provider, each in its own way") {
  const OwnTemp temp;
  LaunchOptions none = fixture({});
  none.program = "/no/such/terraform-provider-x";
  CHECK(refused(none).code() == Errc::not_found);
  LaunchOptions cat = fixture({});
  cat.program = "/bin/false";
  CHECK(refused(cat).message().find("ended at its start (exit status 1)") != std::string::npos);
  CHECK(refused(fixture({"says", "hello"})).code() == Errc::unknown_format);
  CHECK(refused(fixture({"says", "1|4|unix|/tmp/x|grpc"})).code() == Errc::unsupported_version);
  CHECK(refused(fixture({"says", "1|6|unix|/tmp/no/such/socket|grpc"})).code() == Errc::io);
  CHECK(refused(fixture({"says", "1|5|tcp|127.0.0.1:1|grpc"})).code() == Errc::io);
  CHECK(refused(fixture({"closes_output"})).code() == Errc::unknown_format);
  CHECK(refused(fixture({"crashes", "This binary is a plugin. These are not meant to be executed directly.\n"})).code() ==
        Errc::unknown_format);
  const Error crash = refused(fixture({"crashes", "one\nlibfoo.so: cannot open shared object file\n"}));
  CHECK(crash.code() == Errc::read_failed);
  CHECK(crash.message().find("(exit status 1): one | libfoo.so: cannot open shared object file") != std::string::npos);
  LaunchOptions token = fixture({"crashes", "panic: bad token hunter2-and-more\n\ngoroutine 1\n"});
  token.env = {{"T", "hunter2-and-more"}};
  CHECK(refused(token).message().find("panic: bad token *** | goroutine 1") != std::string::npos);
  CHECK(temp.is_empty());
}

TEST_CASE("starts that take too long, or are cancelled") {
  LaunchOptions slow = fixture({});
  slow.program = "/bin/sleep";
  slow.args = {"1000"};
  slow.start_timeout = milliseconds(50);
  const Error own = refused(slow);
  CHECK(own.code() == Errc::read_timeout);
  CHECK(own.message().find("50 ms") != std::string::npos);
  slow.start_timeout = seconds(60);
  CHECK(refused(slow, within(milliseconds(50))).code() == Errc::deadline);
  OpContext ctx;
  std::thread canceller([&] {
    ::usleep(30'000);
    ctx.cancel.cancel();
  });
  CHECK(refused(slow, ctx).code() == Errc::cancelled);
  canceller.join();
}

TEST_CASE("attaching to a provider that somebody else runs") {
  std::atomic<int> shutdowns{0};
  const auto serve = [&](third::Http2Session& http, const plugin::test::Request& r) {
    if (r.path() == "/plugin.GRPCController/Shutdown") {
      ++shutdowns;
      return FakeServer::answer(http, r.stream, "");
    }
    if (r.path().ends_with("Echo")) return FakeServer::answer(http, r.stream, r.path());
    FakeServer::refuse(http, r.stream, "12", "");
  };
  FakeServer server(serve);
  AttachOptions options;
  options.address = server.endpoint().unix_path;
  options.pid = ::getpid();
  options.test = true;
  for (const bool test : {true, false}) {
    options.test = test;
    auto p = PluginProcess::attach(options, within(seconds(30)));
    REQUIRE(p.ok());
    CHECK((*p)->protocol() == 5);
    CHECK((*p)->pid() == ::getpid());
    CHECK(ask(**p, "Echo") == "/tfplugin5.Provider/Echo");
    CHECK((*p)->alive());
    (*p)->shutdown();
    CHECK(shutdowns == (test ? 0 : 1));
  }
  options.protocol = 4;
  CHECK(PluginProcess::attach(options, within(seconds(30))).error().code() == Errc::unsupported_version);
  options.protocol = 6;
  options.address += "x";
  CHECK(PluginProcess::attach(options, within(seconds(30))).error().code() == Errc::io);
}

TEST_CASE("a child of fork() leaves the provider and its folder alone") {
  auto p = launch(fixture({"plugin"}));
  const std::string folder = ask(*p, "Env", "TMPDIR");
  const pid_t fork = ::fork();
  if (fork == 0) {
    ::alarm(20);
    const bool lost = p->call("Echo", "", OpContext{}).connection_lost && !p->alive();
    p.reset();
    ::_exit(lost ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(fork, &status, 0) == fork);
  CHECK(status == 0);
  CHECK(exists(folder));
  CHECK(ask(*p, "Echo").ends_with("Echo "));
}
