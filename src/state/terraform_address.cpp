#include "state/terraform_address.hpp"

#include "third/format.hpp"

namespace drift::state_internal {

void append_hcl_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '$':
      case '%':
        out += c;
        if (i + 1 < text.size() && text[i + 1] == '{') out += c;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
          out += third::format("\\u{:04x}", static_cast<unsigned char>(c));
        else
          out += c;
    }
  }
  out += '"';
}

void write_terraform_address(const TerraformAddress& a, std::string& out) {
  out.assign(a.module);
  if (!a.module.empty()) out += '.';
  if (a.data) out += "data.";
  out += a.type;
  out += '.';
  out += a.name;
  if (a.key.kind == InstanceKey::Kind::number) {
    out += '[';
    out += std::to_string(a.key.number);
    out += ']';
  } else if (a.key.kind == InstanceKey::Kind::text) {
    out += '[';
    append_hcl_quoted(out, a.key.text);
    out += ']';
  }
  if (!a.deposed.empty()) {
    out += " (deposed ";
    out += a.deposed;
    out += ')';
  }
}

}  // namespace drift::state_internal
