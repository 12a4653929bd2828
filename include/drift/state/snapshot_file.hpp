// libdrift's own snapshot format: JSON lines, versioned. Baselines and recordings are such files.
//
// Line 1: {"libdrift_snapshot":1,"side":"baseline","created":"...","lineage":"...","key_id":"..."}; then one resource a line. Secrets are
// sealed (drift/model/secret.hpp) before they are written; docs/snapshot-format.md has the fields.
//
// Thread rule: any; one writer for one file at a time (a file is replaced as a whole: written beside, fsynced, renamed).
#pragma once

#include <string>
#include <vector>

#include "drift/base/result.hpp"
#include "drift/model/secret.hpp"
#include "drift/model/snapshot.hpp"

namespace drift {

struct SnapshotFileHeader {
  Side side = Side::recorded;
  std::string created;    // RFC 3339; the caller's clock
  std::string lineage{};  // of the state that a baseline was accepted for
};

// The text of a snapshot file; resources in the order given. Secrets are sealed with `key`.
[[nodiscard]] std::string format_snapshot(const SnapshotFileHeader& header, const std::vector<Resource>& resources, const SecretKey& key);
// One resource as one line (no newline), secrets sealed; and back. For recordings that append.
[[nodiscard]] std::string format_resource_line(const Resource& r, const SecretKey& key);
Result<Resource> parse_resource_line(std::string_view line, TextPosition origin = {});

// Writes `text` to `path` in one step: a reader sees the old file or the new one, never half. Mode 0600 when `secret`, else 0644.
Status write_file_atomically(const std::string& path, std::string_view text, bool secret = false);

}  // namespace drift
