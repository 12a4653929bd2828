// The file format of recordings (drift/provider/replay.hpp): lines to and from outcomes.
//
// Thread rule: any.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/model/secret.hpp"
#include "drift/provider/provider.hpp"

namespace drift::provider_internal {

inline constexpr std::string_view reads_file = "/reads.jsonl";
inline constexpr std::string_view key_file = "/key";

struct RecordedRead {
  std::string provider;
  ReadOutcome outcome;
};

// What one provider listed; `error` is E_READ_UNSUPPORTED when it cannot list.
struct RecordedList {
  std::string provider;
  std::vector<Resource> found;
  std::optional<Error> error;
};

struct Recording {
  std::string created;
  std::string key_id;
  std::map<std::string, RecordedRead, std::less<>> reads;  // by address
  std::vector<RecordedList> lists;                         // by provider
};

[[nodiscard]] std::string recording_header(std::string_view created, std::string_view key_id);
// Without a newline; secrets are sealed with `key`. An id_is_secret() is left out.
[[nodiscard]] std::string recording_line(const std::string& address, const std::string& provider, const ReadOutcome& outcome,
                                         const SecretKey& key);
[[nodiscard]] std::string recording_line(const RecordedList& list, const SecretKey& key);
// True when sealing changes something: a value is marked plain.
[[nodiscard]] bool holds_plain_secret(const Resource& r);

// E_NOT_FOUND, E_UNSUPPORTED_VERSION, or what is wrong with which line.
Result<Recording> read_recording(const std::string& dir);
// The header's key id alone.
Result<std::string> recording_key_id(const std::string& dir);

// The bytes of the file at `path`.
Result<std::string> read_small_file(const std::string& path);

}  // namespace drift::provider_internal
