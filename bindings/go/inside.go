package drift

import (
	"bytes"
	"runtime"
	"sync"
)

// goroutines knows those that work for an engine's runs, so that Close can say that it was called by one instead of waiting for it.
type goroutines struct{ of sync.Map } // number -> *run

// enter notes that this goroutine works for a run until what it returns is called.
func (g *goroutines) enter(r *run) (leave func()) {
	me := goroutineNumber()
	outer, nested := g.of.Swap(me, r)
	return func() {
		if nested {
			g.of.Store(me, outer)
		} else {
			g.of.Delete(me)
		}
	}
}

// here is true when the goroutine works for a run that waits for it.
func (g *goroutines) here() bool {
	r, ok := g.of.Load(goroutineNumber())
	return ok && !r.(*run).isLeft()
}

// goroutineNumber is the one in stack traces; Go has no other way to ask for it.
func goroutineNumber() string {
	var first [64]byte
	text := bytes.TrimPrefix(first[:runtime.Stack(first[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	return string(number)
}
