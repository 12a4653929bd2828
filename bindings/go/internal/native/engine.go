package native

/*
#include <stdlib.h>
#include "drift.h"

#cgo noescape drift_engine_new
#cgo nocallback drift_engine_new
#cgo noescape drift_engine_free
#cgo nocallback drift_engine_free
#cgo noescape drift_scan_start
#cgo nocallback drift_scan_start
#cgo noescape drift_diff_start
#cgo nocallback drift_diff_start
#cgo noescape drift_accept_start
#cgo nocallback drift_accept_start
*/
import "C"

import "unsafe"

// Engine is a configuration, ready to scan.
type Engine struct {
	handle[*C.drift_engine]
}

func NewEngine(config []byte) (*Engine, error) {
	if err := Check(); err != nil {
		return nil, err
	}
	var p *C.drift_engine
	var cerr *C.drift_error
	c, n := bytesOf(config)
	if status := C.drift_engine_new(c, n, &p, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	e := &Engine{}
	e.open(p, "engine", func(p *C.drift_engine) { C.drift_engine_free(p) })
	return e, nil
}

// Hold keeps the engine open until Release, as a call does.
func (e *Engine) Hold() error {
	_, err := e.enter()
	return err
}

func (e *Engine) Release() { e.leave() }

const (
	ScanHostClock  = C.DRIFT_SCAN_HOST_CLOCK
	ScanUnmanaged  = C.DRIFT_SCAN_UNMANAGED
	ScanNoBaseline = C.DRIFT_SCAN_NO_BASELINE
	ScanQuiet      = C.DRIFT_SCAN_QUIET
)

// ScanOptions are those of one run.
type ScanOptions struct {
	Flags                            uint32
	State, Desired, Baseline, Actual *Source
	TimeoutMS, ClockNS               int64
}

func (o *ScanOptions) native() C.drift_scan_options {
	return C.drift_scan_options{
		struct_size: C.uint32_t(unsafe.Sizeof(C.drift_scan_options{})),
		flags:       C.uint32_t(o.Flags),
		state:       o.State.pointer(),
		desired:     o.Desired.pointer(),
		baseline:    o.Baseline.pointer(),
		actual:      o.Actual.pointer(),
		timeout_ms:  C.int64_t(o.TimeoutMS),
		clock_ns:    C.int64_t(o.ClockNS),
	}
}

func (e *Engine) StartScan(o *ScanOptions) (*Run, error) {
	p, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer e.leave()
	options := o.native()
	var run *C.drift_run
	var cerr *C.drift_error
	if status := C.drift_scan_start(p, &options, &run, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return newRun(run), nil
}

// StartDiff compares o.State with o.Actual.
func (e *Engine) StartDiff(o *ScanOptions) (*Run, error) {
	p, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer e.leave()
	var run *C.drift_run
	var cerr *C.drift_error
	status := C.drift_diff_start(p, o.State.pointer(), o.Actual.pointer(), C.int64_t(o.TimeoutMS), &run, &cerr)
	if status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return newRun(run), nil
}

func (e *Engine) StartAccept(o *ScanOptions, globs []string, path string) (*Run, error) {
	p, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer e.leave()
	options := o.native()
	list, free := cStrings(globs)
	defer free()
	cpath, n := chars(path)
	var run *C.drift_run
	var cerr *C.drift_error
	status := C.drift_accept_start(p, &options, list, C.size_t(len(globs)), cpath, n, &run, &cerr)
	if status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return newRun(run), nil
}

// cStrings copies texts into C's memory, where an array of pointers to them may be.
func cStrings(texts []string) (**C.char, func()) {
	list := (**C.char)(C.calloc(C.size_t(len(texts)+1), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	if list == nil {
		panic("drift: out of memory")
	}
	slots := unsafe.Slice(list, len(texts))
	for i, t := range texts {
		slots[i] = C.CString(t)
	}
	return list, func() {
		for _, s := range slots {
			C.free(unsafe.Pointer(s))
		}
		C.free(unsafe.Pointer(list))
	}
}
