// What all state readers share: the table of readers, one reading pass, loading a resource's span again.
//
// A reader: Reading::open(), walk reading->scanner; for each resource's span take_known(), else begin_span(), parse and add_entry();
// finish(); build the snapshot with a SpanLoader of its own.
//
// Thread rule: a Reading belongs to one thread; a SpanLoader is shared.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/state/reader.hpp"
#include "state/span_parser.hpp"
#include "state/span_scanner.hpp"

namespace drift::state_internal {

// The readers. Each is given a document of its own format (read_document.cpp looked).
Result<Document> read_terraform_v4(const ByteSource& source, const ReadOptions& options);
Result<Document> read_terraform_v3(const ByteSource& source, const ReadOptions& options);
Result<Document> read_terraform_show(const ByteSource& source, const ReadOptions& options);
Result<Document> read_terraform_plan(const ByteSource& source, const ReadOptions& options);
Result<Document> read_pulumi(const ByteSource& source, const ReadOptions& options);
Result<Document> read_libdrift_snapshot(const ByteSource& source, const ReadOptions& options);

// OpenTofu's encrypted state, at the member whose name the scanner read last.
[[nodiscard]] Error encrypted_state(const SpanScanner& in);

// One pass over one document.
struct Reading {
  std::shared_ptr<const OpenSource> source;
  const Snapshot* known = nullptr;  // options.known when it is of `format`, else null
  SpanScanner scanner;
  SpanParser parser;

  static Result<std::unique_ptr<Reading>> open(const ByteSource& source, const ReadOptions& options, std::string_view format);

  // Both add the entries of a known span to `builder`, under the offset where it is now (fast after `builder.expect(*known)`).
  // The next value, when it is the known span that is next in line: its size, or 0 when it is not (and nothing was consumed). For readers
  // whose spans are values with fingerprints of just their bytes.
  Result<std::uint64_t> take_next_known(SnapshotBuilder& builder);
  // A span that the scanner gave; false when none with this raw fingerprint is known.
  Result<bool> take_known(SnapshotBuilder& builder, const Fingerprint& raw, std::uint64_t offset, std::uint64_t length);

  // Consumes the next value and validates all of it, also when it is larger than a span may be.
  Status check_value();
  // Consume the next value, which must be of that type; `what` names it in errors ("member serial").
  Result<std::string> take_string(std::string_view what);
  Result<std::uint64_t> take_uint64(std::string_view what);
  // The next value as a tree (at most limits.max_span_bytes of text).
  Result<Value> take_tree();
  // Nothing but white space follows, the node limit was kept, and the file is still the one that was opened.
  Status finish();

  Reading(std::shared_ptr<const OpenSource> source, const ReadOptions& options, std::string_view format);

 private:
  std::optional<std::size_t> find_known(const Fingerprint& raw);
  Status add_known(SnapshotBuilder& builder, std::size_t span, std::uint64_t offset);
  JsonLimits limits_;
  std::size_t next_known_ = 0;      // the span that most likely comes next
  std::size_t misses_in_line_ = 0;  // spans since the last known one
};

// Reads spans again. Derive, and build the resource from the parsed span.
class SpanLoader : public ResourceLoader {
 public:
  SpanLoader(std::shared_ptr<const OpenSource> source, const JsonLimits& limits);
  [[nodiscard]] Result<Resource> load(std::size_t index) const final;  // E_INTERNAL: the snapshot is needed
  [[nodiscard]] Result<Resource> load_from(const Snapshot& snapshot, std::size_t index) const final;

 protected:
  // The resource of entry `index`; `nth` is its place among the entries of the span. `parser` gave `span` and is free to use.
  [[nodiscard]] virtual Result<Resource> build(const Snapshot& snapshot, std::size_t index, std::size_t nth, const JsonView& span,
                                               SpanParser& parser) const = 0;
  // The fingerprint that was given to begin_span() for a span with these bytes, when that is not simply theirs.
  [[nodiscard]] virtual Fingerprint raw_fingerprint(const Snapshot& snapshot, std::size_t span_index, std::string_view bytes) const;
  // Containers around the span `span_index` in the document (for the depth limit). 2 unless told.
  [[nodiscard]] virtual std::uint32_t depth_of(std::size_t span_index) const;

 private:
  std::unique_ptr<SpanParser> borrow_parser() const;
  void give_back(std::unique_ptr<SpanParser> parser) const;

  std::shared_ptr<const OpenSource> source_;
  JsonLimits limits_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<SpanParser>> idle_;  // by mutex_
};

}  // namespace drift::state_internal
