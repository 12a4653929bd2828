package native

/*
#include "drift.h"

#cgo noescape drift_report_findings
#cgo nocallback drift_report_findings
#cgo noescape drift_report_changes
#cgo nocallback drift_report_changes
#cgo noescape drift_report_suppressed
#cgo nocallback drift_report_suppressed
#cgo noescape drift_report_problems
#cgo nocallback drift_report_problems
#cgo noescape drift_report_notes
#cgo nocallback drift_report_notes
*/
import "C"

import "unsafe"

// page is some rows of a list, with a copy of their texts: it needs the report no more.
type page[V any] struct {
	buffer[V]
	rows  []V
	texts block
}

// textsOf are the first n members of a view, all of them texts.
func textsOf[V any](v *V, n int) []C.drift_text {
	return unsafe.Slice((*C.drift_text)(unsafe.Pointer(v)), n)
}

// asking is one of drift_report_findings() and its kin, with everything but the outputs.
type asking func(r *C.drift_report, got *C.size_t, err **C.drift_error) C.int32_t

// load asks for up to n rows, of whose members the first texts are texts, and says how many there were.
func (p *page[V]) load(from *Report, n, texts int, ask asking) (int, error) {
	r, err := from.enter()
	if err != nil {
		return 0, err
	}
	defer from.leave()
	p.grow(n)
	var got C.size_t
	var cerr *C.drift_error
	if status := ask(r, &got, &cerr); status != C.DRIFT_OK {
		return 0, takeError(status, cerr)
	}
	p.rows = unsafe.Slice(p.p, int(got))
	var e extent
	for i := range p.rows {
		of := textsOf(&p.rows[i], texts)
		for j := range of {
			e.add(&of[j])
		}
	}
	var together bool
	if p.texts, together = e.take(); !together {
		return 0, &Error{Code: C.DRIFT_E_INTERNAL, Name: "E_INTERNAL", Message: "the texts of a page do not lie together", Next: "please report it"}
	}
	return len(p.rows), nil
}

// Pages reads the lists of a report. Of each list one page is loaded at a time, whose rows can then be taken by their number in it.
type Pages struct {
	report     *Report
	findings   page[C.drift_finding_view]
	changes    page[C.drift_change_view]
	suppressed page[C.drift_suppressed_view]
	problems   page[C.drift_problem_view]
	notes      page[C.drift_note_view]
}

func (r *Report) Pages() *Pages { return &Pages{report: r} }

func (p *Pages) Free() {
	p.findings.free()
	p.changes.free()
	p.suppressed.free()
	p.problems.free()
	p.notes.free()
}

// FindingRow is drift_finding_view.
type FindingRow struct {
	Address, Type, Fingerprint, RiskWhy, RiskRule string
	FirstChange                                   uint64
	Changes                                       uint32
	Verdict, RiskLevel, RiskClass, RiskDirection  int32
	Basis                                         uint32
	Class                                         int32
}

// LoadFindings loads up to n rows from the one numbered first, and says how many there were.
func (p *Pages) LoadFindings(first, n int) (int, error) {
	return p.findings.load(p.report, n, 5, func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_findings(r, C.uint64_t(first), p.findings.p, C.size_t(unsafe.Sizeof(*p.findings.p)), C.size_t(n), got, cerr)
	})
}

func (p *Pages) Finding(i int) FindingRow {
	v, b := &p.findings.rows[i], &p.findings.texts
	return FindingRow{
		Address: b.string(&v.address), Type: b.string(&v._type), Fingerprint: b.string(&v.fingerprint),
		RiskWhy: b.string(&v.risk_why), RiskRule: b.string(&v.risk_rule),
		FirstChange: uint64(v.first_change), Changes: uint32(v.changes), Verdict: int32(v.verdict),
		RiskLevel: int32(v.risk_level), RiskClass: int32(v.risk_class), RiskDirection: int32(v.risk_direction), Basis: uint32(v.basis),
		Class: int32(v.drift_class),
	}
}

// ChangeRow is drift_change_view.
type ChangeRow struct {
	Path, Pointer, Why, Rule, Reason    string
	Recorded, Actual, Desired, Baseline []byte // JSON, nil where there is none
	Section, Kind, Relation, Mode       int32
	Class                               int32
	Flags                               uint32
}

const (
	OfFindings   = C.DRIFT_OF_FINDINGS
	OfSuppressed = C.DRIFT_OF_SUPPRESSED

	FlagSensitive         = C.DRIFT_FLAG_SENSITIVE
	FlagForcesReplacement = C.DRIFT_FLAG_FORCES_REPLACEMENT
	FlagRetryable         = C.DRIFT_FLAG_RETRYABLE
)

// LoadChanges loads up to n rows from the one numbered first, and says how many there were.
func (p *Pages) LoadChanges(of int32, first uint64, n int) (int, error) {
	return p.changes.load(p.report, n, 9, func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_changes(r, C.int32_t(of), C.uint64_t(first), p.changes.p, C.size_t(unsafe.Sizeof(*p.changes.p)), C.size_t(n), got, cerr)
	})
}

func (p *Pages) Change(i int) ChangeRow {
	v, b := &p.changes.rows[i], &p.changes.texts
	return ChangeRow{
		Path: b.string(&v.path), Pointer: b.string(&v.pointer), Why: b.string(&v.why), Rule: b.string(&v.rule), Reason: b.string(&v.reason),
		Recorded: b.bytes(&v.recorded), Actual: b.bytes(&v.actual), Desired: b.bytes(&v.desired), Baseline: b.bytes(&v.baseline),
		Section: int32(v.section), Kind: int32(v.kind), Relation: int32(v.relation), Mode: int32(v.mode), Flags: uint32(v.flags),
		Class: int32(v.drift_class),
	}
}

// SuppressedRow is drift_suppressed_view.
type SuppressedRow struct {
	Address, Type, Rule, Reason string
	FirstChange                 uint64
	Changes                     uint32
	Verdict, Mode               int32
}

// LoadSuppressed loads up to n rows from the one numbered first, and says how many there were.
func (p *Pages) LoadSuppressed(first, n int) (int, error) {
	return p.suppressed.load(p.report, n, 4, func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_suppressed(r, C.uint64_t(first), p.suppressed.p, C.size_t(unsafe.Sizeof(*p.suppressed.p)), C.size_t(n), got, cerr)
	})
}

func (p *Pages) Suppressed(i int) SuppressedRow {
	v, b := &p.suppressed.rows[i], &p.suppressed.texts
	return SuppressedRow{
		Address: b.string(&v.address), Type: b.string(&v._type), Rule: b.string(&v.rule), Reason: b.string(&v.reason),
		FirstChange: uint64(v.first_change), Changes: uint32(v.changes), Verdict: int32(v.verdict), Mode: int32(v.mode),
	}
}

// ProblemRow is drift_problem_view.
type ProblemRow struct {
	Address, Type, Name, Message, Next string
	Code, Verdict                      int32
	Flags                              uint32
}

// LoadProblems loads up to n rows from the one numbered first, and says how many there were.
func (p *Pages) LoadProblems(first, n int) (int, error) {
	return p.problems.load(p.report, n, 5, func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_problems(r, C.uint64_t(first), p.problems.p, C.size_t(unsafe.Sizeof(*p.problems.p)), C.size_t(n), got, cerr)
	})
}

func (p *Pages) Problem(i int) ProblemRow {
	v, b := &p.problems.rows[i], &p.problems.texts
	return ProblemRow{
		Address: b.string(&v.address), Type: b.string(&v._type), Name: b.string(&v.name), Message: b.string(&v.message), Next: b.string(&v.next),
		Code: int32(v.code), Verdict: int32(v.verdict), Flags: uint32(v.flags),
	}
}

// NoteRow is drift_note_view.
type NoteRow struct{ Code, Address, Message string }

// LoadNotes loads up to n rows from the one numbered first, and says how many there were.
func (p *Pages) LoadNotes(first, n int) (int, error) {
	return p.notes.load(p.report, n, 3, func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_notes(r, C.uint64_t(first), p.notes.p, C.size_t(unsafe.Sizeof(*p.notes.p)), C.size_t(n), got, cerr)
	})
}

func (p *Pages) Note(i int) NoteRow {
	v, b := &p.notes.rows[i], &p.notes.texts
	return NoteRow{
		Code: b.string(&v.code), Address: b.string(&v.address), Message: b.string(&v.message),
	}
}
