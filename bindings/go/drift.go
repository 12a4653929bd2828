// Package drift finds and explains infrastructure drift: what exists is no longer what your infrastructure as code recorded.
//
//	report, err := drift.Scan(ctx, drift.Options{State: drift.File("terraform.tfstate")})
//	if err != nil {
//		return err
//	}
//	defer report.Close()
//	for finding := range report.Findings() {
//		fmt.Println(finding.Verdict, finding.Address, finding.Risk.Why)
//	}
//
// It is libdrift, a C++ library, in this process: no other program is started. Everything here may be called by any number of goroutines
// at once, where its comment does not say otherwise. What has a Close keeps memory of the library until it is closed. After that its methods
// give ErrClosed; Report.At and the loops over a report's or snapshot's lists, which cannot give an error, panic with it. What was counted
// before (Len, Complete, Summary, Clean) can still be asked.
package drift

import (
	"context"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// Version is that of the library that runs, for example "0.1.0".
func Version() string { return native.Version() }

// Scan compares what the state recorded with what is there. It is NewEngine, Engine.Scan and Close in one.
func Scan(ctx context.Context, o Options) (*Report, error) {
	e, o, err := engineFor(o)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return e.Scan(ctx, o)
}

// Diff compares two documents, a taken as recorded and b as actual.
func Diff(ctx context.Context, a, b Source) (*Report, error) {
	e, err := NewEngine(Config{})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return e.Diff(ctx, a, b)
}

// Accept scans and writes what is there now of the findings whose address matches one of the globs into the baseline file: later scans take it
// as right. An empty baseline is the configuration's (drift.baseline.jsonl).
func Accept(ctx context.Context, o Options, baseline string, globs ...string) (*Accepted, error) {
	e, o, err := engineFor(o)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return e.Accept(ctx, o, baseline, globs...)
}

// engineFor takes what an engine needs out of the options of a single scan.
func engineFor(o Options) (*Engine, Options, error) {
	config := o.Config
	if o.Provider != nil {
		config.Providers = append([]Provider{o.Provider}, config.Providers...)
	}
	o.Config, o.Provider = Config{}, nil
	e, err := NewEngine(config)
	return e, o, err
}
