// Short ways to say what the tests of drift/diff compare.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/diff/compare.hpp"
#include "drift/model/json.hpp"

namespace drift::testing {

inline Value json(std::string_view text) { return parse_json(text).value(); }
inline PathPattern pattern(std::string_view text) { return PathPattern::parse(text).value(); }
inline Path path(std::string_view text) { return Path::parse(text).value(); }

inline Resource resource(std::string_view attributes, std::string type = "t") {
  Resource r;
  r.address = "t.x";
  r.type = std::move(type);
  r.attributes = json(attributes);
  return r;
}

inline ResourceComparison compare(const ResourceSides& sides, const CompareContext& ctx = {}) {
  Result<ResourceComparison> out = compare_resource(sides, ctx);
  REQUIRE(out.ok());
  return std::move(out).value();
}

// "modified a.b" and the like, in order.
inline std::vector<std::string> lines(const std::vector<Change>& changes) {
  std::vector<std::string> out;
  for (const Change& c : changes) out.push_back(std::string(change_kind_name(c.kind)) + " " + c.path.text());
  return out;
}

inline std::vector<Change> diff(std::string_view a, std::string_view b, const CompareContext& ctx = {}) {
  const Value left = json(a);
  const Value right = json(b);
  return diff_values(&left, &right, "t", ctx);
}

using Lines = std::vector<std::string>;

}  // namespace drift::testing
