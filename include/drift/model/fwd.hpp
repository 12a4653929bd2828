// Forward declarations of drift/model.
#pragma once

namespace drift {
class Value;
class Number;
class Object;
class Path;
class PathPattern;
class PathSet;
class Schema;
class Snapshot;
class SnapshotBuilder;
class SecretKey;
struct Fingerprint;
struct Resource;
struct JsonLimits;
}  // namespace drift
