#include "drift/model/path.hpp"

#include <algorithm>

#include "model/path_scan.hpp"

namespace drift {
namespace {

using model_internal::PathScanner;
using model_internal::PathToken;
using model_internal::read_index;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_bare_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '$' || c == '/' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_terraform_name(std::string_view key) {
  return !key.empty() && (is_letter(key[0]) || key[0] == '_') &&
         std::all_of(key.begin(), key.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
}

void append_index(std::string& out, std::uint64_t index) { out += '[' + std::to_string(index) + ']'; }

void append_bare(std::string& out, std::string_view key) {
  if (!out.empty()) out.push_back('.');
  out += key;
}

// `["key"]` with the escapes that JSON and HCL share. Unlike append_json_string(), bytes that are not UTF-8 stay as they are.
void append_quoted(std::string& out, std::string_view key, bool hcl) {
  static constexpr char digits[] = "0123456789abcdef";
  out += "[\"";
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto b = static_cast<unsigned char>(key[i]);
    if (b == '"' || b == '\\') {
      out.push_back('\\');
      out.push_back(key[i]);
    } else if (b == '\n') {
      out += "\\n";
    } else if (b == '\r') {
      out += "\\r";
    } else if (b == '\t') {
      out += "\\t";
    } else if (b < 0x20) {
      out += "\\u00";
      out.push_back(digits[b >> 4]);
      out.push_back(digits[b & 15]);
    } else if (hcl && (b == '$' || b == '%') && i + 1 < key.size() && key[i + 1] == '{') {
      out.append(2, key[i]);  // "${" begins a template in HCL, "$${" does not
    } else {
      out.push_back(key[i]);
    }
  }
  out += "\"]";
}

template <class OnKey>
std::string write(const std::vector<Path::Segment>& segments, OnKey&& on_key) {
  std::string out;
  for (const auto& s : segments) {
    if (const auto* index = std::get_if<std::uint64_t>(&s))
      append_index(out, *index);
    else
      on_key(out, std::get<std::string>(s));
  }
  return out;
}

Path::Segment segment_of(PathToken&& t) {
  if (t.kind == PathToken::Kind::index) return t.index;
  return std::move(t.key);
}

// One step of `sensitive_attributes`.
bool read_terraform_step(const Value& step, Path& path) {
  const std::string_view type = step.string_or("type");
  const Value* value = step.find("value");
  if (value == nullptr) return false;
  if (type == "get_attr") {
    if (!value->is_string()) return false;
    path.push(value->as_string());
    return true;
  }
  if (type != "index") return false;
  const Value* key = value->is_object() ? value->find("value") : value;
  if (key == nullptr) return false;
  if (key->is_string()) {
    path.push(key->as_string());
    return true;
  }
  const auto index = key->is_number() ? key->as_number().to_int64() : std::nullopt;
  if (!index || *index < 0) return false;
  path.push(static_cast<std::uint64_t>(*index));
  return true;
}

const Value* step_into(const Value& v, const Path::Segment& s) {
  if (const auto* key = std::get_if<std::string>(&s)) return v.find(*key);
  const std::uint64_t index = std::get<std::uint64_t>(s);
  // A JSON Pointer does not tell an index from a key of digits.
  if (v.is_object()) return v.find(std::to_string(index));
  if (!v.is_list() || index >= v.as_list().size()) return nullptr;
  return &v.as_list()[static_cast<std::size_t>(index)];
}

}  // namespace

Result<Path> Path::parse(std::string_view text) {
  PathScanner scanner(text, PathScanner::Quotes::json);
  Path path;
  while (!scanner.done()) {
    Result<PathToken> t = scanner.next();
    if (!t) return std::move(t).error();
    if (t->kind == PathToken::Kind::any) return scanner.refuse("a wildcard was found where one path was expected");
    path.segments_.push_back(segment_of(std::move(*t)));
  }
  return path;
}

Result<Path> Path::from_pointer(std::string_view pointer) {
  Path path;
  if (pointer.empty()) return path;
  const auto refuse = [](const char* message, std::size_t at) {
    return Error(Errc::invalid_argument, message)
        .position({.line = 1, .column = at + 1, .byte = at})
        .next("write a JSON Pointer as in: /a/b~1c/0");
  };
  if (pointer[0] != '/') return refuse("a JSON Pointer begins with a '/'", 0);
  std::size_t at = 0;
  while (at < pointer.size()) {
    std::string key;
    for (++at; at < pointer.size() && pointer[at] != '/'; ++at) {
      if (pointer[at] != '~') {
        key.push_back(pointer[at]);
        continue;
      }
      const char code = at + 1 < pointer.size() ? pointer[at + 1] : '\0';
      if (code != '0' && code != '1') return refuse("a '~' was not followed by 0 or 1", at);
      key.push_back(code == '0' ? '~' : '/');
      ++at;
    }
    std::uint64_t index = 0;
    if (read_index(key, index))
      path.push(index);
    else
      path.push(std::move(key));
  }
  return path;
}

// Follows ParsePropertyPath of Pulumi's own SDK.
Result<Path> Path::from_pulumi(std::string_view text) {
  PathScanner scanner(text, PathScanner::Quotes::pulumi);
  Path path;
  while (!scanner.done()) {
    Result<PathToken> t = scanner.next();
    if (!t) return std::move(t).error();
    if (t->is_pulumi_star()) return scanner.refuse("a wildcard was found where one path was expected");
    path.segments_.push_back(segment_of(std::move(*t)));
  }
  return path;
}

Result<Path> Path::from_terraform(std::string_view text) {
  PathScanner scanner(text, PathScanner::Quotes::hcl);
  Path path;
  while (!scanner.done()) {
    Result<PathToken> t = scanner.next();
    if (!t) return std::move(t).error();
    std::uint64_t index = 0;
    if (t->is_star()) return scanner.refuse("a wildcard was found where one path was expected");
    if (t->kind == PathToken::Kind::bare && read_index(t->key, index))
      path.push(index);  // the legacy `a.0.b`
    else
      path.segments_.push_back(segment_of(std::move(*t)));
  }
  return path;
}

Result<Path> Path::from_terraform_steps(const Value& steps) {
  Path path;
  bool good = steps.is_list();
  for (std::size_t i = 0; good && i < steps.as_list().size(); ++i) good = read_terraform_step(steps.as_list()[i], path);
  if (!good) return Error(Errc::bad_structure, "a step of a Terraform attribute path was neither get_attr nor index");
  return path;
}

std::string Path::text() const {
  return write(segments_, [](std::string& out, std::string_view key) {
    if (is_bare_key(key))
      append_bare(out, key);
    else
      append_quoted(out, key, false);
  });
}

std::string Path::to_pointer() const {
  std::string out;
  for (const auto& s : segments_) {
    out.push_back('/');
    if (const auto* index = std::get_if<std::uint64_t>(&s)) {
      out += std::to_string(*index);
      continue;
    }
    for (const char c : std::get<std::string>(s)) {
      if (c == '~')
        out += "~0";
      else if (c == '/')
        out += "~1";
      else
        out.push_back(c);
    }
  }
  return out;
}

std::string Path::to_pulumi() const {
  return write(segments_, [](std::string& out, std::string_view key) {
    if (!key.empty() && key.find_first_of(".[]\"") == std::string_view::npos) return append_bare(out, key);
    out += "[\"";
    for (const char c : key) {
      if (c == '"') out.push_back('\\');
      out.push_back(c);
    }
    out += "\"]";
  });
}

std::string Path::to_terraform() const {
  return write(segments_, [](std::string& out, std::string_view key) {
    if (is_terraform_name(key))
      append_bare(out, key);
    else
      append_quoted(out, key, true);
  });
}

Path Path::child(std::string_view key) const {
  Path p = *this;
  p.push(std::string(key));
  return p;
}

Path Path::child(std::uint64_t index) const {
  Path p = *this;
  p.push(index);
  return p;
}

bool Path::starts_with(const Path& prefix) const {
  return prefix.size() <= size() && std::equal(prefix.segments_.begin(), prefix.segments_.end(), segments_.begin());
}

const Value* Path::resolve(const Value& root) const {
  const Value* at = &root;
  for (std::size_t i = 0; at != nullptr && i < segments_.size(); ++i) at = step_into(*at, segments_[i]);
  return at;
}

Value* Path::locate(Value& root) const {
  if (resolve(root) == nullptr) return nullptr;  // first: a miss must not detach anything
  Value* at = &root;
  for (const auto& s : segments_) {
    const auto* index = std::get_if<std::uint64_t>(&s);
    if (at->is_list())
      at = &at->edit_list()[static_cast<std::size_t>(*index)];
    else
      at = at->edit_object().find(index != nullptr ? std::to_string(*index) : std::get<std::string>(s));
  }
  return at;
}

bool operator<(const Path& a, const Path& b) {
  const auto before = [](const Path::Segment& x, const Path::Segment& y) {
    if (x.index() != y.index()) return x.index() > y.index();  // the index is the variant's second alternative
    return x < y;
  };
  return std::lexicographical_compare(a.segments_.begin(), a.segments_.end(), b.segments_.begin(), b.segments_.end(), before);
}

}  // namespace drift
