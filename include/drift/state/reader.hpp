// Reading state documents: what comes in, what snapshots come out.
//
// Formats, told apart by their content:
//   terraform-state-v3, terraform-state-v4   Terraform / OpenTofu state (internal/states/statefile of opentofu)
//   terraform-show-state                     `terraform show -json` of a state (format_version 1.x with "values")
//   terraform-plan                           `terraform show -json PLAN` (planned_values -> desired, prior_state -> recorded)
//   pulumi-export, pulumi-checkpoint (v1-v4) `pulumi stack export`, DIY back-end file (apitype/core.go of pulumi)
//   libdrift-snapshot-v1                     our own JSON lines (docs/snapshot-format.md)
// What a reader does not know (a version, a mandatory feature, an encrypted state) it refuses with an error that says so.
//
// What is compressed with gzip or zstd, whatever its name, is decompressed into memory first.
// A document is read in chunks, never mapped and, when it is a file, never held whole: it is cut into resource spans, each span is parsed
// alone with a reused parser, and only fingerprints stay. Snapshot::load() reads a span again when its tree is wanted.
//
// Example:
//   Result<Document> doc = read_document(ByteSource::file("prod.tfstate"));
//   if (!doc) return std::move(doc).error();
//   const Snapshot& recorded = *doc->recorded;
//
// Thread rule: any.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/model/json.hpp"
#include "drift/model/secret.hpp"
#include "drift/model/snapshot.hpp"

namespace drift {

// Random access to the bytes of one document. Thread rule: shared.
class ByteSource {
 public:
  // Opens `path` anew for each document that is read from it; E_NOT_FOUND, E_PERMISSION or E_IO then. A FIFO or character device is read to
  // memory.
  static ByteSource file(std::string path);
  // Reads `stream` to its end into memory (at most limits.max_bytes) when first used. Does not close it.
  static ByteSource stream(std::FILE* stream, std::string name);
  static ByteSource bytes(std::string owned, std::string name = "bytes");
  // The caller keeps `borrowed` alive and unchanged as long as any snapshot of it lives.
  static ByteSource borrow(std::string_view borrowed, std::string name = "bytes");

  [[nodiscard]] const std::string& name() const noexcept;
  // Whether name() is a path, and whether the bytes are the caller's.
  [[nodiscard]] bool is_file() const noexcept;
  [[nodiscard]] bool is_borrowed() const noexcept;
  struct Impl;
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const noexcept { return impl_; }

 private:
  explicit ByteSource(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

struct PulumiSecretsOptions;  // drift/state/pulumi_secrets.hpp

struct ReadOptions {
  JsonLimits limits{};
  OpContext context{};
  // A snapshot read before (of this or another document of the same format): spans whose raw bytes are the same are taken over from it
  // without parsing. Only bytes that were validated then are equal now.
  const Snapshot* known = nullptr;
  // Borrowed: how secrets of a Pulumi stack are decrypted. Null: they stay ciphertexts.
  const PulumiSecretsOptions* secrets = nullptr;
  // What whoever fetched the document found; a Pulumi snapshot has it among its own notes.
  std::vector<Note> notes{};
  // The service that the document came from, when it may be sent PULUMI_ACCESS_TOKEN: for its secrets, too.
  std::string service{};
};

// One document can hold several sides: a plan has desired and recorded. At least one is there.
struct Document {
  std::string format;
  std::optional<Snapshot> desired{};
  std::optional<Snapshot> recorded{};  // also the resources of a libdrift snapshot, whatever side it was written as
  // What the document itself says drifted (a plan's resource_drift): addresses, for information and tests.
  std::vector<std::string> reported_drift{};

  // The one side a two-document diff is about: recorded where there is one, else desired.
  [[nodiscard]] const Snapshot& main() const { return recorded ? *recorded : *desired; }
};

Result<Document> read_document(const ByteSource& source, const ReadOptions& options = {});

// A place that a document is fetched from each time it is read: a back end (drift/state/pulumi_stack.hpp). Thread rule: shared.
class StateSource {
 public:
  struct Fetched {
    ByteSource bytes;
    std::vector<Note> notes{};
    std::string service{};  // as in ReadOptions
  };
  virtual ~StateSource() = default;
  // What errors and reports call it; no secret is in it.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  [[nodiscard]] virtual Result<Fetched> fetch(const JsonLimits& limits, const OpContext& ctx) = 0;
};

// Where one side of a scan comes from: a document that is still to be fetched or read, or one that was read, or built, before.
class DocumentSource {
 public:
  DocumentSource(ByteSource bytes) : name_(bytes.name()), source_(std::move(bytes)) {}               // NOLINT(google-explicit-constructor)
  DocumentSource(Document document) : name_(source_name(document)), source_(std::move(document)) {}  // NOLINT(google-explicit-constructor)
  DocumentSource(std::shared_ptr<StateSource> place)
      : name_(place->name()), source_(std::move(place)) {}  // NOLINT(google-explicit-constructor)
  DocumentSource(Snapshot snapshot)
      : DocumentSource(Document{.format = snapshot.provenance().format, .recorded = std::move(snapshot)}) {
  }  // NOLINT(google-explicit-constructor)

  // What errors call it.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  // Whether name() is the path that is still to be read.
  [[nodiscard]] bool is_file() const noexcept {
    const auto* bytes = std::get_if<ByteSource>(&source_);
    return bytes != nullptr && bytes->is_file();
  }
  // Whether reading it may look at bytes of the caller's; so may what was read before.
  [[nodiscard]] bool may_borrow() const noexcept {
    if (std::holds_alternative<std::shared_ptr<StateSource>>(source_)) return false;
    const auto* bytes = std::get_if<ByteSource>(&source_);
    return bytes == nullptr || bytes->is_borrowed();
  }
  // `options` count for what is still to be read.
  [[nodiscard]] Result<Document> read(const ReadOptions& options = {}) const;

 private:
  static std::string source_name(const Document& d) { return d.main().provenance().source; }
  std::string name_;
  std::variant<ByteSource, Document, std::shared_ptr<StateSource>> source_;
};

}  // namespace drift
