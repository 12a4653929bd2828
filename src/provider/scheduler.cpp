#include "drift/provider/scheduler.hpp"

#include <memory>

#include "provider/read_run.hpp"

namespace drift {

Status run_reads(const std::vector<ScheduledRead>& reads, const SchedulerOptions& options, const OpContext& ctx,
                 const std::function<void(std::size_t, ScheduledOutcome)>& sink) {
  return std::make_shared<provider_internal::ReadRun>(reads, options, ctx, sink)->run();
}

}  // namespace drift
