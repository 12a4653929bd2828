// An opened ByteSource: random access to the bytes of one document, by chunks, never mapped.
//
// A regular file stays open for as long as a snapshot of it lives, so that a file that is replaced by a rename can still be loaded from.
// Everything else (FIFO, character device, stream, bytes) is in memory.
//
// Thread rule: shared (pread only). Ownership: closes the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drift/state/reader.hpp"

namespace drift::state_internal {

class OpenSource {
 public:
  virtual ~OpenSource() = default;
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  // Bytes of the document, as they were when it was opened.
  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
  // Copies up to `n` bytes from `offset` on; fewer only at the end of the document. E_IO.
  [[nodiscard]] virtual Result<std::size_t> read(std::uint64_t offset, char* buffer, std::size_t n) const = 0;
  // E_CHANGED_WHILE_READING when the file is another one than when it was opened (size or time of change).
  [[nodiscard]] virtual Status unchanged() const = 0;
  // All bytes of a document that is in memory; data() is null for a file.
  [[nodiscard]] virtual std::string_view in_memory() const noexcept = 0;
  // Bytes of memory that hold the document itself (0 for a file).
  [[nodiscard]] virtual std::size_t memory_bytes() const noexcept = 0;
};

// Opens the source when this is its first use; every later call gives the same object. E_BYTE_LIMIT when it is larger than
// limits.max_bytes.
// Who reads a file again wants what it holds then: a source of its own for each read of a document, opened once, so that all of that read
// is about one file even when another takes its name. Streams and bytes are what they were.
[[nodiscard]] ByteSource for_one_read(const ByteSource& source);

Result<std::shared_ptr<const OpenSource>> open_source(const ByteSource& source, const JsonLimits& limits, const OpContext& ctx = {});

// Line and column of byte `offset`: reads the document from its beginning, so only for errors. A byte order mark counts as bytes of line 1.
[[nodiscard]] TextPosition position_in(const OpenSource& source, std::uint64_t offset);

// E_CHANGED_WHILE_READING for `name`, with its next step.
[[nodiscard]] Error changed_error(const std::string& name);

}  // namespace drift::state_internal
