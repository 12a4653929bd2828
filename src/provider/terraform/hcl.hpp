// The part of HCL that lock files and CLI configurations are written in: blocks with labels, attributes, strings with escapes, numbers,
// true, false, null, lists, objects, and the comments #, // and /* */. Templates, heredocs, functions and operators are errors: no tool
// writes them there.
//
// Two dialects: `strict` is HCL 2 (.terraform.lock.hcl); `cli` is HCL 1 (.tofurc, .terraformrc), which takes quoted names, several
// attributes on a line, "${" as text, and JSON in place of all of it. JSON is read into the same shape: an object is a block, a list of
// objects several.
//
// Spec: github.com/hashicorp/hcl, hclsyntax/spec.md (HCL 2) and README.md (HCL 1).
// Errors: E_PARSE, E_TRUNCATED, E_DUPLICATE_KEY, E_UNSUPPORTED_FEATURE, E_DEPTH_LIMIT, E_BYTE_LIMIT with the place, never with a value.
// Thread rule: ordinary values. Ownership: a body owns all its text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drift/base/result.hpp"

namespace drift::terraform_internal {

struct HclAttribute;

struct HclValue {
  enum class Kind { null, boolean, number, string, list, object };
  Kind kind = Kind::null;
  std::string text;  // of a string, decoded; of a number or boolean, as written
  std::vector<HclValue> items;
  std::vector<HclAttribute> members;
  TextPosition where;

  [[nodiscard]] bool is_string() const { return kind == Kind::string; }
};

struct HclAttribute {
  std::string name;
  TextPosition where;
  HclValue value;
};

struct HclBlock;

struct HclBody {
  std::vector<HclAttribute> attributes;
  std::vector<HclBlock> blocks;

  [[nodiscard]] const HclAttribute* find(std::string_view name) const;
};

struct HclBlock {
  std::string type;
  std::vector<std::string> labels;
  TextPosition where;
  HclBody body;
};

enum class HclDialect { strict, cli };

// With `keep`, attributes and blocks of other names at the top are checked for their form and left out; no text of theirs is stored.
Result<HclBody> parse_hcl(std::string_view text, HclDialect dialect, const std::vector<std::string_view>& keep = {});

}  // namespace drift::terraform_internal
