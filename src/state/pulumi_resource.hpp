// One resource of a Pulumi deployment: its checks, its kind, and the Resource built from it.
//
// Pure. Thread rule: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drift/base/result.hpp"
#include "drift/model/resource.hpp"
#include "state/span_parser.hpp"

namespace drift::state_internal {

// What the index keeps of a resource; borrowed from the view.
struct PulumiHead {
  std::string_view urn;
  std::string_view type;
  std::string_view id;
  ResourceKind kind = ResourceKind::managed;
  bool tainted = false;
  bool pending_delete = false;
  bool pending_replacement = false;
  bool view = false;  // viewOf: shows a part of another resource
};

// Checks the members that libdrift uses (E_BAD_STRUCTURE at the span's place) and the names of all others.
Result<PulumiHead> pulumi_head(const JsonView& resource, SpanParser& parser);

// The address of a resource that waits for deletion, the `nth` (from 1) of its URN; and `nth` back from such an address (0: it is none).
[[nodiscard]] std::string pending_delete_address(std::string_view urn, std::uint64_t nth);
[[nodiscard]] std::uint64_t pending_delete_place(std::string_view address);

// The inputs of a recorded resource, tags in place, with the defaults that version 1 kept apart. None where it has none.
[[nodiscard]] std::optional<Value> pulumi_inputs(const Value& object);

// The whole resource, tagged values replaced; `object` passed pulumi_head(). The address is the plain URN.
// Errors carry no position.
Result<Resource> pulumi_resource(const Value& object);

}  // namespace drift::state_internal
