// A program of Pulumi's Automation API that looks for drift in its own stack: automation_go PROJECT_FOLDER STACK.
//
// What exists is asked of the stack's own resource plugins, as `pulumi refresh --preview-only` does, in this process: no CLI is started for it.
// Ends with 0 clean, 2 drift, 3 incomplete.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	drift "github.com/libdrift/libdrift/bindings/go"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

func check(ctx context.Context, stack auto.Stack) (*drift.Report, error) {
	deployment, err := stack.Export(ctx)
	if err != nil {
		return nil, err
	}
	engine, err := drift.NewEngine(drift.Config{Settings: map[string]any{"providers": map[string]any{"pulumi": nil}}})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	return engine.Scan(ctx, drift.Options{State: drift.Document("stack export", deployment)})
}

func main() {
	ctx := context.Background()
	stack, err := auto.SelectStackLocalSource(ctx, os.Args[2], os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	report, err := check(ctx, stack)
	if err != nil {
		log.Fatal(err)
	}
	for f := range report.Findings() {
		fmt.Print(f.Verdict, " ", f.Address)
		for _, c := range f.Changes {
			fmt.Print(" ", c.Path)
		}
		fmt.Println()
	}
	for e := range report.Errors() { // what could not be read is never a deletion
		fmt.Println(e.Verdict, e.Address, e.Err)
	}
	os.Exit(exit(report))
}

func exit(report *drift.Report) int {
	defer report.Close()
	switch {
	case report.Len() > 0:
		return 2
	case !report.Complete():
		return 3
	}
	return 0
}
