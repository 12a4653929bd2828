package drift

import (
	"iter"
	"time"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// Report is what a scan found. It does not change, and its lists are sorted by address.
type Report struct {
	native  *native.Report
	summary Summary
	len     int
}

// Summary counts. As JSON it is the summary of docs/report.schema.json, where the first two and the last are no part of it.
type Summary struct {
	Complete    bool          `json:"-"`       // see Report.Complete
	Basis       Basis         `json:"-"`       // the sides that took part
	Checked     int           `json:"checked"` // resources with an answer: in sync, drifted or suppressed
	Drifted     int           `json:"drifted"` // findings: changed, deleted and unmanaged
	Changed     int           `json:"changed"`
	Deleted     int           `json:"deleted"`
	Unmanaged   int           `json:"unmanaged"`
	Unreadable  int           `json:"unreadable"`
	Unsupported int           `json:"unsupported"`
	Suppressed  int           `json:"suppressed"` // single differences that a rule took out
	Pending     int           `json:"pending"`    // resources that differ only from what is desired
	Skipped     int           `json:"skipped"`
	Elapsed     time.Duration `json:"-"`
}

func newReport(n *native.Report) (*Report, error) {
	s, err := n.Summary()
	if err != nil {
		n.Close()
		return nil, err
	}
	count, err := n.Count(native.CountFindings)
	if err != nil {
		n.Close()
		return nil, err
	}
	return &Report{native: n, len: count, summary: Summary{
		Complete: s.Complete, Basis: Basis(s.Basis), Checked: s.Checked, Drifted: s.Drifted, Changed: s.Changed, Deleted: s.Deleted,
		Unmanaged: s.Unmanaged, Unreadable: s.Unreadable, Unsupported: s.Unsupported, Suppressed: s.Suppressed, Pending: s.Pending,
		Skipped: s.Skipped, Elapsed: time.Duration(s.ElapsedNS),
	}}, nil
}

// Close frees the report; it always returns nil. It waits for calls that other goroutines have in flight, and may be called again.
func (r *Report) Close() error {
	if r != nil && r.native != nil {
		r.native.Close()
	}
	return nil
}

// Clean is true when everything was judged, and nothing drifted.
func (r *Report) Clean() bool { return r.Complete() && r.len == 0 }

// Complete is false when anything that should have an answer has none: then no finding does not mean no drift. Errors says what.
func (r *Report) Complete() bool { return r.summary.Complete }

// Summary counts what was found.
func (r *Report) Summary() Summary { return r.summary }

// Len is the number of findings.
func (r *Report) Len() int { return r.len }

// At is the finding numbered i, which panics when there is none. To go through all of them, Findings is faster.
func (r *Report) At(i int) Finding {
	if i < 0 || i >= r.len {
		panic(misuse("drift: Report.At: index out of range", "use 0 to Len()-1"))
	}
	p := &pages{Pages: r.native.Pages()}
	defer p.Free()
	must(p.loadFindings(i, 1))
	return p.finding(0)
}

// Findings are the drifted resources. The loop may break off, and may be run any number of times; the report must stay open meanwhile.
func (r *Report) Findings() iter.Seq[Finding] {
	return list(r, (*pages).loadFindings, (*pages).finding)
}

// Errors are what should have an answer and has none.
func (r *Report) Errors() iter.Seq[Problem] { return list(r, (*pages).loadProblems, (*pages).problem) }

// Suppressed is what rules took out.
func (r *Report) Suppressed() iter.Seq[Suppressed] {
	return list(r, (*pages).loadSuppressed, (*pages).suppressed)
}

// Notes are what a person should know about the documents and rules.
func (r *Report) Notes() iter.Seq[Note] { return list(r, (*pages).loadNotes, (*pages).note) }

// stopped is the error of a scan that was stopped before its end.
func (r *Report) stopped() error {
	if r.Complete() {
		return nil
	}
	for p := range r.Errors() {
		if p.Address == "" && p.Err.Code.Family() == ErrStopped {
			return p.Err
		}
	}
	return nil
}

// TextOptions are those of Text and Explain. The zero value is 80 columns, every finding, no colour.
type TextOptions struct {
	Color          bool
	ASCII          bool
	ShowSuppressed bool // also what rules took out
	NoElapsed      bool
	Width          int // columns; 0: 80; negative: no limit
	MaxFindings    int // 0: all
}

func (o TextOptions) native() native.RenderOptions {
	var out native.RenderOptions
	for flag, on := range map[uint32]bool{
		native.RenderColor: o.Color, native.RenderASCII: o.ASCII, native.RenderSuppressed: o.ShowSuppressed, native.RenderNoElapsed: o.NoElapsed,
	} {
		if on {
			out.Flags |= flag
		}
	}
	out.Width = uint32(o.Width)
	if o.Width < 0 {
		out.Width = native.WidthUnlimited
	}
	out.MaxFindings = uint32(max(o.MaxFindings, 0))
	return out
}

// JSON is the report by docs/report.schema.json, indented.
func (r *Report) JSON() ([]byte, error) {
	text, err := r.native.Render(native.RenderJSON, native.RenderOptions{})
	return text, lift(err)
}

// MarshalJSON is the same in one line.
func (r *Report) MarshalJSON() ([]byte, error) {
	text, err := r.native.Render(native.RenderJSONCompact, native.RenderOptions{})
	return text, lift(err)
}

// Text is the report for people.
func (r *Report) Text(o TextOptions) (string, error) {
	text, err := r.native.Render(native.RenderText, o.native())
	return string(text), lift(err)
}

// String is the first line of Text.
func (r *Report) String() string {
	text, err := r.native.Render(native.RenderHeadline, native.RenderOptions{})
	if err != nil {
		return lift(err).Error()
	}
	return string(text)
}

// Explain tells all about one finding, error or suppressed entry: every side's value and why.
func (r *Report) Explain(address string, o TextOptions) (string, error) {
	text, err := r.native.Explain(address, o.native())
	if err != nil {
		return "", lift(err)
	}
	if text == nil {
		e := misuse("the report has nothing about "+address, "give the address of a finding, an error or a suppressed entry")
		e.Subject = address
		return "", e
	}
	return string(text), nil
}
