#include "state/yaml_scalars.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "third/yaml_events.hpp"

namespace drift::state_internal {
namespace {

constexpr std::size_t most_levels = 2;

// Where one is: a map with the key whose value comes next, or a list.
struct Level {
  bool map = false;
  bool has_key = false;
  std::string key{};
};

class Walk {
 public:
  using Scalars = std::map<std::string, std::string, std::less<>>;

  void take(third::YamlEvent event) {
    using Kind = third::YamlEvent;
    switch (event.kind) {
      case Kind::scalar:
        scalar(std::move(event.text));
        break;
      case Kind::map_begin:
      case Kind::list_begin:
        levels_.push_back({event.kind == Kind::map_begin, false, {}});
        break;
      case Kind::map_end:
      case Kind::list_end:
        levels_.pop_back();
        if (!levels_.empty()) levels_.back().has_key = false;
        break;
      case Kind::end:
        break;
    }
  }
  Scalars result() && { return std::move(found_); }

 private:
  void scalar(std::string text) {
    if (levels_.empty() || !levels_.back().map) return;
    Level& here = levels_.back();
    if (!here.has_key) {
      here.key = std::move(text);
      here.has_key = true;
      return;
    }
    here.has_key = false;
    std::string path;
    for (const Level& l : levels_) {
      if (!l.map) return;
      path += (path.empty() ? "" : ".") + l.key;
    }
    if (levels_.size() <= most_levels) found_[std::move(path)] = std::move(text);
  }
  std::vector<Level> levels_;
  Scalars found_;
};

}  // namespace

Result<std::map<std::string, std::string, std::less<>>> yaml_scalars(std::string_view text) {
  third::YamlEvents events(text);
  Walk walk;
  for (;;) {
    Result<third::YamlEvent> event = events.next();
    if (!event) return std::move(event).error();
    if (event->kind == third::YamlEvent::end) return std::move(walk).result();
    walk.take(*std::move(event));
  }
}

}  // namespace drift::state_internal
