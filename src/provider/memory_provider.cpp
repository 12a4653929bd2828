#include <algorithm>
#include <utility>

#include "drift/provider/memory.hpp"

namespace drift {
namespace {

class MemoryProvider final : public Provider {
 public:
  MemoryProvider(Snapshot actual, bool complete) : actual_(std::move(actual)), complete_(complete) {}

  [[nodiscard]] std::string_view name() const override { return "memory"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override {
    return {.can_list = complete_, .max_batch = 256, .max_concurrency = 256};
  }
  [[nodiscard]] bool handles(const Resource&) const override { return true; }

  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      DRIFT_TRY(ctx.check());
      sink(i, read_one(*batch[i].resource));
    }
    return {};
  }

  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) override {
    if (!complete_) return Provider::list(types, sink, ctx);
    for (std::size_t i = 0; i < actual_.size(); ++i) {
      DRIFT_TRY(ctx.check());
      const Snapshot::Entry e = actual_.entry(i);
      if (e.kind != ResourceKind::managed || e.pending_replacement) continue;
      if (!types.empty() && std::find(types.begin(), types.end(), e.type) == types.end()) continue;
      Result<Resource> r = actual_.load(i);
      if (!r) return std::move(r).error();
      sink(*std::move(r));
    }
    return {};
  }

 private:
  [[nodiscard]] ReadOutcome read_one(const Resource& known) const {
    const std::optional<std::size_t> at = actual_.find(known.address);
    if (!at) {
      if (complete_) return ReadOutcome::absent();
      return ReadOutcome::failed(Error(Errc::read_unsupported, "the given snapshot does not have the resource")
                                     .next("add it to the snapshot, or say that the snapshot is complete"));
    }
    if (actual_.entry(*at).pending_replacement) return ReadOutcome::absent();
    Result<Resource> r = actual_.load(*at);
    if (!r) return ReadOutcome::failed(std::move(r).error());
    return r->absent ? ReadOutcome::absent() : ReadOutcome::found(*std::move(r));
  }

  const Snapshot actual_;
  const bool complete_;
};

}  // namespace

std::shared_ptr<Provider> make_memory_provider(Snapshot actual, bool complete) {
  return std::make_shared<MemoryProvider>(std::move(actual), complete);
}

}  // namespace drift
