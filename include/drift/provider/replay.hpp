// Record and replay: reads written to a folder, and a provider that answers from it, so that a scan can be run again byte for byte.
//
// A recording is `reads.jsonl` in DIR (JSON lines: a header, then one outcome a line, sorted by address, secrets sealed) and, where secrets
// were sealed, the key in `key` (mode 0600). Both are written when the recorder finishes.
// Thread rule: recorder and provider: any.
#pragma once

#include <memory>
#include <string>

#include "drift/model/secret.hpp"
#include "drift/provider/provider.hpp"

namespace drift {

class ReadRecorder {
 public:
  explicit ReadRecorder(std::string dir);
  ~ReadRecorder();
  ReadRecorder(const ReadRecorder&) = delete;
  ReadRecorder& operator=(const ReadRecorder&) = delete;
  void record(const std::string& address, const std::string& provider, const ReadOutcome& outcome);
  // Writes the recording (the folder is made when missing). Nothing is written before.
  Status finish(const Clock& clock);

 private:
  struct State;
  std::unique_ptr<State> s_;
};

// Handles every resource; one that was not recorded is E_REPLAY_MISS. `schemas` (may be empty) answers schema() from the live providers,
// so that a replay compares by the same facts.
Result<std::shared_ptr<Provider>> make_replay_provider(const std::string& dir, ProviderRegistry schemas);
// The key that the recording's secrets were sealed with; empty when there were none.
Result<SecretKey> replay_key(const std::string& dir);

}  // namespace drift
