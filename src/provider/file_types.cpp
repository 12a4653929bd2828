#include "provider/file_types.hpp"

namespace drift::provider_internal {

const std::string* clear_text(const Value& attributes, std::string_view member) {
  const Value* v = attributes.find(member);
  if (v == nullptr || !v->is_string() || v->secret() == Secret::digest || v->secret() == Secret::ciphertext) return nullptr;
  return &v->as_string();
}

Result<std::string> path_of(const FileReads& in, const Resource& known, std::string_view member) {
  const std::string* path = clear_text(known.attributes, member);
  if (path == nullptr || path->empty())
    return Error(Errc::bad_structure, "the resource does not say where its file is (attribute " + std::string(member) + ")")
        .next("check the document that the resource comes from");
  if (path->find('\0') != std::string::npos)
    return Error(Errc::bad_structure, "the path of the file holds a zero byte (attribute " + std::string(member) + ")")
        .next("check the document that the resource comes from");
  if (path->front() == '/' || in.root.empty()) return *path;
  return in.root + '/' + *path;
}

bool parse_mode(std::string_view text, std::uint32_t& mode) {
  if (text.size() < 3 || text.size() > 5) return false;
  mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7') return false;
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode <= 07777;
}

std::string mode_text(std::uint32_t mode) {
  std::string out(4, '0');
  for (std::size_t i = 4; i-- > 0; mode /= 8) out[i] = static_cast<char>('0' + mode % 8);
  return out;
}

}  // namespace drift::provider_internal
