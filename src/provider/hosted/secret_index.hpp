// Secrets to be found in texts, many of them, of which most stand in none: looking costs as much as the text is long, however many there
// are.
//
// Thread rule: an ordinary value. An entry is where it is until it is erased.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "provider/hosted/masking.hpp"

namespace drift::hosted_internal {

class SecretIndex {
 public:
  struct Users {
    std::size_t count = 0;
    std::uint64_t gone = 0;  // which release was the last; for whoever counts them
  };
  using Entry = std::map<std::string, Users, std::less<>>::iterator;

  // Of a form (secret_forms()), made when it is not there.
  Entry at(const std::string& form);
  // Of a form that is there.
  Entry find(const std::string& form) { return all_.find(form); }
  void erase(Entry entry);
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

  // Hides in `text` what stands in it, as HiddenText::hide_secret() has it; in one that was cut also what may be the beginning of one.
  void hide_in(HiddenText& text) const;

 private:
  // By the first three bytes; those that have fewer, by the first.
  static constexpr std::size_t places = 0x2000;
  static std::size_t place_of(std::string_view three);
  static std::size_t place_of_short(std::string_view some) { return places + static_cast<unsigned char>(some[0]); }
  static std::size_t own_place(std::string_view form) { return form.size() < 3 ? place_of_short(form) : place_of(form); }
  [[nodiscard]] bool may_begin(std::string_view text) const;
  void hide_at(std::size_t at, std::size_t least, std::size_t most, HiddenText& text) const;
  void hide_begun(HiddenText& text) const;

  std::map<std::string, Users, std::less<>> all_;
  std::array<std::uint32_t, places + 256> begins_{};  // how many begin so
  std::size_t short_ = 0;                             // how many are hidden as words alone
};

}  // namespace drift::hosted_internal
