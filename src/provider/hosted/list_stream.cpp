#include "provider/hosted/list_stream.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace drift::hosted_internal {
namespace {

constexpr std::chrono::milliseconds slice(20);
// A stream without an event for so long is given up: a page of a large account takes seconds.
constexpr std::chrono::minutes silence(5);
// And so is a type that is not listed then, in however many pages.
constexpr std::chrono::minutes most_time(30);

// What the connection's thread puts in and the listing one takes out. What is beyond the bounds is not kept, however fast it comes.
struct Events {
  explicit Events(const ListBounds& bounds) : left(bounds) {}

  void take(std::string_view event) {
    const std::lock_guard lock(mutex);
    if (left.events == 0 || event.size() > left.bytes) beyond = true;
    if (!beyond) {
      --left.events;
      left.bytes -= event.size();
      waiting.emplace_back(event);
    }
    news.notify_one();
  }
  void finish(plugin::GrpcReply reply) {
    const std::lock_guard lock(mutex);
    end = std::move(reply);
    news.notify_one();
  }

  std::mutex mutex;
  std::condition_variable news;
  std::deque<std::string> waiting;
  ListBounds left;
  bool beyond = false;
  std::optional<plugin::GrpcReply> end;
};

plugin::GrpcReply gave_up(std::string why) {
  return {.status = {.code = plugin::GrpcCode::deadline_exceeded, .message = std::move(why)}, .ours = true, .own_words = true};
}

}  // namespace

StreamEnd take_stream(plugin::GrpcChannel& channel, std::string_view path, std::string_view request, ListBounds& left,
                      const std::function<void(std::string_view)>& take, const OpContext& ctx) {
  const std::string too_long = "the list was not at its end after " + std::to_string(most_time.count()) + " minutes";
  if (left.until.passed(*ctx.clock)) return {.reply = gave_up(too_long), .late = true};
  const auto events = std::make_shared<Events>(left);
  const plugin::CallId call = channel.start_stream(
      path, request, ctx.deadline, [events](std::string_view event) { events->take(event); },
      [events](plugin::GrpcReply reply) { events->finish(std::move(reply)); }, *ctx.clock);
  Deadline quiet = Deadline::after(*ctx.clock, silence);
  std::unique_lock lock(events->mutex);
  for (;;) {
    events->news.wait_for(lock, slice, [&] { return !events->waiting.empty() || events->beyond || events->end; });
    std::deque<std::string> now;
    now.swap(events->waiting);
    std::optional<plugin::GrpcReply> end = events->end;
    const bool beyond = events->beyond;
    left = events->left;
    lock.unlock();
    for (const std::string& event : now) take(event);
    if (beyond) {
      channel.cancel(call);
      return {.reply = end && end->connection_lost ? *std::move(end) : plugin::GrpcReply{}, .beyond = true};
    }
    if (end) return {.reply = *std::move(end)};
    if (!now.empty()) quiet = Deadline::after(*ctx.clock, silence);
    const bool late = left.until.passed(*ctx.clock), silent = !late && quiet.passed(*ctx.clock);
    if (late || silent || !ctx.check().ok()) {
      channel.cancel(call);
      return {.reply = gave_up(late ? too_long : "no further resource came"), .silent = silent, .late = late};
    }
    lock.lock();
  }
}

Deadline end_of_list(const OpContext& ctx) { return Deadline::after(*ctx.clock, most_time); }

Error beyond_bounds(const std::string& type, bool by_number, std::string_view setting) {
  const std::string what = "not all of " + type + " could be listed: ";
  if (by_number)
    return Error(Errc::read_failed, what + "the provider has more of them than may be listed")
        .next("raise " + std::string(setting) + " if there are so many; else report it to its authors");
  return Error(Errc::read_failed, what + "they have more than " + std::to_string(ListBounds::most_bytes >> 20U) + " MiB")
      .next("report it to the provider's authors if there are not so many");
}

}  // namespace drift::hosted_internal
