// What the benchmarks measure with: CPU time and peak memory of a process, medians of ratios that were taken in pairs.
//
// Every mode runs in a process of its own (the program starts itself with `--mode`), so that peak memory is that mode's and no allocator
// is warm from another. CPU time, because wall time belongs to the neighbours.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace bench {

inline double cpu_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// A field of /proc/self/status, in bytes.
inline std::size_t status_bytes(const char* field) {
  std::size_t kilobytes = 0;
  if (std::FILE* f = std::fopen("/proc/self/status", "r")) {
    char line[256];
    while (std::fgets(line, sizeof line, f) != nullptr) {
      if (std::strncmp(line, field, std::strlen(field)) == 0) kilobytes = std::strtoul(line + std::strlen(field) + 1, nullptr, 10);
    }
    std::fclose(f);
  }
  return kilobytes * 1024;
}

// name -> value, as a mode prints them: one "name value" a line.
using Figures = std::map<std::string, double>;

struct Child {
  Figures figures;
  int status = -1;       // exit status; -1 when it ended otherwise
  double cpu = 0;        // of the whole process
  std::size_t peak = 0;  // bytes
};

// Runs a program; with `parse` its output is read as figures, else thrown away.
inline Child run_child(std::vector<std::string> arguments, bool parse) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  const pid_t pid = ::fork();
  if (pid < 0) std::abort();
  if (pid == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(ends[1]);
    std::vector<char*> argv;
    for (std::string& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string output;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    if (parse) output.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  Child child;
  int status = 0;
  struct rusage usage {};
  ::wait4(pid, &status, 0, &usage);
  if (WIFEXITED(status)) child.status = WEXITSTATUS(status);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  child.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  child.peak = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t end = std::min(output.find('\n', at), output.size());
    const std::string line = output.substr(at, end - at);
    if (const std::size_t blank = line.find(' '); blank != std::string::npos) {
      child.figures[line.substr(0, blank)] = std::strtod(line.c_str() + blank, nullptr);
    }
    at = end + 1;
  }
  return child;
}

struct Median {
  double middle = 0, least = 0, most = 0;
};

inline Median median_of(std::vector<double> v) {
  if (v.empty()) return {};
  std::sort(v.begin(), v.end());
  const std::size_t n = v.size();
  return {n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2, v.front(), v.back()};
}

// a[i] / b[i] of each round.
inline Median ratio_of(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> r;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) r.push_back(a[i] / b[i]);
  return median_of(std::move(r));
}

}  // namespace bench
