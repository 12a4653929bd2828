#include "plugin/spawn_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace drift::plugin {
namespace {

std::string machine_name(unsigned machine, bool is_64) {
  switch (machine) {  // e_machine of the ELF specification
    case 3:
      return "386";
    case 40:
      return "arm";
    case 62:
      return is_64 ? "amd64" : "x32";
    case 183:
      return "arm64";
    case 243:
      return "riscv64";
    case 258:
      return "loong64";
    case 21:
      return "ppc64";
    case 22:
      return "s390x";
    default:
      return "another machine";
  }
}

Error exec_error(int number, const std::string& program) {
  struct stat s {};
  const bool there = ::stat(program.c_str(), &s) == 0;
  const std::string kind = program_kind(program);
  switch (number) {
    case ENOENT:
      if (there)
        return Error(Errc::unsupported_feature, "the loader or interpreter that the program asks for is not on this machine")
            .next("get a build for this system (a static one), or install what it asks for");
      return Error(Errc::not_found, "there was no such program").next("check the path");
    case ENOTDIR:
      return Error(Errc::not_found, "there was no such program").next("check the path");
    case EACCES:
      if (there && S_ISDIR(s.st_mode)) return Error(Errc::permission, "a folder is no program").next("give the path of the program in it");
      if (there && ::access(program.c_str(), X_OK) == 0)
        return Error(Errc::permission, "the program may not be run from where it lies")
            .next("see whether the file system is mounted noexec");
      return Error(Errc::permission, "the program is not executable").next("chmod +x it, and see who owns the folders above");
    case ENOEXEC:
      return Error(Errc::unsupported_feature, "the file is no program for this machine" + (kind.empty() ? "" : ", but " + kind))
          .next("get the build for this system and processor");
    case ETXTBSY:
      return Error(Errc::io, "the program is still being written").next("wait until its installation is done").retryable();
    case E2BIG:
      return Error(Errc::invalid_argument, "the environment and arguments of the program were too large").next("pass less in `env`");
    default:
      return Error(Errc::io, "the program could not be started: " + errno_text(number)).next("see the limits of the process and its user");
  }
}

}  // namespace

std::string program_kind(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 20> head{};
  if (!fd.open()) return {};
  const ssize_t n = ::read(fd.get(), head.data(), head.size());
  if (n < 0) return {};
  if (n == 0) return "an empty file";
  const std::string_view text(head.data(), static_cast<std::size_t>(n));
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.starts_with("\x7f"
                       "ELF") &&
      text.size() == head.size()) {
    const bool little = byte(5) == 1;
    const unsigned machine = little ? byte(18) | static_cast<unsigned>(byte(19)) << 8 : byte(19) | static_cast<unsigned>(byte(18)) << 8;
    return "a program for Linux on " + machine_name(machine, byte(4) == 2);
  }
  if (text.starts_with("MZ")) return "a program for Windows";
  if (text.starts_with("\xcf\xfa\xed\xfe") || text.starts_with("\xca\xfe\xba\xbe")) return "a program for macOS";
  if (text.starts_with("#!")) return "a script";
  if (text.starts_with("PK")) return "a zip archive";
  if (text.starts_with("version https://git")) return "a pointer of Git LFS";
  return {};
}

Error spawn_error(const Spawned& failed, const std::string& program, const std::string& cwd) {
  if (failed.failed == SpawnStage::chdir)
    return Error(Errc::io, "the working directory of the program could not be entered: " + errno_text(failed.error))
        .at(cwd)
        .next("check the path and its permissions");
  if (failed.failed == SpawnStage::exec) return exec_error(failed.error, program).at(program);
  return Error(Errc::io, "the system gave no process: " + errno_text(failed.error))
      .at(program)
      .next("see the limits of processes and open files")
      .retryable();
}

}  // namespace drift::plugin
