#include "drift/engine/project.hpp"

#include <cerrno>
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

}  // namespace drift
