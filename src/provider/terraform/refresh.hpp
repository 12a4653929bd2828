// Reads a batch of resources from one provider, as OpenTofu's refresh does: UpgradeResourceState, UpgradeResourceIdentity, ReadResource,
// normalisation, each compared in the form that JSON has. Source: OpenTofu internal/tofu/node_resource_abstract_instance.go (refresh),
// upgrade_resource_state.go.
//
// Calls of ReadResource go on at once, as many as the instance allows; the upgrade before them does not ask the service, and waits for
// nobody's turn. Answers are given as they come.
//
// Thread rule: one Refresh belongs to one thread; several may run on one instance. Ownership: borrows all that it is given.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/terraform/instance.hpp"

namespace drift::terraform_internal {

class Refresh {
 public:
  struct Turned {
    OpContext ctx;  // to read with
    Instance::Permit permit;
  };
  // What is asked for before the first of the reads that go on at once, and told after the last of them: the context for what follows.
  // `may_be_lost`: a process that is lost while a read waits is not that read's fault, which another process makes.
  struct Turns {
    std::function<Result<Turned>()> take;
    std::function<OpContext()> end;
    bool may_be_lost = true;
  };
  Refresh(Instance& instance, Session session, std::span<const ReadRequest> batch, const ReadSink& sink, OpContext ctx, Turns turns);
  ~Refresh();
  Refresh(const Refresh&) = delete;
  Refresh& operator=(const Refresh&) = delete;

  // What became of requests when the process was lost amid the run.
  struct Left {
    std::vector<std::size_t> amid;    // a call of theirs was under way: one of them may be the reason
    std::vector<std::size_t> unread;  // also because the process was lost before the turn came
    std::optional<Error> why;         // the process is gone
  };
  // Reads the requests of these positions in the batch. The context's end is the Status of those that have no answer.
  Result<Left> run(std::span<const std::size_t> indexes);

 private:
  enum class Step { upgrade, identity, read };
  struct Flight {
    std::size_t index = 0;
    Step step = Step::upgrade;
    std::shared_ptr<const TypeSchema> schema;
    const IdentitySchema* identity_schema = nullptr;
    Value known;  // as the provider has it now
    Value identity;
    SecretSet::Hold hidden;  // in what the process logs
    plugin::CallId call = 0;
    std::string request;  // of the read, until its turn
  };
  // Shared with the connection's thread, which may be late.
  struct Box {
    std::mutex mutex;
    std::condition_variable news;
    std::deque<std::pair<std::size_t, plugin::GrpcReply>> replies;
    std::unordered_map<std::size_t, Instance::Permit> permits;  // of reads: given back as the answer comes, and not when it is looked at
  };

  [[nodiscard]] const Resource& resource(std::size_t index) const { return *batch_[index].resource; }
  void begin(std::size_t index);
  Status read_ready(Left& left);
  void put_back_ready(Left& left);
  void wait_for_replies(Left& left);
  void call(Flight& f, Method method, const std::string& request, Instance::Permit permit = {});
  void upgrade(Flight& f);
  void after_upgrade(Flight& f, const plugin::GrpcReply& reply);
  void identify(Flight& f);
  void after_identity(Flight& f, const plugin::GrpcReply& reply);
  void make_ready(Flight& f);
  void after_read(Flight& f, const plugin::GrpcReply& reply);
  void take(std::size_t index, const plugin::GrpcReply& reply, Left& left);
  void fail(Flight& f, Error error);
  void finish(Flight& f, ReadOutcome outcome);
  void abandon();
  [[nodiscard]] ReadOutcome outcome(const Flight& f, const Value& actual, Value identity) const;
  [[nodiscard]] std::vector<std::string> own_secrets(const Flight& f) const;
  [[nodiscard]] std::vector<std::string> secrets(const Flight& f, const Value& told) const;
  void hide(Flight& f);
  [[nodiscard]] Error error_of(const Flight& f, const plugin::GrpcReply& reply) const;
  [[nodiscard]] bool refused(Flight& f, std::span<const Diagnostic> diagnostics, const Result<Value>& told);
  [[nodiscard]] Protocol protocol() const { return static_cast<Protocol>(session_.process->protocol()); }

  Instance& instance_;
  const Session session_;
  const std::span<const ReadRequest> batch_;
  const ReadSink& sink_;
  OpContext ctx_;
  const Turns turns_;
  const std::shared_ptr<Box> box_ = std::make_shared<Box>();
  std::unordered_map<std::size_t, Flight> flights_;
  std::deque<std::size_t> ready_;  // of the flights, those that wait for their turn
  std::size_t reading_ = 0;        // of the flights, those whose read goes on
};

}  // namespace drift::terraform_internal
