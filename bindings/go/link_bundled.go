//go:build drift_bundled

package drift

// LinkInfo says how the library is linked: "pkg-config", "bundled" or "static". Here with the archive that comes with this module.
const LinkInfo = "bundled"
