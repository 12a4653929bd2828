package drift

import (
	"iter"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

const pageSize = 512

// pages is what goes through a list of a report: a page is loaded, and its rows are made one after the other.
type pages struct {
	*native.Pages
	changes []Change // of the page's rows, one behind the other
	taken   int      // by the rows that were made
}

// list is a list of a report; load loads a page and says how many rows it has, row makes one of them.
func list[T any](r *Report, load func(p *pages, first, n int) (int, error), row func(p *pages, i int) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		p := &pages{Pages: r.native.Pages()}
		defer p.Free()
		for first := 0; ; {
			n := must(load(p, first, pageSize))
			for i := range n {
				if !yield(row(p, i)) {
					return
				}
			}
			if n == 0 {
				return
			}
			first += n
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

func (p *pages) loadFindings(first, n int) (int, error) {
	n, err := p.LoadFindings(first, n)
	if n == 0 || err != nil {
		return 0, err
	}
	last := p.Finding(n - 1)
	return n, p.loadChanges(native.OfFindings, p.Finding(0).FirstChange, last.FirstChange+uint64(last.Changes))
}

func (p *pages) finding(i int) Finding {
	row := p.Finding(i)
	return Finding{
		Address: row.Address, Type: row.Type, Verdict: Verdict(row.Verdict), Fingerprint: row.Fingerprint, Basis: Basis(row.Basis),
		Class: Class(row.Class),
		Risk: Risk{Level: RiskLevel(row.RiskLevel), Class: RiskClass(row.RiskClass), Direction: RiskDirection(row.RiskDirection),
			Why: row.RiskWhy, Rule: row.RiskRule},
		Changes: p.take(int(row.Changes)),
	}
}

func (p *pages) loadSuppressed(first, n int) (int, error) {
	n, err := p.LoadSuppressed(first, n)
	if n == 0 || err != nil {
		return 0, err
	}
	last := p.Suppressed(n - 1)
	return n, p.loadChanges(native.OfSuppressed, p.Suppressed(0).FirstChange, last.FirstChange+uint64(last.Changes))
}

func (p *pages) suppressed(i int) Suppressed {
	row := p.Suppressed(i)
	return Suppressed{
		Address: row.Address, Type: row.Type, Verdict: Verdict(row.Verdict), Rule: row.Rule, Mode: Mode(row.Mode), Reason: row.Reason,
		Changes: p.take(int(row.Changes)),
	}
}

// loadChanges reads those numbered first to end, of which every row of the page then takes its own.
func (p *pages) loadChanges(of int32, first, end uint64) error {
	p.changes, p.taken = make([]Change, 0, end-first), 0
	for at := first; at < end; {
		n, err := p.LoadChanges(of, at, int(min(end-at, 4*pageSize)))
		if err != nil {
			return err
		}
		if n == 0 {
			return &native.Error{Code: int32(ErrInternal), Name: ErrInternal.String(), Message: "the report has fewer changes than its rows say"}
		}
		for i := range n {
			row := p.Change(i)
			p.changes = append(p.changes, Change{
				Path: row.Path, Pointer: row.Pointer, Section: Section(row.Section), Kind: Kind(row.Kind), Relation: Relation(row.Relation),
				Class: Class(row.Class), Why: row.Why, Rule: row.Rule, Mode: Mode(row.Mode), Reason: row.Reason,
				Sensitive: row.Flags&native.FlagSensitive != 0, ForcesReplacement: row.Flags&native.FlagForcesReplacement != 0,
				Recorded: row.Recorded, Actual: row.Actual, Desired: row.Desired, Baseline: row.Baseline,
			})
		}
		at += uint64(n)
	}
	return nil
}

func (p *pages) take(n int) []Change {
	own := p.changes[p.taken : p.taken+n : p.taken+n]
	p.taken += n
	return own
}

func (p *pages) loadProblems(first, n int) (int, error) { return p.LoadProblems(first, n) }

func (p *pages) problem(i int) Problem {
	row := p.Problem(i)
	return Problem{Address: row.Address, Type: row.Type, Verdict: Verdict(row.Verdict), Err: &Error{
		Code: Code(row.Code), Name: row.Name, Message: row.Message, Subject: row.Address, Next: row.Next,
		Retryable: row.Flags&native.FlagRetryable != 0,
	}}
}

func (p *pages) loadNotes(first, n int) (int, error) { return p.LoadNotes(first, n) }

func (p *pages) note(i int) Note { return Note(p.Note(i)) }
