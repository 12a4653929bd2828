//go:build !cgo

package native

// libdrift is called through cgo: a C compiler is needed, and CGO_ENABLED=1.
var _ = set_CGO_ENABLED_to_1_and_have_a_C_compiler
