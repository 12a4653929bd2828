package drift

import (
	"iter"
	"time"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

const pageSize = 512

// Report is what a scan found. It does not change, and its lists are sorted by address.
type Report struct {
	native  *native.Report
	summary Summary
	len     int
}

// Summary counts.
type Summary struct {
	Complete    bool  // see Report.Complete
	Basis       Basis // the sides that took part
	Checked     int   // resources with an answer: in sync, drifted or suppressed
	Drifted     int   // findings: changed, deleted and unmanaged
	Changed     int
	Deleted     int
	Unmanaged   int
	Unreadable  int
	Unsupported int
	Suppressed  int // single differences that a rule took out
	Pending     int // resources that differ only from what is desired
	Skipped     int
	Elapsed     time.Duration
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

// Close frees the report. It waits for calls that other goroutines have in flight, and may be called again.
func (r *Report) Close() { r.native.Close() }

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
	pages := &reader{Pages: r.native.Pages()}
	defer pages.Free()
	return must(findings(pages, nil, i, 1))[0]
}

// Findings are the drifted resources. A later stage of the loop may break off; the report must stay open for as long as it goes on.
func (r *Report) Findings() iter.Seq[Finding] { return list(r, findings) }

// Errors are what should have an answer and has none.
func (r *Report) Errors() iter.Seq[Problem] { return list(r, problems) }

// Suppressed is what rules took out.
func (r *Report) Suppressed() iter.Seq[Suppressed] { return list(r, suppressed) }

// Notes are what a person should know about the documents and rules.
func (r *Report) Notes() iter.Seq[Note] { return list(r, notes) }

// reader is what goes through the lists of a report.
type reader struct {
	*native.Pages
	spans []span // where the changes of a page are
}

// list goes through pages; page appends one to the slice that it is given.
func list[T any](r *Report, page func(*reader, []T, int, int) ([]T, error)) iter.Seq[T] {
	return func(yield func(T) bool) {
		pages := &reader{Pages: r.native.Pages()}
		defer pages.Free()
		var rows []T
		for first := 0; ; {
			rows = must(page(pages, rows[:0], first, pageSize))
			for i := range rows {
				if !yield(rows[i]) {
					return
				}
			}
			if len(rows) == 0 {
				return
			}
			first += len(rows)
		}
	}
}

// must is for what can only fail when the report was closed.
func must[T any](v T, err error) T {
	if err != nil {
		panic(lift(err))
	}
	return v
}

func findings(p *reader, out []Finding, first, n int) ([]Finding, error) {
	p.spans = p.spans[:0]
	_, err := p.Findings(first, n, func(row native.FindingRow) {
		out = append(out, Finding{
			Address: row.Address, Type: row.Type, Verdict: Verdict(row.Verdict), Fingerprint: row.Fingerprint, Basis: Basis(row.Basis),
			Risk: Risk{Level: RiskLevel(row.RiskLevel), Class: RiskClass(row.RiskClass), Direction: RiskDirection(row.RiskDirection),
				Why: row.RiskWhy, Rule: row.RiskRule},
		})
		p.spans = append(p.spans, span{row.FirstChange, row.Changes})
	})
	if err != nil {
		return nil, err
	}
	return out, changes(p, native.OfFindings, func(i int, c []Change) { out[i].Changes = c })
}

func suppressed(p *reader, out []Suppressed, first, n int) ([]Suppressed, error) {
	p.spans = p.spans[:0]
	_, err := p.Suppressed(first, n, func(row native.SuppressedRow) {
		out = append(out, Suppressed{Address: row.Address, Type: row.Type, Verdict: Verdict(row.Verdict), Rule: row.Rule, Mode: Mode(row.Mode),
			Reason: row.Reason})
		p.spans = append(p.spans, span{row.FirstChange, row.Changes})
	})
	if err != nil {
		return nil, err
	}
	return out, changes(p, native.OfSuppressed, func(i int, c []Change) { out[i].Changes = c })
}

func problems(p *reader, out []Problem, first, n int) ([]Problem, error) {
	_, err := p.Problems(first, n, func(row native.ProblemRow) {
		out = append(out, Problem{Address: row.Address, Type: row.Type, Verdict: Verdict(row.Verdict), Err: &Error{
			Code: Code(row.Code), Name: row.Name, Message: row.Message, Subject: row.Address, Next: row.Next,
			Retryable: row.Flags&native.FlagRetryable != 0,
		}})
	})
	return out, err
}

func notes(p *reader, out []Note, first, n int) ([]Note, error) {
	_, err := p.Notes(first, n, func(row native.NoteRow) { out = append(out, Note(row)) })
	return out, err
}

// span is where the changes of one row lie in the list of all.
type span struct {
	first uint64
	n     uint32
}

// changes reads those of the page's rows, which lie one behind the other, and gives each row its own.
func changes(p *reader, of int32, give func(i int, c []Change)) error {
	rows := p.spans
	if len(rows) == 0 {
		return nil
	}
	total := 0
	for _, s := range rows {
		total += int(s.n)
	}
	all := make([]Change, 0, total)
	for len(all) < total {
		n, err := p.Changes(of, rows[0].first+uint64(len(all)), min(total-len(all), 4*pageSize), func(row native.ChangeRow) {
			all = append(all, Change{
				Path: row.Path, Pointer: row.Pointer, Section: Section(row.Section), Kind: Kind(row.Kind), Relation: Relation(row.Relation),
				Why: row.Why, Rule: row.Rule, Mode: Mode(row.Mode), Reason: row.Reason,
				Sensitive: row.Flags&native.FlagSensitive != 0, ForcesReplacement: row.Flags&native.FlagForcesReplacement != 0,
				Recorded: row.Recorded, Actual: row.Actual, Desired: row.Desired, Baseline: row.Baseline,
			})
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return &native.Error{Code: int32(ErrInternal), Name: ErrInternal.String(), Message: "the report has fewer changes than its findings say"}
		}
	}
	at := 0
	for i, s := range rows {
		give(i, all[at:at+int(s.n):at+int(s.n)])
		at += int(s.n)
	}
	return nil
}

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
