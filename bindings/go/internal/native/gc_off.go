//go:build !drift_gc

package native

func debugGC() {}
