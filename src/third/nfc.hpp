// Unicode normalisation form C (UAX #15) behind a std-only interface (utf8proc).
//
// Bytes that are not UTF-8 stay as they are, and what is valid around them is normalised piece by piece, as Go's x/text/unicode/norm does.
// Unlike it, no U+034F is put into runs of more than thirty combining marks.
//
// Thread rule: any. Ownership: keeps nothing.
#pragma once

#include <string>
#include <string_view>

namespace drift::third {

// True when every byte is ASCII: such a text is its own normal form.
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;
// The normal form of `text`. Out of memory throws std::bad_alloc; nothing else fails.
[[nodiscard]] std::string nfc(std::string_view text);

}  // namespace drift::third
