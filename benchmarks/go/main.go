// What crossing from C to Go costs: a call of the library against a bare call of the same signature, and the findings of a report by pages
// against one getter a field and against JSON. Medians of paired rounds of CPU time; status 1 when the ways do not find the same.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/libdrift/libdrift/bindings/go"
)

func main() {
	quick := flag.Bool("quick", false, "fewer resources and rounds")
	flag.String("drift", "", "not used: for benchmarks/run.sh, which gives it to all")
	flag.Parse()
	resources, rounds := 100_000, 9
	if *quick {
		resources, rounds = 10_000, 3
	}
	calls(rounds)
	findings(resources, rounds)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// cpu is the time that all threads of the process have used.
func cpu() time.Duration {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timed is the CPU time of work, which begins with a clean heap.
func timed(work func()) float64 {
	runtime.GC()
	begin := cpu()
	work()
	return float64(cpu() - begin)
}

func median(v []float64) (middle, least, most float64) {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2], v[0], v[len(v)-1]
}

// ratio prints a over b.
func ratio(what string, a, b []float64, wanted string) {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	middle, least, most := median(ratios)
	fmt.Printf("  %-46s %5.2f x [%.2f..%.2f]  (wanted: %s)\n", what, middle, least, most, wanted)
}

func per(v []float64, n int) float64 {
	middle, _, _ := median(v)
	return middle / float64(n)
}

func calls(rounds int) {
	document := state(1, "a")
	snapshot, err := drift.OpenSnapshot(context.Background(), drift.Bytes("state", document), nil)
	check(err)
	defer snapshot.Close()
	bare := newBareSnapshot(document)
	defer bare.free()
	address := "acme_box.b000000"
	if _, found, err := snapshot.Find(address); err != nil || !found {
		check(fmt.Errorf("%s was not found: %v", address, err))
	}
	const n = 1_000_000
	repeated := func(call func() error) float64 {
		return timed(func() {
			for range n {
				check(call())
			}
		})
	}
	var binding, same, empty []float64
	for range rounds {
		binding = append(binding, repeated(func() error { _, _, err := snapshot.Find(address); return err }))
		same = append(same, repeated(func() error { _, err := bare.find(address); return err }))
		empty = append(empty, repeated(func() error { _, err := bareFind(address); return err }))
	}
	fmt.Printf("calls: Snapshot.Find %.0f ns, drift_snapshot_find bare %.0f ns, a function of its signature that does nothing %.0f ns\n",
		per(binding, n), per(same, n), per(empty, n))
	ratio("Snapshot.Find over the same function bare", binding, same, "at most 1.3")
	ratio("Snapshot.Find over a function that does nothing", binding, empty, "none: it holds the search too")
}

// state is a document of n resources.
func state(n int, owner string) []byte {
	resources := make([]any, n)
	for i := range resources {
		resources[i] = map[string]any{
			"mode": "managed", "type": "acme_box", "name": fmt.Sprintf("b%06d", i), "provider": `provider["registry.example.com/acme/acme"]`,
			"instances": []any{map[string]any{"schema_version": 0, "attributes": map[string]any{
				"id": fmt.Sprint(i), "name": fmt.Sprintf("box number %d", i), "size": i % 17, "owner": owner}}},
		}
	}
	text, err := json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "bench", "outputs": map[string]any{}, "resources": resources,
	})
	check(err)
	return text
}

// said is a finding as a program without the binding's types reads it from JSON.
type said struct {
	Address, Type, Verdict, Fingerprint string
	Risk                                struct{ Level, Class, Direction, Why, Rule string }
	Basis                               []string
	Changes                             []struct {
		Path, Pointer, Section, Kind, Relation, Why, Rule, Mode, Reason string
		Sensitive                                                       bool
		ForcesReplacement                                               bool `json:"forces_replacement"`
		Recorded, Actual, Desired, Baseline                             json.RawMessage
	}
}

func findings(n, rounds int) {
	a, b := state(n, "ann"), state(n, "bob")
	var rows, pages, all, getter, jsons []float64
	for range rounds {
		var byPages, byGetters []drift.Finding
		var byJSON struct{ Findings []said }

		// A report makes its rows when it is first asked. The getters have theirs at hand, so that both only cross; JSON is made anew each time.
		report := diff(a, b)
		made := timed(func() {
			for range report.Findings() {
				break
			}
		})
		crossed := timed(func() {
			byPages = make([]drift.Finding, 0, report.Len())
			for f := range report.Findings() {
				byPages = append(byPages, f)
			}
		})
		report.Close()
		rows, pages, all = append(rows, made), append(pages, crossed), append(all, made+crossed)

		g := newGetters(a, b)
		getter = append(getter, timed(func() { byGetters = g.findings() }))
		g.free()

		report = diff(a, b)
		jsons = append(jsons, timed(func() {
			text, err := report.MarshalJSON()
			check(err)
			check(json.Unmarshal(text, &byJSON))
		}))
		report.Close()
		same(n, byPages, byGetters, byJSON.Findings)
	}
	fmt.Printf("%d findings: rows %.0f ns each and pages %.0f ns, getters %.0f ns, JSON %.0f ns\n",
		n, per(rows, n), per(pages, n), per(getter, n), per(jsons, n))
	ratio("getters over pages", getter, pages, "at least 3")
	ratio("JSON over rows and pages", jsons, all, "at least 3")
}

func diff(a, b []byte) *drift.Report {
	report, err := drift.Diff(context.Background(), drift.Bytes("a", a), drift.Bytes("b", b))
	check(err)
	return report
}

func same(n int, pages, getters []drift.Finding, said []said) {
	if len(pages) != n || len(getters) != n || len(said) != n {
		check(fmt.Errorf("%d, %d and %d findings, not %d", len(pages), len(getters), len(said), n))
	}
	for i, p := range pages {
		g, s := getters[i], said[i]
		if fmt.Sprint(p) != fmt.Sprint(g) || p.Address != s.Address || len(p.Changes) != 1 || string(p.Changes[0].Actual) != string(s.Changes[0].Actual) {
			check(fmt.Errorf("finding %d: %v, %v, %v", i, p, g, s))
		}
	}
}
