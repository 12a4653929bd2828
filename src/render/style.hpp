// Colours of the text view. Words and symbols say the same without them.
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>

#include "drift/classify/report.hpp"

namespace drift::render_internal {

enum class Tone { plain, bold, dim, red, green, yellow, cyan, bold_red };

[[nodiscard]] inline std::string paint(bool color, Tone tone, std::string_view text) {
  constexpr std::string_view codes[] = {"", "1", "2", "31", "32", "33", "36", "1;31"};
  if (!color || tone == Tone::plain) return std::string(text);
  return "\x1b[" + std::string(codes[static_cast<int>(tone)]) + 'm' + std::string(text) + "\x1b[0m";
}

[[nodiscard]] inline Tone tone_of(RiskLevel level) {
  switch (level) {
    case RiskLevel::critical:
      return Tone::bold_red;
    case RiskLevel::high:
      return Tone::red;
    case RiskLevel::medium:
      return Tone::yellow;
    case RiskLevel::low:
      return Tone::cyan;
    case RiskLevel::info:
      return Tone::dim;
  }
  return Tone::plain;
}

[[nodiscard]] inline char symbol_of(Verdict v) {
  switch (v) {
    case Verdict::changed:
      return '~';
    case Verdict::deleted:
      return '-';
    case Verdict::unmanaged:
      return '?';
    case Verdict::unreadable:
    case Verdict::unsupported:
    case Verdict::stale:
      return '!';
    case Verdict::in_sync:
    case Verdict::suppressed:
      break;
  }
  return '=';
}

[[nodiscard]] inline char symbol_of(ChangeKind k) { return k == ChangeKind::added ? '+' : k == ChangeKind::removed ? '-' : '~'; }

[[nodiscard]] inline Tone tone_of(char symbol) {
  switch (symbol) {
    case '+':
      return Tone::green;
    case '-':
      return Tone::red;
    case '~':
      return Tone::yellow;
    case '!':
      return Tone::bold_red;
    case '?':
      return Tone::cyan;
    default:
      return Tone::plain;
  }
}

}  // namespace drift::render_internal
