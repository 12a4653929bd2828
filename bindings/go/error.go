package drift

import (
	"context"
	"errors"
	"io/fs"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// Error is a failure that libdrift tells of.
//
//	errors.Is(err, drift.ErrNotFound)    one code
//	errors.Is(err, drift.ErrRead)        a family of codes
//	errors.Is(err, fs.ErrNotExist)       where it is true
//	errors.Is(err, context.Canceled)     when the context stopped the operation
type Error struct {
	Code      Code   // stable for ever
	Name      string // "E_NOT_FOUND"
	Message   string // what happened, one line, with the position in a document; never a value from it
	Subject   string // the file, address or option that it is about; can be empty
	Next      string // what the person can do; can be empty
	Contexts  string // "while ..." lines, innermost first; can be empty
	Retryable bool   // trying again later may succeed

	// Where in a document: line and column from 1, byte from 0. Line is 0 when the error is about no place.
	Line, Column, Byte int

	causes []error
}

// Error is the message and the next step.
func (e *Error) Error() string {
	if e.Next == "" {
		return e.Message
	}
	return e.Message + "; next: " + e.Next
}

// Unwrap gives the code, and the context's error where that stopped the operation.
func (e *Error) Unwrap() []error { return append([]error{e.Code}, e.causes...) }

// Code is the kind of an Error, as in docs/errors.md but negative. It is an error itself, for errors.Is. One that ends in 00 is a family.
type Code int32

const (
	ErrArguments         Code = -100 // the family of arguments and configuration
	ErrInvalidArgument   Code = -101
	ErrConfigInvalid     Code = -110
	ErrConfigUnknownKey  Code = -111
	ErrInvalidRule       Code = -120
	ErrAmbiguousRule     Code = -121
	ErrHandle            Code = -130
	ErrClosed            Code = -131 // used after Close, or closed while in use
	ErrBusy              Code = -132
	ErrOptionUnsupported Code = -133 // the library does not know it: too old, or another version than this package
	ErrForked            Code = -134

	ErrDocument            Code = -200 // the family of documents
	ErrParse               Code = -201
	ErrDuplicateKey        Code = -202
	ErrBadUTF8             Code = -203
	ErrLoneSurrogate       Code = -204
	ErrTrailingBytes       Code = -205
	ErrTruncated           Code = -206
	ErrDepthLimit          Code = -210
	ErrNodeLimit           Code = -211
	ErrByteLimit           Code = -212
	ErrUnknownFormat       Code = -220
	ErrUnsupportedVersion  Code = -221
	ErrUnsupportedFeature  Code = -222
	ErrEncryptedState      Code = -223
	ErrBadStructure        Code = -224
	ErrDuplicateAddress    Code = -225
	ErrSystem              Code = -300 // the family of the operating system
	ErrNotFound            Code = -301 // also fs.ErrNotExist
	ErrPermission          Code = -302 // also fs.ErrPermission
	ErrIO                  Code = -303
	ErrChangedWhileReading Code = -304

	ErrRead            Code = -400 // the family of reads of live resources
	ErrReadFailed      Code = -401
	ErrReadAuth        Code = -402
	ErrReadThrottled   Code = -403
	ErrReadTimeout     Code = -404
	ErrReadUnsupported Code = -405
	ErrMassDeletion    Code = -406
	ErrReplayMiss      Code = -407

	ErrStopped   Code = -500 // the family of operations that were stopped
	ErrCancelled Code = -501
	ErrDeadline  Code = -502

	ErrLibrary     Code = -900 // the family of faults of the library
	ErrInternal    Code = -901
	ErrOutOfMemory Code = -902
)

var codeNames = map[Code]string{
	ErrInvalidArgument: "E_INVALID_ARGUMENT", ErrConfigInvalid: "E_CONFIG_INVALID", ErrConfigUnknownKey: "E_CONFIG_UNKNOWN_KEY",
	ErrInvalidRule: "E_INVALID_RULE", ErrAmbiguousRule: "E_AMBIGUOUS_RULE", ErrHandle: "E_HANDLE", ErrClosed: "E_CLOSED", ErrBusy: "E_BUSY",
	ErrOptionUnsupported: "E_OPTION_UNSUPPORTED", ErrForked: "E_FORKED",
	ErrParse: "E_PARSE", ErrDuplicateKey: "E_DUPLICATE_KEY", ErrBadUTF8: "E_BAD_UTF8", ErrLoneSurrogate: "E_LONE_SURROGATE",
	ErrTrailingBytes: "E_TRAILING_BYTES", ErrTruncated: "E_TRUNCATED", ErrDepthLimit: "E_DEPTH_LIMIT", ErrNodeLimit: "E_NODE_LIMIT",
	ErrByteLimit: "E_BYTE_LIMIT", ErrUnknownFormat: "E_UNKNOWN_FORMAT", ErrUnsupportedVersion: "E_UNSUPPORTED_VERSION",
	ErrUnsupportedFeature: "E_UNSUPPORTED_FEATURE", ErrEncryptedState: "E_ENCRYPTED_STATE", ErrBadStructure: "E_BAD_STRUCTURE",
	ErrDuplicateAddress: "E_DUPLICATE_ADDRESS",
	ErrNotFound:         "E_NOT_FOUND", ErrPermission: "E_PERMISSION", ErrIO: "E_IO", ErrChangedWhileReading: "E_CHANGED_WHILE_READING",
	ErrReadFailed: "E_READ_FAILED", ErrReadAuth: "E_READ_AUTH", ErrReadThrottled: "E_READ_THROTTLED", ErrReadTimeout: "E_READ_TIMEOUT",
	ErrReadUnsupported: "E_READ_UNSUPPORTED", ErrMassDeletion: "E_MASS_DELETION", ErrReplayMiss: "E_REPLAY_MISS",
	ErrCancelled: "E_CANCELLED", ErrDeadline: "E_DEADLINE", ErrInternal: "E_INTERNAL", ErrOutOfMemory: "E_OUT_OF_MEMORY",
}

var familyNames = map[Code]string{
	ErrArguments: "arguments and configuration", ErrDocument: "documents", ErrSystem: "operating system", ErrRead: "reads of live resources",
	ErrStopped: "stopped", ErrLibrary: "libdrift",
}

// Family is the hundred of a code. Treat a code that you do not know as its family.
func (c Code) Family() Code { return c / 100 * 100 }

// String is the code's name, "E_NOT_FOUND".
func (c Code) String() string {
	if name, known := codeNames[c]; known {
		return name
	}
	if name, known := familyNames[c]; known {
		return name
	}
	return unknown(int32(c))
}

func (c Code) Error() string { return "drift: " + c.String() }

// Is makes errors.Is know families, and the errors of io/fs that mean the same.
func (c Code) Is(target error) bool {
	if family, ok := target.(Code); ok {
		return family == family.Family() && family == c.Family()
	}
	switch c {
	case ErrNotFound:
		return target == fs.ErrNotExist
	case ErrPermission:
		return target == fs.ErrPermission
	case ErrClosed:
		return target == fs.ErrClosed
	}
	return false
}

// codeNamed is the code of a name; ErrInternal for one that is not known.
func codeNamed(name string) Code {
	for _, names := range []map[Code]string{codeNames, familyNames} {
		for code, known := range names {
			if known == name {
				return code
			}
		}
	}
	if n, ok := unknownNumber(name); ok {
		return Code(n)
	}
	return ErrInternal
}

func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a code's name; one that is not known becomes ErrInternal.
func (c *Code) UnmarshalText(text []byte) error {
	*c = codeNamed(string(text))
	return nil
}

// lift makes the public error of one of the library's; others stay what they are.
func lift(err error) error {
	if err == nil {
		return nil
	}
	return lifted(err)
}

func lifted(err error) error {
	var e *native.Error
	if !errors.As(err, &e) {
		return err
	}
	return &Error{
		Code: Code(e.Code), Name: e.Name, Message: e.Message, Subject: e.Subject, Next: e.Next, Contexts: e.Contexts, Retryable: e.Retryable,
		Line: int(e.Line), Column: int(e.Column), Byte: int(e.Byte),
	}
}

// misuse is an error that this package finds itself.
func misuse(message, next string) *Error {
	return &Error{Code: ErrInvalidArgument, Name: ErrInvalidArgument.String(), Message: message, Next: next}
}

// doneEarly is for a context that was done where the library does not say so.
func doneEarly(message string) error {
	return &Error{Code: ErrCancelled, Name: ErrCancelled.String(), Message: message}
}

// stopped joins an error with why the context is done, which may be an error of the caller's own. A closed engine is the whole reason.
func stopped(ctx context.Context, err error) error {
	if context.Cause(ctx) == errEngineClosed {
		return errEngineClosed
	}
	causes := []error{ctx.Err()}
	if cause := context.Cause(ctx); cause != causes[0] {
		causes = append(causes, cause)
	}
	var e *Error
	if !errors.As(err, &e) {
		return errors.Join(append([]error{err}, causes...)...)
	}
	joined := *e
	joined.causes = causes
	if joined.Code == ErrCancelled && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		joined.Code, joined.Name = ErrDeadline, ErrDeadline.String()
		joined.Message, joined.Next = "the deadline of the context passed before the work was done", "allow more time"
	}
	return &joined
}
