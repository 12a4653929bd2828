// Reads one resource as `pulumi refresh` does: Read with what is recorded, then Diff with the roles inverted, to know what an update of the
// unchanged program would put back.
//
// Source: pulumi pkg/resource/deploy/{step.go (RefreshStep), step_generator.go (diffResource)} (v3.258.0).
// Thread rule: one Refresh belongs to one thread; several may run on one instance. Ownership: borrows all that it is given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/pulumi/instance.hpp"

namespace drift::pulumi_internal {

class Refresh {
 public:
  Refresh(Instance& instance, const Session& session, const Resource& resource, const OpContext& ctx);

  // None: the process was lost amid a call; lost() says how it ended. The context's end is a failed outcome.
  std::optional<ReadOutcome> run();
  [[nodiscard]] const Error& lost() const { return lost_.value(); }
  // Whether the plugin said anything at all.
  [[nodiscard]] bool was_answered() const noexcept { return answered_; }

 private:
  // What the provider gave; the roles are the checkpoint's: `recorded` was there before.
  struct Found {
    std::string id;
    std::optional<Value> outputs;  // none: the resource does not exist
    Value inputs;
    std::vector<std::string> init_errors;
  };
  [[nodiscard]] Status take_record();
  [[nodiscard]] Result<Found> read();
  [[nodiscard]] Result<Found> take(std::string id, const std::optional<std::string>& properties, const std::optional<std::string>& inputs);
  [[nodiscard]] Result<EngineAnswer> judge(const Found& found);
  [[nodiscard]] EngineAnswer judge_by_values(const Found& found) const;
  [[nodiscard]] ReadOutcome outcome(Found found, EngineAnswer answer) const;
  [[nodiscard]] plugin::GrpcReply call(std::string_view method, std::string_view request);
  [[nodiscard]] Error failure(const plugin::GrpcReply& reply, std::string_view method);
  [[nodiscard]] std::string masked(std::string_view text) const { return instance_.secrets().mask(text); }
  void hide(const Found& found);
  void tell_warnings(const Found* found) const;

  Instance& instance_;
  const Session& session_;
  const Resource& resource_;
  const OpContext& ctx_;
  Value recorded_inputs_, recorded_outputs_;
  std::vector<std::string> ignore_changes_;
  double timeout_ = 0;
  std::vector<std::string> secrets_;  // of the record
  SecretSet::Hold hidden_;
  std::optional<Error> lost_;
  bool answered_ = false;
};

}  // namespace drift::pulumi_internal
