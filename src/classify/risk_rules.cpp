#include "classify/risk_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace drift::classify_internal {
namespace {

constexpr std::array<std::string_view, 12> known_keys = {"id",    "type",  "path",      "section", "verdict", "when",
                                                         "class", "level", "direction", "why",     "reverse", "examples"};

// The value whose name is `text`, among the first `count` of an enum.
template <class Enum>
std::optional<Enum> from_name(std::string_view text, std::string_view (*name)(Enum) noexcept, int count) {
  for (int i = 0; i < count; ++i)
    if (name(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(const Value& entry) : entry_(entry), id_(entry.string_or("id")) {}

  Result<std::vector<RiskRule>> read() {
    if (!entry_.is_object() || id_.empty()) return bad("a rule has to be an object with an \"id\"");
    for (const auto& [key, member] : entry_.as_object()) {
      (void)member;
      if (std::find(known_keys.begin(), known_keys.end(), key) == known_keys.end()) return bad("the key \"" + key + "\" is not known");
    }
    RiskRule rule;
    DRIFT_TRY(read_scope(rule));
    DRIFT_TRY(read_risk(rule));
    if (const Value* when = entry_.find("when")) {
      Result<Predicate> p = Predicate::parse(*when);
      if (!p) return bad(p.error().message());
      rule.when = std::move(*p);
    }
    std::vector<RiskRule> out{rule};
    if (const Value* why = entry_.find("reverse")) {
      if (!why->is_string() || rule.verdict != Verdict::changed) return bad("\"reverse\" is the \"why\" of the way back of a change");
      RiskRule back = std::move(rule);
      back.swapped = true;
      back.risk = {RiskLevel::info, back.risk.risk_class, RiskDirection::narrow, why->as_string(), id_ + ".reverse"};
      out.push_back(std::move(back));
    }
    return out;
  }

 private:
  [[nodiscard]] Error bad(const std::string& message) const {
    return Error(Errc::invalid_rule, message).at(id_.empty() ? "risk rule" : "risk rule " + id_).next("docs/rules.md describes risk rules");
  }

  // "x" or ["x", "y"].
  Result<std::vector<std::string>> strings(std::string_view key) const {
    std::vector<std::string> out;
    const Value* v = entry_.find(key);
    if (v == nullptr) return out;
    const Value::List list = v->is_list() ? v->as_list() : Value::List{*v};
    for (const Value& e : list) {
      if (!e.is_string()) return bad("\"" + std::string(key) + "\" takes a text or a list of texts");
      out.push_back(e.as_string());
    }
    return out;
  }

  Status read_scope(RiskRule& rule) const {
    Result<std::vector<std::string>> types = strings("type");
    if (!types) return std::move(types).error();
    if (types->empty()) return bad("\"type\" is missing");
    rule.types = std::move(*types);
    Result<std::vector<std::string>> paths = strings("path");
    if (!paths) return std::move(paths).error();
    for (const std::string& text : *paths) {
      if (text.empty()) continue;
      Result<PathPattern> p = PathPattern::parse(text);
      if (!p) return bad("the path pattern \"" + text + "\" could not be read: " + p.error().message());
      rule.paths.push_back(std::move(*p));
    }
    const std::string_view verdict = entry_.string_or("verdict", "changed");
    if (verdict == "deleted")
      rule.verdict = Verdict::deleted;
    else if (verdict == "unmanaged")
      rule.verdict = Verdict::unmanaged;
    else if (verdict != "changed")
      return bad("\"verdict\" is changed, deleted or unmanaged");
    if (rule.paths.empty() == (rule.verdict == Verdict::changed))
      return bad("a rule has either a \"path\" (of what changed) or the \"verdict\" deleted or unmanaged (of the whole resource)");
    if (const Value* section = entry_.find("section")) {
      if (!section->is_string() || section->as_string() != "resource") return bad("\"section\" can only be \"resource\"");
      rule.resource_section = true;
    }
    return {};
  }

  Status read_risk(RiskRule& rule) const {
    const auto level = from_name<RiskLevel>(entry_.string_or("level"), risk_level_name, 5);
    const auto risk_class = from_name<RiskClass>(entry_.string_or("class"), risk_class_name, 3);
    const auto direction = from_name<RiskDirection>(entry_.string_or("direction", "neutral"), risk_direction_name, 3);
    if (!level) return bad("\"level\" is info, low, medium, high or critical");
    if (!risk_class) return bad("\"class\" is cosmetic, behavioural or security");
    if (!direction) return bad("\"direction\" is neutral, narrow or widen");
    const std::string_view why = entry_.string_or("why");
    if (why.empty()) return bad("\"why\" is missing");
    rule.risk = {*level, *risk_class, *direction, std::string(why), id_};
    return {};
  }

  const Value& entry_;
  std::string id_;
};

}  // namespace

bool RiskRule::covers_type(std::string_view type) const {
  return std::any_of(types.begin(), types.end(), [&](const std::string& glob) { return glob_match(glob, type); });
}

Result<std::vector<RiskRule>> parse_risk_rule(const Value& entry) { return Reader(entry).read(); }

}  // namespace drift::classify_internal
