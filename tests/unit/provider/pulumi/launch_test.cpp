#include "provider/pulumi/launch.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <thread>

#include "provider/hosted/masking.hpp"
#include "unit/provider/fakes.hpp"
#include "unit/provider/pulumi/peer.hpp"

using namespace drift;                   // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;  // NOLINT(google-build-using-namespace)
using drift::pulumi_internal::test::Fields;
using drift::pulumi_internal::test::Peer;
using drift::pulumi_internal::test::refused;

namespace {

// A plugin whose process is a script and whose server is the test's.
struct World {
  drift::test::TempDir dir;
  Peer peer;
  LaunchOptions options;

  std::string script(const std::string& text) {
    const std::string path = dir.write("pulumi-resource-acme", "#!/bin/sh\n" + text);
    REQUIRE(::chmod(path.c_str(), 0755) == 0);
    return path;
  }
  World() {
    options.engine_address = "127.0.0.1:9";
    options.env = {"PATH=/usr/bin:/bin"};
    options.redact = [](std::string_view text) { return hosted_internal::mask_values(text, {"canary"}); };
  }
  Result<std::shared_ptr<PluginProcess>> launch(const std::string& text) {
    options.program = script(text);
    return PluginProcess::launch(options, {});
  }
  Error refusal(const std::string& text) {
    auto p = launch(text);
    REQUIRE_FALSE(p.ok());
    CHECK_FALSE(p.error().next_step().empty());
    CHECK(p.error().to_string().find("canary") == std::string::npos);
    return p.error();
  }
};

bool gone(pid_t pid) {
  for (int i = 0; i < 500; ++i) {
    if (::kill(pid, 0) != 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_CASE("pulumi launch: the port is a line's number, whatever a runtime writes around it") {
  CHECK(port_of_line("12345") == 12345);
  CHECK(port_of_line(" 12345 \r") == 12345);
  CHECK(port_of_line("\x1b]9;4;3;\x1b\\12345\x1b]9;4;0;\x1b\\") == 12345);
  CHECK(port_of_line("\x1b]0;title\a"
                     "80") == 80);
  for (const char* bad : {"", " ", "0", "-1", "65536", "12 34", "port 5", "\x1b]9;4;3;12345"}) {
    CAPTURE(bad);
    CHECK_FALSE(port_of_line(bad).has_value());
  }
}

TEST_CASE("pulumi launch: a plugin is given the engine's address, shaken hands with, asked to end, and leaves nothing") {
  World w;
  auto p =
      w.launch("echo \"$1\" > " + (w.dir / "argument") + "\nprintf '\\033]9;4;3;\\033\\\\%s\\n' " + w.peer.port() + "\nexec sleep 1000\n");
  REQUIRE(p.ok());
  CHECK(drift::test::read_text(w.dir / "argument") == "127.0.0.1:9\n");
  REQUIRE((*p)->handshake().has_value());
  CHECK((*p)->handshake()->accept_secrets);
  const Fields hello = w.peer.last("Handshake");
  CHECK(hello.text(1) == "127.0.0.1:9");
  CHECK(hello.text(2) == w.dir.path());
  CHECK((*p)->alive());
  const pid_t pid = (*p)->pid();
  (*p)->shutdown();
  CHECK(gone(pid));
  CHECK(w.peer.asked("Cancel").size() == 1);
  CHECK_FALSE((*p)->alive());
}

TEST_CASE("pulumi launch: what a shell started goes with it, though it takes no notice of SIGINT") {
  World w;
  w.options.stop_timeout = std::chrono::milliseconds(200);
  auto p = w.launch("trap '' INT\nsleep 1000 &\necho $! > " + (w.dir / "child") + "\necho " + w.peer.port() + "\nwait\n");
  REQUIRE(p.ok());
  const pid_t child = static_cast<pid_t>(std::stol(drift::test::read_text(w.dir / "child")));
  const pid_t pid = (*p)->pid();
  p->reset();
  CHECK(gone(pid));
  CHECK(gone(child));
}

TEST_CASE("pulumi launch: an old plugin knows no Handshake") {
  World w;
  w.peer.methods.erase("Handshake");
  auto p = w.launch("echo " + w.peer.port() + "\nexec sleep 1000\n");
  REQUIRE(p.ok());
  CHECK_FALSE((*p)->handshake().has_value());
}

TEST_CASE("pulumi launch: a handshake that is refused is an error, and the process does not stay") {
  World w;
  w.peer.methods["Handshake"] = [](std::string_view) { return refused(13, "canary broke"); };
  const Error e = w.refusal("echo $$ > " + (w.dir / "pid") + "\necho " + w.peer.port() + "\nexec sleep 1000\n");
  CHECK(e.to_string().find("Handshake") != std::string::npos);
  CHECK(e.to_string().find("*** broke") != std::string::npos);
  CHECK(gone(static_cast<pid_t>(std::stol(drift::test::read_text(w.dir / "pid")))));
}

TEST_CASE("pulumi launch: what is no plugin") {
  World w;
  CHECK(w.refusal("echo usage: canary\nexec sleep 1000\n").code() == Errc::unknown_format);
  const Error ended = w.refusal("echo 'no canary here' >&2\nexit 3\n");
  CHECK(ended.code() == Errc::read_failed);
  CHECK(ended.message().find("exit status 3") != std::string::npos);
  CHECK(ended.message().find("no *** here") != std::string::npos);
  w.options.start_timeout = std::chrono::milliseconds(200);
  CHECK(w.refusal("exec sleep 1000\n").code() == Errc::read_timeout);
  CHECK(w.refusal("echo 1\nexec sleep 1000\n").code() == Errc::io);  // nobody listens there
}

TEST_CASE("pulumi launch: a plugin that ends while it is asked is told with its last words") {
  World w;
  auto p = w.launch("echo " + w.peer.port() + "\nexec sleep 1000\n");
  REQUIRE(p.ok());
  (*p)->kill();
  const plugin::GrpcReply reply = (*p)->call("Read", "", {});
  CHECK(reply.connection_lost);
  CHECK((*p)->error_of(reply, "Read").message().find("signal 9") != std::string::npos);
}

TEST_CASE("pulumi launch: a plugin that runs already is attached to, and left running") {
  Peer peer;
  {
    auto p = PluginProcess::attach({.port = std::stoi(peer.port()), .engine_address = "127.0.0.1:9"}, {});
    REQUIRE(p.ok());
    CHECK_FALSE(peer.last("Handshake").has(2));
    CHECK(peer.last("Attach").text(1) == "127.0.0.1:9");
  }
  CHECK(peer.asked("Cancel").empty());
}
