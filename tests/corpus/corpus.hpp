// Where the corpus is, and reading from it.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "drift/state/reader.hpp"

namespace corpus {

// $DRIFT_CORPUS, else the folder beside the repository.
inline std::filesystem::path root() {
  if (const char* given = std::getenv("DRIFT_CORPUS"); given != nullptr && *given != '\0') return given;
  return std::filesystem::path(DRIFT_TEST_DIR) / ".." / ".." / "shared" / "corpus";
}

// True when `folder` of the corpus is there; else says which one is missing. The test then returns.
inline bool has(const std::string& folder) {
  if (std::filesystem::is_directory(root() / folder)) return true;
  MESSAGE("skipped: the corpus folder ", folder, " is not there (set DRIFT_CORPUS)");
  return false;
}

inline drift::ByteSource source(const std::filesystem::path& file) { return drift::ByteSource::file((root() / file).string()); }

inline drift::Result<drift::Document> read(const std::filesystem::path& file) { return drift::read_document(source(file)); }

}  // namespace corpus
