//go:build drift_static && !drift_bundled

// Package link says how the library is linked: here by what CGO_LDFLAGS names, "/where/it/is/libdrift.a" and what that needs.
package link
