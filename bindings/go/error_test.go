package drift_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/libdrift/libdrift/bindings/go"
)

// wantError wants an *Error that is one of code, and gives it.
func wantError(t testing.TB, err error, code drift.Code) *drift.Error {
	t.Helper()
	var e *drift.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %T %v, want a *drift.Error of %v", err, err, code)
	}
	if !errors.Is(err, code) || e.Code != code || e.Name != code.String() || e.Message == "" {
		t.Errorf("got %v (%s, %q), want %v", e.Code, e.Name, e.Message, code)
	}
	if !errors.Is(err, code.Family()) {
		t.Errorf("%v is not of its family", err)
	}
	return e
}

func TestPathThatDoesNotExist(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.tfstate")
	_, err := drift.Scan(t.Context(), drift.Options{State: drift.File(path)})
	e := wantError(t, err, drift.ErrNotFound)
	equal(t, "Subject", e.Subject, path)
	equal(t, "names the file", strings.Contains(err.Error(), path), true)
	equal(t, "has a next step", e.Next != "" && strings.Contains(err.Error(), e.Next), true)
	equal(t, "fs.ErrNotExist", errors.Is(err, fs.ErrNotExist), true)
	equal(t, "fs.ErrPermission", errors.Is(err, fs.ErrPermission), false)
	equal(t, "ErrRead", errors.Is(err, drift.ErrRead), false)
}

func TestFileThatMayNotBeRead(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	path := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(path, []byte("{}"), 0); err != nil {
		t.Fatal(err)
	}
	_, err := drift.Scan(t.Context(), drift.Options{State: drift.File(path)})
	wantError(t, err, drift.ErrPermission)
	equal(t, "fs.ErrPermission", errors.Is(err, fs.ErrPermission), true)
}

func TestHalfADocument(t *testing.T) {
	state := queueState(map[string]int{"mail": 3})
	text := strings.Replace(string(state), ",", ",\n", 1)
	_, err := drift.Scan(t.Context(), drift.Options{State: drift.Bytes("upload", []byte(text[:len(text)/2]))})
	e := wantError(t, err, drift.ErrTruncated)
	equal(t, "names the document", strings.Contains(e.Message, "upload"), true)
	equal(t, "Line", e.Line, 2)
	equal(t, "Byte", e.Byte > 0 && e.Column > 0, true)
	equal(t, "has a next step", e.Next != "", true)
}

func TestWrongConfiguration(t *testing.T) {
	_, err := drift.NewEngine(drift.Config{Settings: map[string]any{"ingore": []any{}}})
	e := wantError(t, err, drift.ErrConfigUnknownKey)
	equal(t, "names the nearest key", strings.Contains(e.Next, "ignore"), true)
	_, err = drift.NewEngine(drift.Config{Settings: map[string]any{"parallel": "many"}})
	wantError(t, err, drift.ErrConfigInvalid)
	_, err = drift.NewEngine(drift.Config{Project: filepath.Join(t.TempDir(), "drift.yaml")})
	wantError(t, err, drift.ErrNotFound)
	_, err = drift.NewEngine(drift.Config{Settings: map[string]any{"state": func() {}}})
	equal(t, "no JSON", err != nil && strings.Contains(err.Error(), "settings"), true)
	_, err = drift.NewEngine(drift.Config{Providers: []drift.Provider{nil}})
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.NewEngine(drift.Config{Providers: []drift.Provider{&broker{}, &broker{}}})
	wantError(t, err, drift.ErrConfigInvalid)
}

func TestCallsThatMakeNoSense(t *testing.T) {
	_, err := drift.Scan(t.Context(), drift.Options{})
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.Diff(t.Context(), drift.File("a"), nil)
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.OpenSnapshot(t.Context(), nil, nil)
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.OpenSnapshot(t.Context(), drift.SourceFunc("s", func(context.Context) ([]byte, error) { return nil, nil }), nil)
	wantError(t, err, drift.ErrInvalidArgument)
	var none *drift.Snapshot
	_, err = drift.OpenSnapshot(t.Context(), none, nil)
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.Scan(t.Context(), drift.Options{State: none})
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.Scan(t.Context(), drift.Options{State: drift.SourceFunc("s", nil)})
	wantError(t, err, drift.ErrInvalidArgument)
	for _, o := range []drift.Options{
		{Timeout: -1}, {Config: drift.Config{Timeout: -1}}, {Config: drift.Config{ReadTimeout: -1}},
		{Now: time.Date(1677, 1, 1, 0, 0, 0, 0, time.UTC)}, {Now: time.Date(2263, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		o.State, o.Provider = twoQueues().State, twoQueues().Provider
		_, err = drift.Scan(t.Context(), o)
		wantError(t, err, drift.ErrInvalidArgument)
	}
	e := engine(t, drift.Config{})
	_, err = e.Scan(t.Context(), twoQueues())
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.Accept(t.Context(), twoQueues(), filepath.Join(t.TempDir(), "b"), "nothing.like.it")
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.Accept(t.Context(), twoQueues(), filepath.Join(t.TempDir(), "b"), "acme_queue.*\x00.nothing")
	wantError(t, err, drift.ErrInvalidArgument)
	_, err = drift.Scan(t.Context(), drift.Options{State: drift.Document("state", map[string]any{"f": func() {}})})
	equal(t, "no document", err != nil && strings.Contains(err.Error(), "state"), true)
}

func TestCloseOfNothing(t *testing.T) {
	var report *drift.Report
	var snapshot *drift.Snapshot
	var engine *drift.Engine
	for _, c := range []io.Closer{report, snapshot, engine, &drift.Report{}, &drift.Snapshot{}, &drift.Engine{}} {
		equal(t, "error", c.Close(), nil)
	}
}

func TestUnknownNumbersAreKept(t *testing.T) {
	equal(t, "Code", drift.Code(-399).String(), "unknown(-399)")
	equal(t, "Code's family", errors.Is(drift.Code(-399), drift.ErrSystem), true)
	equal(t, "a code is not another of its family", errors.Is(drift.ErrIO, drift.ErrNotFound), false)
	equal(t, "Verdict", drift.Verdict(99).String(), "unknown(99)")
	equal(t, "Kind", drift.Kind(-1).String(), "unknown(-1)")
	equal(t, "Basis", drift.Basis(16|8).String(), "actual, unknown(16)")
}

// The tables here have what drift.h has: names and numbers.
func TestEveryConstantOfTheHeader(t *testing.T) {
	header, err := os.ReadFile("internal/native/drift.h")
	if err != nil {
		t.Fatal(err)
	}
	print := map[string]func(n int) string{
		"E":          func(n int) string { return drift.Code(n).String() },
		"VERDICT":    func(n int) string { return drift.Verdict(n).String() },
		"RISK":       func(n int) string { return drift.RiskLevel(n).String() + "|" + drift.RiskDirection(n).String() },
		"RISK_CLASS": func(n int) string { return drift.RiskClass(n).String() },
		"CHANGE":     func(n int) string { return drift.Kind(n).String() },
		"CLASS":      func(n int) string { return drift.Class(n).String() },
		"RELATION":   func(n int) string { return drift.Relation(n).String() },
		"SECTION":    func(n int) string { return drift.Section(n).String() },
		"MODE":       func(n int) string { return drift.Mode(n).String() },
		"BASIS":      func(n int) string { return drift.Basis(n).String() },
		"RESOURCE":   func(n int) string { return drift.ResourceKind(n).String() },
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#define DRIFT_(RISK_CLASS|[A-Z]+)_([A-Z0-9_]+) \(?(-?\d+)u?\)?`).FindAllStringSubmatch(string(header), -1) {
		group, name := m[1], strings.ToLower(m[2])
		number, _ := strconv.Atoi(m[3])
		if print[group] == nil || strings.HasPrefix(name, "pending_") && group == "RESOURCE" {
			continue
		}
		seen[group] = true
		if group == "E" {
			name = "E_" + m[2]
		}
		if got := print[group](number); !strings.Contains("|"+got+"|", "|"+name+"|") {
			t.Errorf("%s: Go prints %d as %q", strings.TrimSpace(m[0]), number, got)
		}
	}
	for group := range print {
		if !seen[group] {
			t.Errorf("the header has no DRIFT_%s_*", group)
		}
	}
}
