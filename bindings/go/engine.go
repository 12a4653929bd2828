package drift

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"time"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// Config is what an Engine does with every scan. The zero Config reads files (local_file and the like), and nothing else.
type Config struct {
	Project    string         // a drift.yaml; paths in it are relative to its folder
	Settings   map[string]any // the keys of a drift.yaml in place (docs/drift.yaml.md)
	RelativeTo string         // the folder for relative paths in Settings

	Providers      []Provider // asked in this order, before libdrift's own file provider
	NoFileProvider bool       // leave that one out

	Record string // write every read into this folder
	Replay string // answer reads from such a folder

	KeyFile       string // the key that secrets in baseline and recording are sealed with
	FindUnmanaged bool   // also look for what no document has, where providers can list
	Attempts      int    // for reads that may pass when tried again; 0: 4
	Targets       []string
	Exclude       []string
	Parallel      int // reads at once; 0: 8
	ReadTimeout   time.Duration
	Timeout       time.Duration // stop then and report what is known; 0: none
}

// Options are those of one scan. State is needed, unless Desired, Baseline or the project says what to compare.
type Options struct {
	State    Source // what was recorded: a state, a plan, a stack export
	Desired  Source // what the program declares: a plan, or any document taken as such
	Baseline Source // what was accepted before
	Actual   Source // a document instead of live reads

	Timeout       time.Duration // stop then and report what is known; a context's deadline gives an error instead
	FindUnmanaged bool
	NoBaseline    bool // none, whatever the configuration says

	Logger   *slog.Logger          // gets what the scan has to say, with the attributes code and address
	Progress func(done, total int) // called by the goroutine of the scan

	// Now, where it is set, is the time at which the scan takes place, for rules that expire and the like. It passes only where the scan
	// waits (before it tries a read again), and then at once; reads and the timeouts of the configuration are not timed.
	Now time.Time

	// For Scan and Accept of this package, which make an engine of them. An Engine has its own, and refuses these.
	Provider Provider
	Config   Config
}

// Engine is a configuration, ready to scan any number of times, by any number of goroutines at once.
type Engine struct {
	native    *native.Engine
	providers map[string]Provider
	open      context.Context // done when the engine is closed
	shut      context.CancelCauseFunc
}

// NewEngine reads and checks the configuration.
func NewEngine(c Config) (*Engine, error) {
	text, err := c.json()
	if err != nil {
		return nil, err
	}
	n, err := native.NewEngine(text)
	if err != nil {
		return nil, lift(err)
	}
	e := &Engine{native: n, providers: make(map[string]Provider)}
	for _, p := range c.Providers {
		e.providers[p.Name()] = p
	}
	e.open, e.shut = context.WithCancelCause(context.Background())
	return e, nil
}

// Close cancels the scans that are under way, waits for them and frees the engine. It may be called again, but not by a provider's Read.
func (e *Engine) Close() {
	e.shut(ErrClosed)
	e.native.Close()
}

func (c *Config) json() ([]byte, error) {
	out := map[string]any{}
	set := func(key string, value any) {
		if !reflect.ValueOf(value).IsZero() {
			out[key] = value
		}
	}
	set("project", c.Project)
	set("settings", c.Settings)
	set("relative_to", c.RelativeTo)
	set("record", c.Record)
	set("replay", c.Replay)
	set("key_file", c.KeyFile)
	set("find_unmanaged", c.FindUnmanaged)
	set("attempts", c.Attempts)
	set("targets", c.Targets)
	set("exclude", c.Exclude)
	set("parallel", c.Parallel)
	set("read_timeout", durationText(c.ReadTimeout))
	set("timeout", durationText(c.Timeout))
	if c.NoFileProvider {
		out["file_provider"] = false
	}
	var providers []map[string]any
	for _, p := range c.Providers {
		if p == nil {
			return nil, misuse("a provider is nil", "")
		}
		providers = append(providers, providerConfig(p))
	}
	set("providers", providers)
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("drift: the settings cannot be written as JSON: %w", err)
	}
	return text, nil
}

func providerConfig(p Provider) map[string]any {
	types := p.Types()
	if types == nil {
		types = []string{}
	}
	out := map[string]any{"name": p.Name(), "types": types}
	if l, ok := p.(Limiter); ok {
		batch, concurrency := l.Limits()
		if batch > 0 {
			out["max_batch"] = batch
		}
		if concurrency > 0 {
			out["max_concurrency"] = concurrency
		}
	}
	if _, ok := p.(Lister); ok {
		out["can_list"] = true
	}
	if s, ok := p.(Schemer); ok {
		out["schemas"] = s.Schemas()
	}
	return out
}

// durationText is a duration as drift.yaml writes it: whole milliseconds, at least one.
func durationText(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf("%dms", milliseconds(d))
}

func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

// Scan compares what the state recorded with what is there. Close the report when it is no longer needed.
//
// When the context is done before the scan is, the error is both the library's (ErrCancelled, ErrDeadline) and the context's.
func (e *Engine) Scan(ctx context.Context, o Options) (*Report, error) {
	return e.report(ctx, &o, e.native.StartScan)
}

// Diff compares two documents, a taken as recorded and b as actual.
func (e *Engine) Diff(ctx context.Context, a, b Source) (*Report, error) {
	if a == nil || b == nil {
		return nil, misuse("Diff needs two documents", "give a File, Bytes, Document, SourceFunc or Snapshot for each")
	}
	return e.report(ctx, &Options{State: a, Actual: b}, e.native.StartDiff)
}

func (e *Engine) report(ctx context.Context, o *Options, start func(*native.ScanOptions) (*native.Run, error)) (*Report, error) {
	var report *Report
	err := e.run(ctx, o, start, func(r *run) error {
		n, err := r.native.Report()
		if err != nil {
			return err
		}
		if report, err = newReport(n); err != nil {
			return err
		}
		if err = r.cutShort(report); err != nil {
			report.Close()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

// Accepted is what an accept did.
type Accepted struct {
	Accepted []string  // addresses
	Left     int       // findings that were not accepted
	Complete bool      // false: not everything could be judged, so that nothing being left does not mean being in order
	Baseline string    // the file
	Errors   []Problem // what could not be judged, and was not accepted
}

// Accept scans and writes what is there now of the findings whose address matches one of the globs into the baseline file.
func (e *Engine) Accept(ctx context.Context, o Options, baseline string, globs ...string) (*Accepted, error) {
	var accepted *Accepted
	start := func(so *native.ScanOptions) (*native.Run, error) { return e.native.StartAccept(so, globs, baseline) }
	err := e.run(ctx, &o, start, func(r *run) error {
		text, err := r.native.Accepted()
		if err == nil {
			accepted, err = readAccepted(text)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return accepted, nil
}

func readAccepted(text []byte) (*Accepted, error) {
	var in struct {
		Accepted []string
		Left     int
		Complete bool
		Baseline string
		Errors   []struct {
			Address, Type, Verdict, Code, Message, Next string
		}
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("drift: what libdrift accepted is not understood: %w", err)
	}
	out := &Accepted{Accepted: in.Accepted, Left: in.Left, Complete: in.Complete, Baseline: in.Baseline}
	for _, p := range in.Errors {
		out.Errors = append(out.Errors, Problem{
			Address: p.Address, Type: p.Type, Verdict: verdictNamed(p.Verdict),
			Err: &Error{Code: codeNamed(p.Code), Name: p.Code, Message: p.Message, Subject: p.Address, Next: p.Next},
		})
	}
	return out, nil
}
