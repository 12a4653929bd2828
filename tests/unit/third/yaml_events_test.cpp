#include "third/yaml_events.hpp"

#include <doctest/doctest.h>

#include <string>

using drift::Errc;
using drift::Error;
using drift::Result;
using drift::third::YamlEvent;
using drift::third::YamlEvents;
using drift::third::YamlLimits;

namespace {

// "{k=plain 'quoted' [..] }" with positions as line:column, or the error.
std::string trace(std::string_view text, bool places = false, YamlLimits limits = {}) {
  YamlEvents events(text, limits);
  std::string out;
  while (true) {
    Result<YamlEvent> e = events.next();
    if (!e) {
      out += std::string(e.error().name());
      if (e.error().where()) out += "@" + std::to_string(e.error().where()->line) + ":" + std::to_string(e.error().where()->column);
      return out;
    }
    if (e->kind == YamlEvent::end) return out;
    if (e->kind == YamlEvent::scalar)
      out += e->plain ? e->text : "'" + e->text + "'";
    else
      out += e->kind == YamlEvent::map_begin ? "{" : e->kind == YamlEvent::map_end ? "}" : e->kind == YamlEvent::list_begin ? "[" : "]";
    if (places) out += "@" + std::to_string(e->where.line) + ":" + std::to_string(e->where.column);
    out += ' ';
  }
}

}  // namespace

TEST_CASE("yaml events: keys and values take turns, quotes are told from plain text") {
  CHECK(trace("a: 1\nb: [x, \"y\"]\nc:\n  d: |\n    block\n") == "{ a 1 b [ x 'y' ] c { d 'block\n' } } ");
  CHECK(trace("").empty());
  CHECK(trace("# only a comment\n").empty());
  CHECK(trace("just text") == "just text ");
}

TEST_CASE("yaml events: positions count lines and bytes from the text as it is") {
  CHECK(trace("a: 1\nb:\n  - x\n", true) == "{@1:1 a@1:1 1@1:4 b@2:1 [@3:3 x@3:5 ]@4:1 }@4:1 ");
  // The umlaut is one character and two bytes; a carriage return belongs to the line break.
  CHECK(trace("\"\xc3\xa4\": x\r\nb: y\r\n", true) == "{@1:1 '\xc3\xa4'@1:1 x@1:7 b@2:1 y@2:4 }@3:1 ");
}

TEST_CASE("yaml events: what makes YAML dangerous is refused where it stands") {
  CHECK(trace("a: &x 1\n") == "{ a E_UNSUPPORTED_FEATURE@1:4");
  CHECK(trace("a: 1\nb: *x\n") == "{ a 1 b E_UNSUPPORTED_FEATURE@2:4");
  CHECK(trace("a: !!str 1\n") == "{ a E_UNSUPPORTED_FEATURE@1:4");
  CHECK(trace("a: ! 1\n") == "{ a E_UNSUPPORTED_FEATURE@1:4");
  CHECK(trace("<<: {a: 1}\n") == "{ E_UNSUPPORTED_FEATURE@1:1");
  CHECK(trace("\"<<\": 1\n") == "{ '<<' 1 } ");
  CHECK(trace("a: 1\n---\nb: 2\n") == "{ a 1 } E_UNSUPPORTED_FEATURE@2:1");
  CHECK(trace("? [a]\n: 1\n") == "{ E_UNSUPPORTED_FEATURE@1:3");
  CHECK(trace("%TAG ! tag:x,2000:\n---\na: 1\n") == "E_UNSUPPORTED_FEATURE@1:1");
}

TEST_CASE("yaml events: faults of the text") {
  CHECK(trace("a: [1, 2\n").find("E_PARSE@") != std::string::npos);
  CHECK(trace("a: b: c\n") == "{ a b E_PARSE@1:5");
  CHECK(trace("a: \xff\n") == "E_BAD_UTF8@1:4");
  CHECK(trace("a: \x01\n") == "E_PARSE@1:4");
}

TEST_CASE("yaml events: messages hold nothing of the text") {
  for (const std::string text : {"k: s3cret: s3cret", "k: &s3cret x", "k: *s3cret", "k: !s3cret x", "k: [s3cret", "s3cret", "k: @s3cret"}) {
    YamlEvents events(text);
    Result<YamlEvent> e = events.next();
    while (e && e->kind != YamlEvent::end) e = events.next();
    if (!e) CHECK((e.error().to_string() + e.error().next_step()).find("s3cret") == std::string::npos);
  }
}

TEST_CASE("yaml events: limits") {
  CHECK(trace(std::string(64, '[') + std::string(64, ']')).find("E_") == std::string::npos);
  CHECK(trace(std::string(65, '[') + std::string(65, ']')).find("E_DEPTH_LIMIT@1:65") != std::string::npos);
  CHECK(trace(std::string(1'000'000, '[')).find("E_") != std::string::npos);
  CHECK(trace("[a, b, c]", false, {.depth = 64, .nodes = 3, .bytes = 100}).find("E_NODE_LIMIT@1:8") != std::string::npos);
  CHECK(trace("[a, b, c]", false, {.depth = 64, .nodes = 9, .bytes = 8}) == "E_BYTE_LIMIT");
}
