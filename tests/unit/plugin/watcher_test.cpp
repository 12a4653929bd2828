#include "plugin/watcher.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "plugin/child_process.hpp"
#include "unit/plugin/fake_server.hpp"
#include "unit/plugin/processes.hpp"

using namespace drift;
using namespace drift::plugin;
using namespace plugin::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct Plugin {
  pid_t pid = 0;
  std::string folder{};
  pid_t inner = 0;  // what it started
};

// A host in a process of its own, which has said what it started.
struct Host {
  TempFolder base{};
  std::shared_ptr<ChildProcess> process{};
  std::vector<Plugin> plugins{};
  pid_t fork = 0;

  Host(const std::string& how, int count)
      : process(start({.program = DRIFT_PLUGIN_FIXTURE, .args = {"host_of_wrappers", how, base.path(), std::to_string(count)}})) {
    std::istringstream words(first_line(*process));
    for (Plugin p; static_cast<int>(plugins.size()) < count && words >> p.pid >> p.folder >> p.inner;) plugins.push_back(p);
    words >> fork;
    REQUIRE(static_cast<int>(plugins.size()) == count);
  }

  void all_is_gone() const {
    for (const Plugin& p : plugins) {
      CHECK(eventually([&] { return gone(p.pid) && gone(p.inner); }));
      CHECK(eventually([&] { return group_of(p.pid).empty(); }));
      CHECK(::access(p.folder.c_str(), F_OK) == -1);
    }
  }
};

// The one that is neither the plugin nor what it started.
pid_t watcher_of(pid_t plugin, pid_t inner) {
  std::set<pid_t> members = group_of(plugin);
  members.erase(plugin);
  members.erase(inner);
  REQUIRE(members.size() == 1);
  return *members.begin();
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A mask of /proc/PID/status.
unsigned long long signals(const std::string& proc, const std::string& what) {
  const std::string status = content(proc + "/status");
  const std::size_t at = status.find("\n" + what + ":");
  REQUIRE(at != std::string::npos);
  return std::stoull(status.substr(at + what.size() + 2), nullptr, 16);
}

constexpr unsigned long long bit(int signal) { return 1ULL << (signal - 1); }

bool no_child_is_left() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

}  // namespace

TEST_CASE("what plugins started, and their folders, go with a host that is killed") {
  for (const int count : {1, 8}) {
    const Host host("wait", count);
    for (const Plugin& p : host.plugins) {
      CHECK_FALSE(gone(p.inner));
      CHECK(::access((p.folder + "/plugin1").c_str(), F_OK) == 0);
    }
    REQUIRE(::kill(host.process->pid(), SIGKILL) == 0);
    host.all_is_gone();
  }
}

TEST_CASE("the same when the host exits without a word, crashes, or becomes another program") {
  Host("exit", 2).all_is_gone();
  const Host crashed("wait", 2);
  REQUIRE(::kill(crashed.process->pid(), SIGABRT) == 0);
  crashed.all_is_gone();
  const Host other("exec", 2);
  other.all_is_gone();
  CHECK(other.process->running());
}

TEST_CASE("the same when a child that the host forked lives on, with copies of all that the host had open") {
  const Host host("fork", 2);
  REQUIRE(host.fork > 0);
  REQUIRE(::kill(host.process->pid(), SIGKILL) == 0);
  host.all_is_gone();
  CHECK_FALSE(gone(host.fork));
  CHECK(::kill(host.fork, SIGKILL) == 0);
}

TEST_CASE("a watcher that is killed takes nothing along, and leaves nothing") {
  const auto child = start_mode("wrapper");
  const pid_t inner = std::stoi(first_line(*child));
  const pid_t watcher = watcher_of(child->pid(), inner);
  REQUIRE(::kill(watcher, SIGKILL) == 0);
  CHECK(eventually([&] { return gone(watcher); }));
  CHECK(child->running());
  CHECK_FALSE(gone(inner));
  CHECK(child->stop(seconds(20)));
  CHECK(child->exit_status()->signal == SIGTERM);
  CHECK(eventually([&] { return gone(inner); }));
  CHECK(no_child_is_left());
}

TEST_CASE("a watcher has nothing of the host but the end of a pipe, and ignores what is sent to the plugin's group") {
  const int leaked = ::open("/etc/passwd", O_RDONLY);  // without CLOEXEC
  REQUIRE(leaked > 2);
  ChildOptions options;
  options.args = {"ignores_term"};
  options.env = {"TOKEN=secret"};
  const auto child = start(std::move(options));
  CHECK(first_line(*child) == "ready");
  const pid_t watcher = watcher_of(child->pid(), 0);
  const std::string proc = "/proc/" + std::to_string(watcher);
  CHECK(eventually([&] { return content(proc + "/comm") == "sh\n"; }));
  std::map<std::string, std::string> open;
  for (const auto& entry : std::filesystem::directory_iterator(proc + "/fd"))
    open[entry.path().filename()] = std::filesystem::read_symlink(entry.path());
  CHECK(open.size() == 3);
  CHECK(open["0"].starts_with("pipe:"));
  CHECK(open["1"] == "/dev/null");
  CHECK(open["2"] == "/dev/null");
  CHECK(content(proc + "/environ").find("secret") == std::string::npos);
  CHECK(std::filesystem::read_symlink(proc + "/cwd") == "/");
  CHECK(::getsid(watcher) == child->pid());  // no terminal
  const unsigned long long asked = signals(proc, "SigIgn") | bit(SIGKILL) | bit(SIGSTOP) | bit(SIGCHLD) | bit(SIGURG);
  CHECK((asked & 0x7fffffffU) == 0x7fffffffU);
  CHECK(eventually([&] { return (signals(proc, "SigCgt") & bit(SIGURG)) != 0; }));
  CHECK(signals(proc, "SigBlk") == 0);
  CHECK(child->stop(milliseconds(0)));
  CHECK(eventually([&] { return gone(watcher); }));
  CHECK(no_child_is_left());
  ::close(leaked);
}

TEST_CASE("a program that cannot be started leaves no watcher") {
  for (const char* program : {"/none", "/etc/passwd"}) CHECK_FALSE(ChildProcess::spawn({.program = program}, OpContext{}).ok());
  CHECK_FALSE(ChildProcess::spawn({.program = "/bin/true", .cwd = "/none"}, OpContext{}).ok());
  CHECK(no_child_is_left());
}
