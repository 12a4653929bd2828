// What exists and no document has: what providers list, and what somebody asked for by its id.
//
// An object is managed when a side has its address, its type and id, or its identity, by the same configuration of its provider: the id
// of another account or cluster is another object. Providers of a Pulumi stack that differ in name and version alone are one configuration:
// a stack has a default provider for each version that its libraries want. What was read has told its identity, too.
// Thread rule: one thread. Ownership: borrows the run.
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "drift/diff/compare.hpp"
#include "engine/run.hpp"

namespace drift::engine_internal {

class Unmanaged {
 public:
  Unmanaged(ScanRun& run, const SnapshotSet& set) : run_(run), set_(set) {}
  // True when the scan is to look for any.
  [[nodiscard]] bool wanted() const { return run_.request().find_unmanaged || !run_.request().imports.empty(); }
  // A managed resource, as it was read.
  void was_read(const Resource& actual);
  // Lists and imports, and judges what nobody manages. `context` takes what providers warn of.
  Status run(const OpContext& context);

 private:
  enum class Holder { nobody, itself, another };  // of an address: an object of the same configuration, or of another one
  void learn(const Resource& r);
  [[nodiscard]] const std::string& first_of(const std::string& configuration) const;  // of those that are the same: the first by name
  [[nodiscard]] std::string configuration_of(const Resource& r) const;                // first_of() what is written
  void remember(const Resource& r);
  void remember(std::string key, const std::string* configuration);
  [[nodiscard]] bool remembered(const std::string& key, const std::string& configuration) const;
  [[nodiscard]] bool known(const Resource& r) const;
  [[nodiscard]] Holder in_documents(const Resource& r) const;
  [[nodiscard]] Holder in_findings(const Resource& r) const;
  // Where its address is another one's, it gets one of its own.
  void make_distinct(Resource& r) const;
  Status list(Provider& provider, const OpContext& context);
  [[nodiscard]] std::vector<Resource> unknown_of(Provider& provider, Status& status, const OpContext& context) const;
  Status look_at(const ImportRequest& request, const OpContext& context);
  [[nodiscard]] Status find(const ImportRequest& request, std::vector<Resource>& found, Provider*& by, const OpContext& context) const;
  // Takes out what cannot be judged: without its schema nobody knows what is secret in it.
  void mark_secrets(std::vector<Resource>& found, Status& status) const;
  Status judge(Provider& provider, Resource r);

  ScanRun& run_;
  const SnapshotSet& set_;
  std::unordered_map<std::string, std::string> reaches_;   // Pulumi's references to providers, and what these have to do with
  std::unordered_map<std::string, std::string> first_of_;  // by that
  std::set<std::string> configurations_;
  std::unordered_multimap<std::string, const std::string*> managed_;  // type and id, type and identity: of these configurations
  std::unordered_map<std::string, std::string> judged_;               // addresses of what was found: of this configuration
};

}  // namespace drift::engine_internal
