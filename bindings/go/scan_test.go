package drift_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/libdrift/libdrift/bindings/go"
)

func TestFindingHasEveryField(t *testing.T) {
	report := scan(t, twoQueues())
	equal(t, "Len", report.Len(), 1)
	equal(t, "Complete", report.Complete(), true)
	equal(t, "Clean", report.Clean(), false)
	f := report.At(0)
	equal(t, "Address", f.Address, "acme_queue.orders")
	equal(t, "Type", f.Type, "acme_queue")
	equal(t, "Verdict", f.Verdict, drift.VerdictChanged)
	equal(t, "len(Fingerprint)", len(f.Fingerprint), 32)
	equal(t, "Basis", f.Basis, drift.BasisRecorded|drift.BasisActual)
	equal(t, "len(Changes)", len(f.Changes), 1)
	c := f.Changes[0]
	equal(t, "Path", c.Path, "retention_days")
	equal(t, "Pointer", c.Pointer, "/retention_days")
	equal(t, "Section", c.Section, drift.SectionAttributes)
	equal(t, "Kind", c.Kind, drift.KindModified)
	equal(t, "Relation", c.Relation, drift.RelationDrift)
	equal(t, "Recorded", string(c.Recorded), "14")
	equal(t, "Actual", string(c.Actual), "1")
	equal(t, "Desired is nil", c.Desired == nil, true)
	equal(t, "Baseline is nil", c.Baseline == nil, true)
	s := report.Summary()
	equal(t, "Checked", s.Checked, 2)
	equal(t, "Drifted", s.Drifted, 1)
	equal(t, "Changed", s.Changed, 1)
	equal(t, "Basis", s.Basis.String(), "recorded, actual")
}

// The file provider of the library, told by the smallest program.
func TestFilesOfThisMachine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "motd")
	if err := os.WriteFile(path, []byte("welcome, stranger\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "terraform.tfstate")
	text := stateOf([]any{map[string]any{
		"mode": "managed", "type": "local_file", "name": "motd", "provider": `provider["registry.terraform.io/hashicorp/local"]`,
		"instances": []any{map[string]any{"schema_version": 0, "attributes": map[string]any{"filename": path, "content": "welcome\n"}}},
	}})
	if err := os.WriteFile(state, text, 0o600); err != nil {
		t.Fatal(err)
	}
	report := scan(t, drift.Options{State: drift.File(state)})
	equal(t, "findings", addresses(report), []string{"local_file.motd"})
	equal(t, "actual", string(report.At(0).Changes[0].Actual), `"welcome, stranger\n"`)
	equal(t, "Class", report.At(0).Class, drift.ClassConfigOwned)
	equal(t, "Class of the change", report.At(0).Changes[0].Class, drift.ClassConfigOwned)
}

func plain(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// manyFindings compares documents of so many resources, in all of which something differs, and something that a rule takes out.
func manyFindings(t testing.TB, n int) *drift.Report {
	t.Helper()
	side := func(owner string) drift.Source {
		resources := make([]any, n)
		for i := range resources {
			attributes := map[string]any{"id": fmt.Sprint(i), "owner": owner, "note": "by " + owner, "tags": map[string]any{"team": owner, "n": i},
				"empty": ""}
			if i%3 == 0 {
				attributes["only_"+owner] = []any{i, nil, "ünï"}
			}
			resources[i] = map[string]any{"mode": "managed", "type": "acme_box", "name": fmt.Sprintf("b%05d", i),
				"provider":  `provider["registry.example.com/acme/acme"]`,
				"instances": []any{map[string]any{"schema_version": 0, "attributes": attributes}}}
		}
		return drift.Bytes(owner, stateOf(resources))
	}
	e := engine(t, drift.Config{Settings: map[string]any{"ignore": []any{map[string]any{
		"name": "notes", "path": "note", "mode": "mute", "reason": "free text"}}}})
	report, err := e.Diff(t.Context(), side("ann"), side("bob"))
	if err != nil {
		t.Fatal(err)
	}
	closing(t, report)
	return report
}

func engine(t testing.TB, c drift.Config) *drift.Engine {
	t.Helper()
	e, err := drift.NewEngine(c)
	if err != nil {
		t.Fatalf("NewEngine: %v", err)
	}
	closing(t, e)
	return e
}

func TestLoopOverFindingsCanBreakOff(t *testing.T) {
	report := manyFindings(t, 600)
	seen := 0
	for range report.Findings() {
		if seen++; seen == 3 {
			break
		}
	}
	equal(t, "seen", seen, 3)
}

func TestEverySourceGivesTheSame(t *testing.T) {
	state := queueState(map[string]int{"mail": 3, "orders": 14})
	path := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(path, state, 0o600); err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := json.Unmarshal(state, &value); err != nil {
		t.Fatal(err)
	}
	snapshot, err := drift.OpenSnapshot(t.Context(), drift.File(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	for name, source := range map[string]drift.Source{
		"File":              drift.File(path),
		"Bytes":             drift.Bytes("state", state),
		"Document(map)":     drift.Document("state", value),
		"Document(raw)":     drift.Document("state", json.RawMessage(state)),
		"Document([]byte)":  drift.Document("state", state),
		"Document(string)":  drift.Document("state", string(state)),
		"SourceFunc":        drift.SourceFunc("state", func(context.Context) ([]byte, error) { return state, nil }),
		"Snapshot":          snapshot,
		"Bytes, used again": drift.Bytes("state", state),
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				report := scan(t, drift.Options{State: source, Provider: &broker{days: map[string]int{"mail": 3, "orders": 1}}})
				equal(t, "findings", addresses(report), []string{"acme_queue.orders"})
			}
		})
	}
}

func TestDiffFetchesBothSides(t *testing.T) {
	fetch := func(days int) func(context.Context) ([]byte, error) {
		return func(context.Context) ([]byte, error) { return queueState(map[string]int{"orders": days}), nil }
	}
	report, err := drift.Diff(t.Context(), drift.SourceFunc("s3", fetch(14)), drift.SourceFunc("s3", fetch(2)))
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	equal(t, "recorded", string(report.At(0).Changes[0].Recorded), "14")
	equal(t, "actual", string(report.At(0).Changes[0].Actual), "2")
}

func TestAcceptedIsNoFindingAnyMore(t *testing.T) {
	baseline := filepath.Join(t.TempDir(), "baseline.jsonl")
	o := twoQueues()
	accepted, err := drift.Accept(t.Context(), o, baseline, "acme_queue.*")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Accepted", accepted.Accepted, []string{"acme_queue.orders"})
	equal(t, "Left", accepted.Left, 0)
	equal(t, "Complete", accepted.Complete, true)
	equal(t, "Baseline", accepted.Baseline, baseline)
	o.Baseline = drift.File(baseline)
	report := scan(t, o)
	equal(t, "findings", addresses(report), []string{})
	equal(t, "Basis", report.Summary().Basis, drift.BasisBaseline|drift.BasisRecorded|drift.BasisActual)
	o.NoBaseline = true
	equal(t, "findings without it", addresses(scan(t, o)), []string{"acme_queue.orders"})
}

func TestReportForPeople(t *testing.T) {
	report := scan(t, twoQueues())
	text, err := report.Text(drift.TextOptions{NoElapsed: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"1 drifted", "acme_queue.orders", "retention_days", "14", "2 checked"} {
		if !strings.Contains(text, part) {
			t.Errorf("the text lacks %q:\n%s", part, text)
		}
	}
	if colored, _ := report.Text(drift.TextOptions{Color: true}); !strings.Contains(colored, "\x1b[") {
		t.Error("Color has no effect")
	}
	if !strings.HasPrefix(report.String(), "1 drifted") || strings.Contains(report.String(), "\n") {
		t.Errorf("String is not the first line: %q", report.String())
	}
	why, err := report.Explain("acme_queue.orders", drift.TextOptions{})
	if err != nil || !strings.Contains(why, "recorded") || !strings.Contains(why, "14") {
		t.Errorf("Explain: %v, %q", err, why)
	}
	_, err = report.Explain("acme_queue.none", drift.TextOptions{})
	wantError(t, err, drift.ErrInvalidArgument)
}

func TestOneEngineManyGoroutines(t *testing.T) {
	e := engine(t, drift.Config{Providers: []drift.Provider{&broker{days: map[string]int{"mail": 3, "orders": 1}}}})
	state := drift.Bytes("state", queueState(map[string]int{"mail": 3, "orders": 14}))
	shared, err := e.Scan(t.Context(), drift.Options{State: state})
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 5 {
				report, err := e.Scan(t.Context(), drift.Options{State: state})
				if err != nil {
					t.Errorf("Scan: %v", err)
					return
				}
				equal(t, "own report", addresses(report), []string{"acme_queue.orders"})
				report.Close()
				equal(t, "shared report", addresses(shared), []string{"acme_queue.orders"})
			}
		}()
	}
	all.Wait()
}

func TestSnapshot(t *testing.T) {
	s, err := drift.BuildSnapshot(func(yield func(drift.Resource) bool) {
		for _, name := range []string{"a", "b"} {
			if !yield(drift.Resource{Address: "acme_queue." + name, Type: "acme_queue", ID: name, Attributes: map[string]any{
				"name": name, "password": "hunter2"}, Sensitive: []string{"password"}}) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	equal(t, "Len", s.Len(), 2)
	names := []string{}
	for e := range s.Entries() {
		equal(t, "Kind", e.Kind, drift.ResourceManaged)
		names = append(names, e.Address)
	}
	equal(t, "Entries", names, []string{"acme_queue.a", "acme_queue.b"})
	i, found, err := s.Find("acme_queue.b")
	equal(t, "Find", fmt.Sprint(i, found, err), "1 true <nil>")
	_, found, err = s.Find("acme_queue.c")
	equal(t, "Find nothing", fmt.Sprint(found, err), "false <nil>")
	r, err := s.Resource(1)
	if err != nil || !strings.Contains(string(r), `"name":"b"`) || strings.Contains(string(r), "hunter2") {
		t.Errorf("Resource: %v, %s", err, r)
	}
	if hash, err := s.Hash(); err != nil || len(hash) != 64 {
		t.Errorf("Hash: %v, %q", err, hash)
	}
	_, err = s.Resource(2)
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.BuildSnapshot(func(yield func(drift.Resource) bool) {
		_ = yield(drift.Resource{Address: "x", Type: "t"}) && yield(drift.Resource{Address: "x", Type: "t"})
	})
	wantError(t, err, drift.ErrDuplicateAddress)
	report, err := drift.Diff(t.Context(), s, s)
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	equal(t, "findings of a snapshot and itself", report.Len(), 0)
	equal(t, "Clean", report.Clean(), true)
}
