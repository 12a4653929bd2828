// A Go program that embeds libdrift: embedded CONFIGURATION [WHAT]. CONFIGURATION is JSON with `settings`, the keys of a drift.yaml, and
// `relative_to`; WHAT is twice (two scans), many (scans by goroutines at once) or waits (a scan until the program is interrupted). Reports are
// printed as one line of JSON each.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"

	drift "github.com/libdrift/libdrift/bindings/go"
)

const scanners = 8

// printed one at a time
var mutex sync.Mutex

func scan(ctx context.Context, engine *drift.Engine) error {
	report, err := engine.Scan(ctx, drift.Options{})
	if err != nil {
		return err
	}
	defer report.Close()
	text, err := report.JSON()
	if err != nil {
		return err
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return err
	}
	mutex.Lock()
	defer mutex.Unlock()
	_, err = fmt.Println(line.String())
	return err
}

func many(ctx context.Context, engine *drift.Engine) error {
	all := make([]error, scanners)
	var group sync.WaitGroup
	for i := range all {
		group.Add(1)
		go func() {
			defer group.Done()
			all[i] = scan(ctx, engine)
		}()
	}
	group.Wait()
	return errors.Join(all...)
}

func waits(engine *drift.Engine) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := scan(ctx, engine)
	if errors.Is(err, context.Canceled) && errors.Is(err, drift.ErrCancelled) {
		fmt.Println(`"interrupted"`)
		return nil
	}
	return fmt.Errorf("not interrupted: %w", err)
}

func run(configuration, what string) error {
	var given struct {
		Settings   map[string]any
		RelativeTo string `json:"relative_to"`
	}
	if err := json.Unmarshal([]byte(configuration), &given); err != nil {
		return err
	}
	engine, err := drift.NewEngine(drift.Config{Settings: given.Settings, RelativeTo: given.RelativeTo})
	if err != nil {
		return err
	}
	defer engine.Close()
	ctx := context.Background()
	switch what {
	case "many":
		return many(ctx, engine)
	case "waits":
		return waits(engine)
	}
	return errors.Join(scan(ctx, engine), scan(ctx, engine))
}

func main() {
	what := "twice"
	if len(os.Args) > 2 {
		what = os.Args[2]
	}
	if err := run(os.Args[1], what); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
