#include "provider/terraform/message_fields.hpp"

#include "drift/model/path.hpp"

namespace drift::terraform_internal {
namespace {

using third::bytes_of;
using third::read_inner;
using third::wire_bytes;
using third::wire_varint;
using third::WireReader;

void read_step(std::string_view bytes, Path& path) {
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):  // attribute_name
      case wire_bytes(2):  // element_key_string
        path.push(std::string(bytes_of(r)));
        break;
      case wire_varint(3):  // element_key_int
        path.push(static_cast<std::uint64_t>(r.get_int64()));
        break;
      default:
        r.skip();
    }
  });
}

std::string read_path(std::string_view bytes) {
  Path path;
  read_inner(bytes, [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(1)) {
      read_step(bytes_of(r), path);
    } else {
      r.skip();
    }
  });
  return path.text();
}

}  // namespace

DynamicValue read_dynamic_value(std::string_view bytes) {
  DynamicValue v;
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        v.msgpack = bytes_of(r);
        break;
      case wire_bytes(2):
        v.json = bytes_of(r);
        break;
      default:
        r.skip();
    }
  });
  return v;
}

Diagnostic read_diagnostic(std::string_view bytes) {
  Diagnostic d;
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_varint(1): {
        const std::int32_t severity = r.get_enum();
        d.severity = severity == 1   ? Diagnostic::Severity::error
                     : severity == 2 ? Diagnostic::Severity::warning
                                     : Diagnostic::Severity::invalid;
        break;
      }
      case wire_bytes(2):
        d.summary = bytes_of(r);
        break;
      case wire_bytes(3):
        d.detail = bytes_of(r);
        break;
      case wire_bytes(4):
        d.path = read_path(bytes_of(r));
        break;
      default:
        r.skip();
    }
  });
  return d;
}

ServerCapabilities read_server_capabilities(std::string_view bytes) {
  ServerCapabilities c;
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_varint(1):
        c.plan_destroy = r.get_bool();
        break;
      case wire_varint(2):
        c.get_provider_schema_optional = r.get_bool();
        break;
      case wire_varint(3):
        c.move_resource_state = r.get_bool();
        break;
      case wire_varint(4):
        c.generate_resource_config = r.get_bool();
        break;
      default:
        r.skip();
    }
  });
  return c;
}

}  // namespace drift::terraform_internal
