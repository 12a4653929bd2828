//go:build cgo && !drift_gc

package native

func debugGC() {}
