#include "drift/engine/project.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "engine/project_schema.hpp"

namespace drift {
namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20;

Error file_error(int number, const std::string& path) {
  const Errc code = number == ENOENT || number == ENOTDIR ? Errc::not_found
                    : number == EACCES || number == EPERM ? Errc::permission
                                                          : Errc::io;
  return Error(code, "the project file could not be read: " + std::string(std::strerror(number)))
      .at(path)
      .next("check the path of the project file, or leave it out to scan without one");
}

Result<std::string> read_small_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) return file_error(errno, path);
  std::string text;
  char chunk[16384];
  // One byte beyond the limit is enough for the parser to say that there is too much.
  while (text.size() <= most_bytes) {
    const std::size_t n = std::fread(chunk, 1, sizeof chunk, file.get());
    text.append(chunk, n);
    if (n < sizeof chunk) {
      if (std::ferror(file.get()) != 0) return file_error(errno, path);
      break;
    }
  }
  return text;
}

}  // namespace

Result<Project> parse_project(std::string_view text, const std::string& path) {
  Result<engine_internal::YamlNode> root = engine_internal::parse_yaml_tree(text);
  if (!root) return std::move(root).error().at(path);
  Project project;
  project.path = path;
  if (Status s = engine_internal::decode_project(*root, project); !s.ok()) return std::move(s).error().at(path);
  return project;
}

Result<Project> read_project(const std::string& path) {
  Result<std::string> text = read_small_file(path);
  if (!text) return std::move(text).error();
  return parse_project(*text, path);
}

Result<Clock::Duration> parse_duration(std::string_view text) {
  static constexpr struct {
    std::string_view unit;
    std::int64_t nanoseconds;
  } units[] = {{"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};
  std::int64_t n = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), n);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (fault == std::errc() && n > 0)
    for (const auto& u : units)
      if (u.unit == unit && n <= Clock::Duration::max().count() / u.nanoseconds) return Clock::Duration(n * u.nanoseconds);
  return Error(Errc::invalid_argument, "the duration could not be read").next("write a whole number and ms, s, m or h: 500ms, 30s, 5m, 1h");
}

}  // namespace drift
