// Starting the fixture, and looking at processes through /proc. Thread rule: one thread.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "plugin/child_process.hpp"

namespace drift::plugin::test {

inline std::shared_ptr<ChildProcess> start(ChildOptions options) {
  if (options.program.empty()) options.program = DRIFT_PLUGIN_FIXTURE;
  auto child = ChildProcess::spawn(std::move(options), OpContext{});
  if (!child) FAIL(child.error().to_string());
  return *child;
}

inline std::shared_ptr<ChildProcess> start_mode(const std::string& mode) {
  ChildOptions options;
  options.args = {mode};
  return start(std::move(options));
}

inline OpContext within(Clock::Duration d) {
  OpContext ctx;
  ctx.deadline = Deadline::after(system_clock(), d);
  return ctx;
}

inline std::string first_line(const ChildProcess& child) {
  const auto line = child.first_line(within(std::chrono::seconds(30)));
  if (!line) FAIL(line.error().to_string());
  return line->value_or("(none)");
}

// No process, or only what its parent has not buried yet.
inline bool gone(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return true;
  const std::size_t name = text.rfind(") ");
  return name != std::string::npos && (text[name + 2] == 'Z' || text[name + 2] == 'X');
}

inline bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 10000; ++i) {
    if (holds()) return true;
    ::usleep(1000);
  }
  return false;
}

// The processes of a group, other than those that are dead.
inline std::set<pid_t> group_of(pid_t leader) {
  std::set<pid_t> members;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", std::filesystem::directory_options::skip_permission_denied)) {
    const std::string name = entry.path().filename();
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    if (name.find_first_not_of("0123456789") != std::string::npos || !std::getline(stat, text)) continue;
    char state = 0;
    int parent = 0;
    int group = 0;
    if (std::sscanf(text.c_str() + text.rfind(')') + 1, " %c %d %d", &state, &parent, &group) != 3) continue;
    if (group == leader && state != 'Z' && state != 'X') members.insert(std::stoi(name));
  }
  return members;
}

}  // namespace drift::plugin::test
