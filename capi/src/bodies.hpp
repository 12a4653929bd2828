// What is behind each kind of handle.
//
// Thread rule: as drift.h says of the handle. Ownership: bodies share what others need of them, so that handles can be freed in any order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "drift.h"
#include "drift/state/reader.hpp"

namespace drift::capi {

struct ErrorBody;
struct EngineBody;
class BuilderBody;
class SnapshotBody;
class RunState;
struct EventBody;
class ReportBody;

// A document that the host fetches while a run goes on.
struct HostSource {
  std::string name;
};
using SourceBody = std::variant<DocumentSource, HostSource>;

template <class Handle>
struct Traits;

#define DRIFT_CAPI_HANDLE(handle, type, number)      \
  template <>                                        \
  struct Traits<handle> {                            \
    using Body = type;                               \
    static constexpr std::uint32_t magic = (number); \
  };
DRIFT_CAPI_HANDLE(drift_error, std::shared_ptr<const ErrorBody>, 0xd41f7e01U)
DRIFT_CAPI_HANDLE(drift_blob, std::string, 0xd41f7e02U)
DRIFT_CAPI_HANDLE(drift_engine, std::shared_ptr<const EngineBody>, 0xd41f7e03U)
DRIFT_CAPI_HANDLE(drift_source, SourceBody, 0xd41f7e04U)
DRIFT_CAPI_HANDLE(drift_builder, std::unique_ptr<BuilderBody>, 0xd41f7e05U)
DRIFT_CAPI_HANDLE(drift_snapshot, std::shared_ptr<const SnapshotBody>, 0xd41f7e06U)
DRIFT_CAPI_HANDLE(drift_run, std::shared_ptr<RunState>, 0xd41f7e07U)
DRIFT_CAPI_HANDLE(drift_event, std::shared_ptr<const EventBody>, 0xd41f7e08U)
DRIFT_CAPI_HANDLE(drift_report, std::shared_ptr<const ReportBody>, 0xd41f7e09U)
#undef DRIFT_CAPI_HANDLE

template <class Handle>
using BodyOf = typename Traits<Handle>::Body;
template <class Handle>
inline constexpr std::uint32_t magic_of = Traits<Handle>::magic;

}  // namespace drift::capi
