// A program that the tests start as a plugin or as a host: `plugin_fixture MODE [ARGUMENT...]`.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugin/child_process.hpp"
#include "plugin/private_folder.hpp"

extern char** environ;

namespace {

using Args = std::vector<std::string>;

void print(int fd, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(fd, text.data() + at, text.size() - at);
    if (n <= 0) ::_exit(3);
    at += static_cast<std::size_t>(n);
  }
}

[[noreturn]] void forever() {
  for (;;) ::pause();
}

int chatty(const Args& /*args*/) {
  print(1, "the first line\n");
  for (int i = 0; i < 1024; ++i) print(1, std::string(1023, 'o') + "\n");
  print(2, "all is written\n");
  forever();
}

int long_lines(const Args& /*args*/) {
  for (const char c : {'a', 'b', 'c'}) print(2, std::string(std::size_t{1} << 20, c) + "\n");
  print(2, "short\n");
  return 0;
}

int panics(const Args& /*args*/) {
  print(2, "{\"@level\":\"debug\",\"@message\":\"panic: not this one\"}\n");
  print(2, "pan");
  print(2, "ic: runtime error: index out of range [5]\n\ngoroutine 1 [running]:\nmain.main()\n");
  print(2, std::string(std::size_t{1} << 20, 's'));
  return 2;
}

int ignores_term(const Args& /*args*/) {
  ::signal(SIGTERM, SIG_IGN);
  print(1, "ready\n");
  forever();
}

// What it starts outlives it, in the same group, with the pipes open.
int double_fork(const Args& /*args*/) {
  const pid_t child = ::fork();
  if (child == 0) forever();
  print(1, std::to_string(child) + "\n");
  return 0;
}

// A program that starts another and waits for it, as shells and virtual environments do.
int wrapper(const Args& /*args*/) {
  const pid_t child = ::fork();
  if (child == 0) forever();
  print(1, std::to_string(child) + "\n");
  forever();
}

// All that is inherited, in one line.
int inherited(const Args& args) {
  std::string out;
  for (const std::string& a : args) out += "arg=" + a + ";";
  for (char** e = environ; *e != nullptr; ++e) out += std::string("env:") + *e + ";";
  DIR* fds = ::opendir("/proc/self/fd");
  while (const dirent* entry = ::readdir(fds))
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(fds)) out += std::string("fd:") + entry->d_name + ";";
  sigset_t mask;
  ::sigprocmask(SIG_SETMASK, nullptr, &mask);
  for (int s = 1; s < 32; ++s) {
    struct sigaction action {};
    ::sigaction(s, nullptr, &action);
    if (::sigismember(&mask, s) == 1) out += "blocked:" + std::to_string(s) + ";";
    if (action.sa_handler == SIG_IGN) out += "ignored:" + std::to_string(s) + ";";
  }
  int death = 0;
  ::prctl(PR_GET_PDEATHSIG, &death);
  char cwd[4096];
  out +=
      "death:" + std::to_string(death) + ";group:" + (::getpgrp() == ::getpid() ? "own" : "host's") + ";cwd:" + ::getcwd(cwd, sizeof cwd);
  char byte = 0;
  out += ";stdin:" + std::to_string(::read(0, &byte, 1));
  print(1, out + "\n");
  return 7;
}

// A host: starts this program again in another mode, says which pid and folder, and then does as it is told.
int host(const Args& args) {
  using drift::plugin::ChildProcess;
  auto folder = drift::plugin::PrivateFolder::make_in(args[1]);
  auto child = ChildProcess::spawn({.program = "/proc/self/exe", .args = {"ignores_term"}}, drift::OpContext{});
  if (!folder || !child) return 9;
  const auto line = (*child)->first_line(drift::OpContext{});
  if (!line || !*line) return 9;
  print(1, std::to_string((*child)->pid()) + " " + folder->path() + "\n");
  if (args[0] == "exit") {
    static const std::shared_ptr<ChildProcess>& leaked = *new std::shared_ptr<ChildProcess>(*child);  // nobody ends it
    (void)leaked;
    std::exit(0);
  }
  forever();
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<int(const Args&)>> modes = {
      {"chatty", chatty},   {"long_lines", long_lines},   {"panics", panics},       {"ignores_term", ignores_term},
      {"wrapper", wrapper}, {"double_fork", double_fork}, {"inherited", inherited}, {"host", host}};
  const auto mode = argc > 1 ? modes.find(argv[1]) : modes.end();
  if (mode == modes.end()) return 99;
  return mode->second(Args(argv + 2, argv + argc));
}
