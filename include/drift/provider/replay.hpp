// Record and replay: reads written to a folder, and a provider that answers from it, so that a scan can be run again byte for byte.
//
// A recording is `reads.jsonl` in DIR and, where secrets were sealed with a key of the recording's own, that key in `key` (base64, mode
// 0600). A key that was given is somebody else's and never copied: the header names it. All is written when the recorder finishes. JSON
// lines; the header first, then one read a line, sorted by address:
//   {"libdrift_reads":1,"created":"2026-11-21T09:00:00Z","key_id":""}
//   {"address":"...","provider":"file","outcome":"found","resource":{...}}        a resource as in docs/snapshot-format.md, secrets sealed;
//                                      beside it "known":{...} where the provider gave what was known in its own form (ReadOutcome)
//   {"address":"...","provider":"file","outcome":"absent"}
//   {"address":"...","provider":"file","outcome":"failed","error":{"code":302,"name":"E_PERMISSION","message":"...","subject":"...",
//    "next":"...","contexts":[...],"retryable":false}}
// then what providers that were asked for unmanaged resources listed, one line a provider:
//   {"list":"aws","outcome":"listed","resources":[{...}]}          with an "error" as above where the list broke off: then "failed"
//   {"list":"file","outcome":"unsupported"}
// Two recordings of the same reads at the same time differ in key and digests alone.
//
// Thread rule: recorder and provider: any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drift/model/secret.hpp"
#include "drift/provider/provider.hpp"

namespace drift {

class ReadRecorder {
 public:
  // Secrets are sealed with `key`, which stays where it is; where it is empty with a random one, which is kept in DIR. A replay can compare
  // with a sealed baseline only when both were sealed with one key.
  explicit ReadRecorder(std::string dir, SecretKey key = {});
  ~ReadRecorder();
  ReadRecorder(const ReadRecorder&) = delete;
  ReadRecorder& operator=(const ReadRecorder&) = delete;
  // Secrets are sealed here: the recorder never holds one. The last outcome of an address counts.
  void record(const std::string& address, const std::string& provider, const ReadOutcome& outcome);
  // Makes the folder when it is missing (mode 0700) and sees whether it can be written to: better before a long scan than after it.
  Status prepare();
  // What `provider` listed that nobody manages, and how it ended; secrets are sealed. Of a provider that cannot list: nothing, and
  // E_READ_UNSUPPORTED. The last list of a provider counts.
  void record_list(const std::string& provider, const std::vector<Resource>& found, const Status& status);
  // Writes the recording, and makes the folder where prepare() was not called. Nothing is written before.
  Status finish(const Clock& clock);

 private:
  struct State;
  std::unique_ptr<State> s_;
};

// The providers of a recording. The first handles every resource; one that was not recorded is E_REPLAY_MISS. Errors are replayed as not
// retryable: asking again changes nothing. `schemas` (may be empty) answers schema() and lane() from the live providers, so that a replay
// compares and judges by the same facts. Each provider that was asked to list has one here that lists the same; when none was, the first
// answers list() with E_REPLAY_MISS.
Result<ProviderRegistry> make_replay_providers(const std::string& dir, const ProviderRegistry& schemas);
// The first of them alone, for scans that do not look for unmanaged resources.
Result<std::shared_ptr<Provider>> make_replay_provider(const std::string& dir, const ProviderRegistry& schemas);
// The key that the recording's secrets were sealed with: `given` when it is that one, else the recording's own; empty when there were no
// secrets. E_NOT_FOUND when it is neither, E_BAD_STRUCTURE when what is in DIR is another.
Result<SecretKey> replay_key(const std::string& dir, const SecretKey& given = {});

}  // namespace drift
