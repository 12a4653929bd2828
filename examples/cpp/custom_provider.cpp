// A provider of your own: the program that holds the live system answers the reads itself.
//
// Here the "live system" is a map of message queues; yours is an API, a database, a device. Ends with 0 when the drift was found.
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "drift/engine/scan.hpp"
#include "drift/render/render.hpp"

namespace {

// What the message broker really has: queue name -> days that messages are kept.
using Broker = std::map<std::string, int>;

class QueueProvider final : public drift::Provider {
 public:
  explicit QueueProvider(const Broker& broker) : broker_(broker) { schema_.add("arn", {.computed = true, .read_only = true}); }

  [[nodiscard]] std::string_view name() const override { return "acme"; }
  [[nodiscard]] bool handles(const drift::Resource& r) const override { return r.type == "acme_queue"; }
  [[nodiscard]] const drift::Schema* schema(std::string_view) const override { return &schema_; }

  // May be called from several threads at once. One outcome per request: found, absent or failed; what could not be read is failed, never
  // absent. Retries, deadlines and concurrency are the scheduler's work.
  drift::Status read(std::span<const drift::ReadRequest> batch, const drift::ReadSink& sink, const drift::OpContext& ctx) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      DRIFT_TRY(ctx.check());  // cancelled, or out of time: what has no outcome yet gets this error
      const drift::Resource& known = *batch[i].resource;
      const auto queue = broker_.find(known.id);
      if (queue == broker_.end()) {
        sink(i, drift::ReadOutcome::absent());
        continue;
      }
      drift::Resource actual = known;  // address, type and all that is not read back
      actual.attributes.edit_object().set("retention_days", queue->second);
      sink(i, drift::ReadOutcome::found(std::move(actual)));
    }
    return {};
  }

 private:
  const Broker& broker_;
  drift::Schema schema_;
};

constexpr char state[] = R"({"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "example", "outputs": {}, "resources": [
  {"mode": "managed", "type": "acme_queue", "name": "orders", "provider": "provider[\"registry.example.com/acme/acme\"]", "instances": [
    {"schema_version": 0, "attributes": {"id": "orders", "arn": "acme:queue:orders", "retention_days": 14}}]},
  {"mode": "managed", "type": "acme_queue", "name": "mail", "provider": "provider[\"registry.example.com/acme/acme\"]", "instances": [
    {"schema_version": 0, "attributes": {"id": "mail", "arn": "acme:queue:mail", "retention_days": 3}}]}]})";

}  // namespace

int main() {
  const Broker broker = {{"orders", 1}, {"mail", 3}};  // somebody lowered the retention of `orders`

  drift::ScanRequest request;
  request.state = drift::ByteSource::bytes(state, "example state");
  request.providers.add(std::make_shared<QueueProvider>(broker));
  const drift::Result<drift::Report> report = drift::scan(request);
  if (!report) {
    std::cerr << report.error().to_string() << '\n';
    return 1;
  }
  std::cout << drift::render_text(*report);
  const bool found = report->complete && report->findings.size() == 1 && report->findings[0].address == "acme_queue.orders" &&
                     report->findings[0].changes.size() == 1 && report->findings[0].changes[0].path.text() == "retention_days";
  return found ? 0 : 1;
}
