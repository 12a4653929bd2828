//go:build drift_bundled && !(linux && amd64)

package link

// No archive comes with this module for this platform: build with -tags drift_static and CGO_LDFLAGS, or without tags by pkg-config.
var _ = the_tag_drift_bundled_has_no_library_for_this_platform
