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

// Pages reads the lists of a report.
type Pages struct {
	report     *Report
	findings   buffer[C.drift_finding_view]
	changes    buffer[C.drift_change_view]
	suppressed buffer[C.drift_suppressed_view]
	problems   buffer[C.drift_problem_view]
	notes      buffer[C.drift_note_view]
}

func (r *Report) Pages() *Pages { return &Pages{report: r} }

func (p *Pages) Free() {
	p.findings.free()
	p.changes.free()
	p.suppressed.free()
	p.problems.free()
	p.notes.free()
}

// texts are the first n members of a view, all of them texts.
func texts[V any](v *V, n int) []C.drift_text {
	return unsafe.Slice((*C.drift_text)(unsafe.Pointer(v)), n)
}

// asking is one of drift_report_findings() and its kin, with everything but the outputs.
type asking func(r *C.drift_report, got *C.size_t, err **C.drift_error) C.int32_t

// page asks for up to n rows, of whose members the first textsOf are texts, copies the texts and hands over each row with the copy.
func page[V any](p *Pages, b *buffer[V], n, textsOf int, ask asking, emit func(*V, *block)) (int, error) {
	r, err := p.report.enter()
	if err != nil {
		return 0, err
	}
	defer p.report.leave()
	b.grow(n)
	var got C.size_t
	var cerr *C.drift_error
	if status := ask(r, &got, &cerr); status != C.DRIFT_OK {
		return 0, takeError(status, cerr)
	}
	rows := b.rows(int(got))
	var e extent
	for i := range rows {
		of := texts(&rows[i], textsOf)
		for j := range of {
			e.add(&of[j])
		}
	}
	copy := e.take()
	for i := range rows {
		emit(&rows[i], &copy)
	}
	return len(rows), nil
}

// FindingRow is drift_finding_view.
type FindingRow struct {
	Address, Type, Fingerprint, RiskWhy, RiskRule string
	FirstChange                                   uint64
	Changes                                       uint32
	Verdict, RiskLevel, RiskClass, RiskDirection  int32
	Basis                                         uint32
}

// Findings hands over up to n findings from the one numbered first, and says how many there were.
func (p *Pages) Findings(first, n int, emit func(FindingRow)) (int, error) {
	ask := func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_findings(r, C.uint64_t(first), p.findings.p, C.size_t(unsafe.Sizeof(*p.findings.p)), C.size_t(n), got, cerr)
	}
	return page(p, &p.findings, n, 5, ask, func(v *C.drift_finding_view, b *block) {
		emit(FindingRow{
			Address: b.string(&v.address), Type: b.string(&v._type), Fingerprint: b.string(&v.fingerprint),
			RiskWhy: b.string(&v.risk_why), RiskRule: b.string(&v.risk_rule),
			FirstChange: uint64(v.first_change), Changes: uint32(v.changes), Verdict: int32(v.verdict),
			RiskLevel: int32(v.risk_level), RiskClass: int32(v.risk_class), RiskDirection: int32(v.risk_direction), Basis: uint32(v.basis),
		})
	})
}

// ChangeRow is drift_change_view.
type ChangeRow struct {
	Path, Pointer, Why, Rule, Reason    string
	Recorded, Actual, Desired, Baseline []byte // JSON, nil where there is none
	Section, Kind, Relation, Mode       int32
	Flags                               uint32
}

const (
	OfFindings   = C.DRIFT_OF_FINDINGS
	OfSuppressed = C.DRIFT_OF_SUPPRESSED

	FlagSensitive         = C.DRIFT_FLAG_SENSITIVE
	FlagForcesReplacement = C.DRIFT_FLAG_FORCES_REPLACEMENT
	FlagRetryable         = C.DRIFT_FLAG_RETRYABLE
)

// Changes is like Findings.
func (p *Pages) Changes(of int32, first uint64, n int, emit func(ChangeRow)) (int, error) {
	ask := func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_changes(r, C.int32_t(of), C.uint64_t(first), p.changes.p, C.size_t(unsafe.Sizeof(*p.changes.p)), C.size_t(n), got, cerr)
	}
	return page(p, &p.changes, n, 9, ask, func(v *C.drift_change_view, b *block) {
		emit(ChangeRow{
			Path: b.string(&v.path), Pointer: b.string(&v.pointer), Why: b.string(&v.why), Rule: b.string(&v.rule), Reason: b.string(&v.reason),
			Recorded: b.bytes(&v.recorded), Actual: b.bytes(&v.actual), Desired: b.bytes(&v.desired), Baseline: b.bytes(&v.baseline),
			Section: int32(v.section), Kind: int32(v.kind), Relation: int32(v.relation), Mode: int32(v.mode), Flags: uint32(v.flags),
		})
	})
}

// SuppressedRow is drift_suppressed_view.
type SuppressedRow struct {
	Address, Type, Rule, Reason string
	FirstChange                 uint64
	Changes                     uint32
	Verdict, Mode               int32
}

// Suppressed is like Findings.
func (p *Pages) Suppressed(first, n int, emit func(SuppressedRow)) (int, error) {
	ask := func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_suppressed(r, C.uint64_t(first), p.suppressed.p, C.size_t(unsafe.Sizeof(*p.suppressed.p)), C.size_t(n), got, cerr)
	}
	return page(p, &p.suppressed, n, 4, ask, func(v *C.drift_suppressed_view, b *block) {
		emit(SuppressedRow{
			Address: b.string(&v.address), Type: b.string(&v._type), Rule: b.string(&v.rule), Reason: b.string(&v.reason),
			FirstChange: uint64(v.first_change), Changes: uint32(v.changes), Verdict: int32(v.verdict), Mode: int32(v.mode),
		})
	})
}

// ProblemRow is drift_problem_view.
type ProblemRow struct {
	Address, Type, Name, Message, Next string
	Code, Verdict                      int32
	Flags                              uint32
}

// Problems is like Findings.
func (p *Pages) Problems(first, n int, emit func(ProblemRow)) (int, error) {
	ask := func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_problems(r, C.uint64_t(first), p.problems.p, C.size_t(unsafe.Sizeof(*p.problems.p)), C.size_t(n), got, cerr)
	}
	return page(p, &p.problems, n, 5, ask, func(v *C.drift_problem_view, b *block) {
		emit(ProblemRow{
			Address: b.string(&v.address), Type: b.string(&v._type), Name: b.string(&v.name), Message: b.string(&v.message), Next: b.string(&v.next),
			Code: int32(v.code), Verdict: int32(v.verdict), Flags: uint32(v.flags),
		})
	})
}

// NoteRow is drift_note_view.
type NoteRow struct{ Code, Address, Message string }

// Notes is like Findings.
func (p *Pages) Notes(first, n int, emit func(NoteRow)) (int, error) {
	ask := func(r *C.drift_report, got *C.size_t, cerr **C.drift_error) C.int32_t {
		return C.drift_report_notes(r, C.uint64_t(first), p.notes.p, C.size_t(unsafe.Sizeof(*p.notes.p)), C.size_t(n), got, cerr)
	}
	return page(p, &p.notes, n, 3, ask, func(v *C.drift_note_view, b *block) {
		emit(NoteRow{Code: b.string(&v.code), Address: b.string(&v.address), Message: b.string(&v.message)})
	})
}
