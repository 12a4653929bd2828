#include "provider/pulumi/messages.hpp"

#include "provider/pulumi/urn.hpp"
#include "third/wire.hpp"

namespace drift::pulumi_internal {
namespace {

using third::bytes_of;
using third::read_inner;
using third::read_message;
using third::wire_bytes;
using third::wire_varint;
using third::WireReader;
using third::WireWriter;

void add_bytes(WireWriter& w, std::uint32_t tag, std::string_view bytes) { w.add_bytes(tag, bytes.data(), bytes.size()); }

void add_text(WireWriter& w, std::uint32_t tag, std::string_view text) {
  if (!text.empty()) add_bytes(w, tag, text);
}

std::string text_of(WireReader& r) { return std::string(bytes_of(r)); }

}  // namespace

std::string method_path(std::string_view method) { return "/pulumirpc.ResourceProvider/" + std::string(method); }

void encode(const HandshakeRequest& m, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, m.engine_address);
  if (m.program_directory) {
    add_bytes(w, 2, *m.program_directory);
    add_bytes(w, 3, *m.program_directory);
  }
  w.add_bool(4, true);   // configure_with_urn
  w.add_bool(6, true);   // supports_refresh_before_update
  w.add_bool(7, true);   // invoke_with_preview
  w.add_bool(11, true);  // accepts_byte_string
}

Result<HandshakeReply> decode_handshake(std::string_view bytes) {
  HandshakeReply out;
  DRIFT_TRY(read_message(bytes, "ProviderHandshakeResponse", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_varint(1):
        out.accept_secrets = r.get_bool();
        break;
      case wire_varint(2):
        out.accept_resources = r.get_bool();
        break;
      case wire_varint(3):
        out.accept_outputs = r.get_bool();
        break;
      case wire_varint(6):
        out.accepts_byte_string = r.get_bool();
        break;
      default:
        r.skip();
    }
  }));
  return out;
}

void encode(const ParameterizeRequest& m, std::string& out) {
  WireWriter w(out);
  WireWriter value(w, 2);
  add_text(value, 1, m.name);
  add_text(value, 2, m.version);
  add_text(value, 3, m.value);
}

void encode(const ConfigureRequest& m, std::string& out) {
  WireWriter w(out);
  for (const auto& [name, text] : m.variables) {
    WireWriter entry(w, 1);
    add_bytes(entry, 1, name);
    add_bytes(entry, 2, text);
  }
  add_bytes(w, 2, m.args);
  w.add_bool(3, true);  // acceptSecrets
  w.add_bool(4, true);  // acceptResources
  w.add_bool(5, true);  // sends_old_inputs
  w.add_bool(6, true);  // sends_old_inputs_to_delete
  add_bytes(w, 7, m.id);
  add_bytes(w, 8, m.urn);
  add_bytes(w, 9, m.name);
  add_bytes(w, 10, m.type);
}

Result<ConfigureReply> decode_configure(std::string_view bytes) {
  ConfigureReply out;
  DRIFT_TRY(read_message(bytes, "ConfigureResponse", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_varint(1):
        out.accept_secrets = r.get_bool();
        break;
      case wire_varint(3):
        out.accept_resources = r.get_bool();
        break;
      default:
        r.skip();
    }
  }));
  return out;
}

void encode(const ReadCall& m, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, m.id);
  add_text(w, 2, m.urn);
  add_bytes(w, 3, m.properties);
  if (m.inputs) add_bytes(w, 4, *m.inputs);
  add_text(w, 5, urn_name(m.urn));
  add_text(w, 6, urn_type(m.urn));
  if (m.timeout != 0) w.add_double(10, m.timeout);
}

Result<ReadReply> decode_read(std::string_view bytes) {
  ReadReply out;
  DRIFT_TRY(read_message(bytes, "ReadResponse", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        out.id = text_of(r);
        break;
      case wire_bytes(2):
        out.properties = text_of(r);
        break;
      case wire_bytes(3):
        out.inputs = text_of(r);
        break;
      default:
        r.skip();
    }
  }));
  return out;
}

void encode(const DiffCall& m, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, m.id);
  add_text(w, 2, m.urn);
  add_bytes(w, 3, m.old_outputs);
  add_bytes(w, 4, m.new_inputs);
  for (const std::string& path : m.ignore_changes) add_bytes(w, 5, path);
  add_bytes(w, 6, m.old_inputs);
  add_text(w, 7, urn_name(m.urn));
  add_text(w, 8, urn_type(m.urn));
}

namespace {

DiffReply::Detail read_detail(std::string_view entry) {
  DiffReply::Detail out;
  std::string_view value;
  read_inner(entry, [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(1))
      out.path = text_of(r);
    else if (r.tag_and_type() == wire_bytes(2))
      value = bytes_of(r);
    else
      r.skip();
  });
  out.kind = DiffReply::Kind::add;  // what is not on the wire is 0
  read_inner(value, [&](WireReader& r) {
    if (r.tag_and_type() == wire_varint(1)) {
      const std::int32_t n = r.get_enum();
      out.kind = n >= 0 && n <= 5 ? static_cast<DiffReply::Kind>(n) : DiffReply::Kind::update;
    } else if (r.tag_and_type() == wire_varint(2)) {
      out.input_diff = r.get_bool();
    } else {
      r.skip();
    }
  });
  return out;
}

}  // namespace

Result<DiffReply> decode_diff(std::string_view bytes) {
  DiffReply out;
  DRIFT_TRY(read_message(bytes, "DiffResponse", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        out.replaces.push_back(text_of(r));
        break;
      case wire_varint(4): {
        const std::int32_t n = r.get_enum();
        out.changes = n == 1 ? DiffReply::Changes::none : n == 2 ? DiffReply::Changes::some : DiffReply::Changes::unknown;
        break;
      }
      case wire_bytes(5):
        out.diffs.push_back(text_of(r));
        break;
      case wire_bytes(6):
        out.detailed.push_back(read_detail(bytes_of(r)));
        break;
      case wire_varint(7):
        out.has_detailed = r.get_bool();
        break;
      default:
        r.skip();
    }
  }));
  if (!out.has_detailed) out.detailed.clear();
  return out;
}

void encode(const ListRequest& m, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, m.token);
  WireWriter(w, 2).commit();  // an empty query
  if (m.limit != 0) w.add_int64(3, m.limit);
  if (m.page_size != 0) w.add_int64(4, m.page_size);
  add_text(w, 5, m.continuation);
}

Result<ListEvent> decode_list_event(std::string_view bytes) {
  ListEvent out;
  DRIFT_TRY(read_message(bytes, "ListResponse", [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(2)) {
      auto& found = out.found.emplace();
      read_inner(bytes_of(r), [&](WireReader& inner) {
        if (inner.tag_and_type() == wire_bytes(1))
          found.first = text_of(inner);
        else if (inner.tag_and_type() == wire_bytes(2))
          found.second = text_of(inner);
        else
          inner.skip();
      });
    } else if (r.tag_and_type() == wire_bytes(3)) {
      out.continuation.emplace();
      read_inner(bytes_of(r), [&](WireReader& inner) {
        if (inner.tag_and_type() == wire_bytes(1))
          out.continuation = text_of(inner);
        else
          inner.skip();
      });
    } else {
      r.skip();
    }
  }));
  return out;
}

void encode(const PluginAttach& m, std::string& out) {
  WireWriter w(out);
  add_text(w, 1, m.address);
}

Result<std::string> decode_plugin_version(std::string_view bytes) {
  std::string out;
  DRIFT_TRY(read_message(bytes, "PluginInfo", [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(1))
      out = text_of(r);
    else
      r.skip();
  }));
  return out;
}

Result<EngineLog> decode_engine_log(std::string_view bytes) {
  EngineLog out;
  DRIFT_TRY(read_message(bytes, "LogRequest", [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_varint(1): {
        const std::int32_t n = r.get_enum();
        out.severity = n >= 0 && n <= 3 ? static_cast<EngineLog::Severity>(n) : EngineLog::Severity::info;
        break;
      }
      case wire_bytes(2):
        out.message = text_of(r);
        break;
      case wire_bytes(3):
        out.urn = text_of(r);
        break;
      default:
        r.skip();
    }
  }));
  return out;
}

namespace {

ErrorDetails::InitFailed read_init_failed(std::string_view bytes) {
  ErrorDetails::InitFailed out;
  read_inner(bytes, [&](WireReader& r) {
    switch (r.tag_and_type()) {
      case wire_bytes(1):
        out.id = text_of(r);
        break;
      case wire_bytes(2):
        out.properties = text_of(r);
        break;
      case wire_bytes(3):
        out.reasons.push_back(text_of(r));
        break;
      case wire_bytes(4):
        out.inputs = text_of(r);
        break;
      default:
        r.skip();
    }
  });
  return out;
}

void read_missing_keys(std::string_view bytes, ErrorDetails& out) {
  read_inner(bytes, [&](WireReader& r) {
    if (r.tag_and_type() != wire_bytes(1)) return r.skip();
    auto& key = out.missing_keys.emplace_back();
    read_inner(bytes_of(r), [&](WireReader& inner) {
      if (inner.tag_and_type() == wire_bytes(1))
        key.first = text_of(inner);
      else if (inner.tag_and_type() == wire_bytes(2))
        key.second = text_of(inner);
      else
        inner.skip();
    });
  });
}

void read_any(std::string_view bytes, ErrorDetails& out) {
  std::string_view type, value;
  read_inner(bytes, [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(1))
      type = bytes_of(r);
    else if (r.tag_and_type() == wire_bytes(2))
      value = bytes_of(r);
    else
      r.skip();
  });
  if (type.ends_with("/pulumirpc.ErrorResourceInitFailed") && !out.init_failed) out.init_failed = read_init_failed(value);
  if (type.ends_with("/pulumirpc.ConfigureErrorMissingKeys")) read_missing_keys(value, out);
}

}  // namespace

Result<ErrorDetails> decode_error_details(std::string_view bytes) {
  ErrorDetails out;
  DRIFT_TRY(read_message(bytes, "Status", [&](WireReader& r) {
    if (r.tag_and_type() == wire_bytes(3))
      read_any(bytes_of(r), out);
    else
      r.skip();
  }));
  return out;
}

}  // namespace drift::pulumi_internal
