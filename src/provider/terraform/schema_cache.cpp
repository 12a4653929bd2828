#include "provider/terraform/schema_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <vector>

#include "drift/model/hash.hpp"
#include "drift/state/snapshot_file.hpp"
#include "third/xxh3.hpp"

namespace drift::terraform_internal {
namespace {

// In front of the reply: what the file is, and the digest of what follows.
constexpr std::string_view magic = "libdrift schema 1\n";
constexpr std::size_t digest_size = 32;
constexpr std::uintmax_t most_bytes = std::uintmax_t{256} << 20;

std::string hex(const third::Hash128& h) { return Fingerprint{h.lo, h.hi}.hex(); }

// Each piece of the file to `take`; false when it cannot be read to its end.
template <class Take>
bool each_piece(const std::string& path, Take&& take) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  std::vector<char> buffer(std::size_t{1} << 20);
  ssize_t n = 0;
  while ((n = ::read(fd, buffer.data(), buffer.size())) > 0) take(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
  ::close(fd);
  return n == 0;
}

std::string file_of(const std::string& folder, const std::string& digest, int protocol) {
  return folder + '/' + digest + "-v" + std::to_string(protocol);
}

}  // namespace

std::optional<std::string> file_digest(const std::string& path) {
  third::Xxh3Stream stream;
  if (!each_piece(path, [&](std::string_view piece) { stream.update(piece); })) return std::nullopt;
  return hex(stream.finish());
}

std::string schema_cache_folder(const Environment& environment) {
  const auto xdg = environment.find("XDG_CACHE_HOME");
  if (xdg != environment.end() && xdg->second.starts_with('/')) return xdg->second + "/libdrift/schemas";
  const auto home = environment.find("HOME");
  if (home != environment.end() && home->second.starts_with('/')) return home->second + "/.cache/libdrift/schemas";
  return {};
}

std::optional<std::string> cached_schema(const std::string& folder, const std::string& digest, int protocol) {
  if (folder.empty()) return std::nullopt;
  const std::string path = file_of(folder, digest, protocol);
  std::error_code none;
  const std::uintmax_t size = std::filesystem::file_size(path, none);
  if (none || size > most_bytes) return std::nullopt;
  std::string all;
  all.reserve(size);
  if (!each_piece(path, [&](std::string_view piece) { all += piece; })) return std::nullopt;
  if (!all.starts_with(magic) || all.size() < magic.size() + digest_size) return std::nullopt;
  const std::string_view content = std::string_view(all).substr(magic.size() + digest_size);
  if (std::string_view(all).substr(magic.size(), digest_size) != hex(third::xxh3_128(content))) return std::nullopt;
  return std::string(content);
}

void keep_schema(const std::string& folder, const std::string& digest, int protocol, std::string_view reply) {
  if (folder.empty()) return;
  std::error_code none;
  std::filesystem::create_directories(folder, none);
  if (none) return;
  std::string all(magic);
  all += hex(third::xxh3_128(reply));
  all += reply;
  (void)write_file_atomically(file_of(folder, digest, protocol), all, true);
}

}  // namespace drift::terraform_internal
