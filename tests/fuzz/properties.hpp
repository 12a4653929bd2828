// What must hold for any bytes at all. The libFuzzer targets and the seeded test run the same checks.
#pragma once

#include <string>
#include <string_view>

namespace fuzz {

// Each returns what is wrong, or an empty text. They must not crash, read outside of `bytes`, or run without bound.

// Both bracket kernels give one answer, wherever the text is cut.
std::string check_kernels(std::string_view bytes);
// Reading gives a document or an error, never anything else; what was read can be loaded and is what its fingerprint says.
std::string check_read_document(std::string_view bytes);
// The fast way to canonical bytes agrees with the exact reader: the same bytes, or an error of the same code.
std::string check_canonical(std::string_view bytes);

// Bytes of a provider's plugin: every message, schema, type and value is read or refused; what was read can be written and read again.
std::string check_plugin_bytes(std::string_view bytes);
// The same of Pulumi's plugins and states: messages, Structs, records, property paths, versions, ports, and the YAML files of a back end.
std::string check_pulumi_bytes(std::string_view bytes);
// A plugin that says this to the server for plugins loses its connection at the latest when it closes it, and costs nobody else anything.
std::string check_grpc_server(std::string_view bytes);

}  // namespace fuzz
