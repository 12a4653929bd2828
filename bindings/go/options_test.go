package drift_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libdrift/libdrift/bindings/go"
	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// Every key of the library's configuration is a field, and the other way round.
func TestEveryKeyOfTheConfigurationIsAField(t *testing.T) {
	text, err := native.DescribeConfig()
	if err != nil {
		t.Fatal(err)
	}
	var keys []struct{ Key string }
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	known := []string{}
	for _, k := range keys {
		known = append(known, k.Key)
	}
	fields := []string{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[drift.Config]()) {
		name := strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(f.Name, "${1}_$2"))
		fields = append(fields, strings.TrimPrefix(name, "no_"))
	}
	slices.Sort(known)
	slices.Sort(fields)
	equal(t, "fields", fields, known)
}

func write(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// counting is a provider of mail (as recorded) and orders (changed) that counts what it is asked.
func counting() (*broker, *atomic.Int32) {
	var reads atomic.Int32
	b := &broker{days: map[string]int{"mail": 3, "orders": 1}}
	b.read = func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		reads.Add(int32(len(batch)))
		return b.outcomes(batch), nil
	}
	return b, &reads
}

func TestTargetsAndExclude(t *testing.T) {
	for _, c := range []drift.Config{{Targets: []string{"acme_queue.m*"}}, {Exclude: []string{"acme_queue.orders"}}} {
		o := twoQueues()
		b, reads := counting()
		o.Provider, o.Config = b, c
		report := scan(t, o)
		equal(t, "clean without orders", report.Clean(), true)
		equal(t, "skipped", report.Summary().Skipped, 1)
		equal(t, "read", reads.Load(), int32(1))
	}
}

func TestDesiredAndActual(t *testing.T) {
	b, reads := counting()
	o := drift.Options{
		State:   drift.Bytes("state", queueState(map[string]int{"mail": 3, "orders": 14})),
		Desired: drift.Bytes("desired", queueState(map[string]int{"mail": 3, "orders": 30})),
		Actual:  drift.Bytes("actual", queueState(map[string]int{"mail": 3, "orders": 7})), Provider: b,
	}
	report := scan(t, o)
	equal(t, "Basis", report.Summary().Basis, drift.BasisDesired|drift.BasisRecorded|drift.BasisActual)
	equal(t, "findings", addresses(report), []string{"acme_queue.orders"})
	c := report.At(0).Changes[0]
	equal(t, "sides", string(c.Desired)+" "+string(c.Recorded)+" "+string(c.Actual), "30 14 7")
	equal(t, "Relation", c.Relation, drift.RelationConflict)
	equal(t, "nothing was read live", reads.Load(), int32(0))
}

func TestRecordAndReplay(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "reads")
	o := twoQueues()
	b, reads := counting()
	o.Provider, o.Config = b, drift.Config{Record: folder}
	equal(t, "findings", addresses(scan(t, o)), []string{"acme_queue.orders"})
	before := reads.Load()
	o.Config = drift.Config{Replay: folder}
	equal(t, "findings of the recording", addresses(scan(t, o)), []string{"acme_queue.orders"})
	equal(t, "reads", reads.Load(), before)
	o.Config = drift.Config{Replay: filepath.Join(t.TempDir(), "none")}
	_, err := drift.Scan(t.Context(), o)
	wantError(t, err, drift.ErrNotFound)
}

// A secret in a baseline is sealed with the key of the configuration, and cannot be told without it.
func TestKeyFile(t *testing.T) {
	folder := t.TempDir()
	key, baseline := filepath.Join(folder, "own.key"), filepath.Join(folder, "baseline.jsonl")
	state := stateOf([]any{map[string]any{"mode": "managed", "type": "acme_queue", "name": "mail",
		"provider": `provider["registry.example.com/acme/acme"]`, "instances": []any{map[string]any{"schema_version": 0,
			"attributes":           map[string]any{"id": "mail", "token": "old"},
			"sensitive_attributes": []any{[]any{map[string]any{"type": "get_attr", "value": "token"}}}}}}})
	o := drift.Options{State: drift.Bytes("state", state), Config: drift.Config{KeyFile: key}}
	o.Provider = &broker{read: func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		return []drift.Outcome{drift.Found(map[string]any{"id": "mail", "token": "new"}).WithSensitive("token")}, nil
	}}
	accepted, err := drift.Accept(t.Context(), o, baseline, "acme_queue.mail")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Accepted", accepted.Accepted, []string{"acme_queue.mail"})
	if _, err := os.Stat(key); err != nil {
		t.Fatal(err)
	}
	o.Baseline = drift.File(baseline)
	equal(t, "with the key", scan(t, o).Clean(), true)
	o.Config.KeyFile = write(t, filepath.Join(folder, "other.key"), bytes.Repeat([]byte("ab"), 32))
	report, err := drift.Scan(t.Context(), o)
	if err == nil {
		closing(t, report)
	}
	equal(t, "clean with another key", err == nil && report.Clean(), false)
}

func TestNoFileProvider(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "motd"), []byte("welcome\n"))
	state := drift.Bytes("state", stateOf([]any{map[string]any{
		"mode": "managed", "type": "local_file", "name": "motd", "provider": `provider["registry.terraform.io/hashicorp/local"]`,
		"instances": []any{map[string]any{"schema_version": 0, "attributes": map[string]any{"filename": path, "content": "welcome\n"}}},
	}}))
	equal(t, "with it", scan(t, drift.Options{State: state}).Summary().Checked, 1)
	without := scan(t, drift.Options{State: state, Provider: &broker{}, Config: drift.Config{NoFileProvider: true}})
	equal(t, "without it", fmt.Sprint(without.Summary().Checked, without.Summary().Unsupported, without.Complete()), "0 1 false")
}

func TestProjectAndRelativeTo(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "my.tfstate"), queueState(map[string]int{"mail": 3, "orders": 14}))
	project := write(t, filepath.Join(folder, "drift.yaml"), []byte("version: 1\nstate: my.tfstate\n"))
	b, _ := counting()
	settings := map[string]any{"state": "my.tfstate"}
	for _, c := range []drift.Config{{Project: project}, {Settings: settings, RelativeTo: folder}} {
		equal(t, "findings", addresses(scan(t, drift.Options{Provider: b, Config: c})), []string{"acme_queue.orders"})
	}
	_, err := drift.Scan(t.Context(), drift.Options{Provider: b, Config: drift.Config{Settings: settings}})
	wantError(t, err, drift.ErrNotFound)
}

func TestAttempts(t *testing.T) {
	for _, want := range []int32{1, 3} {
		var reads atomic.Int32
		o := twoQueues()
		o.Now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) // so that nobody waits between the tries
		o.Config = drift.Config{Attempts: int(want), Parallel: 1, Targets: []string{"acme_queue.mail"}}
		o.Provider = &broker{read: func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
			reads.Add(1)
			return nil, &drift.ReadError{Code: drift.ErrReadThrottled, Message: "slow down"}
		}}
		report := scan(t, o)
		equal(t, "Unreadable", report.Summary().Unreadable, 1)
		equal(t, "reads", reads.Load(), want)
	}
}

// A read that takes too long is given up: its context is done, and the scan goes on.
func TestReadTimeout(t *testing.T) {
	gaveUp := make(chan error, 1)
	o := twoQueues()
	o.Config = drift.Config{ReadTimeout: 50 * time.Millisecond, Attempts: 1, Parallel: 1, Targets: []string{"acme_queue.mail"}}
	o.Provider = &broker{read: func(ctx context.Context, _ []drift.Resource) ([]drift.Outcome, error) {
		<-ctx.Done()
		gaveUp <- ctx.Err()
		return nil, ctx.Err()
	}}
	report := scan(t, o)
	equal(t, "the context", errors.Is(<-gaveUp, context.Canceled), true)
	equal(t, "Unreadable", report.Summary().Unreadable, 1)
	equal(t, "why", errors.Is(problems(report)[0], drift.ErrReadTimeout), true)
}

func TestParallel(t *testing.T) {
	days := map[string]int{}
	for i := range 300 {
		days[fmt.Sprintf("q%03d", i)] = i
	}
	var now atomic.Int32
	second := make(chan struct{}, len(days)) // told of each read that begins while another is under way
	b := &broker{days: days}
	b.read = func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		defer now.Add(-1)
		if now.Add(1) > 1 {
			second <- struct{}{}
		}
		if batch[0].ID == "q000" { // the first one gives a second the time to come
			select {
			case <-second:
				second <- struct{}{}
			case <-time.After(200 * time.Millisecond):
			}
		}
		return b.outcomes(batch), nil
	}
	report := scan(t, drift.Options{State: drift.Bytes("state", queueState(days)), Provider: b, Config: drift.Config{Parallel: 1}})
	equal(t, "Clean", report.Clean(), true)
	equal(t, "reads beside another", len(second), 0)
}

func TestWithIDAndType(t *testing.T) {
	_, err := scanWith(t, func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		plain := drift.Absent().WithID("x").WithType("y") // means nothing where nothing was found
		return []drift.Outcome{plain, plain}, nil
	})
	equal(t, "of what is absent", err, nil)
	for name, change := range map[string]func(drift.Outcome) drift.Outcome{
		"moved":         func(o drift.Outcome) drift.Outcome { return o.WithID("moved") },
		"acme_exchange": func(o drift.Outcome) drift.Outcome { return o.WithType("acme_exchange") },
	} {
		report, err := scanWith(t, func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
			same := (&broker{days: map[string]int{"mail": 3, "orders": 14}}).outcomes(batch)
			return []drift.Outcome{same[0], change(same[1])}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, name, addresses(report), []string{"acme_queue.orders"})
		said := ""
		for f := range report.Findings() {
			for _, c := range f.Changes {
				said += string(c.Actual)
			}
		}
		equal(t, name+" is told", strings.Contains(said, name), true)
	}
}

func TestWhatASnapshotKnowsOfItself(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "my.tfstate"), queueState(map[string]int{"mail": 3, "orders": 14}))
	s, err := drift.OpenSnapshot(t.Context(), drift.File(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, is := range map[string]struct {
		get  func() (string, error)
		want string
	}{"Format": {s.Format, "terraform-state-v4"}, "Name": {s.Name, path}, "EngineVersion": {s.EngineVersion, "1.9.0"}, "Lineage": {s.Lineage, "test"}} {
		got, err := is.get()
		equal(t, name, fmt.Sprint(got, err), is.want+"<nil>")
	}
	// With it as known, what is the same comes from there, and what is not does not.
	later := drift.Bytes("later", queueState(map[string]int{"mail": 3, "orders": 1}))
	again, err := drift.OpenSnapshot(t.Context(), later, s)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	alone, err := drift.OpenSnapshot(t.Context(), later, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	a, _ := again.Hash()
	b, _ := alone.Hash()
	equal(t, "the same as without", a, b)
	_ = s.Close()
	r, err := again.Resource(0) // and does not need the old one
	equal(t, "mail", err == nil && strings.Contains(string(r), `"retention_days":3`), true)
	_, err = drift.OpenSnapshot(t.Context(), later, s)
	wantError(t, err, drift.ErrClosed)
}

func TestVersion(t *testing.T) {
	header, err := os.ReadFile("internal/native/drift.h")
	if err != nil {
		t.Fatal(err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(drift.Version(), "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("#define DRIFT_HEADER_VERSION %du", major*1000000+minor*1000+patch); !bytes.Contains(header, []byte(want)) {
		t.Errorf("%s is not the version of the header", drift.Version())
	}
	equal(t, "LinkInfo", drift.LinkInfo, "pkg-config")
}
