package drift

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Provider reads live resources. libdrift makes the batches, bounds how many run at once, tries again what may pass, and gives up what takes
// too long.
//
// Read is called by several goroutines at once and gives one Outcome for each resource, in order. Its context is done when the answer is no
// longer wanted; a Read that does not return then is waited for two seconds and left. What could not be read is Failed, never Absent.
//
// An error from Read that is, or wraps, a *ReadError is that of each resource in the batch; one from List or Configure is that of all that the
// provider has to answer. Any other error stops the scan, which returns it as it is. So does a panic: it comes out of the scan's goroutine as a
// *ProviderPanic.
type Provider interface {
	Name() string
	Types() []string // globs of resource types, "acme_*"
	Read(ctx context.Context, batch []Resource) ([]Outcome, error)
}

// Lister is a Provider that can say what exists, managed or not: see Options.FindUnmanaged. No types: all.
type Lister interface {
	List(ctx context.Context, types []string) ([]Resource, error)
}

// Configurer is a Provider that takes its part of the settings (providers.NAME in drift.yaml), before the first Read.
type Configurer interface {
	Configure(ctx context.Context, config json.RawMessage) error
}

// Schemer is a Provider that knows facts of its types, by type.
type Schemer interface {
	Schemas() map[string]Schema
}

// Limiter is a Provider with limits of its own; 0 is the default (64 resources a batch, 8 batches at once).
type Limiter interface {
	Limits() (maxBatch, maxConcurrency int)
}

// Schema tells what is known of the attributes of a type, as paths ("tags", "ingress[*].cidr_blocks").
type Schema struct {
	Computed      []string          `json:"computed,omitempty"`        // set by the live system
	ReadOnly      []string          `json:"read_only,omitempty"`       // cannot be set
	WriteOnly     []string          `json:"write_only,omitempty"`      // never read back
	Sensitive     []string          `json:"sensitive,omitempty"`       // secrets
	ForceNew      []string          `json:"force_new,omitempty"`       // a change replaces the resource
	Set           []string          `json:"set,omitempty"`             // lists without order
	Derived       []string          `json:"derived,omitempty"`         // follow from others
	EmptyIsAbsent []string          `json:"empty_is_absent,omitempty"` // empty means the same as not there
	Keyed         map[string]string `json:"keyed,omitempty"`           // lists whose elements have a name: path -> member
}

// Resource is one managed thing. To a provider it says what is known: numbers are json.Number, secrets are "(sensitive)".
type Resource struct {
	Address    string         `json:"address"`
	Type       string         `json:"type"`
	ID         string         `json:"id,omitempty"`
	Provider   string         `json:"provider,omitempty"` // as the state names it; not looked at in what a host gives
	Attributes map[string]any `json:"attributes"`
	Inputs     map[string]any `json:"inputs,omitempty"`    // of Pulumi; only what is known has them
	Sensitive  []string       `json:"sensitive,omitempty"` // paths of attributes that are secrets; only what a host gives has them
}

// given is a resource as the library takes it.
func (r Resource) given() ([]byte, error) {
	r.Provider, r.Inputs = "", nil
	if r.Attributes == nil {
		r.Attributes = map[string]any{}
	}
	return json.Marshal(r)
}

// Outcome is what a read found: one of Found, Absent and Failed.
type Outcome struct {
	found  *foundResource
	absent bool
	err    *ReadError
}

type foundResource struct {
	Attributes any      `json:"attributes"`
	ID         string   `json:"id,omitempty"`
	Type       string   `json:"type,omitempty"`
	Sensitive  []string `json:"sensitive,omitempty"`
}

// Found says that the resource exists with these attributes: a map, or whatever encoding/json makes an object of.
func Found(attributes any) Outcome { return Outcome{found: &foundResource{Attributes: attributes}} }

// Absent says that the resource surely does not exist.
func Absent() Outcome { return Outcome{absent: true} }

// Failed says that it could not be read.
func Failed(err *ReadError) Outcome { return Outcome{err: err} }

// WithID is a Found whose id is another than known.
func (o Outcome) WithID(id string) Outcome { return o.with(func(f *foundResource) { f.ID = id }) }

// WithType is a Found whose type is another than known.
func (o Outcome) WithType(name string) Outcome {
	return o.with(func(f *foundResource) { f.Type = name })
}

// WithSensitive is a Found some of whose attributes, named by path, are secrets.
func (o Outcome) WithSensitive(paths ...string) Outcome {
	return o.with(func(f *foundResource) { f.Sensitive = append(slices.Clone(f.Sensitive), paths...) })
}

func (o Outcome) with(set func(*foundResource)) Outcome {
	if o.found != nil {
		copied := *o.found
		set(&copied)
		o.found = &copied
	}
	return o
}

// answer is an outcome as the library takes it. json.Marshal makes nothing of an Outcome, since loggers do that.
func (o Outcome) answer() any {
	switch {
	case o.found != nil:
		return map[string]any{"found": o.found}
	case o.absent:
		return map[string]any{"absent": true}
	case o.err != nil:
		return map[string]any{"error": o.err}
	}
	return struct{}{} // which the library refuses
}

// ReadError says why a resource could not be read. The scan goes on, and is incomplete.
type ReadError struct {
	Code      Code   // of the family ErrRead; 0 and the family itself are ErrReadFailed
	Message   string // one line, without secrets
	Next      string // what the person can do
	Retryable bool   // trying again soon may succeed: libdrift does (ErrReadThrottled and ErrReadTimeout are tried again without it)
}

func (e *ReadError) Error() string { return e.code().String() + ": " + e.Message }

func (e *ReadError) Unwrap() error { return e.code() }

// code is one that the library knows, where check has nothing against it.
func (e *ReadError) code() Code {
	code := e.Code
	if code > 0 { // as docs/errors.md writes it
		code = -code
	}
	if _, known := codeNames[code]; !known && (code == 0 || code.Family() == ErrRead) {
		return ErrReadFailed
	}
	return code
}

func (e *ReadError) check(provider string) error {
	if e == nil || e.code().Family() == ErrRead {
		return nil
	}
	return misuse(fmt.Sprintf("provider %s: a ReadError has the code %v, which says nothing of a read", provider, e.code()),
		"give one of the family ErrRead, or none")
}

func (e *ReadError) MarshalJSON() ([]byte, error) {
	out := struct {
		Code      string `json:"code"`
		Message   string `json:"message"`
		Next      string `json:"next,omitempty"`
		Retryable bool   `json:"retryable,omitempty"`
	}{e.code().String(), e.Message, e.Next, e.Retryable}
	return json.Marshal(out)
}

// ProviderFunc is a provider that reads one resource after the other of each batch.
func ProviderFunc(name string, types []string, read func(context.Context, Resource) (Outcome, error)) Provider {
	return &providerFunc{name, types, read}
}

type providerFunc struct {
	name  string
	types []string
	read  func(context.Context, Resource) (Outcome, error)
}

func (p *providerFunc) Name() string    { return p.name }
func (p *providerFunc) Types() []string { return p.types }

func (p *providerFunc) Read(ctx context.Context, batch []Resource) ([]Outcome, error) {
	outcomes := make([]Outcome, len(batch))
	for i, r := range batch {
		outcome, err := p.read(ctx, r)
		if err != nil {
			if failed := asReadError(err); failed != nil {
				outcome = Failed(failed)
			} else {
				return nil, err
			}
		}
		outcomes[i] = outcome
	}
	return outcomes, nil
}

// decode reads what the library asks for, with numbers as they are written.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("drift: what libdrift asked for is not understood: %w", err)
	}
	return nil
}
