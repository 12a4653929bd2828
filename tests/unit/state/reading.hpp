// Helpers for tests of the state readers.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "drift/state/reader.hpp"

namespace reading {

inline drift::Result<drift::Document> read(std::string text, const drift::Snapshot* known = nullptr) {
  drift::ReadOptions options;
  options.known = known;
  return drift::read_document(drift::ByteSource::bytes(std::move(text), "doc"), options);
}

inline drift::Errc refusal(std::string text) {
  auto doc = read(std::move(text));
  REQUIRE_FALSE(doc.ok());
  return doc.error().code();
}

// Every entry loads, and is what the index says of it.
inline void check_index(const drift::Snapshot& s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const drift::Snapshot::Entry e = s.entry(i);
    CAPTURE(e.address);
    auto r = s.load(i);
    if (!r) FAIL_CHECK(r.error().to_string());
    REQUIRE(r.ok());
    CHECK(r->address == e.address);
    CHECK(r->type == e.type);
    CHECK(r->kind == e.kind);
    CHECK(r->pending_delete == e.pending_delete);
    CHECK(r->pending_replacement == e.pending_replacement);
    CHECK(resource_fingerprint(*r) == e.canonical);
  }
}

inline drift::Document good(std::string text, const drift::Snapshot* known = nullptr) {
  auto doc = read(std::move(text), known);
  if (!doc) FAIL(doc.error().to_string());
  if (doc->recorded) check_index(*doc->recorded);
  if (doc->desired) check_index(*doc->desired);
  return *std::move(doc);
}

inline drift::Resource load(const drift::Snapshot& s, std::string_view address) {
  CAPTURE(address);
  const auto at = s.find(address);
  REQUIRE(at.has_value());
  auto r = s.load(*at);
  REQUIRE(r.ok());
  return *std::move(r);
}

inline std::vector<std::string> addresses(const drift::Snapshot& s) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < s.size(); ++i) all.emplace_back(s.entry(i).address);
  return all;
}

inline const drift::Note* note(const drift::Snapshot& s, std::string_view code) {
  for (const drift::Note& n : s.notes())
    if (n.code == code) return &n;
  return nullptr;
}

}  // namespace reading
