// Forward declarations of drift/base.
#pragma once

namespace drift {
class Error;
class Clock;
class CancelToken;
class Deadline;
class Log;
struct OpContext;
template <class T>
class Result;
enum class Errc : int;
}  // namespace drift
