// YAML 1.1 as a stream of events with positions (libyaml behind a std-only interface).
//
// Purpose: reading small files that people write (drift.yaml). What makes YAML dangerous or surprising is refused: aliases, anchors, tags,
// merge keys, directives, keys that are no scalars, more than one document. So there is nothing that could blow up or mean something else
// than it shows. What a plain scalar means (true, 12) is the caller's business.
//
// Example:
//   YamlEvents events(text);
//   for (Result<YamlEvent> e = events.next(); e && e->kind != YamlEvent::end; e = events.next()) use(*e);
//
// Limits: nesting 64, 100,000 nodes, 4 MiB. Errors (E_PARSE, E_BAD_UTF8, E_UNSUPPORTED_FEATURE, E_DEPTH_LIMIT, E_NODE_LIMIT, E_BYTE_LIMIT)
// name line, column and byte, never text of the document.
// Thread rule: one thread. Ownership: borrows the text; events own theirs. After `end` or an error, do not ask again.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"

namespace drift::third {

struct YamlLimits {
  std::size_t depth = 64;
  std::size_t nodes = 100'000;
  std::size_t bytes = std::size_t{4} << 20;
};

struct YamlEvent {
  enum Kind { scalar, list_begin, list_end, map_begin, map_end, end };
  Kind kind = end;
  std::string text{};  // of a scalar
  bool plain = false;  // a scalar without quotes and not a block: `true`, not "true"
  TextPosition where{};
};

class YamlEvents {
 public:
  explicit YamlEvents(std::string_view text, YamlLimits limits = {});
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;
  ~YamlEvents();
  // The next event; inside a map, keys (always scalars) and values take turns. An empty document gives `end` at once.
  Result<YamlEvent> next();

 private:
  struct Parser;
  std::unique_ptr<Parser> p_;
};

}  // namespace drift::third
