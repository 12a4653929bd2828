// Runs the *.case files of this folder; tests/cases/README.md describes them.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "drift/diff/compare.hpp"
#include "drift/model/json.hpp"
#include "support/case_file.hpp"

using namespace drift;
using drift::testing::CaseField;
using drift::testing::TextCase;
using drift::testing::words;

namespace {

constexpr const char* kSides[] = {"desired", "recorded", "actual", "baseline"};

template <class T>
T must(Result<T> r, const std::string& what) {
  if (!r) throw std::runtime_error(what + ": " + r.error().to_string());
  return std::move(r).value();
}

Value json(std::string_view text) { return must(parse_json(text), "not JSON"); }

void mark(Value& root, std::string_view paths, bool secret) {
  for (const std::string& text : words(paths)) {
    const bool found = must(Path::parse(text), "path").edit(root, [&](Value& v) {
      if (secret) {
        v.mark(Secret::plain);
      } else {
        v = Value::unknown();
      }
    });
    if (!found) throw std::runtime_error("nothing is at " + text);
  }
}

// "name=value" of a word, or nothing.
std::optional<std::string> option(const std::string& word, std::string_view name) {
  if (word.size() <= name.size() || word.compare(0, name.size(), name) != 0 || word[name.size()] != '=') return std::nullopt;
  return word.substr(name.size() + 1);
}

void add_schema(Schema& schema, const std::string& text) {
  const std::vector<std::string> w = words(text);
  SchemaFacts f;
  for (std::size_t i = 1; i < w.size(); ++i) {
    if (w[i] == "set")
      f.set = true;
    else if (w[i] == "empty_is_absent")
      f.empty_is_absent = true;
    else if (w[i] == "float64")
      f.float64 = true;
    else if (w[i] == "number")
      f.type = TypeHint::number;
    else if (w[i] == "derived")
      f.derived = true;
    else if (w[i] == "computed")
      f.computed = true;
    else if (w[i] == "write_only")
      f.write_only = true;
    else if (w[i] == "sensitive")
      f.sensitive = true;
    else if (w[i] == "force_new")
      f.force_new = true;
    else if (auto key = option(w[i], "list_key"))
      f.list_key = *key;
    else if (auto value = option(w[i], "default"))
      f.default_value = json(*value);
    else
      throw std::runtime_error("no such schema fact: " + w[i]);
  }
  schema.add(w.at(0), f);
}

ComparatorRule rule_of(const std::string& text, const std::string& type) {
  const std::vector<std::string> w = words(text);
  const auto comparator = comparator_from_name(w.at(1));
  if (!comparator) throw std::runtime_error("no such comparator: " + w[1]);
  ComparatorRule r{w[0], type, must(PathPattern::parse(w.at(2)), "pattern"), *comparator, {}, {}};
  for (std::size_t i = 3; i < w.size(); ++i) {
    if (auto key = option(w[i], "key"))
      r.key = *key;
    else if (auto value = option(w[i], "value"))
      r.value = json(*value);
    else
      throw std::runtime_error("not understood: " + w[i]);
  }
  return r;
}

IgnoreRule ignore_of(const std::string& text) {
  const std::vector<std::string> w = words(text);
  const auto mode = ignore_mode_from_name(w.at(1));
  if (!mode) throw std::runtime_error("no such mode: " + w[1]);
  IgnoreRule r;
  r.name = w[0];
  r.mode = *mode;
  for (std::size_t i = 2; i < w.size(); ++i) {
    if (auto value = option(w[i], "value")) {
      r.value = json(*value);
    } else if (auto date = option(w[i], "expires")) {
      Clock::Duration at{};
      if (!parse_rfc3339(*date, at)) throw std::runtime_error("not a date: " + *date);
      r.expires = at;
    } else {
      r.path = must(PathPattern::parse(w[i]), "pattern");
    }
  }
  return r;
}

struct Prepared {
  std::map<std::string, Resource> resources;
  ResourceSides sides;
  Schema schema;
  RuleSet rules;
  CompareContext ctx;
};

void add_side(Prepared& p, const TextCase& c, const std::string& side, const std::string& type) {
  if (!c.has(side)) return;
  Resource r;
  r.address = "case";
  r.type = type;
  if (c.get(side) == "absent") {
    r.absent = true;
  } else {
    r.attributes = json(c.get(side));
    mark(r.attributes, c.get(side + ".secret"), true);
    mark(r.attributes, c.get(side + ".unknown"), false);
  }
  if (c.has(side + ".inputs")) r.inputs = json(c.get(side + ".inputs"));
  if (side == "recorded") r.ignore_changes = words(c.get("engine_ignore"));
  p.resources[side] = std::move(r);
}

void prepare(Prepared& p, const TextCase& c) {
  const std::string type = c.has("type") ? std::string(c.get("type")) : "t";
  for (const char* side : kSides) add_side(p, c, side, type);
  const auto at = [&](const char* side) -> const Resource* {
    const auto found = p.resources.find(side);
    return found == p.resources.end() ? nullptr : &found->second;
  };
  p.sides = {at("desired"), at("recorded"), at("actual"), at("baseline")};
  p.sides.actual_known = p.sides.actual != nullptr;
  if (p.sides.actual != nullptr && p.sides.actual->absent) p.sides.actual = nullptr;
  static const std::set<std::string> known = {"type", "schema", "rule", "ignore", "engine_ignore", "now", "builtin", "expect"};
  for (const CaseField& f : c.fields) {
    const std::string side = f.key.substr(0, f.key.find('.'));
    const bool of_side = std::find(std::begin(kSides), std::end(kSides), side) != std::end(kSides);
    if (known.count(f.key) == 0 && !of_side) throw std::runtime_error("no such key: " + f.key);
    if (f.key == "schema") add_schema(p.schema, f.value);
    if (f.key == "rule") p.rules.comparators.push_back(rule_of(f.value, type));
    if (f.key == "ignore") p.rules.ignores.push_back(ignore_of(f.value));
  }
  p.rules.use_builtin_comparators = c.get("builtin") != "off";
  if (c.has("now") && !parse_rfc3339(std::string(c.get("now")), p.ctx.now)) throw std::runtime_error("not a date: now");
  p.ctx.rules = &p.rules;
  p.ctx.schema = p.schema.empty() ? nullptr : &p.schema;
}

std::string place(const Change& c) {
  const std::string path = c.path.empty() ? "." : c.path.text();
  return c.section == Section::attributes ? path : std::string(section_name(c.section)) + ":" + path;
}

std::vector<std::string> in_lines(const Result<ResourceComparison>& r) {
  if (!r) return {"error " + std::string(r.error().name())};
  std::vector<std::string> out;
  if (r->existence == Existence::deleted) out.emplace_back("deleted");
  if (r->existence == Existence::unmanaged) out.emplace_back("unmanaged");
  if (r->existence == Existence::absent) out.emplace_back("absent");
  if (!r->existence_rule.empty()) out.push_back("existence " + r->existence_rule);
  for (const Change& c : r->changes) {
    std::string line;
    if (c.relation != Relation::drift) line.append(relation_name(c.relation)).append(" ");
    line.append(change_kind_name(c.kind)).append(" ").append(place(c));
    if (c.mode) line.append(" ").append(ignore_mode_name(*c.mode));
    out.push_back(std::move(line));
  }
  for (const Change& c : r->suppressed) out.push_back("suppressed " + place(c) + " " + c.rule);
  if (out.empty()) out.emplace_back("none");
  std::sort(out.begin(), out.end());
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& l : lines) out += "\n    " + l;
  return out;
}

struct Coverage {
  std::set<std::string> hit, missed;

  void note(const ResourceComparison& r) {
    for (const Change& c : r.suppressed) hit.insert(c.rule);
    for (const ComparatorRule& rule : RuleSet::builtin()) {
      if (!glob_match(rule.type, r.type)) continue;
      for (const Change& c : r.changes)
        if (rule.path.covers(c.path) || near(rule, c.path)) missed.insert(rule.name);
    }
  }
  // What is not equal may show above the path of the rule: an element of a set is replaced as a whole. And an ignored path never changes:
  // its miss is a change at a path of that name elsewhere.
  static bool near(const ComparatorRule& rule, const Path& path) {
    if (path.empty()) return false;
    std::string text = path.text();
    for (std::size_t at = text.find('['); at != std::string::npos; at = text.find('[', at + 1))
      text.replace(at, text.find(']', at) - at + 1, "[*]");
    if (rule.path.text().compare(0, text.size(), text) == 0) return true;
    const auto* last = std::get_if<std::string>(&path.segments().back());
    return rule.comparator == Comparator::ignored && last != nullptr && rule.path.text().find(*last) != std::string::npos;
  }
};

}  // namespace

TEST_CASE("text cases") {
  Coverage coverage;
  for (const TextCase& c : testing::read_cases(DRIFT_CASES_DIR)) {
    INFO(c.file << ":" << c.line << ": " << c.name);
    Prepared p;
    REQUIRE_NOTHROW(prepare(p, c));
    const Result<ResourceComparison> out = compare_resource(p.sides, p.ctx);
    std::vector<std::string> expected = c.lines("expect");
    std::sort(expected.begin(), expected.end());
    const std::vector<std::string> got = in_lines(out);
    INFO("expected:" << joined(expected) << "\n  got:" << joined(got));
    CHECK(expected == got);
    if (out) coverage.note(*out);
  }
  for (const ComparatorRule& rule : RuleSet::builtin()) {
    INFO(rule.name);
    CHECK_MESSAGE(coverage.hit.count(rule.name) == 1, "no case shows what this rule takes out");
    CHECK_MESSAGE(coverage.missed.count(rule.name) == 1, "no case shows what this rule must not take out");
  }
}
