//go:build !drift_bundled && !drift_static

// Package link says how the library is linked. Its folder has the name that it has because the go command prints it, and nothing else that we
// could choose, when pkg-config does not know drift: install libdrift (drift.pc) and set PKG_CONFIG_PATH, or build with -tags drift_bundled, or
// build with -tags drift_static.
package link

// #cgo pkg-config: drift
import "C"
