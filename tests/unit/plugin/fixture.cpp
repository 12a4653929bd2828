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
#include "plugin/grpc_channel.hpp"
#include "plugin/private_folder.hpp"
#include "third/digest.hpp"
#include "unit/plugin/fake_server.hpp"

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

// A program that starts another and waits for it, as shells and virtual environments do. The other one is not asked to end.
int wrapper(const Args& /*args*/) {
  ::signal(SIGTERM, SIG_IGN);
  const pid_t child = ::fork();
  if (child == 0) forever();
  ::signal(SIGTERM, SIG_DFL);
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

// A host of plugins that started something themselves: says pid, folder and the pid of what it started, of each. Then it waits for its end,
// or `how` says more: "exit", "exec" (it becomes another program), "fork" (a child lives on; its pid is the last word).
int host_of_wrappers(const Args& args) {
  using drift::plugin::ChildProcess;
  static std::vector<drift::plugin::PrivateFolder> folders;
  static std::vector<std::shared_ptr<ChildProcess>>& children = *new std::vector<std::shared_ptr<ChildProcess>>;  // nobody ends them
  std::string out;
  for (int i = 0; i < std::atoi(args.at(2).c_str()); ++i) {
    auto folder = drift::plugin::PrivateFolder::make_in(args.at(1));
    if (!folder) return 9;
    auto child = ChildProcess::spawn({.program = "/proc/self/exe", .args = {"wrapper"}, .folder = folder->path()}, drift::OpContext{});
    if (!child) return 9;
    const auto line = (*child)->first_line(drift::OpContext{});
    if (!line || !*line) return 9;
    print(drift::plugin::Fd(::creat((folder->path() + "/plugin1").c_str(), 0600)).get(), "as a socket would be there");
    out += std::to_string((*child)->pid()) + " " + folder->path() + " " + **line + " ";
    folders.push_back(std::move(*folder));
    children.push_back(std::move(*child));
  }
  const std::string& how = args.at(0);
  const pid_t fork = how == "fork" ? ::fork() : -1;
  if (fork == 0) forever();
  if (fork > 0 && ::setpgid(fork, fork) != 0) return 9;  // whoever ends this host's group does not mean it
  print(1, out + (fork > 0 ? std::to_string(fork) : "") + "\n");
  if (how == "exit") ::_exit(0);
  if (how == "exec") ::execl("/bin/sleep", "sleep", "1000", nullptr);
  forever();
}

// ---- A go-plugin server. Arguments: NAME or NAME=VALUE.

std::string env(const char* name) {
  const char* value = ::getenv(name);
  return value != nullptr ? value : "";
}

std::string der_of_pem(const std::string& pem) {
  std::string text, der;
  for (std::size_t at = 0; at < pem.size();) {
    const std::size_t end = std::min(pem.find('\n', at), pem.size());
    if (pem[at] != '-') text += pem.substr(at, end - at);
    at = end + 1;
  }
  return drift::third::base64_decode(text, der) ? der : "";
}

int plugin(const Args& args) {
  using drift::plugin::test::FakeServer;
  std::map<std::string, std::string> says;
  for (const std::string& a : args) says[a.substr(0, a.find('='))] = a.find('=') == std::string::npos ? "" : a.substr(a.find('=') + 1);
  const auto has = [&](const char* name) { return says.count(name) != 0; };
  if (env("TF_PLUGIN_MAGIC_COOKIE") != "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2") return 1;
  drift::third::TlsIdentity identity;
  FakeServer::Options options;
  options.path = (has("elsewhere") ? says["elsewhere"] : env("PLUGIN_UNIX_SOCKET_DIR")) + "/plugin1234567890";
  const std::string client = env("PLUGIN_CLIENT_CERT");
  if (!client.empty() && !has("no-tls")) {
    auto made = drift::third::make_tls_identity(drift::system_clock().wall());
    if (!made) return 1;
    identity = std::move(*made);
    options.identity = &identity;
    options.client_der = der_of_pem(client);
  }
  std::string stdio_opened = "no";
  FakeServer server(
      [&](drift::third::Http2Session& http, const drift::plugin::test::Request& r) {
        const std::string path = r.path();
        const std::string name = path.substr(path.rfind('/') + 1);
        if (path == "/plugin.GRPCController/Shutdown" && !has("ignore-shutdown")) ::_exit(0);
        if (path == "/plugin.GRPCStdio/StreamStdio" && !has("no-stdio")) {
          stdio_opened = "yes";
          return FakeServer::begin(http, r.stream);
        }
        if (name == "Echo") return FakeServer::answer(http, r.stream, path + " " + r.message());
        if (name == "Env") return FakeServer::answer(http, r.stream, env(r.message().c_str()));
        if (name == "Stdio") return FakeServer::answer(http, r.stream, stdio_opened);
        if (name == "Panic") {
          print(2, "panic: no such luck: " + env("SECRET_TOKEN") + "\n\ngoroutine 1 [running]:\nmain.main()\n");
          ::_exit(2);
        }
        if (name == "Killed") ::raise(SIGKILL);
        if (name == "Hang") return;
        FakeServer::refuse(http, r.stream, "12", "unknown method");
      },
      options);
  std::string certificate = drift::third::base64(identity.certificate_der);
  while (certificate.ends_with("=")) certificate.pop_back();
  print(2, "a line of log\n");
  print(1, "1|" + (has("protocol") ? says["protocol"] : "6") + "|unix|" + options.path + "|grpc|" + certificate + "\n");
  forever();
}

// A client: one call of who listens at that path; says how it went. SIGPIPE would end it.
int calls(const Args& args) {
  using namespace drift::plugin;
  Endpoint to;
  to.unix_path = args.at(0);
  const auto channel = GrpcChannel::connect(to, drift::OpContext{});
  print(1, (channel ? (*channel)->call("/echo", "request", drift::OpContext{}).status.message : channel.error().to_string()) + "\n");
  return 0;
}

int says_line(const Args& args) {
  print(1, args.at(0) + "\n");
  forever();
}

int crashes(const Args& args) {
  print(2, args.at(0));
  return 1;
}

int closes_output(const Args& /*args*/) {
  ::close(1);
  forever();
}

}  // namespace

// Under AddressSanitizer: its search for leaks cannot trace a process that ends with its parent's death signal set, and fails it.
extern "C" const char* __asan_default_options();                              // NOLINT(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }  // NOLINT(bugprone-reserved-identifier)

int main(int argc, char** argv) {
  const std::map<std::string, std::function<int(const Args&)>> modes = {{"chatty", chatty},
                                                                        {"long_lines", long_lines},
                                                                        {"panics", panics},
                                                                        {"ignores_term", ignores_term},
                                                                        {"wrapper", wrapper},
                                                                        {"double_fork", double_fork},
                                                                        {"inherited", inherited},
                                                                        {"host", host},
                                                                        {"host_of_wrappers", host_of_wrappers},
                                                                        {"plugin", plugin},
                                                                        {"calls", calls},
                                                                        {"says", says_line},
                                                                        {"crashes", crashes},
                                                                        {"closes_output", closes_output}};
  const auto mode = argc > 1 ? modes.find(argv[1]) : modes.end();
  if (mode == modes.end()) return 99;
  return mode->second(Args(argv + 2, argv + argc));
}
