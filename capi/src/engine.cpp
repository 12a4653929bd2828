#include <unistd.h>

#include "config.hpp"
#include "drift_unstable.h"
#include "fence.hpp"

using namespace drift;        // NOLINT(google-build-using-namespace)
using namespace drift::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

int32_t drift_engine_new(const char* config, size_t n, drift_engine** out_engine, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_engine);
        Result<std::string_view> text = text_in(config, n, "config");
        if (!text) return std::move(text).error();
        Result<Config> parsed = parse_config(*text);
        if (!parsed) return std::move(parsed).error();
        auto body = std::make_shared<EngineBody>();
        body->config = *std::move(parsed);
        body->pid = ::getpid();
        *out_engine = new_handle<drift_engine>(std::move(body));
        return DRIFT_OK;
      },
      out_engine);
}

void drift_engine_free(drift_engine* engine) { end_handle(engine); }

int32_t drift_config_describe(drift_blob** out_json, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_json);
        *out_json = new_handle<drift_blob>(describe_config());
        return DRIFT_OK;
      },
      out_json);
}

uint64_t drift_x_handles(void) { return live_handles(); }

}  // extern "C"
