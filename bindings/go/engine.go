package drift

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
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

	// Stack is a Pulumi stack where it lives (PULUMI_BACKEND_URL, pulumi login), as the state where Options.State is nil: "stack",
	// "project/stack" or "organisation/project/stack".
	Stack string
	// Decrypt is asked for secrets of a Pulumi stack that cannot be decrypted here: those of a cloud's key service, for instance.
	Decrypt func(ctx context.Context, request DecryptRequest) ([][]byte, error)

	KeyFile       string // the key that secrets in baseline and recording are sealed with
	FindUnmanaged bool   // also look for what no document has, where providers can list
	Attempts      int    // for reads that may pass when tried again; 0: 4
	Targets       []string
	Exclude       []string
	Parallel      int // reads at once; 0: 8
	ReadTimeout   time.Duration
	Timeout       time.Duration // of every scan, as Options.Timeout: of both the lesser holds; 0: none
}

// Options are those of one scan. State is needed, unless Desired, Baseline or the project says what to compare.
type Options struct {
	State    Source // what was recorded: a state, a plan, a stack export
	Desired  Source // what the program declares: a plan, or any document taken as such
	Baseline Source // what was accepted before
	Actual   Source // a document instead of live reads

	// Timeout stops the scan: once anything has been answered with a report of what is known by then, which is not Complete, and before that
	// with ErrDeadline. A context's deadline always gives an error. 0: none, or the configuration's; less is refused.
	Timeout       time.Duration
	FindUnmanaged bool
	NoBaseline    bool // none, whatever the configuration says

	Logger   *slog.Logger          // gets what the scan has to say, with the attributes code and address; called by the goroutine of the scan
	Progress func(done, total int) // called by the goroutine of the scan

	// Now, where it is set, is the time at which the scan takes place, for rules that expire and the like. It passes only where the scan
	// waits (before it tries a read again), and then at once; reads and the timeouts of the configuration are not timed. Years 1678 to 2262.
	Now time.Time

	// For Scan and Accept of this package, which make an engine of them. An Engine has its own, and refuses these.
	Provider Provider
	Config   Config
}

// Engine is a configuration, ready to scan any number of times, by any number of goroutines at once.
type Engine struct {
	native    *native.Engine
	providers map[string]Provider
	decrypt   func(context.Context, DecryptRequest) ([][]byte, error)
	open      context.Context // done when the engine is closed
	shut      context.CancelCauseFunc
	inside    goroutines
}

// NewEngine reads and checks the configuration.
func NewEngine(c Config) (*Engine, error) {
	if c.Timeout < 0 || c.ReadTimeout < 0 {
		return nil, misuse("a timeout of the configuration is negative", "give 0 for none, or a time")
	}
	text, err := c.json()
	if err != nil {
		return nil, err
	}
	n, err := native.NewEngine(text)
	if err != nil {
		return nil, lift(err)
	}
	e := &Engine{native: n, providers: make(map[string]Provider), decrypt: c.Decrypt}
	for _, p := range c.Providers {
		e.providers[p.Name()] = p
	}
	e.open, e.shut = context.WithCancelCause(context.Background())
	return e, nil
}

// errEngineClosed is why the contexts of an engine's scans are done when it is closed.
var errEngineClosed error = &Error{Code: ErrClosed, Name: ErrClosed.String(), Message: "the engine was closed while it was scanning"}

// Close cancels the scans that are under way, waits for them and frees the engine; it always returns nil. It may be called again.
//
// What a scan calls (Read, List and Configure of a provider, a SourceFunc, Options.Progress, a handler of Options.Logger) must not close the
// scan's engine, which would wait for itself: Close panics there. What such a call waits for must not either.
func (e *Engine) Close() error {
	if e == nil || e.native == nil {
		return nil
	}
	if e.inside.here() {
		panic(&Error{Code: ErrBusy, Name: ErrBusy.String(),
			Message: "drift: Engine.Close was called by a provider, source, Progress or Logger of its own scan",
			Next:    "cancel the scan's context there, and close the engine when the scan has returned"})
	}
	e.shut(errEngineClosed)
	e.native.Close()
	return nil
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
	set("stack", c.Stack)
	set("decrypt", c.Decrypt != nil)
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
	whole := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		whole++
	}
	return whole
}

// Scan compares what the state recorded with what is there. Close the report when it is no longer needed.
//
// When the context is done before the scan is, the error is both the library's (ErrCancelled, ErrDeadline) and the context's. When the engine
// is closed meanwhile, it is ErrClosed. See Options.Timeout for a scan's own.
func (e *Engine) Scan(ctx context.Context, o Options) (*Report, error) {
	return e.report(ctx, &o, e.native.StartScan)
}

// Diff compares two documents, a taken as recorded and b as actual. Scan does the same with Options.State and Options.Actual, where there is
// more to say.
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
			_ = report.Close()
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
	Accepted []string  `json:"accepted"` // addresses
	Left     int       `json:"left"`     // findings that were not accepted
	Complete bool      `json:"complete"` // false: not everything could be judged, so that nothing being left does not mean being in order
	Baseline string    `json:"baseline"` // the file
	Errors   []Problem `json:"errors"`   // what could not be judged, and was not accepted
}

// Accept scans and writes what is there now of the findings whose address matches one of the globs into the baseline file.
func (e *Engine) Accept(ctx context.Context, o Options, baseline string, globs ...string) (*Accepted, error) {
	for _, glob := range globs {
		if strings.ContainsRune(glob, 0) { // where C's text would end
			return nil, misuse("a glob has a zero byte", "give addresses, with * and ? for any text and any letter")
		}
	}
	accepted := &Accepted{}
	start := func(so *native.ScanOptions) (*native.Run, error) { return e.native.StartAccept(so, globs, baseline) }
	err := e.run(ctx, &o, start, func(r *run) error {
		text, err := r.native.Accepted()
		if err != nil {
			return err
		}
		if err = json.Unmarshal(text, accepted); err != nil {
			return fmt.Errorf("drift: what libdrift accepted is not understood: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return accepted, nil
}
