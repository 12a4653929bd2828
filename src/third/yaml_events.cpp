#include "third/yaml_events.hpp"

#include <yaml.h>

#include <cstring>
#include <new>
#include <utility>

namespace drift::third {
namespace {

// From libyaml's marks, which count characters, to bytes and lines. Marks mostly grow, so the walk goes on from the last one.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {}

  TextPosition at_char(std::size_t index) {
    if (index < chars_) restart();
    while (chars_ < index && byte_ < text_.size()) step();
    return here();
  }
  TextPosition at_byte(std::size_t offset) {
    if (offset < byte_) restart();
    while (byte_ < offset && byte_ < text_.size()) step();
    return here();
  }

 private:
  void step() {
    const char c = text_[byte_++];
    while (byte_ < text_.size() && (static_cast<unsigned char>(text_[byte_]) & 0xC0U) == 0x80U) ++byte_;
    ++chars_;
    const bool crlf = c == '\r' && byte_ < text_.size() && text_[byte_] == '\n';
    if (c != '\n' && (c != '\r' || crlf)) return;
    ++line_;
    line_start_ = byte_;
  }
  void restart() { byte_ = chars_ = line_ = line_start_ = 0; }
  [[nodiscard]] TextPosition here() const { return {.line = line_ + 1, .column = byte_ - line_start_ + 1, .byte = byte_}; }

  std::string_view text_;
  std::size_t byte_ = 0, chars_ = 0, line_ = 0, line_start_ = 0;
};

struct Event {
  yaml_event_t raw{};
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw); }
};

Error refused(std::string what, std::string step, TextPosition where) {
  return Error(Errc::unsupported_feature, std::move(what)).position(where).next(std::move(step));
}

}  // namespace

struct YamlEvents::Parser {
  yaml_parser_t raw{};
  Places places;
  YamlLimits limits;
  std::size_t bytes;
  std::size_t nodes = 0;
  std::size_t documents = 0;
  bool ended = false;

  struct Open {
    bool map;
    bool key_next;
  };
  std::vector<Open> open;

  Parser(std::string_view text, YamlLimits given) : places(text), limits(given), bytes(text.size()) {
    if (yaml_parser_initialize(&raw) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&raw, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&raw, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&raw); }

  Error failure();
  Status check_document(const yaml_event_t& e, TextPosition where);
  Status check_node(const yaml_event_t& e, TextPosition where);
  Result<YamlEvent> take_scalar(const yaml_event_t& e, TextPosition where);
  Result<YamlEvent> take_begin(bool map, TextPosition where);
  YamlEvent take_end(bool map, TextPosition where);
};

YamlEvents::YamlEvents(std::string_view text, YamlLimits limits) : p_(std::make_unique<Parser>(text, limits)) {}
YamlEvents::~YamlEvents() = default;

// libyaml's problem texts are fixed sentences: none holds text of the document.
Error YamlEvents::Parser::failure() {
  if (raw.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
  const std::string problem = raw.problem != nullptr ? raw.problem : "the text could not be understood";
  if (raw.error == YAML_READER_ERROR) {
    const TextPosition where = places.at_byte(raw.problem_offset);
    if (problem.find("control characters") != std::string::npos)
      return Error(Errc::parse, "a control character was in the text").position(where).next("remove it");
    return Error(Errc::bad_utf8, "the text was not UTF-8").position(where).next("save the file as UTF-8");
  }
  return Error(Errc::parse, "no valid YAML: " + problem).position(places.at_char(raw.problem_mark.index)).next("correct the YAML there");
}

Status YamlEvents::Parser::check_document(const yaml_event_t& e, TextPosition where) {
  if (++documents > 1) return refused("a second YAML document began", "keep one document in the file", where);
  if (e.data.document_start.tag_directives.start != e.data.document_start.tag_directives.end)
    return refused("a %TAG directive was used", "remove it", where);
  return {};
}

// What every node has to keep, and what only YAML's fancier features break.
Status YamlEvents::Parser::check_node(const yaml_event_t& e, TextPosition where) {
  const bool is_scalar = e.type == YAML_SCALAR_EVENT;
  const bool is_map = e.type == YAML_MAPPING_START_EVENT;
  const yaml_char_t* anchor = is_scalar ? e.data.scalar.anchor : is_map ? e.data.mapping_start.anchor : e.data.sequence_start.anchor;
  const yaml_char_t* tag = is_scalar ? e.data.scalar.tag : is_map ? e.data.mapping_start.tag : e.data.sequence_start.tag;
  if (anchor != nullptr) return refused("a YAML anchor was used", "remove it and write the value out where it is needed", where);
  if (tag != nullptr) return refused("a YAML tag was used", "remove it; put text in quotes", where);
  if (++nodes > limits.nodes) return Error(Errc::node_limit, "the YAML held too many values").position(where).next("make the file smaller");
  if (open.empty() || !open.back().map) return {};
  if (open.back().key_next) {
    if (!is_scalar) return refused("a key was a list or a map", "use a text as key", where);
    const bool merge =
        e.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && e.data.scalar.length == 2 && std::memcmp(e.data.scalar.value, "<<", 2) == 0;
    if (merge) return refused("a YAML merge key (<<) was used", "write the members out", where);
  }
  open.back().key_next = !open.back().key_next;
  return {};
}

Result<YamlEvent> YamlEvents::Parser::take_scalar(const yaml_event_t& e, TextPosition where) {
  YamlEvent out{.kind = YamlEvent::scalar, .where = where};
  out.text.assign(reinterpret_cast<const char*>(e.data.scalar.value), e.data.scalar.length);
  out.plain = e.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  return out;
}

Result<YamlEvent> YamlEvents::Parser::take_begin(bool map, TextPosition where) {
  if (open.size() >= limits.depth)
    return Error(Errc::depth_limit, "the YAML was nested too deep")
        .position(where)
        .next("nest at most " + std::to_string(limits.depth) + " levels");
  open.push_back({.map = map, .key_next = map});
  return YamlEvent{.kind = map ? YamlEvent::map_begin : YamlEvent::list_begin, .where = where};
}

YamlEvent YamlEvents::Parser::take_end(bool map, TextPosition where) {
  open.pop_back();
  return {.kind = map ? YamlEvent::map_end : YamlEvent::list_end, .where = where};
}

Result<YamlEvent> YamlEvents::next() {
  Parser& p = *p_;
  if (p.bytes > p.limits.bytes)
    return Error(Errc::byte_limit, "the YAML was larger than " + std::to_string(p.limits.bytes) + " bytes").next("make the file smaller");
  while (!p.ended) {
    Event event;
    if (yaml_parser_parse(&p.raw, &event.raw) == 0) return p.failure();
    const yaml_event_t& e = event.raw;
    const TextPosition where = p.places.at_char(e.start_mark.index);
    switch (e.type) {
      case YAML_DOCUMENT_START_EVENT:
        DRIFT_TRY(p.check_document(e, where));
        break;
      case YAML_ALIAS_EVENT:
        return refused("a YAML alias was used", "write the value out where it is needed", where);
      case YAML_SCALAR_EVENT:
        DRIFT_TRY(p.check_node(e, where));
        return p.take_scalar(e, where);
      case YAML_SEQUENCE_START_EVENT:
        DRIFT_TRY(p.check_node(e, where));
        return p.take_begin(false, where);
      case YAML_MAPPING_START_EVENT:
        DRIFT_TRY(p.check_node(e, where));
        return p.take_begin(true, where);
      case YAML_SEQUENCE_END_EVENT:
        return p.take_end(false, where);
      case YAML_MAPPING_END_EVENT:
        return p.take_end(true, where);
      case YAML_STREAM_END_EVENT:
      case YAML_NO_EVENT:
        p.ended = true;
        break;
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_END_EVENT:
        break;
    }
  }
  return YamlEvent{.kind = YamlEvent::end, .where = p.places.at_byte(p.bytes)};
}

}  // namespace drift::third
