// Snapshot: an immutable set of resources on one side, found by address, with provenance and a content hash.
//
// A snapshot is an index, not a forest: for each resource it keeps address, type and fingerprints (about 150 bytes); the resource itself
// is built by load() when somebody needs it, from the document it came from or from memory.
//
// Example:
//   SnapshotBuilder b(Side::actual);
//   DRIFT_TRY(b.add(std::move(resource)));
//   Snapshot s = std::move(b).build();
//   if (auto i = s.find("aws_s3_bucket.logs")) { Result<Resource> r = s.load(*i); }
//
// Thread rule: shared (const access from any thread, load() included). Ownership: copies share one immutable body.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/hash.hpp"
#include "drift/model/resource.hpp"

namespace drift {

enum class Side : std::uint8_t { desired, recorded, actual, baseline };
[[nodiscard]] std::string_view side_name(Side s) noexcept;

struct Provenance {
  std::string format;          // "terraform-state-v4", "pulumi-checkpoint-v3", "libdrift-snapshot-v1", ...
  std::string source;          // what the caller named it: a path, "stdin", "bytes"
  std::string engine_version;  // terraform_version, manifest.version
  std::string lineage;
  std::optional<std::uint64_t> serial;
  std::string secrets_provider;  // Pulumi's secrets_providers.type
};

// Something a person should know about a document that was read: a pending operation, skipped data resources.
struct Note {
  std::string code;     // "pending_operation", "data_skipped", "duplicate_urn", ...
  std::string address;  // may be empty
  std::string message;
};

// A resource that its program gave another address: what knows nothing of that yet has it under `previous`.
struct Move {
  std::string address;
  std::string previous;
};

class Snapshot;

// Builds one resource of a document on demand. Implemented by the state readers. Thread rule: shared.
class ResourceLoader {
 public:
  virtual ~ResourceLoader() = default;
  [[nodiscard]] virtual Result<Resource> load(std::size_t index) const = 0;
  // What Snapshot::load() calls: the same for a loader that asks `snapshot` where the entry's span is, so as not to keep that twice.
  [[nodiscard]] virtual Result<Resource> load_from(const Snapshot& /*snapshot*/, std::size_t index) const { return load(index); }
};

class Snapshot {
 public:
  struct Entry {
    std::string_view address;
    std::string_view type;
    Fingerprint canonical;  // resource_fingerprint() of the resource
    ResourceKind kind;
    bool pending_delete;
    bool pending_replacement;
  };

  Snapshot();  // empty, Side::recorded

  [[nodiscard]] Side side() const noexcept;
  [[nodiscard]] const Provenance& provenance() const noexcept;
  [[nodiscard]] const std::vector<Note>& notes() const noexcept;
  // What the document says was moved; its own resources have their new addresses. match_snapshots() joins by these.
  [[nodiscard]] const std::vector<Move>& moves() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] Entry entry(std::size_t i) const;  // i < size(), in document order
  [[nodiscard]] std::optional<std::size_t> find(std::string_view address) const;
  [[nodiscard]] Result<Resource> load(std::size_t i) const;  // E_CHANGED_WHILE_READING when the file behind it changed
  // SHA-256 over all (address, fingerprint), sorted by address: independent of the order in the document.
  [[nodiscard]] std::string content_hash() const;
  // The same resources seen as another side (a state file taken as actual, for instance).
  [[nodiscard]] Snapshot as(Side side) const;
  // Bytes of memory that the index holds.
  [[nodiscard]] std::size_t memory_bytes() const;

  // Spans: a document's byte ranges (one resource block each, holding one or more consecutive entries) with the fingerprint of their raw
  // bytes. A later read of the same document reuses what it finds here instead of parsing.
  struct Span {
    Fingerprint raw;
    std::uint64_t offset;
    std::uint64_t length;
    std::uint32_t first_entry;
    std::uint32_t entries;
  };
  [[nodiscard]] std::size_t spans() const noexcept;
  [[nodiscard]] const Span& span(std::size_t i) const;
  [[nodiscard]] std::optional<std::size_t> find_span(const Fingerprint& raw) const;

  struct Body;  // private to the implementation

 private:
  friend class SnapshotBuilder;
  explicit Snapshot(std::shared_ptr<const Body> body, Side side) : body_(std::move(body)), side_(side) {}
  std::shared_ptr<const Body> body_;
  Side side_ = Side::recorded;
};

class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(Side side);
  SnapshotBuilder(SnapshotBuilder&&) noexcept;
  SnapshotBuilder& operator=(SnapshotBuilder&&) noexcept;
  ~SnapshotBuilder();

  Provenance& provenance();
  void note(Note n);
  void moved(Move m);
  // Keeps the whole resource in memory. E_DUPLICATE_ADDRESS when the address is there already.
  Status add(Resource r);

  // For readers that load on demand. Entries and spans are numbered in the order they are added; all entries of one span directly after
  // begin_span(). Mixing with add() is a bug (std::logic_error).
  struct NewEntry {
    std::string_view address;
    std::string_view type;
    Fingerprint canonical;
    ResourceKind kind = ResourceKind::managed;
    bool pending_delete = false;
    bool pending_replacement = false;
  };
  void begin_span(const Fingerprint& raw, std::uint64_t offset, std::uint64_t length);
  Status add_entry(const NewEntry& e);                     // E_DUPLICATE_ADDRESS
  Status add_known(const Snapshot& known, std::size_t i);  // as add_entry() of known.entry(i)
  // Makes add_known() of that snapshot fast; before the first entry. Addresses are then told apart by its index, and this snapshot gets
  // its own when it is first asked for an address.
  void expect(const Snapshot& known);
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool contains(std::string_view address) const;

  // `loader` is needed when add_entry() was used.
  [[nodiscard]] Snapshot build(std::shared_ptr<const ResourceLoader> loader = nullptr) &&;

 private:
  struct State;
  std::unique_ptr<State> s_;
};

}  // namespace drift
