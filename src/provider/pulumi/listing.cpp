#include "provider/pulumi/listing.hpp"

#include <optional>
#include <utility>

#include "provider/hosted/list_each.hpp"
#include "provider/hosted/list_stream.hpp"

namespace drift::pulumi_internal {
namespace {

using hosted_internal::ListBounds;
using hosted_internal::ListEnd;

constexpr std::int64_t page_size = 1000;
constexpr int most_pages = 10'000;

// One type, page by page.
class Listing {
 public:
  Listing(Instance& instance, const Session& session, const std::string& type, const Listed& to, const OpContext& ctx)
      : instance_(instance),
        session_(session),
        type_(type),
        to_(to),
        ctx_(ctx),
        left_(instance.max_listed()),
        until_(hosted_internal::end_of_list(ctx)) {}

  // False: the plugin does not list the type.
  Result<bool> run() {
    std::string from;
    for (int n = 0; n < most_pages; ++n) {
      DRIFT_TRY(ctx_.check());
      const plugin::GrpcReply reply = page(from);
      if (reply.status.code == plugin::GrpcCode::unimplemented && n == 0) return false;
      if (!reply.ok()) return session_.process->error_of(reply, "List");
      if (first_error_) return *std::exchange(first_error_, std::nullopt);
      if (next_.empty() || beyond_) return true;
      if (next_ == from) break;
      from = std::exchange(next_, {});
    }
    return Error(Errc::read_failed, "the plugin's pages did not come to an end");
  }

  [[nodiscard]] bool silent() const noexcept { return silent_; }
  [[nodiscard]] bool late() const noexcept { return late_; }

 private:
  plugin::GrpcReply page(const std::string& from) {
    std::string request;
    encode(ListRequest{.token = type_, .limit = 0, .page_size = page_size, .continuation = from}, request);
    ListBounds left{.events = left_ + 1, .bytes = left_bytes_, .until = until_};  // where the next page begins is an event, too
    hosted_internal::StreamEnd end = hosted_internal::take_stream(
        session_.process->channel(), method_path("List"), request, left, [this](std::string_view event) { take(event); }, ctx_);
    left_bytes_ = left.bytes;
    silent_ = end.silent;
    late_ = end.late;
    if (end.beyond) cut(left.events == 0);
    return std::move(end.reply);
  }

  void take(std::string_view bytes) {
    Result<ListEvent> event = decode_list_event(bytes);
    if (!event) {
      if (!first_error_) first_error_ = std::move(event).error();
      return;
    }
    if (event->continuation) next_ = *std::move(event->continuation);
    if (!event->found || event->found->first.empty()) return;
    if (left_ == 0) return cut(true);
    --left_;
    to_.found(listed(std::move(event->found->first)));
  }

  void cut(bool by_number) {
    if (std::exchange(beyond_, true)) return;
    to_.cut(hosted_internal::beyond_bounds(type_, by_number, "`max_listed` under `providers.pulumi`"));
  }

  // An address that the engine does not have, but that is the same in every scan.
  [[nodiscard]] Resource listed(std::string id) const {
    Resource r;
    r.address = type_ + " (" + id + ")";
    r.type = type_;
    r.id = std::move(id);
    r.provider = instance_.record().urn + "::" + instance_.record().id;
    r.attributes = Value(Object());
    return r;
  }

  Instance& instance_;
  const Session& session_;
  const std::string& type_;
  const Listed& to_;
  const OpContext& ctx_;
  std::size_t left_;
  std::size_t left_bytes_ = ListBounds::most_bytes;
  const Deadline until_;  // of all pages
  std::string next_;
  std::optional<Error> first_error_;
  bool beyond_ = false, silent_ = false, late_ = false;
};

}  // namespace

Result<bool> list_resources(Instance& instance, const std::vector<std::string>& types, const Listed& to, const OpContext& ctx) {
  bool any = false;
  const auto one = [&](const Session& session, const std::string& type) {
    Listing listing(instance, session, type, to, ctx);
    const Result<bool> listed = listing.run();
    any |= !listed || *listed;
    if (listed) return ListEnd{};
    return ListEnd{.wrong = listed.error(), .lost = !session.process->alive(), .silent = listing.silent(), .late = listing.late()};
  };
  DRIFT_TRY(hosted_internal::list_each(instance, types, one, ctx));
  return any;
}

}  // namespace drift::pulumi_internal
