// Pulumi's DIY back end in a folder (pkg/backend/diy of pulumi): which file is the newest checkpoint of a stack.
//
// Only reads: no lock is taken and nothing made, so that a folder that may not be written to will do. Where .pulumi/meta.yaml is missing
// the layout is that of version 0 if stacks lie directly below .pulumi/stacks, else that of version 1, as pulumi decides it.
//
// Errors: E_NOT_FOUND (with the nearest name, or the backup that is left), E_UNSUPPORTED_VERSION, E_INVALID_ARGUMENT for a project where
// the layout has none, E_BAD_STRUCTURE, E_PERMISSION, E_IO. Thread rule: any.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/model/snapshot.hpp"

namespace drift::state_internal {

// Whether `name` can be one of a stack: letters, digits, `_`, `-` and `.`, 100 at most, and not what a folder means by dots.
[[nodiscard]] bool is_stack_name(std::string_view name);

class PulumiFiles {
 public:
  // `root` is the folder that .pulumi is in.
  [[nodiscard]] static Result<PulumiFiles> open(std::string root);
  [[nodiscard]] bool has_projects() const noexcept { return version_ > 0; }

  struct Found {
    std::string path;
    // stack_locked: an update is under way, or was interrupted. stack_journal: it has left a journal. checksum_mismatch: the file is not
    // the one that its `.attrs` is of.
    std::vector<Note> notes{};
  };
  // `project` is empty where the layout has none.
  [[nodiscard]] Result<Found> find(const std::string& project, const std::string& stack, const OpContext& ctx) const;
  // "project/stack" or "stack", sorted.
  [[nodiscard]] Result<std::vector<std::string>> stacks() const;

 private:
  PulumiFiles(std::string root, int version) : root_(std::move(root)), version_(version) {}
  void add_activity(const std::string& name, std::vector<Note>& notes) const;
  [[nodiscard]] Error not_found(const std::string& name, const std::string& plain) const;
  std::string root_;
  int version_ = 1;
};

}  // namespace drift::state_internal
