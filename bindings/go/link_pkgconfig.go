//go:build !drift_bundled && !drift_static

package drift

// LinkInfo says how the library is linked: "pkg-config", "bundled" or "static". Here by pkg-config, which knows where libdrift is.
const LinkInfo = "pkg-config"
