#include "drift/engine/key_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "drift/state/snapshot_file.hpp"

namespace drift {
namespace {

constexpr std::size_t key_bytes = 32;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool from_hex(std::string_view text, std::string& bytes) {
  if (text.size() != 2 * key_bytes) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

std::string to_hex(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

}  // namespace

Result<SecretKey> read_key_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr && errno == ENOENT) return SecretKey();
  if (file == nullptr)
    return Error(Errc::permission, "the key file could not be opened: " + std::string(std::strerror(errno)))
        .at(path)
        .next("run as the user who accepted the baseline, or name another key (`key_file`; DRIFT_KEY_FILE for the command line)");
  char text[2 * key_bytes + 2];
  std::size_t n = std::fread(text, 1, sizeof text, file.get());
  if (n > 0 && text[n - 1] == '\n') --n;
  std::string bytes;
  if (!from_hex({text, n}, bytes))
    return Error(Errc::config_invalid, "the key file holds no key (64 hexadecimal digits)")
        .at(path)
        .next("restore it from where it was backed up");
  return SecretKey(std::move(bytes));
}

Result<SecretKey> make_key_file(const std::string& path) {
  Result<SecretKey> key = SecretKey::random();
  if (!key) return key;
  DRIFT_TRY(write_file_atomically(path, to_hex(key->bytes()) + '\n', true));
  return key;
}

}  // namespace drift
