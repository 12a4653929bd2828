#include "drift/model/json.hpp"
#include "model/utf8.hpp"

namespace drift {
namespace {

void append_escape(std::string& out, unsigned char b) {
  static constexpr char digits[] = "0123456789abcdef";
  switch (b) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out.push_back(digits[b >> 4]);
  out.push_back(digits[b & 15]);
}

class Writer {
 public:
  Writer(bool pretty, std::string& out) : out_(out), pretty_(pretty) {}

  void write(const Value& v) {
    // Before anything else: whatever a secret is, its text stays here.
    if (v.is_secret()) return append_json_string(out_, "(sensitive)");
    switch (v.kind()) {
      case Value::Kind::null:
        out_ += "null";
        break;
      case Value::Kind::boolean:
        out_ += v.as_bool() ? "true" : "false";
        break;
      case Value::Kind::number:
        out_ += v.as_number().text();
        break;
      case Value::Kind::string:
        append_json_string(out_, v.as_string());
        break;
      case Value::Kind::unknown:
        append_json_string(out_, "(known after apply)");
        break;
      case Value::Kind::list:
        write_list(v.as_list());
        break;
      case Value::Kind::object:
        write_object(v.as_object());
        break;
    }
  }

 private:
  void write_list(const Value::List& list) {
    if (list.empty()) {
      out_ += "[]";
      return;
    }
    open('[');
    for (std::size_t i = 0; i < list.size(); ++i) {
      item(i == 0);
      write(list[i]);
    }
    close(']');
  }

  void write_object(const Object& object) {
    if (object.empty()) {
      out_ += "{}";
      return;
    }
    open('{');
    bool first = true;
    for (const auto& [key, value] : object) {
      item(first);
      first = false;
      append_json_string(out_, key);
      out_ += pretty_ ? ": " : ":";
      write(value);
    }
    close('}');
  }

  void open(char c) {
    out_.push_back(c);
    ++level_;
  }
  void item(bool first) {
    if (!first) out_.push_back(',');
    line();
  }
  void close(char c) {
    --level_;
    line();
    out_.push_back(c);
  }
  void line() {
    if (!pretty_) return;
    out_.push_back('\n');
    out_.append(level_ * 2, ' ');
  }

  std::string& out_;
  std::size_t level_ = 0;
  bool pretty_;
};

}  // namespace

void append_json_string(std::string& out, std::string_view s) {
  out.push_back('"');
  std::size_t begin = 0;  // of the run of bytes that stand for themselves
  std::size_t i = 0;
  while (i < s.size()) {
    const auto b = static_cast<unsigned char>(s[i]);
    if (b >= 0x80) {
      const std::size_t length = model_internal::utf8_sequence(s, i).length;
      if (length > 0) {
        i += length;
        continue;
      }
    } else if (b >= 0x20 && b != '"' && b != '\\') {
      ++i;
      continue;
    }
    out += s.substr(begin, i - begin);
    if (b >= 0x80)
      out += "\xEF\xBF\xBD";
    else
      append_escape(out, b);
    begin = ++i;
  }
  out += s.substr(begin);
  out.push_back('"');
}

void append_json(std::string& out, const Value& v) { Writer(false, out).write(v); }

std::string to_json(const Value& v) {
  std::string out;
  append_json(out, v);
  return out;
}

std::string to_json_pretty(const Value& v) {
  std::string out;
  Writer(true, out).write(v);
  return out;
}

}  // namespace drift
