// Package native is the only place where Go meets C: it turns drift.h into Go values and errors, and counts the calls that are in flight on
// each handle. Nothing of C leaves it.
package native

/*
#include <stdlib.h>
#include "drift.h"

#cgo noescape drift_version
#cgo nocallback drift_version
#cgo noescape drift_version_check
#cgo nocallback drift_version_check
#cgo noescape drift_config_describe
#cgo nocallback drift_config_describe
*/
import "C"

import (
	"unsafe"

	_ "github.com/libdrift/libdrift/bindings/go/internal/drift.pc_or_tag_drift_bundled_or_tag_drift_static"
)

// Version is that of the library that runs, "0.1.0".
func Version() string { return C.GoString(C.drift_version()) }

// Check says whether this package, compiled with its copy of drift.h, works with the library that runs.
func Check() error {
	if C.drift_version_check(C.DRIFT_HEADER_VERSION) == C.DRIFT_OK {
		return nil
	}
	return &Error{
		Code:    C.DRIFT_E_OPTION_UNSUPPORTED,
		Name:    "E_OPTION_UNSUPPORTED",
		Message: "libdrift " + Version() + " does not work with this version of the Go package",
		Next:    "install a libdrift of the version that the Go package was made for (see its README)",
	}
}

// DescribeConfig gives every key of a configuration as JSON.
func DescribeConfig() ([]byte, error) {
	var blob *C.drift_blob
	var cerr *C.drift_error
	if status := C.drift_config_describe(&blob, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return takeBlob(blob)
}

var empty = [1]byte{}

// chars is the text as C takes it, borrowed for the call.
func chars(s string) (*C.char, C.size_t) {
	if s == "" {
		return (*C.char)(unsafe.Pointer(&empty[0])), 0
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s))
}

func bytesOf(b []byte) (*C.char, C.size_t) {
	if len(b) == 0 {
		return (*C.char)(unsafe.Pointer(&empty[0])), 0
	}
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(b))), C.size_t(len(b))
}

// copied is a copy of n bytes at p; nil for NULL, never nil otherwise.
func copied(p *C.char, n C.size_t) []byte {
	if p == nil {
		return nil
	}
	return append(make([]byte, 0, n), unsafe.Slice((*byte)(unsafe.Pointer(p)), n)...)
}

func text(p *C.char, n C.size_t) string {
	if p == nil || n == 0 {
		return ""
	}
	return string(unsafe.Slice((*byte)(unsafe.Pointer(p)), n))
}
