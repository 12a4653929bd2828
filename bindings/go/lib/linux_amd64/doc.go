//go:build !drift_bundled

// Package linux_amd64 holds libdrift.a for -tags drift_bundled.
package linux_amd64
