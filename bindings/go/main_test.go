package drift_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libdrift/libdrift/bindings/go"
	"github.com/libdrift/libdrift/bindings/go/internal/handles"
	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

var (
	leakMutex sync.Mutex
	leaked    []string // kinds of handles that were collected without Close
)

func takeLeaked() []string {
	leakMutex.Lock()
	defer leakMutex.Unlock()
	out := leaked
	leaked = nil
	return out
}

// No test may leave a handle behind.
func TestMain(m *testing.M) {
	if os.Getenv("DRIFT_TEST_EXIT") != "" {
		exitWithRunsInFlight()
	}
	told := func(kind string) {
		leakMutex.Lock()
		defer leakMutex.Unlock()
		leaked = append(leaked, kind)
	}
	native.OnLeak.Store(&told)
	status := m.Run()
	runtime.GC()
	runtime.GC()
	if left := takeLeaked(); len(left) > 0 {
		fmt.Println("handles were not closed:", left)
		status = 1
	}
	if n := settledHandles(); n != 0 {
		fmt.Println("handles that the library has not got back:", n)
		status = 1
	}
	if left := settledGoroutines(); left != "" {
		fmt.Println("goroutines that have not ended:\n" + left)
		status = 1
	}
	os.Exit(status)
}

// settledGoroutines are the stacks of those that still work for a scan, once those that are on their way out are gone.
func settledGoroutines() string {
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		all := make([]byte, 1<<20)
		all = all[:runtime.Stack(all, true)]
		left := []string{}
		for i, stack := range strings.Split(string(all), "\n\n") {
			if i > 0 && strings.Contains(stack, "libdrift/bindings/go.") { // the first is this one
				left = append(left, stack)
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			return strings.Join(left, "\n\n")
		}
	}
}

// settledHandles counts when no answer of a provider that was left is on its way any more.
func settledHandles() int {
	for end := time.Now().Add(5 * time.Second); handles.Count() != 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	return handles.Count()
}

// queueState is a Terraform state of message queues: name -> retention_days.
func queueState(days map[string]int) []byte {
	instances := []any{}
	names := []string{}
	for name := range days {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		instances = append(instances, map[string]any{
			"mode": "managed", "type": "acme_queue", "name": name, "provider": `provider["registry.example.com/acme/acme"]`,
			"instances": []any{map[string]any{"schema_version": 0, "attributes": map[string]any{
				"id": name, "arn": "acme:queue:" + name, "retention_days": days[name]}}},
		})
	}
	return stateOf(instances)
}

func stateOf(resources []any) []byte {
	text, err := json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "test", "outputs": map[string]any{}, "resources": resources,
	})
	if err != nil {
		panic(err)
	}
	return text
}

// broker is a provider of message queues.
type broker struct {
	days map[string]int
	read func(ctx context.Context, batch []drift.Resource) ([]drift.Outcome, error) // instead, when it is set
}

func (b *broker) Name() string    { return "acme" }
func (b *broker) Types() []string { return []string{"acme_*"} }

func (b *broker) Read(ctx context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
	if b.read != nil {
		return b.read(ctx, batch)
	}
	return b.outcomes(batch), nil
}

func (b *broker) outcomes(batch []drift.Resource) []drift.Outcome {
	outcomes := make([]drift.Outcome, len(batch))
	for i, r := range batch {
		days, exists := b.days[r.ID]
		if !exists {
			outcomes[i] = drift.Absent()
			continue
		}
		r.Attributes["retention_days"] = days
		outcomes[i] = drift.Found(r.Attributes)
	}
	return outcomes
}

// twoQueues is what most tests scan: of two queues, one has changed.
func twoQueues() drift.Options {
	return drift.Options{
		State:    drift.Bytes("state", queueState(map[string]int{"mail": 3, "orders": 14})),
		Provider: &broker{days: map[string]int{"mail": 3, "orders": 1}},
	}
}

func scan(t testing.TB, o drift.Options) *drift.Report {
	t.Helper()
	report, err := drift.Scan(t.Context(), o)
	if err != nil {
		t.Fatalf("Scan: %v", err)
	}
	closing(t, report)
	return report
}

// closing closes c when the test ends.
func closing(t testing.TB, c io.Closer) {
	t.Cleanup(func() { _ = c.Close() })
}

func addresses(report *drift.Report) []string {
	out := []string{}
	for f := range report.Findings() {
		out = append(out, f.Address)
	}
	return out
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
