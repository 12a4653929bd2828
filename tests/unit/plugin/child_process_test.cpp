#include "plugin/child_process.hpp"

#include <dirent.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "plugin/private_folder.hpp"
#include "plugin/spawn_error.hpp"
#include "unit/plugin/fake_server.hpp"
#include "unit/plugin/processes.hpp"

using namespace drift;
using namespace drift::plugin;
using namespace plugin::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

int open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> fds(::opendir("/proc/self/fd"), ::closedir);
  int n = 0;
  while (::readdir(fds.get()) != nullptr) ++n;
  return n;
}

}  // namespace

TEST_CASE("a program runs to its end, with what it is given and nothing else") {
  const int leaked = ::open("/dev/null", O_RDONLY);  // without CLOEXEC
  REQUIRE(leaked > 2);
  ::signal(SIGPIPE, SIG_IGN);
  ChildOptions options;
  options.args = {"inherited", "a b", ""};
  options.env = {"X=1", "Y="};
  options.cwd = "/usr";
  const auto child = start(std::move(options));
  CHECK(first_line(*child) == "arg=a b;arg=;env:X=1;env:Y=;fd:0;fd:1;fd:2;death:9;group:own;cwd:/usr;stdin:0");
  CHECK(child->wait(seconds(20)));
  REQUIRE(child->exit_status().has_value());
  CHECK(child->exit_status()->code == 7);
  CHECK(child->exit_status()->text() == "exit status 7");
  CHECK_FALSE(child->running());
  CHECK(::kill(child->pid(), 0) == -1);  // buried
  ::signal(SIGPIPE, SIG_DFL);
  ::close(leaked);
}

TEST_CASE("1 MB of output stops nobody") {
  const auto child = start_mode("chatty");
  CHECK(::getsid(child->pid()) == child->pid());  // and so without a terminal
  CHECK(first_line(*child) == "the first line");
  CHECK(eventually([&] { return child->stderr_tail() == "all is written\n"; }));
  CHECK(child->running());
  CHECK(child->stop(seconds(20)));
  CHECK(child->exit_status()->signal == SIGTERM);
  CHECK(child->exit_status()->text().find("signal 15") == 0);
}

TEST_CASE("lines of 1 MB: the tail is the last, the lines are cut off, nothing hangs") {
  std::mutex mutex;
  std::vector<std::size_t> sizes;
  ChildOptions options;
  options.args = {"long_lines"};
  options.tail_bytes = 4096;
  options.on_stderr_line = [&](std::string_view line) {
    const std::lock_guard lock(mutex);
    sizes.push_back(line.size());
  };
  const auto child = start(std::move(options));
  CHECK(first_line(*child) == "(none)");
  CHECK(child->wait(seconds(30)));
  CHECK(child->stderr_tail().ends_with("\nshort\n") == false);  // the line before does not fit: it begins with a whole one
  CHECK(child->stderr_tail() == "short\n");
  const std::lock_guard lock(mutex);
  CHECK(sizes == std::vector<std::size_t>{1 << 20, 1 << 20, 1 << 20, 5});
}

TEST_CASE("a panic is kept, whatever follows it") {
  const auto child = start_mode("panics");
  CHECK(first_line(*child) == "(none)");
  CHECK(child->wait(seconds(30)));
  CHECK(child->exit_status()->code == 2);
  CHECK(child->panic().starts_with("panic: runtime error: index out of range [5]\n\ngoroutine 1 [running]:\nmain.main()\nsss"));
  CHECK(child->panic().size() == std::size_t{256} << 10);
}

TEST_CASE("a program that ignores SIGTERM is killed, and its group with it") {
  auto child = start_mode("ignores_term");
  CHECK(first_line(*child) == "ready");
  CHECK(child->stop(milliseconds(50)));
  CHECK(child->exit_status()->signal == SIGKILL);
  CHECK(child->stop(milliseconds(50)));  // again

  auto wrapper = start_mode("wrapper");
  const pid_t inner = std::stoi(first_line(*wrapper));
  CHECK_FALSE(gone(inner));
  const pid_t outer = wrapper->pid();
  wrapper.reset();
  CHECK(gone(outer));
  CHECK(eventually([&] { return gone(inner); }));
}

TEST_CASE("what a program leaves behind in its group goes with it") {
  const auto child = start_mode("double_fork");
  const pid_t inner = std::stoi(first_line(*child));
  CHECK(child->wait(seconds(30)));
  CHECK(child->exit_status()->code == 0);
  CHECK(eventually([&] { return gone(inner); }));
}

TEST_CASE("waiting for a line ends with its context") {
  const auto child = start({.program = "/bin/sleep", .args = {"1000"}});
  CHECK(child->first_line(within(milliseconds(30))).error().code() == Errc::deadline);
  OpContext ctx;
  ctx.cancel.cancel();
  CHECK(child->first_line(ctx).error().code() == Errc::cancelled);
  CHECK_FALSE(ChildProcess::spawn({.program = "/bin/true"}, ctx).ok());
  CHECK(resident_bytes(child->pid()).value_or(0) > 1000);
  CHECK_FALSE(resident_bytes(-1).has_value());
}

TEST_CASE("programs that cannot be started say why") {
  const TempFolder folder;
  const auto write = [&](const std::string& name, const std::string& text, mode_t mode) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    ::chmod(folder.file(name).c_str(), mode);
    return folder.file(name);
  };
  const auto error = [](const std::string& program, const std::string& cwd = "") {
    const auto child = ChildProcess::spawn({.program = program, .cwd = cwd}, OpContext{});
    REQUIRE_FALSE(child.ok());
    CHECK_FALSE(child.error().next_step().empty());
    return child.error();
  };
  CHECK(error(folder.file("none")).code() == Errc::not_found);
  CHECK(error(write("plain", "#!/bin/sh\n", 0644)).code() == Errc::permission);
  CHECK(error(folder.path()).code() == Errc::permission);
  const std::string arm = std::string(
                              "\x7f"
                              "ELF\x02\x01\x01",
                              7) +
                          std::string(9, '\0') + std::string("\x02\x00\xb7\x00", 4) + std::string(44, '\0');
  const Error wrong = error(write("arm", arm, 0755));
  CHECK(wrong.code() == Errc::unsupported_feature);
  CHECK(wrong.message().find("Linux on arm64") != std::string::npos);
  CHECK(error(write("win.exe", "MZ\x90", 0755)).message().find("Windows") != std::string::npos);
  CHECK(error(write("empty", "", 0755)).message().find("empty") != std::string::npos);
  CHECK(error(write("script", "#!/no/such/interpreter\n", 0755)).message().find("interpreter") != std::string::npos);
  CHECK(error("/bin/true", folder.file("nowhere")).message().find("working directory") != std::string::npos);
}

TEST_CASE("a program that is just being written is tried again") {
  const TempFolder folder;
  const std::string copy = folder.file("copy");
  REQUIRE(std::system(("cp /bin/true '" + copy + "'").c_str()) == 0);
  Fd writer(::open(copy.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(writer.open());
  const auto busy = ChildProcess::spawn({.program = copy}, OpContext{});
  REQUIRE_FALSE(busy.ok());
  CHECK(busy.error().is_retryable());
  std::thread closer([&] {
    ::usleep(100'000);
    writer.reset();
  });
  const auto child = ChildProcess::spawn({.program = copy}, OpContext{});
  closer.join();
  REQUIRE(child.ok());
  CHECK((*child)->wait(seconds(20)));
  CHECK((*child)->exit_status()->code == 0);
}

TEST_CASE("a host that takes the statuses of all children, or ignores SIGCHLD, disturbs nothing") {
  ::signal(SIGCHLD, SIG_IGN);
  for (const char* mode : {"panics", "ignores_term"}) {
    const auto child = start_mode(mode);
    if (std::string(mode) == "ignores_term") {
      CHECK(first_line(*child) == "ready");
      CHECK(child->kill());
    }
    CHECK(child->wait(seconds(30)));
    REQUIRE(child->exit_status().has_value());
    CHECK(child->exit_status()->text() == "an exit status that the host took");
  }
  ::signal(SIGCHLD, SIG_DFL);
}

TEST_CASE("many at once, and nothing is left: no process, no descriptor") {
  start_mode("panics")->wait(seconds(30));  // the thread that starts programs is there
  const int before = open_descriptors();
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        auto child =
            ChildProcess::spawn({.program = DRIFT_PLUGIN_FIXTURE, .args = {i % 2 == 0 ? "inherited" : "ignores_term"}}, OpContext{});
        if (!child) continue;
        const auto line = (*child)->first_line(OpContext{});
        const pid_t pid = (*child)->pid();
        child->reset();
        if (line && *line && gone(pid)) ++good;
      }
    });
  for (auto& t : threads) t.join();
  CHECK(good == 80);
  CHECK(open_descriptors() == before);
  int status = 0;
  CHECK(::waitpid(-1, &status, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("a child of fork() leaves its parent's plugin alone, and can start its own") {
  auto child = start_mode("ignores_term");
  CHECK(first_line(*child) == "ready");
  const pid_t fork = ::fork();
  if (fork == 0) {
    ::alarm(20);
    child.reset();
#if defined(__SANITIZE_THREAD__)
    ::_exit(0);  // it takes no new threads after a fork
#endif
    auto own = ChildProcess::spawn({.program = DRIFT_PLUGIN_FIXTURE, .args = {"ignores_term"}}, OpContext{});
    const bool right = own && (*own)->first_line(OpContext{}).ok() && (*own)->kill();
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(fork, &status, 0) == fork);
  CHECK(status == 0);
  CHECK(child->running());
  CHECK(child->kill());
}

TEST_CASE("when the host is killed, or exits, its plugin is gone, and the next host removes its folder") {
  for (const char* how : {"killed", "exit"}) {
    const TempFolder base;
    const auto host = start({.program = DRIFT_PLUGIN_FIXTURE, .args = {"host", how, base.path()}});
    const std::string line = first_line(*host);
    const pid_t plugin = std::stoi(line);
    const std::string folder = line.substr(line.find(' ') + 1);
    if (std::string(how) == "killed") {
      CHECK_FALSE(gone(plugin));
      CHECK(PrivateFolder::sweep(base.path()) == 0);  // it is held
      REQUIRE(::kill(host->pid(), SIGKILL) == 0);
    }
    CHECK(host->wait(seconds(20)));
    CHECK(eventually([&] { return gone(plugin); }));
    CHECK(::access(folder.c_str(), F_OK) == 0);
    CHECK(PrivateFolder::sweep(base.path()) == 1);
    CHECK(::access(folder.c_str(), F_OK) == -1);
  }
}

TEST_CASE("a private folder is private, short and gone afterwards") {
  const TempFolder base;
  std::string path;
  {
    auto folder = PrivateFolder::make_in(base.path());
    REQUIRE(folder.ok());
    path = folder->path();
    struct stat s {};
    REQUIRE(::stat(path.c_str(), &s) == 0);
    CHECK((s.st_mode & 0777) == 0700);
    std::ofstream(path + "/plugin123") << "left behind";
    REQUIRE(::mkdir((path + "/inner").c_str(), 0700) == 0);
    PrivateFolder moved = std::move(*folder);
    CHECK(::access(path.c_str(), F_OK) == 0);
  }
  CHECK(::access(path.c_str(), F_OK) == -1);
  CHECK(PrivateFolder::make_in(base.file("none")).error().code() == Errc::io);
  CHECK(PrivateFolder::make_in("/tmp/" + std::string(80, 'x')).error().message().find("too long") != std::string::npos);
  auto usual = PrivateFolder::make();
  REQUIRE(usual.ok());
  CHECK(usual->path().size() < 40);
  // What is no folder of ours is left alone.
  REQUIRE(::mkdir(base.file("drift-abcdef").c_str(), 0700) == 0);
  CHECK(PrivateFolder::sweep(base.path()) == 0);
  CHECK(::access(base.file("drift-abcdef").c_str(), F_OK) == 0);
}
