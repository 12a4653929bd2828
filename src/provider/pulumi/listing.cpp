#include "provider/pulumi/listing.hpp"

#include <utility>

namespace drift::pulumi_internal {
namespace {

constexpr std::int64_t page_size = 1000;
constexpr int most_pages = 10'000;

struct Page {
  bool known = true;  // the plugin can list the type
  std::string next{};
};

// An address that the engine does not have, but that is the same in every scan.
Resource listed(const Instance& instance, const std::string& type, std::string id) {
  Resource r;
  r.address = type + " (" + id + ")";
  r.type = type;
  r.id = std::move(id);
  r.provider = instance.record().urn + "::" + instance.record().id;
  r.attributes = Value(Object());
  return r;
}

Result<Page> list_page(Instance& instance, const Session& session, const std::string& type, const std::string& from, const ListSink& sink,
                       const OpContext& ctx) {
  std::string request;
  encode(ListRequest{.token = type, .limit = 0, .page_size = page_size, .continuation = from}, request);
  std::vector<std::string> events;  // decoded in this thread, not in the connection's
  const plugin::GrpcReply reply = session.process->channel().call_stream(
      method_path("List"), request, [&](std::string_view event) { events.emplace_back(event); }, ctx);
  if (reply.status.code == plugin::GrpcCode::unimplemented) return Page{.known = false, .next = {}};
  Page page;
  for (const std::string& bytes : events) {
    Result<ListEvent> event = decode_list_event(bytes);
    if (!event) return std::move(event).error();
    if (event->found && !event->found->first.empty()) sink(listed(instance, type, std::move(event->found->first)));
    if (event->continuation) page.next = *std::move(event->continuation);
  }
  if (!reply.ok()) return session.process->error_of(reply, "List").in("while listing " + type);
  return page;
}

}  // namespace

Result<bool> list_resources(Instance& instance, const Session& session, const std::vector<std::string>& types, const ListSink& sink,
                            const OpContext& ctx) {
  bool any = false;
  for (const std::string& type : types) {
    std::string from;
    for (int n = 0; n < most_pages; ++n) {
      DRIFT_TRY(ctx.check());
      Result<Page> page = list_page(instance, session, type, from, sink, ctx);
      if (!page) {
        DRIFT_TRY(ctx.check());
        if (!session.process->alive()) return std::move(page).error();
        ctx.tell(LogLevel::warning, provider_warning, {},
                 instance.display() + ": not all of " + type + " could be listed: " + one_line(page.error().to_string()));
        any = true;
        break;
      }
      any |= page->known;
      if (page->next.empty() || page->next == from) break;
      from = std::move(page->next);
    }
  }
  return any;
}

}  // namespace drift::pulumi_internal
