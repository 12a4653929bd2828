package native

/*
#include "drift.h"

#cgo noescape drift_error_code
#cgo nocallback drift_error_code
#cgo noescape drift_error_name
#cgo nocallback drift_error_name
#cgo noescape drift_error_text
#cgo nocallback drift_error_text
#cgo noescape drift_error_is_retryable
#cgo nocallback drift_error_is_retryable
#cgo noescape drift_error_position
#cgo nocallback drift_error_position
#cgo noescape drift_error_free
#cgo nocallback drift_error_free
#cgo noescape drift_blob_data
#cgo nocallback drift_blob_data
#cgo noescape drift_blob_free
#cgo nocallback drift_blob_free
*/
import "C"

// Error is a failure of the library, copied.
type Error struct {
	Code                                   int32
	Name, Message, Subject, Next, Contexts string
	Retryable                              bool
	Line, Column, Byte                     uint64 // Line is 0 when the error is about no place
}

func (e *Error) Error() string { return e.Message }

// ErrClosed is what a call on a closed handle returns.
var ErrClosed error = &Error{Code: C.DRIFT_E_CLOSED, Name: "E_CLOSED", Message: "used after Close"}

// takeError copies and frees what a call failed with.
func takeError(status C.int32_t, e *C.drift_error) error {
	if e == nil {
		return &Error{Code: int32(status), Message: "libdrift gave no reason"}
	}
	defer C.drift_error_free(e)
	out := &Error{
		Code:      int32(C.drift_error_code(e)),
		Name:      C.GoString(C.drift_error_name(e)),
		Message:   errorText(e, C.DRIFT_ERROR_MESSAGE),
		Subject:   errorText(e, C.DRIFT_ERROR_SUBJECT),
		Next:      errorText(e, C.DRIFT_ERROR_NEXT),
		Contexts:  errorText(e, C.DRIFT_ERROR_CONTEXTS),
		Retryable: C.drift_error_is_retryable(e) != 0,
	}
	var line, column, at C.uint64_t
	if C.drift_error_position(e, &line, &column, &at) == C.DRIFT_OK {
		out.Line, out.Column, out.Byte = uint64(line), uint64(column), uint64(at)
	}
	return out
}

func errorText(e *C.drift_error, which C.int32_t) string {
	var p *C.char
	var n C.size_t
	C.drift_error_text(e, which, &p, &n)
	return text(p, n)
}

// takeBlob copies and frees bytes that a call made.
func takeBlob(b *C.drift_blob) ([]byte, error) {
	defer C.drift_blob_free(b)
	var p *C.char
	var n C.size_t
	if status := C.drift_blob_data(b, &p, &n); status != C.DRIFT_OK {
		return nil, takeError(status, nil)
	}
	return copied(p, n), nil
}
