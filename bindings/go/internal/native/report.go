package native

/*
#include "drift.h"

#cgo noescape drift_report_summary
#cgo nocallback drift_report_summary
#cgo noescape drift_report_count
#cgo nocallback drift_report_count
#cgo noescape drift_report_render
#cgo nocallback drift_report_render
#cgo noescape drift_report_explain
#cgo nocallback drift_report_explain
#cgo noescape drift_report_free
#cgo nocallback drift_report_free
*/
import "C"

import "unsafe"

// Report is what a scan found.
type Report struct {
	handle[*C.drift_report]
}

func newReport(p *C.drift_report) *Report {
	r := &Report{}
	r.open(p, "report", func(p *C.drift_report) { C.drift_report_free(p) })
	return r
}

// Summary is drift_summary.
type Summary struct {
	Complete                                                                                             bool
	Basis                                                                                                uint32
	Checked, Drifted, Changed, Deleted, Unmanaged, Unreadable, Unsupported, Suppressed, Pending, Skipped int
	ElapsedNS                                                                                            int64
}

func (r *Report) Summary() (Summary, error) {
	p, err := r.enter()
	if err != nil {
		return Summary{}, err
	}
	defer r.leave()
	s := C.drift_summary{struct_size: C.uint32_t(unsafe.Sizeof(C.drift_summary{}))}
	var cerr *C.drift_error
	if status := C.drift_report_summary(p, &s, &cerr); status != C.DRIFT_OK {
		return Summary{}, takeError(status, cerr)
	}
	return Summary{
		Complete: s.complete != 0, Basis: uint32(s.basis),
		Checked: int(s.checked), Drifted: int(s.drifted), Changed: int(s.changed), Deleted: int(s.deleted), Unmanaged: int(s.unmanaged),
		Unreadable: int(s.unreadable), Unsupported: int(s.unsupported), Suppressed: int(s.suppressed), Pending: int(s.pending),
		Skipped: int(s.skipped), ElapsedNS: int64(s.elapsed_ns),
	}, nil
}

const (
	CountFindings   = C.DRIFT_COUNT_FINDINGS
	CountChanges    = C.DRIFT_COUNT_CHANGES
	CountSuppressed = C.DRIFT_COUNT_SUPPRESSED
	CountProblems   = C.DRIFT_COUNT_PROBLEMS
	CountNotes      = C.DRIFT_COUNT_NOTES
)

func (r *Report) Count(what int32) (int, error) {
	p, err := r.enter()
	if err != nil {
		return 0, err
	}
	defer r.leave()
	var n C.uint64_t
	var cerr *C.drift_error
	if status := C.drift_report_count(p, C.int32_t(what), &n, &cerr); status != C.DRIFT_OK {
		return 0, takeError(status, cerr)
	}
	return int(n), nil
}

const (
	RenderText        = C.DRIFT_RENDER_TEXT
	RenderJSON        = C.DRIFT_RENDER_JSON
	RenderJSONCompact = C.DRIFT_RENDER_JSON_COMPACT
	RenderHeadline    = C.DRIFT_RENDER_HEADLINE

	RenderColor      = C.DRIFT_RENDER_FLAG_COLOR
	RenderASCII      = C.DRIFT_RENDER_FLAG_ASCII
	RenderSuppressed = C.DRIFT_RENDER_FLAG_SUPPRESSED
	RenderNoElapsed  = C.DRIFT_RENDER_FLAG_NO_ELAPSED
	WidthUnlimited   = C.DRIFT_WIDTH_UNLIMITED
)

// RenderOptions is drift_render_options.
type RenderOptions struct {
	Flags, Width, MaxFindings uint32
}

func (o RenderOptions) native() C.drift_render_options {
	return C.drift_render_options{
		struct_size:  C.uint32_t(unsafe.Sizeof(C.drift_render_options{})),
		flags:        C.uint32_t(o.Flags),
		width:        C.uint32_t(o.Width),
		max_findings: C.uint32_t(o.MaxFindings),
	}
}

func (r *Report) Render(format int32, o RenderOptions) ([]byte, error) {
	p, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer r.leave()
	options := o.native()
	var blob *C.drift_blob
	var cerr *C.drift_error
	if status := C.drift_report_render(p, C.int32_t(format), &options, &blob, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return takeBlob(blob)
}

// Explain gives nil when the report has nothing of that address.
func (r *Report) Explain(address string, o RenderOptions) ([]byte, error) {
	p, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer r.leave()
	options := o.native()
	a, n := chars(address)
	var blob *C.drift_blob
	var cerr *C.drift_error
	switch status := C.drift_report_explain(p, a, n, &options, &blob, &cerr); status {
	case C.DRIFT_OK:
		return takeBlob(blob)
	case C.DRIFT_END:
		return nil, nil
	default:
		return nil, takeError(status, cerr)
	}
}
