// What a provider's stream lists, taken as it comes by the thread that asked: a type may have more than memory should hold, a provider may
// list for ever, and it may say nothing any more.
//
// Example:
//   ListBounds left{.events = 100'000};
//   StreamEnd end = take_stream(channel, path, request, left, [&](std::string_view event) { ... }, ctx);
//   if (end.beyond) ...  // there was more, which is not known
//
// Thread rule: any; the events are taken by the caller's own thread. Errors: as those of GrpcChannel::call_stream(); code 4 when nothing
// came for five minutes, and when all of it took too long.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "drift/base/cancel.hpp"
#include "plugin/grpc_channel.hpp"

namespace drift::hosted_internal {

// Of one type, over all its pages.
struct ListBounds {
  static constexpr std::size_t most_bytes = std::size_t{256} << 20U;
  std::size_t events = 0;
  std::size_t bytes = most_bytes;
  Deadline until{};  // as end_of_list() has it; none: never
};
// A type of which something comes all the time is given up, too.
[[nodiscard]] Deadline end_of_list(const OpContext& ctx);

struct StreamEnd {
  plugin::GrpcReply reply;
  bool beyond = false;  // the next event did not fit: the stream was ended
  // Who asked gave it up, as `reply` says:
  bool silent = false;  // nothing came any more
  bool late = false;    // `until` had passed
};

// Takes from `left` what came.
StreamEnd take_stream(plugin::GrpcChannel& channel, std::string_view path, std::string_view request, ListBounds& left,
                      const std::function<void(std::string_view)>& take, const OpContext& ctx);

// Why not all of `type` could be listed. `by_number`: there were too many, else they were too large. `setting`: where the number is set.
[[nodiscard]] Error beyond_bounds(const std::string& type, bool by_number, std::string_view setting);

}  // namespace drift::hosted_internal
