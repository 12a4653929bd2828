// What only the engine of a state knows: its record of a resource, whole, and its own judgement of a difference.
//
// Thread rule: ordinary values.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "drift/model/path.hpp"
#include "drift/model/value.hpp"

namespace drift {

// A resource as its document has it, for a provider that is asked as the engine would ask it: values keep their tags (Pulumi's assets,
// references, secrets), which the attributes of a Resource do not. It may hold secrets in plain text: it is never rendered, logged or
// written.
struct EngineRecord {
  Value resource;
  std::shared_ptr<const EngineRecord> provider;  // of the resource that is its provider; null: the document has none
};

// Whether a resource drifted as its engine sees it (Pulumi: the provider's Diff), beside what the values say.
struct EngineAnswer {
  enum class Kind : std::uint8_t { added, removed, modified };  // recorded to actual
  struct Property {
    Path path;
    Kind kind = Kind::modified;
    bool of_inputs = false;  // the path is one of the inputs on both sides, not of the outputs
    bool replaces = false;   // putting it right means replacement
    bool whole = false;      // what is there is one value to the engine (an asset, a resource), however many members it has here
  };
  bool changed = false;
  std::vector<Property> properties;  // what changed; none of a change: the engine does not say what
};

}  // namespace drift
