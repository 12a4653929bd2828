package native

/*
#include "drift.h"

#cgo noescape drift_source_file
#cgo nocallback drift_source_file
#cgo noescape drift_source_bytes
#cgo nocallback drift_source_bytes
#cgo noescape drift_source_snapshot
#cgo nocallback drift_source_snapshot
#cgo noescape drift_source_host
#cgo nocallback drift_source_host
#cgo noescape drift_source_free
#cgo nocallback drift_source_free
*/
import "C"

// Source lives for one call of the public package and has one owner, so it is no counted handle.
type Source struct{ p *C.drift_source }

func FileSource(path string) (*Source, error) {
	var s Source
	var cerr *C.drift_error
	p, n := chars(path)
	if status := C.drift_source_file(p, n, &s.p, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return &s, nil
}

func BytesSource(data []byte, name string) (*Source, error) {
	var s Source
	var cerr *C.drift_error
	p, n := bytesOf(data)
	np, nn := chars(name)
	if status := C.drift_source_bytes(p, n, np, nn, &s.p, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return &s, nil
}

func HostSource(name string) (*Source, error) {
	var s Source
	var cerr *C.drift_error
	p, n := chars(name)
	if status := C.drift_source_host(p, n, &s.p, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return &s, nil
}

// Source is the snapshot as a source of documents; it stays valid when the snapshot is closed.
func (s *Snapshot) Source() (*Source, error) {
	p, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer s.leave()
	var out Source
	var cerr *C.drift_error
	if status := C.drift_source_snapshot(p, &out.p, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return &out, nil
}

func (s *Source) Free() {
	if s != nil {
		C.drift_source_free(s.p)
		s.p = nil
	}
}

func (s *Source) pointer() *C.drift_source {
	if s == nil {
		return nil
	}
	return s.p
}
