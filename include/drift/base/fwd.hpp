// Forward declarations of drift/base.
#pragma once

namespace drift {
class Error;
class Clock;
class CancelToken;
class Deadline;
struct OpContext;
template <class T>
class Result;
enum class Errc : int;
}  // namespace drift
