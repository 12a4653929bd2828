//go:build cgo

package native

import (
	"math"
	"runtime"
	"sync/atomic"
)

// handle owns one object of the library and frees it once: when it is closed and the last call in flight has returned.
type handle[P any] struct {
	p       P
	free    func(P)
	calls   atomic.Int64  // in flight; with the closed bit no further one begins
	drained chan struct{} // the last call in flight of a closed handle says so here
	freed   chan struct{}
	net     runtime.Cleanup
}

const closed = math.MinInt64

// OnLeak is told the kind of a handle that was collected without having been closed; for tests.
var OnLeak atomic.Pointer[func(kind string)]

// open takes over p. owner is the object that holds the handle: when nobody holds it any more, p is freed all the same.
func (h *handle[P]) open(p P, kind string, free func(P)) {
	h.p, h.free = p, free
	h.drained, h.freed = make(chan struct{}, 1), make(chan struct{})
	h.net = runtime.AddCleanup(h, func(p P) {
		if told := OnLeak.Load(); told != nil {
			(*told)(kind)
		}
		free(p)
	}, p)
}

// enter begins a call; leave ends it, and keeps the handle alive until then. Both are small enough to be inlined.
func (h *handle[P]) enter() (P, error) {
	debugGC()
	if h.calls.Add(1) < 0 {
		return h.refuse()
	}
	return h.p, nil
}

func (h *handle[P]) refuse() (none P, err error) {
	h.leave()
	return none, ErrClosed
}

func (h *handle[P]) leave() {
	if h.calls.Add(-1) == closed {
		h.drain()
	}
}

func (h *handle[P]) drain() {
	select {
	case h.drained <- struct{}{}:
	default:
	}
}

// Close waits for the calls in flight and frees the object; later calls give ErrClosed. It may be called again, by any goroutine.
func (h *handle[P]) Close() {
	if h.calls.Or(closed) < 0 {
		<-h.freed
		return
	}
	if h.calls.Load() != closed {
		<-h.drained
	}
	h.net.Stop()
	h.free(h.p)
	close(h.freed)
	runtime.KeepAlive(h)
}
