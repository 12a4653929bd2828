#include "provider/call_provider.hpp"

#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace drift::provider_internal {
namespace {

// What an exception says may hold values of a document, so its text is not repeated.
template <class Fn>
Status fenced(Fn&& call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return Error(Errc::out_of_memory, "the provider ran out of memory");
  } catch (const std::exception&) {
    return Error(Errc::internal, "the provider threw an exception").next("this is a fault of the provider: report it to its author");
  } catch (...) {
    return Error(Errc::internal, "the provider threw something that is no exception")
        .next("this is a fault of the provider: report it to its author");
  }
}

Deadline attempt_deadline(const OpContext& ctx, Clock::Duration timeout) {
  // Far beyond any operation; keeps now + timeout from overflowing.
  constexpr Clock::Duration unlimited = std::chrono::hours(24 * 365 * 10);
  return timeout >= unlimited ? ctx.deadline : Deadline::after(*ctx.clock, timeout).sooner(ctx.deadline);
}

Error about(Error e, const Resource& r) { return e.subject().empty() ? std::move(e).at(r.address) : e; }

}  // namespace

std::vector<ReadOutcome> call_read(Provider& provider, const std::vector<const Resource*>& batch, const OpContext& ctx,
                                   Clock::Duration timeout) {
  std::vector<ReadRequest> requests;
  requests.reserve(batch.size());
  for (const Resource* r : batch) requests.push_back({r});
  std::vector<std::optional<ReadOutcome>> answers(batch.size());
  const ReadSink take = [&answers](std::size_t index, ReadOutcome outcome) {
    if (index < answers.size() && !answers[index]) answers[index] = std::move(outcome);
  };
  OpContext attempt = ctx;
  attempt.deadline = attempt_deadline(ctx, timeout);
  const Status status = fenced([&] { return provider.read(requests, take, attempt); });
  const bool timed_out = attempt.deadline.passed(*ctx.clock) && !ctx.deadline.passed(*ctx.clock);

  std::vector<ReadOutcome> out;
  out.reserve(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    ReadOutcome o =
        answers[i] ? std::move(*answers[i])
        : !status.ok()
            ? ReadOutcome::failed(status.error())
            : ReadOutcome::failed(
                  Error(Errc::read_failed, "the provider gave no answer").next("this is a fault of the provider: report it to its author"));
    if (o.is_failed()) {
      Error e = o.error();
      if (timed_out && e.code() == Errc::deadline)
        e = Error(Errc::read_timeout, "the read took longer than one read may").next("allow more time for one read").retryable();
      o = ReadOutcome::failed(about(std::move(e), *batch[i]));
    }
    out.push_back(std::move(o));
  }
  return out;
}

Result<std::string> call_lane(const Provider& provider, const Resource& resource) {
  std::string lane;
  if (Status s = fenced([&]() -> Status {
        lane = provider.lane(resource);
        return {};
      });
      !s.ok())
    return std::move(s).error();
  return lane;
}

Result<ProviderCapabilities> call_capabilities(const Provider& provider) {
  ProviderCapabilities caps;
  if (Status s = fenced([&]() -> Status {
        caps = provider.capabilities();
        return {};
      });
      !s.ok())
    return std::move(s).error();
  return caps;
}

}  // namespace drift::provider_internal
