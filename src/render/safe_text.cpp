#include "render/safe_text.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "model/utf8.hpp"

namespace drift::render_internal {
namespace {

struct Range {
  std::uint32_t first, last;
};

bool in(std::uint32_t c, const Range* ranges, std::size_t count) {
  const Range* end = ranges + count;
  const Range* r = std::lower_bound(ranges, end, c, [](const Range& x, std::uint32_t v) { return x.last < v; });
  return r != end && r->first <= c;
}

// Invisible or order-changing: escaped. Noncharacters and tag characters too.
constexpr std::array<Range, 13> hidden{{{0x0, 0x1f},
                                        {0x7f, 0x9f},
                                        {0xad, 0xad},
                                        {0x34f, 0x34f},
                                        {0x61c, 0x61c},
                                        {0x180e, 0x180e},
                                        {0x200b, 0x200f},
                                        {0x2028, 0x202e},
                                        {0x2060, 0x206f},
                                        {0xfdd0, 0xfdef},
                                        {0xfeff, 0xfeff},
                                        {0xfff0, 0xfffb},
                                        {0xe0000, 0x10ffff}}};

// Marks that stand on the letter before them. The common blocks; a mark outside is counted as one column, which only cuts a bit early.
constexpr std::array<Range, 17> zero_width{{{0x300, 0x36f},
                                            {0x483, 0x489},
                                            {0x591, 0x5bd},
                                            {0x610, 0x61a},
                                            {0x64b, 0x65f},
                                            {0x6d6, 0x6dc},
                                            {0x900, 0x902},
                                            {0x93c, 0x93c},
                                            {0x941, 0x948},
                                            {0x94d, 0x94d},
                                            {0xe31, 0xe31},
                                            {0xe34, 0xe3a},
                                            {0xe47, 0xe4e},
                                            {0x1ab0, 0x1aff},
                                            {0x1dc0, 0x1dff},
                                            {0x20d0, 0x20ff},
                                            {0xfe00, 0xfe2f}}};

// East Asian Wide and Fullwidth (UAX #11) and emoji, in blocks.
constexpr std::array<Range, 20> wide{{{0x1100, 0x115f}, {0x231a, 0x231b}, {0x23e9, 0x23ec},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
                                      {0x2648, 0x2653}, {0x26a1, 0x26a1}, {0x2705, 0x2705},   {0x274c, 0x274e},   {0x2e80, 0x303e},
                                      {0x3041, 0xa4cf}, {0xa960, 0xa97c}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
                                      {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1b000, 0x1b2ff}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}}};

std::size_t width_of(std::uint32_t c) {
  if (c < 0x300) return 1;
  if (in(c, zero_width.data(), zero_width.size())) return 0;
  return in(c, wide.data(), wide.size()) ? 2 : 1;
}

std::uint32_t decode(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(s[i])); };
  switch (s.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
  }
}

void append_hex(std::string& out, std::uint32_t n, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.push_back("0123456789abcdef"[n >> shift & 15]);
}

void append_escape(std::string& out, std::uint32_t c) {
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (c < 0x80) {
    out += "\\x";
    append_hex(out, c, 2);
  } else if (c < 0x10000) {
    out += "\\u";
    append_hex(out, c, 4);
  } else {
    out += "\\U";
    append_hex(out, c, 8);
  }
}

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

}  // namespace

std::size_t append_cell(std::string& out, std::string_view text, std::size_t at, TextStyle style, std::size_t& columns) {
  const std::size_t before = out.size();
  const std::size_t length = model_internal::utf8_sequence(text, at).length;
  if (length == 0) {
    out += "\\x";
    append_hex(out, static_cast<unsigned char>(text[at]), 2);
    columns += 4;
    return 1;
  }
  const std::string_view bytes = text.substr(at, length);
  const std::uint32_t c = decode(bytes);
  if (style.quoted && (c == '"' || c == '\\')) {
    out.push_back('\\');
    out.push_back(static_cast<char>(c));
  } else if (in(c, hidden.data(), hidden.size()) || (!style.unicode && c >= 0x80)) {
    append_escape(out, c);
  } else {
    out += bytes;
    columns += width_of(c);
    return length;
  }
  columns += out.size() - before;
  return length;
}

void append_safe(std::string& out, std::string_view text, TextStyle style) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) at += append_cell(out, text, at, style, columns);
}

std::string safe(std::string_view text, bool unicode) {
  std::string out;
  append_safe(out, text, {unicode, false});
  return out;
}

std::string quoted(std::string_view text, bool unicode) {
  std::string out = "\"";
  append_safe(out, text, {unicode, true});
  out += '"';
  return out;
}

std::size_t columns_of(std::string_view safe_text) {
  std::string ignored;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < safe_text.size();) {
    ignored.clear();
    at += append_cell(ignored, safe_text, at, {}, columns);
  }
  return columns;
}

Piece head(std::string_view text, std::size_t columns, TextStyle style) {
  Piece p;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = p.text.size(), before = p.columns;
    at += append_cell(p.text, text, at, style, p.columns);
    if (p.columns > columns) {
      p.text.resize(size);
      p.columns = before;
      p.whole = false;
      break;
    }
  }
  return p;
}

Piece tail(std::string_view text, std::size_t columns, TextStyle style) {
  // Going back from the end, code point by code point, to where the columns are used up.
  std::size_t begin = text.size(), used = 0;
  std::string cell;
  while (begin > 0) {
    std::size_t start = begin - 1;
    for (std::size_t back = 1; back <= 4 && back <= begin; ++back)
      if (model_internal::utf8_sequence(text, begin - back).length == back) start = begin - back;
    cell.clear();
    std::size_t width = 0;
    append_cell(cell, text, start, style, width);
    if (used + width > columns) break;
    used += width;
    begin = start;
  }
  Piece p;
  p.whole = begin == 0;
  p.columns = used;
  append_safe(p.text, text.substr(begin), style);
  return p;
}

std::string fit(std::string_view text, std::size_t columns, TextStyle style) {
  Piece p = head(text, columns == 0 ? no_limit : columns, style);
  if (p.whole) return std::move(p.text);
  const std::string_view dots = ellipsis(style.unicode);
  const std::size_t room = style.unicode ? 1 : dots.size();
  p = head(text, columns > room ? columns - room : 0, style);
  p.text += dots;
  return std::move(p.text);
}

std::string with_separators(std::uint64_t n) {
  std::string out = std::to_string(n);
  for (std::size_t i = out.size(); i > 3;) {
    i -= 3;
    out.insert(i, 1, ',');
  }
  return out;
}

}  // namespace drift::render_internal
