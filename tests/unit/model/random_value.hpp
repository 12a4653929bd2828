// Random values for property tests: small, with collisions of keys and of numbers in different spellings likely.
#pragma once

#include <random>
#include <string>

#include "drift/model/value.hpp"

namespace drift_test {

inline std::string random_text(std::mt19937_64& random) {
  static const char* const pieces[] = {
      "a", "b",    "c.d", "[0]", "\"", "\\", "\n", "\t", "\x01", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
      "*", "**",   "~",   "/",   "$",  "${", "%{", "-",  "0",    "1",        "01",           "]",
      " ", "\x7f", "'",   ":"};
  std::string s;
  for (std::size_t n = random() % 4; n > 0; --n) s += pieces[random() % (sizeof pieces / sizeof *pieces)];
  return s;
}

inline drift::Value random_number(std::mt19937_64& random) {
  static const char* const texts[] = {"0",     "-0",  "1",     "1.0", "10e-1", "2", "-1", "18446744073709551616", "18446744073709551617",
                                      "1e400", "0.1", "1e-400"};
  return *drift::Number::parse(texts[random() % (sizeof texts / sizeof *texts)]);
}

// `marks`: with unknown values and secret marks.
inline drift::Value random_value(std::mt19937_64& random, int depth, bool marks) {
  using drift::Value;
  Value v;
  switch (random() % (depth > 0 ? 9 : 6)) {
    case 0:
      break;
    case 1:
      v = Value(random() % 2 == 0);
      break;
    case 2:
      v = random_number(random);
      break;
    case 3:
      v = Value(static_cast<std::int64_t>(random()));
      break;
    case 4:
      v = Value(random_text(random));
      break;
    case 5:
      v = marks ? Value::unknown() : Value(random_text(random));
      break;
    case 6: {
      Value::List list;
      for (std::size_t n = random() % 4; n > 0; --n) list.push_back(random_value(random, depth - 1, marks));
      v = Value(std::move(list));
      break;
    }
    default: {
      drift::Object object;
      for (std::size_t n = random() % 4; n > 0; --n) object.set(random_text(random), random_value(random, depth - 1, marks));
      v = Value(std::move(object));
      break;
    }
  }
  if (marks && random() % 4 == 0) v.mark(static_cast<drift::Secret>(random() % 4));
  return v;
}

}  // namespace drift_test
