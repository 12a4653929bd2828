package drift_test

import (
	"context"
	"encoding/json"
	"iter"
	"reflect"
	"testing"

	"github.com/libdrift/libdrift/bindings/go"
)

// wholeReport has something in each of its lists.
func wholeReport(t *testing.T) *drift.Report {
	t.Helper()
	o := twoQueues()
	o.State = drift.Bytes("state", queueState(map[string]int{"audit": 1, "bulk": 2, "mail": 3, "orders": 14, "spool": 5}))
	o.Provider = &broker{read: func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		outcomes := (&broker{days: map[string]int{"mail": 3, "orders": 1, "spool": 4}}).outcomes(batch)
		for i, r := range batch {
			if r.ID == "audit" {
				outcomes[i] = drift.Failed(&drift.ReadError{Code: drift.ErrReadAuth, Message: "no entry", Next: "log in"})
			}
		}
		return outcomes, nil
	}}
	o.Config.Settings = map[string]any{"ignore": []any{
		map[string]any{"name": "spool", "address": "acme_queue.spool", "path": "retention_days", "mode": "mute", "reason": "known"},
		map[string]any{"name": "nothing", "address": "acme_queue.none", "path": "x", "mode": "mute", "reason": "it was there once"},
	}}
	return scan(t, o)
}

// sameAs goes through a list, compares each row with what the report's own JSON has there, and reads it back.
func sameAs[T any](t *testing.T, name string, rows iter.Seq[T], said []any) {
	t.Helper()
	i := 0
	for row := range rows {
		if i >= len(said) {
			t.Fatalf("%s: more than the %d of the JSON", name, len(said))
		}
		if got := plain(t, row); !reflect.DeepEqual(got, said[i]) {
			t.Fatalf("%s %d:\n got %v\nwant %v", name, i, got, said[i])
		}
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		var back T
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s %d cannot be read back: %v", name, i, err)
		}
		if !reflect.DeepEqual(back, row) {
			t.Fatalf("%s %d came back as\n %+v\nfrom %+v", name, i, back, row)
		}
		i++
	}
	if i == 0 || i != len(said) {
		t.Errorf("%s: got %d, want %d, and some", name, i, len(said))
	}
}

// What Go gets in pages is what the library writes as JSON, member by member, and can be read again.
func TestPagesSayWhatJSONSays(t *testing.T) {
	for name, report := range map[string]*drift.Report{"many": manyFindings(t, 1300), "whole": wholeReport(t)} {
		t.Run(name, func(t *testing.T) {
			text, err := report.JSON()
			if err != nil {
				t.Fatal(err)
			}
			var said struct {
				Findings, Suppressed, Errors, Notes []any
				Summary                             any
			}
			if err := json.Unmarshal(text, &said); err != nil {
				t.Fatal(err)
			}
			sameAs(t, "findings", report.Findings(), said.Findings)
			sameAs(t, "suppressed", report.Suppressed(), said.Suppressed)
			if name == "whole" {
				sameAs(t, "errors", report.Errors(), said.Errors)
				sameAs(t, "notes", report.Notes(), said.Notes)
			}
			equal(t, "summary", plain(t, report.Summary()), said.Summary)
			equal(t, "last", plain(t, report.At(report.Len()-1)), said.Findings[report.Len()-1])
			compact, err := json.Marshal(report)
			if err != nil {
				t.Fatal(err)
			}
			var a, b any
			if json.Unmarshal(compact, &a) != nil || json.Unmarshal(text, &b) != nil || !reflect.DeepEqual(a, b) {
				t.Error("json.Marshal(report) says something else than report.JSON()")
			}
		})
	}
}

// there is what comes back of a value that goes through JSON.
func there[T any](t *testing.T, v T) T {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back T
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return back
}

func TestNumbersThatNameSomethingComeBack(t *testing.T) {
	for n := range int32(12) { // more than any of them has
		equal(t, "Verdict", there(t, drift.Verdict(n)), drift.Verdict(n))
		equal(t, "RiskLevel", there(t, drift.RiskLevel(n)), drift.RiskLevel(n))
		equal(t, "RiskClass", there(t, drift.RiskClass(n)), drift.RiskClass(n))
		equal(t, "RiskDirection", there(t, drift.RiskDirection(n)), drift.RiskDirection(n))
		equal(t, "Kind", there(t, drift.Kind(n)), drift.Kind(n))
		equal(t, "Class", there(t, drift.Class(n)), drift.Class(n))
		equal(t, "Relation", there(t, drift.Relation(n)), drift.Relation(n))
		equal(t, "Section", there(t, drift.Section(n)), drift.Section(n))
		equal(t, "Mode", there(t, drift.Mode(n)), drift.Mode(n))
	}
	for b := range drift.Basis(64) {
		equal(t, "Basis", there(t, b), b)
	}
	for c := drift.Code(-999); c < 0; c++ {
		equal(t, "Code", there(t, c), c)
	}
	later := drift.VerdictChanged
	equal(t, "a name of a later library", json.Unmarshal([]byte(`"haunted"`), &later), nil)
	equal(t, "is none that is known", later.String(), "unknown(-1)")
	code := drift.ErrNotFound
	equal(t, "a code of a later library", json.Unmarshal([]byte(`"E_HAUNTED"`), &code), nil)
	equal(t, "is one of the library", code, drift.ErrInternal)
}

func TestAcceptedAsJSON(t *testing.T) {
	a := drift.Accepted{Accepted: []string{"a.b"}, Left: 2, Baseline: "f", Errors: []drift.Problem{{Address: "a.c", Type: "a",
		Verdict: drift.VerdictUnreadable, Err: &drift.Error{Code: drift.ErrReadAuth, Name: "E_READ_AUTH", Message: "no", Subject: "a.c", Next: "log in"}}}}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "JSON", string(text), `{"accepted":["a.b"],"left":2,"complete":false,"baseline":"f","errors":[{"address":"a.c","type":"a",`+
		`"verdict":"unreadable","code":"E_READ_AUTH","message":"no","next":"log in"}]}`)
	equal(t, "back", reflect.DeepEqual(there(t, a), a), true)
}
