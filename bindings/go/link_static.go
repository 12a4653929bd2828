//go:build drift_static && !drift_bundled

package drift

// LinkInfo says how the library is linked: "pkg-config", "bundled" or "static". Here with the archive that CGO_LDFLAGS names.
const LinkInfo = "static"
