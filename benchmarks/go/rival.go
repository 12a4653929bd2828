package main

/*
#cgo pkg-config: drift
#include "rival.h"

#cgo noescape rival_find
#cgo nocallback rival_find
#cgo noescape drift_snapshot_find
#cgo nocallback drift_snapshot_find
#cgo noescape rival_finding_text
#cgo nocallback rival_finding_text
#cgo noescape rival_finding_number
#cgo nocallback rival_finding_number
#cgo noescape rival_change_text
#cgo nocallback rival_change_text
#cgo noescape rival_change_number
#cgo nocallback rival_change_number
*/
import "C"

import (
	"errors"
	"unsafe"

	"github.com/libdrift/libdrift/bindings/go"
)

// bareFind is a bare cgo call of the signature of drift_snapshot_find(), with all that makes cgo calls fast.
func bareFind(address string) (int, error) {
	var index C.uint64_t
	var err unsafe.Pointer
	if C.rival_find(nil, (*C.char)(unsafe.Pointer(unsafe.StringData(address))), C.size_t(len(address)), &index, &err) != 0 {
		return 0, errors.New("failed")
	}
	return int(index), nil
}

type bareSnapshot struct{ s *C.drift_snapshot }

func newBareSnapshot(document []byte) bareSnapshot {
	s := C.rival_snapshot((*C.char)(unsafe.Pointer(&document[0])), C.size_t(len(document)))
	if s == nil {
		panic("the rival's snapshot failed")
	}
	return bareSnapshot{s}
}

func (b bareSnapshot) free() { C.drift_snapshot_free(b.s) }

// find calls the function of the library without anything around it.
func (b bareSnapshot) find(address string) (int, error) {
	var index C.uint64_t
	var err *C.drift_error
	if C.drift_snapshot_find(b.s, (*C.char)(unsafe.Pointer(unsafe.StringData(address))), C.size_t(len(address)), &index, &err) != 0 {
		return 0, errors.New("failed")
	}
	return int(index), nil
}

type getters struct{ r *C.rival_report }

func newGetters(a, b []byte) getters {
	r := C.rival_diff((*C.char)(unsafe.Pointer(&a[0])), C.size_t(len(a)), (*C.char)(unsafe.Pointer(&b[0])), C.size_t(len(b)))
	if r == nil {
		panic("the rival's diff failed")
	}
	return getters{r}
}

func (g getters) free() { C.rival_free(g.r) }

func goBytes(p *C.char, n C.size_t) []byte {
	if p == nil {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(p), C.int(n))
}

func (g getters) findingText(i, which int) string {
	var n C.size_t
	p := C.rival_finding_text(g.r, C.size_t(i), C.int32_t(which), &n)
	return C.GoStringN(p, C.int(n))
}

func (g getters) finding(i, which int) int64 {
	return int64(C.rival_finding_number(g.r, C.size_t(i), C.int32_t(which)))
}

func (g getters) changeText(i, which int) string {
	var n C.size_t
	p := C.rival_change_text(g.r, C.size_t(i), C.int32_t(which), &n)
	return C.GoStringN(p, C.int(n))
}

func (g getters) changeValue(i, which int) []byte {
	var n C.size_t
	p := C.rival_change_text(g.r, C.size_t(i), C.int32_t(which), &n)
	return goBytes(p, n)
}

func (g getters) change(i, which int) int64 {
	return int64(C.rival_change_number(g.r, C.size_t(i), C.int32_t(which)))
}

// findings makes the same of getters as the binding of pages.
func (g getters) findings() []drift.Finding {
	all := make([]drift.Finding, 0, int(C.rival_count(g.r)))
	for i := range cap(all) {
		f := drift.Finding{
			Address: g.findingText(i, 0), Type: g.findingText(i, 1), Fingerprint: g.findingText(i, 2),
			Verdict: drift.Verdict(g.finding(i, 2)), Basis: drift.Basis(g.finding(i, 6)),
			Risk: drift.Risk{
				Why: g.findingText(i, 3), Rule: g.findingText(i, 4), Level: drift.RiskLevel(g.finding(i, 3)),
				Class: drift.RiskClass(g.finding(i, 4)), Direction: drift.RiskDirection(g.finding(i, 5)),
			},
		}
		first := int(g.finding(i, 0))
		f.Changes = make([]drift.Change, g.finding(i, 1))
		for j := range f.Changes {
			c := first + j
			flags := g.change(c, 4)
			f.Changes[j] = drift.Change{
				Path: g.changeText(c, 0), Pointer: g.changeText(c, 1), Why: g.changeText(c, 6), Rule: g.changeText(c, 7), Reason: g.changeText(c, 8),
				Recorded: g.changeValue(c, 2), Actual: g.changeValue(c, 3), Desired: g.changeValue(c, 4), Baseline: g.changeValue(c, 5),
				Section: drift.Section(g.change(c, 0)), Kind: drift.Kind(g.change(c, 1)), Relation: drift.Relation(g.change(c, 2)),
				Mode: drift.Mode(g.change(c, 3)), Sensitive: flags&1 != 0, ForcesReplacement: flags&2 != 0,
			}
		}
		all = append(all, f)
	}
	return all
}
