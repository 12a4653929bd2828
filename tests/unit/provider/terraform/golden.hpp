// The golden files that tests/tools/cty_golden wrote with the real go-cty and the real message descriptors.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "drift/model/json.hpp"

namespace drift::test {

inline std::vector<Value> golden(const std::string& name) {
  std::ifstream in(std::string(DRIFT_TEST_DIR) + "/unit/provider/terraform/golden/" + name);
  REQUIRE(in.good());
  std::vector<Value> lines;
  for (std::string line; std::getline(in, line);) {
    Result<Value> v = parse_json(line);
    REQUIRE(v.ok());
    lines.push_back(*std::move(v));
  }
  REQUIRE(lines.size() > 30);
  return lines;
}

inline std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return out;
}

inline std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

inline bool flag(const Value& line, std::string_view key) {
  const Value* v = line.find(key);
  return v != nullptr && v->as_bool();
}

inline Value json(std::string_view text) {
  Result<Value> v = parse_json(text);
  REQUIRE_MESSAGE(v.ok(), text);
  return *std::move(v);
}

}  // namespace drift::test
