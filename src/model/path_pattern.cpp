#include <algorithm>

#include "drift/model/path.hpp"
#include "model/path_scan.hpp"

namespace drift {

Result<PathPattern> PathPattern::parse(std::string_view text) {
  using model_internal::PathScanner;
  using model_internal::PathToken;
  PathScanner scanner(text, PathScanner::Quotes::json);
  PathPattern pattern;
  pattern.text_ = text;
  while (!scanner.done()) {
    Result<PathToken> t = scanner.next();
    if (!t) return std::move(t).error();
    switch (t->kind) {
      case PathToken::Kind::any:
        pattern.parts_.emplace_back(Any{});
        break;
      case PathToken::Kind::index:
        pattern.parts_.emplace_back(t->index);
        break;
      case PathToken::Kind::quoted:
        pattern.parts_.emplace_back(std::move(t->key));
        break;
      case PathToken::Kind::bare:
        if (t->key == "*")
          pattern.parts_.emplace_back(AnyKey{});
        else if (t->key == "**")
          pattern.parts_.emplace_back(AnyDepth{});
        else if (t->key.find('*') != std::string::npos)
          return scanner.refuse("a '*' stands for whole keys only; quote the key");
        else
          pattern.parts_.emplace_back(std::move(t->key));
        break;
    }
  }
  return pattern;
}

Result<PathPattern> PathPattern::from_pulumi(std::string_view text) {
  using model_internal::PathScanner;
  using model_internal::PathToken;
  PathScanner scanner(text, PathScanner::Quotes::pulumi);
  PathPattern pattern;
  const auto add_key = [&pattern](std::string_view written) {
    if (!pattern.text_.empty() && written.front() != '[') pattern.text_ += '.';
    pattern.text_ += written;
  };
  while (!scanner.done()) {
    Result<PathToken> t = scanner.next();
    if (!t) return std::move(t).error();
    if (t->kind == PathToken::Kind::any) {
      pattern.parts_.emplace_back(Any{});
      pattern.text_ += "[*]";
    } else if (t->kind == PathToken::Kind::index) {
      pattern.parts_.emplace_back(t->index);
      pattern.text_ += Path().child(t->index).text();
    } else if (t->is_pulumi_star()) {
      pattern.parts_.emplace_back(AnyKey{});
      add_key("*");
    } else {
      add_key(Path().child(t->key).text());
      pattern.parts_.emplace_back(std::move(t->key));
    }
  }
  return pattern;
}

// Greedy with one point of return, the last `**`: what stands before it was matched as early as possible, so that no other way to match
// it could help. `prefix_ok`: the pattern may end before the path does.
bool PathPattern::match_from(const std::vector<Part>& parts, std::size_t i, const Path& path, std::size_t j, bool prefix_ok) {
  const auto& segments = path.segments();
  const auto fits = [](const Part& part, const Path::Segment& s) {
    if (std::holds_alternative<Any>(part)) return true;
    const auto* key = std::get_if<std::string>(&s);
    if (std::holds_alternative<AnyKey>(part)) return key != nullptr;
    if (const auto* want = std::get_if<std::string>(&part)) return key != nullptr && *key == *want;
    const auto* index = std::get_if<std::uint64_t>(&part);
    return index != nullptr && key == nullptr && std::get<std::uint64_t>(s) == *index;
  };
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t star = none, resume = 0;
  for (;;) {
    if (i < parts.size() && std::holds_alternative<AnyDepth>(parts[i])) {
      star = i++;
      resume = j;
      continue;
    }
    if (i == parts.size() && (j == segments.size() || (prefix_ok && j > 0) || (star != none && star + 1 == i))) return true;
    if (i < parts.size() && j < segments.size() && fits(parts[i], segments[j])) {
      ++i;
      ++j;
      continue;
    }
    if (star == none || resume >= segments.size()) return false;
    i = star + 1;
    j = ++resume;
  }
}

bool PathPattern::matches(const Path& path) const { return match_from(parts_, 0, path, 0, false); }

bool PathPattern::covers(const Path& path) const { return !path.empty() && match_from(parts_, 0, path, 0, true); }

int PathPattern::specificity() const noexcept {
  int literals = 0, keys = 0, anys = 0, depths = 0;
  for (const auto& p : parts_) {
    if (std::holds_alternative<AnyKey>(p))
      ++keys;
    else if (std::holds_alternative<Any>(p))
      ++anys;
    else if (std::holds_alternative<AnyDepth>(p))
      ++depths;
    else
      ++literals;
  }
  // Digits of a number, so to say: literals, then having no `**`, then narrower wildcards.
  return literals * 1000 + (depths == 0 ? 500 : 0) + std::min(keys, 20) * 15 + std::min(anys, 15) * 10;
}

bool PathSet::matches(const Path& path) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const PathPattern& p) { return p.matches(path); });
}

bool PathSet::covers(const Path& path) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const PathPattern& p) { return p.covers(path); });
}

bool glob_match(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0, t = 0, star = none, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    if (p < pattern.size()) {
      const bool escaped = pattern[p] == '\\' && p + 1 < pattern.size();
      const char want = pattern[escaped ? p + 1 : p];
      if ((!escaped && want == '?') || want == text[t]) {
        p += escaped ? 2 : 1;
        ++t;
        continue;
      }
    }
    if (star == none) return false;
    p = star + 1;
    t = ++resume;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace drift
