#include "state/yaml_scalars.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "third/yaml_events.hpp"

namespace drift::state_internal {
namespace {

constexpr std::size_t most_levels = 3;

// Where one is: a map with the key whose value comes next, or a list.
struct Level {
  bool map = false;
  bool has_key = false;
  std::string key{};
};

using Scalars = std::map<std::string, std::string, std::less<>>;

class Walk {
 public:
  // `outer`.`inner`: a list whose maps are kept, too.
  Walk(std::string_view outer, std::string_view inner) : outer_(outer), inner_(inner) {}

  void take(third::YamlEvent event) {
    using Kind = third::YamlEvent;
    switch (event.kind) {
      case Kind::scalar:
        scalar(std::move(event.text));
        break;
      case Kind::map_begin:
      case Kind::list_begin:
        if (event.kind == Kind::map_begin && levels_.size() == 3 && in_list()) maps_.emplace_back();
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
  std::vector<Scalars> maps() && { return std::move(maps_); }

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
    if (levels_.size() == 4 && in_list()) {
      maps_.back()[here.key] = std::move(text);
      return;
    }
    std::string path;
    for (const Level& l : levels_) {
      if (!l.map) return;
      path += (path.empty() ? "" : ".") + l.key;
    }
    if (levels_.size() <= most_levels) found_[std::move(path)] = std::move(text);
  }
  [[nodiscard]] bool in_list() const {
    return levels_[0].map && levels_[0].key == outer_ && levels_[1].map && levels_[1].key == inner_ && !levels_[2].map;
  }

  const std::string_view outer_, inner_;
  std::vector<Level> levels_;
  Scalars found_;
  std::vector<Scalars> maps_;
};

Result<Walk> walked(std::string_view text, std::string_view outer, std::string_view inner) {
  third::YamlEvents events(text);
  Walk walk(outer, inner);
  for (;;) {
    Result<third::YamlEvent> event = events.next();
    if (!event) return std::move(event).error();
    if (event->kind == third::YamlEvent::end) return walk;
    walk.take(*std::move(event));
  }
}

}  // namespace

Result<Scalars> yaml_scalars(std::string_view text) {
  Result<Walk> walk = walked(text, {}, {});
  if (!walk) return std::move(walk).error();
  return (*std::move(walk)).result();
}

Result<std::vector<Scalars>> yaml_maps(std::string_view text, std::string_view outer, std::string_view inner) {
  Result<Walk> walk = walked(text, outer, inner);
  if (!walk) return std::move(walk).error();
  return (*std::move(walk)).maps();
}

}  // namespace drift::state_internal
