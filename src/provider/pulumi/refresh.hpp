// Reads one resource as `pulumi refresh` does: Read with what is recorded, then Diff with the roles inverted, to know what an update of the
// unchanged program would put back.
//
// Source: pulumi pkg/resource/deploy/{step.go (RefreshStep), step_generator.go (diffResource)} (v3.258.0).
// Thread rule: one Refresh belongs to one thread; several may run on one instance. Ownership: borrows all that it is given.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/pulumi/instance.hpp"

namespace drift::pulumi_internal {

class Refresh {
 public:
  // The time of a call, and the turn that it takes.
  struct Turn {
    OpContext ctx;
    Instance::Permit permit;
  };
  struct Turns {
    std::function<Result<Turn>()> take;  // waits for the service; the context's end is the error
    std::function<OpContext()> over;     // what is left (Diff) is between the plugin and us: it waits for no service
    bool may_be_lost = true;             // a process that is lost while this waits is not this read's fault, which another one makes
  };
  using Roots = std::array<const Value*, 4>;  // inputs and outputs, as recorded and as they are
  Refresh(Instance& instance, const Session& session, const Resource& resource, const OpContext& ctx, Turns turns);

  // None: the process was lost amid a call, and lost() says how it ended; or it was given up before the first. An error is the context's
  // end while its turn was waited for; the end of a call's own time is a failed outcome, and time() says it.
  Result<std::optional<ReadOutcome>> run();
  [[nodiscard]] const std::optional<Error>& lost() const { return lost_; }
  [[nodiscard]] Status time() const { return ctx_.check(); }
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
  [[nodiscard]] Result<std::string> read_request() const;
  [[nodiscard]] Result<Found> read(const std::string& request);
  [[nodiscard]] Result<Found> take(std::string id, const std::optional<std::string>& properties, const std::optional<std::string>& inputs);
  [[nodiscard]] Result<EngineAnswer> judge(const Found& found);
  [[nodiscard]] EngineAnswer judge_by_values(const Found& found) const;
  [[nodiscard]] ReadOutcome outcome(Found found, EngineAnswer answer) const;
  [[nodiscard]] plugin::GrpcReply call(std::string_view method, std::string_view request);
  [[nodiscard]] Error failure(const plugin::GrpcReply& reply, std::string_view method);
  [[nodiscard]] Value model_of_outputs(const Value& outputs) const;
  [[nodiscard]] Error hidden(const Error& plain) const;
  [[nodiscard]] std::string masked(std::string_view text) const { return instance_.secrets().mask(text); }
  [[nodiscard]] Roots roots_of(const Found& found) const { return {&recorded_inputs_, &recorded_outputs_, &found.inputs, &*found.outputs}; }
  // What is named in a secret is the secret.
  void hide_names(EngineAnswer& answer, const Found& found) const;
  void hide(const Found& found);
  void tell_warnings(const Found* found) const;

  Instance& instance_;
  const Session& session_;
  const Resource& resource_;
  OpContext ctx_;
  const Turns turns_;
  Value recorded_inputs_, recorded_outputs_;
  Value listed_{Object()};              // additionalSecretOutputs: names, marked
  std::vector<const Value*> recorded_;  // these, and the model of them, which has the secrets that the state only lists, too
  std::vector<std::string> ignore_changes_;
  double timeout_ = 0;
  std::vector<std::string> secrets_;  // of the record
  SecretSet::Hold hidden_;
  std::optional<Error> lost_;
  bool answered_ = false;
};

}  // namespace drift::pulumi_internal
