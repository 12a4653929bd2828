// Provider: how live resources are read. A Provider can only read: it has no call that changes anything, so a detector that holds one
// cannot change anything either (remediation will need another object).
//
// Example: see examples/cpp/custom_provider.cpp.
//
// What calls it can stop waiting for a read() that does not end (see drift/provider/scheduler.hpp), but nothing can end it: the call goes
// on in a thread of its own until it returns. It then holds the provider, if that is in a shared_ptr, and whatever the provider uses (a
// file system, a connection) has to live as long as the provider. A provider that looks at its context is never left so. A list(),
// import_resource() or configure() that does not end is waited for.
//
// Thread rule: read(), list() and import_resource() may be called from several threads at once; configure() once, before them. A provider
// may be destroyed by the thread of the last read() that was not waited for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drift/base/cancel.hpp"
#include "drift/model/engine.hpp"
#include "drift/model/resource.hpp"
#include "drift/model/schema.hpp"
#include "drift/model/snapshot.hpp"

namespace drift {

struct ProviderCapabilities {
  bool can_list = false;            // list() finds unmanaged resources
  std::size_t max_batch = 64;       // requests in one read()
  std::size_t max_concurrency = 8;  // read() calls at once in one lane, where lane_limit() says nothing else
  bool reads_deposed = false;       // also objects that wait for their deletion (Resource::pending_delete), each by its own id
  bool takes_turns = false;  // read() waits for ReadTime::turn() before it asks the service, so that it may be called ahead of its turn
};

// The time that one call of read() or import_resource() may take, which runs from the call on. A provider that has to wait before it can
// read (for a process to start, for its turn) stops it meanwhile: what it waits for is no fault of the resource's.
//
// A provider that takes_turns is called more often at once than it may read: what it can do without the service (a request to be made of
// what was recorded) it does while others read.
//
// Thread rule: the thread of the call that it belongs to. Ownership: borrowed for the duration of the call.
class ReadTime {
 public:
  virtual ~ReadTime() = default;
  // It stands still. The context to wait with, which ends with the operation.
  virtual OpContext stop() = 0;
  // For those that take turns, while the time stands still: waits until one more read may go on. The turn ends with the next stop(), or the
  // call. E_CANCELLED, E_DEADLINE of the operation.
  virtual Status turn() = 0;
  // It begins anew, whole. The context to read with, which ends with that time.
  virtual OpContext start() = 0;
};

// One resource to read: what is known of it. Borrowed for the duration of read().
struct ReadRequest {
  const Resource* resource = nullptr;
  ReadTime* time = nullptr;  // of the call, the same for its whole batch; none: nobody measures it
};

// What a read found. Exactly one of: a resource, absence, an error.
class ReadOutcome {
 public:
  // `known`: the attributes that were known, in the form that the provider has today, where that differs from the form in which they were
  // recorded (an older schema, numbers as text): what was recorded is compared in that form. `unmarked`: paths in there that the provider
  // calls sensitive and what was recorded does not. Without `known` that is found out from the marks of both and the schema.
  static ReadOutcome found(Resource r, std::optional<Value> known = std::nullopt, std::vector<Path> unmarked = {}) {
    ReadOutcome o;
    o.resource_ = std::move(r);
    o.known_ = std::move(known);
    o.unmarked_ = std::move(unmarked);
    return o;
  }
  // `told`: what the provider itself said of it, where it did: no conclusion of ours.
  static ReadOutcome absent(std::string told = {}) {
    ReadOutcome o;
    o.told_ = std::move(told);
    return o;
  }
  static ReadOutcome failed(Error e) {
    ReadOutcome o;
    o.error_ = std::move(e);
    return o;
  }
  // With what the engine of the resource itself says of the difference.
  ReadOutcome& judged(EngineAnswer answer) {
    engine_ = std::move(answer);
    return *this;
  }
  [[nodiscard]] bool is_found() const noexcept { return resource_.has_value(); }
  [[nodiscard]] bool is_failed() const noexcept { return error_.has_value(); }
  [[nodiscard]] bool is_absent() const noexcept { return !resource_ && !error_; }
  [[nodiscard]] const Resource& resource() const { return resource_.value(); }
  [[nodiscard]] Resource& resource() { return resource_.value(); }
  [[nodiscard]] const Error& error() const { return error_.value(); }
  [[nodiscard]] const std::optional<Value>& known() const noexcept { return known_; }
  [[nodiscard]] std::optional<Value>& known() noexcept { return known_; }
  [[nodiscard]] const std::vector<Path>& unmarked() const noexcept { return unmarked_; }
  [[nodiscard]] const std::string& told() const noexcept { return told_; }
  [[nodiscard]] const std::optional<EngineAnswer>& engine() const noexcept { return engine_; }

 private:
  std::optional<Resource> resource_;
  std::optional<Value> known_;
  std::optional<EngineAnswer> engine_;
  std::vector<Path> unmarked_;
  std::optional<Error> error_;
  std::string told_;
};

// Takes results as they come: `index` is the request's position in the batch; each index exactly once. Any order, one thread at a time.
using ReadSink = std::function<void(std::size_t index, ReadOutcome outcome)>;
using ListSink = std::function<void(Resource resource)>;

// An object that somebody knows of, and no document: by the id that `terraform import` takes for its type, or by its identity.
struct ImportRequest {
  std::string type{};
  std::string id{};                 // one of these two
  std::optional<Value> identity{};  // an object
  std::string provider{};           // as in drift.yaml (`aws.west`); empty: the one that has the type
  ReadTime* time = nullptr;         // of the call, borrowed for its duration; none: nobody measures it
};

// A record of this code that is told to a read's or configure()'s context becomes a note of the report: what the provider warns of.
inline constexpr std::string_view provider_warning = "provider.warning";

class Provider : public std::enable_shared_from_this<Provider> {
 public:
  virtual ~Provider() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual ProviderCapabilities capabilities() const { return {}; }
  // `config` is an object from drift.yaml (null when there is none). E_CONFIG_* for what it does not know.
  virtual Status configure(const Value& config, const OpContext& ctx) {
    (void)config;
    (void)ctx;
    return {};
  }
  // True when this provider reads resources like `r`.
  [[nodiscard]] virtual bool handles(const Resource& r) const = 0;
  // Facts of a type; nullptr when nothing is known. Lives as long as the provider.
  [[nodiscard]] virtual const Schema* schema(std::string_view type) const {
    (void)type;
    return nullptr;
  }
  // The same for a resource, where one type may be of several providers.
  [[nodiscard]] virtual const Schema* schema_of(const Resource& r) const { return schema(r.type); }
  // Resources that share limits (an account and region, a file system) share a lane.
  [[nodiscard]] virtual std::string lane(const Resource& r) const {
    (void)r;
    return std::string(name());
  }
  // read() calls at once in the lane of `r`: more would only wait, and keep workers from other lanes.
  [[nodiscard]] virtual std::size_t lane_limit(const Resource& r) const {
    (void)r;
    return capabilities().max_concurrency;
  }
  // Reads a batch. A failure of one resource is that resource's outcome; a Status error says that all without an outcome failed so.
  // A resource that could not be read is failed, never absent.
  virtual Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) = 0;
  // Resources of `types` (all when empty) that exist, managed or not.
  virtual Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx);
  // What exists under an id or identity, as a read gives it: mostly one resource; an id may stand for several, also of other types. None
  // when nothing exists. E_READ_UNSUPPORTED when this is not the provider for it: then the next is asked.
  virtual Status import_resource(const ImportRequest& request, const ListSink& sink, const OpContext& ctx);
};

// Providers in the order in which they are asked handles().
class ProviderRegistry {
 public:
  // One that stays empty on purpose: nothing is read. (An empty one elsewhere means the default, the file provider.)
  static ProviderRegistry none() {
    ProviderRegistry r;
    r.none_ = true;
    return r;
  }
  [[nodiscard]] bool is_default() const noexcept { return providers_.empty() && !none_; }
  void add(std::shared_ptr<Provider> p) { providers_.push_back(std::move(p)); }
  [[nodiscard]] Provider* find(const Resource& r) const;
  [[nodiscard]] const std::vector<std::shared_ptr<Provider>>& all() const noexcept { return providers_; }

 private:
  std::vector<std::shared_ptr<Provider>> providers_;
  bool none_ = false;
};

}  // namespace drift
