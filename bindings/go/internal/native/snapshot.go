package native

/*
#include <stdlib.h>
#include "drift.h"

// Go looks through what a pointer to a pointer points to before each call; through a number it does not.
static int32_t drift_go_find(const drift_snapshot *s, const char *address, size_t n, uint64_t *out_index, uintptr_t *err) {
	return drift_snapshot_find(s, address, n, out_index, (drift_error **)err);
}

#cgo noescape drift_snapshot_open
#cgo nocallback drift_snapshot_open
#cgo noescape drift_snapshot_count
#cgo nocallback drift_snapshot_count
#cgo noescape drift_snapshot_text
#cgo nocallback drift_snapshot_text
#cgo noescape drift_snapshot_resources
#cgo nocallback drift_snapshot_resources
#cgo noescape drift_go_find
#cgo nocallback drift_go_find
#cgo noescape drift_snapshot_resource
#cgo nocallback drift_snapshot_resource
#cgo noescape drift_snapshot_free
#cgo nocallback drift_snapshot_free
#cgo noescape drift_builder_new
#cgo nocallback drift_builder_new
#cgo noescape drift_builder_add
#cgo nocallback drift_builder_add
#cgo noescape drift_builder_build
#cgo nocallback drift_builder_build
#cgo noescape drift_builder_free
#cgo nocallback drift_builder_free
*/
import "C"

import "unsafe"

// Snapshot is a document that was read.
type Snapshot struct {
	handle[*C.drift_snapshot]
}

func newSnapshot(p *C.drift_snapshot) *Snapshot {
	s := &Snapshot{}
	s.open(p, "snapshot", func(p *C.drift_snapshot) { C.drift_snapshot_free(p) })
	return s
}

// OpenSnapshot reads a document; known may be nil.
func OpenSnapshot(source *Source, known *Snapshot, timeoutMS int64) (*Snapshot, error) {
	if err := Check(); err != nil {
		return nil, err
	}
	var old *C.drift_snapshot
	if known != nil {
		p, err := known.enter()
		if err != nil {
			return nil, err
		}
		defer known.leave()
		old = p
	}
	var p *C.drift_snapshot
	var cerr *C.drift_error
	if status := C.drift_snapshot_open(source.p, old, C.int64_t(timeoutMS), &p, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return newSnapshot(p), nil
}

// BuildSnapshot makes a snapshot of resources, each as JSON; an error of next ends it and comes back.
func BuildSnapshot(next func() (json []byte, more bool, err error)) (*Snapshot, error) {
	if err := Check(); err != nil {
		return nil, err
	}
	var b *C.drift_builder
	var cerr *C.drift_error
	if status := C.drift_builder_new(&b, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	defer C.drift_builder_free(b)
	for {
		json, more, err := next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		j, n := bytesOf(json)
		if status := C.drift_builder_add(b, j, n, &cerr); status != C.DRIFT_OK {
			return nil, takeError(status, cerr)
		}
	}
	var p *C.drift_snapshot
	if status := C.drift_builder_build(b, &p, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return newSnapshot(p), nil
}

func (s *Snapshot) Len() (int, error) {
	p, err := s.enter()
	if err != nil {
		return 0, err
	}
	defer s.leave()
	var n C.uint64_t
	var cerr *C.drift_error
	if status := C.drift_snapshot_count(p, &n, &cerr); status != C.DRIFT_OK {
		return 0, takeError(status, cerr)
	}
	return int(n), nil
}

const (
	SnapshotHash          = C.DRIFT_SNAPSHOT_HASH
	SnapshotFormat        = C.DRIFT_SNAPSHOT_FORMAT
	SnapshotSource        = C.DRIFT_SNAPSHOT_SOURCE
	SnapshotEngineVersion = C.DRIFT_SNAPSHOT_ENGINE_VERSION
	SnapshotLineage       = C.DRIFT_SNAPSHOT_LINEAGE
)

func (s *Snapshot) Text(which int32) (string, error) {
	p, err := s.enter()
	if err != nil {
		return "", err
	}
	defer s.leave()
	var t *C.char
	var n C.size_t
	var cerr *C.drift_error
	if status := C.drift_snapshot_text(p, C.int32_t(which), &t, &n, &cerr); status != C.DRIFT_OK {
		return "", takeError(status, cerr)
	}
	return text(t, n), nil
}

// Find is the number of a resource; -1 when there is none of that address. It is called often, and so does without defer.
func (s *Snapshot) Find(address string) (int, error) {
	p, err := s.enter()
	if err != nil {
		return -1, err
	}
	var index C.uint64_t
	var cerr C.uintptr_t
	a, n := chars(address)
	status := C.drift_go_find(p, a, n, &index, &cerr)
	s.leave()
	switch status {
	case C.DRIFT_OK:
		return int(index), nil
	case C.DRIFT_END:
		return -1, nil
	default:
		return -1, takeError(status, *(**C.drift_error)(unsafe.Pointer(&cerr)))
	}
}

// Resource is one resource as JSON.
func (s *Snapshot) Resource(index int) ([]byte, error) {
	p, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer s.leave()
	var blob *C.drift_blob
	var cerr *C.drift_error
	if status := C.drift_snapshot_resource(p, C.uint64_t(index), &blob, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return takeBlob(blob)
}

// ResourceRow is a line of a snapshot's table of contents.
type ResourceRow struct {
	Address, Type string
	Kind          int32
	Flags         uint32
}

const (
	ResourceManaged            = C.DRIFT_RESOURCE_MANAGED
	ResourceComponent          = C.DRIFT_RESOURCE_COMPONENT
	ResourceProvider           = C.DRIFT_RESOURCE_PROVIDER
	ResourcePendingDelete      = C.DRIFT_RESOURCE_PENDING_DELETE
	ResourcePendingReplacement = C.DRIFT_RESOURCE_PENDING_REPLACEMENT
)

// Resources gives up to n rows from the one numbered first; how many there were.
func (s *Snapshot) Resources(first, n int, emit func(*ResourceRow)) (int, error) {
	p, err := s.enter()
	if err != nil {
		return 0, err
	}
	defer s.leave()
	buffer := newBuffer[C.drift_resource_view](n)
	defer buffer.free()
	var got C.size_t
	var cerr *C.drift_error
	status := C.drift_snapshot_resources(p, C.uint64_t(first), buffer.p, C.size_t(unsafe.Sizeof(*buffer.p)), C.size_t(n), &got, &cerr)
	if status != C.DRIFT_OK {
		return 0, takeError(status, cerr)
	}
	rows := unsafe.Slice(buffer.p, int(got))
	for i := range rows {
		v := &rows[i]
		emit(&ResourceRow{
			Address: text(v.address.p, v.address.n),
			Type:    text(v._type.p, v._type.n),
			Kind:    int32(v.kind),
			Flags:   uint32(v.flags),
		})
	}
	return int(got), nil
}
