//go:build cgo && drift_gc

package native

import "runtime"

// debugGC collects before every call, so that a handle that is not kept alive fails at once and not one day.
func debugGC() { runtime.GC() }
