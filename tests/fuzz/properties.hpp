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

}  // namespace fuzz
