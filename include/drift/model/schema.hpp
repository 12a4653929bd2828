// Schema: what a provider knows of one resource type, as facts per path pattern.
//
// Example:
//   Schema s;
//   s.add("content_md5", {.computed = true, .read_only = true, .derived = true, .reveals = {"content"}});
//   s.add("ingress", {.set = true});
//   if (s.at(path).sensitive) ...
//
// Thread rule: const access from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drift/model/path.hpp"

namespace drift {

enum class TypeHint : std::uint8_t { any, boolean, number, string, list, object };

struct SchemaFacts {
  bool computed = false;    // the provider fills it in when the program does not
  bool read_only = false;   // the program cannot set it at all
  bool write_only = false;  // never read back
  bool sensitive = false;
  bool force_new = false;        // a change means replacement
  bool set = false;              // a list whose order carries no meaning
  bool derived = false;          // follows from other paths of the same resource (a hash of the content): never a finding of its own
  bool empty_is_absent = false;  // null, absent, "", [] and {} mean the same
  bool float64 = false;          // the provider reads what was recorded as doubles: of whole numbers above 2^53 the last digits get lost
  TypeHint type = TypeHint::any;
  std::optional<std::string> list_key{};  // elements are matched by this member
  std::optional<Value> default_value{};   // absent means this value
  // Patterns of those paths of the same resource whose value this one gives away (a hash, another encoding): where one of them is secret,
  // so is this. A derived path that names none is taken to give away everything. Listed in full: it is not looked up what those reveal.
  std::vector<std::string> reveals{};
};

class Schema {
 public:
  // `pattern` is a PathPattern's text; a malformed one is a bug of the caller and throws std::invalid_argument.
  Schema& add(std::string_view pattern, SchemaFacts facts);
  // All facts of every pattern that matches, merged (a flag that one sets is set).
  [[nodiscard]] SchemaFacts at(const Path& path) const;
  // The pattern text that gives `path` a fact for which `test` is true, for "why"; empty when none.
  template <class Test>
  [[nodiscard]] std::string_view why(const Path& path, Test&& test) const {
    for (const auto& e : entries_)
      if (test(e.facts) && e.pattern.matches(path)) return e.pattern.text();
    return {};
  }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  void set_version(std::uint64_t v) noexcept { version_ = v; }
  // `root` with every value at a sensitive path marked plain.
  [[nodiscard]] Value mark_sensitive(Value root) const;
  // `roots` are the values of one resource, on all its sides. Marks plain whatever gives away (SchemaFacts::reveals) what is secret in any
  // of them; nulls are neither secrets nor marked.
  void mark_revealing(std::span<Value* const> roots) const;

 private:
  struct Entry {
    PathPattern pattern;
    SchemaFacts facts;
    std::vector<PathPattern> reveals;
  };
  std::vector<Entry> entries_;
  std::uint64_t version_ = 0;
};

}  // namespace drift
