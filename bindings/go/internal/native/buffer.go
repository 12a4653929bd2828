package native

/*
#include <stdlib.h>
#include "drift.h"
*/
import "C"

import "unsafe"

// buffer is an array of views in C's memory. There, what C writes into it costs Go's checks of passed pointers nothing.
type buffer[V any] struct {
	p   *V
	cap int
}

func newBuffer[V any](n int) buffer[V] {
	var v V
	p := C.calloc(C.size_t(max(n, 1)), C.size_t(unsafe.Sizeof(v)))
	if p == nil {
		panic("drift: out of memory")
	}
	return buffer[V]{p: (*V)(p), cap: n}
}

// grow makes room for n; what was in it is gone.
func (b *buffer[V]) grow(n int) {
	if n > b.cap {
		b.free()
		*b = newBuffer[V](n)
	}
}

func (b *buffer[V]) free() {
	C.free(unsafe.Pointer(b.p))
	b.p, b.cap = nil, 0
}

// block holds the texts of a page, copied in one piece: drift.h says that those of consecutive rows lie one behind the other.
type block struct {
	copy []byte
	base uintptr
}

// extent is what a block will span.
type extent struct {
	first, last unsafe.Pointer // last: behind the last text
	sum         uintptr        // of all lengths, with a zero byte behind each
}

func (e *extent) add(t *C.drift_text) {
	if t.p == nil {
		return
	}
	p := unsafe.Pointer(t.p)
	end := unsafe.Add(p, int(t.n))
	if e.first == nil || uintptr(p) < uintptr(e.first) {
		e.first = p
	}
	if uintptr(end) > uintptr(e.last) {
		e.last = end
	}
	e.sum += uintptr(t.n) + 1
}

// take copies the block; false when the texts do not lie together, as they should.
func (e *extent) take() (block, bool) {
	size := uintptr(e.last) - uintptr(e.first)
	if e.first == nil || size > e.sum {
		return block{}, e.first == nil
	}
	return block{copy: append(make([]byte, 0, size), unsafe.Slice((*byte)(e.first), size)...), base: uintptr(e.first)}, true
}

// bytes is the text's part of the copy; nil where there is no text. Parts do not overlap, so one can be changed without the others.
func (b *block) bytes(t *C.drift_text) []byte {
	if t.p == nil {
		return nil
	}
	from := uintptr(unsafe.Pointer(t.p)) - b.base
	return b.copy[from : from+uintptr(t.n) : from+uintptr(t.n)]
}

// string is the same as a text; an empty one points nowhere, which the collector likes.
func (b *block) string(t *C.drift_text) string {
	if t.n == 0 {
		return ""
	}
	part := b.bytes(t)
	return unsafe.String(unsafe.SliceData(part), len(part))
}
