package drift_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/libdrift/libdrift/bindings/go"
)

func problems(report *drift.Report) []drift.Problem { return slices.Collect(report.Errors()) }

func scanWith(t *testing.T, read func(context.Context, []drift.Resource) ([]drift.Outcome, error)) (*drift.Report, error) {
	t.Helper()
	o := twoQueues()
	o.Provider = &broker{read: read}
	o.Config.Parallel = 1 // so that all are in one batch
	o.Now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	report, err := drift.Scan(t.Context(), o)
	if report != nil {
		closing(t, report)
	}
	return report, err
}

func TestWhatAProviderIsAsked(t *testing.T) {
	var asked drift.Resource
	_, err := scanWith(t, func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		asked = batch[1]
		return []drift.Outcome{drift.Absent(), drift.Absent()}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Address", asked.Address, "acme_queue.orders")
	equal(t, "Type", asked.Type, "acme_queue")
	equal(t, "ID", asked.ID, "orders")
	equal(t, "number", asked.Attributes["retention_days"], any(json.Number("14")))
}

func TestOneResourceThatCannotBeRead(t *testing.T) {
	report, err := scanWith(t, func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		return []drift.Outcome{
			drift.Failed(&drift.ReadError{Code: drift.ErrReadAuth, Message: "the token has expired", Next: "log in"}),
			drift.Found(map[string]any{"id": "orders", "arn": "acme:queue:orders", "retention_days": 14}),
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Complete", report.Complete(), false)
	equal(t, "Unreadable", report.Summary().Unreadable, 1)
	p := problems(report)
	equal(t, "problems", len(p), 1)
	equal(t, "Address", p[0].Address, "acme_queue.mail")
	equal(t, "Verdict", p[0].Verdict, drift.VerdictUnreadable)
	equal(t, "errors.Is", errors.Is(p[0], drift.ErrReadAuth) && errors.Is(p[0], drift.ErrRead), true)
	equal(t, "Next", p[0].Err.Next, "log in")
	equal(t, "message", strings.Contains(p[0].Error(), "the token has expired"), true)
}

func TestReadErrorOfABatchIsThatOfEachResource(t *testing.T) {
	report, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
		return nil, fmt.Errorf("acme at 10.0.0.1: %w", &drift.ReadError{Message: "the service is down", Next: "start it"})
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "findings", report.Len(), 0)
	for _, p := range problems(report) {
		equal(t, "code", p.Err.Code, drift.ErrReadFailed)
		equal(t, "next", p.Err.Next, "start it")
		equal(t, "message with what wraps it", strings.Contains(p.Err.Message, "acme at 10.0.0.1: the service is down"), true)
		equal(t, "message with a code in it", strings.Contains(p.Err.Message, "E_READ"), false)
	}
	equal(t, "Unreadable", report.Summary().Unreadable, 2)
}

func TestWhatMayPassIsTriedAgain(t *testing.T) {
	var reads atomic.Int32
	start := time.Now()
	report, err := scanWith(t, func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		if reads.Add(1) < 3 {
			return nil, &drift.ReadError{Code: drift.ErrReadThrottled, Message: "slow down", Retryable: true}
		}
		return (&broker{days: map[string]int{"mail": 3, "orders": 14}}).outcomes(batch), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Complete", report.Complete(), true)
	if n := reads.Load(); n < 3 {
		t.Errorf("read %d times", n)
	}
	// With Options.Now the pauses between the tries take no time of ours.
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

var errMine = errors.New("the broker's socket is gone")

func TestAnErrorOfTheProviderComesBackAsItself(t *testing.T) {
	_, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) { return nil, errMine })
	equal(t, "the error", err == errMine, true)
}

func TestAnErrorOfASourceComesBackAsItself(t *testing.T) {
	o := twoQueues()
	o.State = drift.SourceFunc("bucket", func(context.Context) ([]byte, error) { return nil, errMine })
	_, err := drift.Scan(t.Context(), o)
	equal(t, "the error", err == errMine, true)
	var mine error = &drift.ReadError{Code: drift.ErrReadAuth, Message: "no entry"}
	o.State = drift.SourceFunc("bucket", func(context.Context) ([]byte, error) { return nil, mine })
	_, err = drift.Scan(t.Context(), o)
	equal(t, "the error, where a read gave it", err == mine, true)
}

func TestAPanicOfTheProviderIsOneOfTheCaller(t *testing.T) {
	defer func() {
		p, ok := recover().(*drift.ProviderPanic)
		if !ok {
			t.Fatalf("recovered %v", p)
		}
		equal(t, "Value", p.Value, any(errMine))
		equal(t, "errors.Is", errors.Is(p, errMine), true)
		equal(t, "the stack shows where", strings.Contains(string(p.Stack), "TestAPanicOfTheProvider"), true)
	}()
	_, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) { panic(errMine) })
	t.Fatalf("Scan returned %v", err)
}

func TestAPanicOfProgressIsOneOfTheCaller(t *testing.T) {
	defer func() { equal(t, "recovered", recover(), any("stop")) }()
	o := twoQueues()
	o.Progress = func(int, int) { panic("stop") }
	_, err := drift.Scan(t.Context(), o)
	t.Fatalf("Scan returned %v", err)
}

// As t.FailNow() in a provider does.
func TestGoexitOfTheProviderIsOneOfTheCaller(t *testing.T) {
	done := make(chan bool)
	go func() {
		returned := false
		defer func() { done <- returned }()
		_, _ = scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
			runtime.Goexit()
			return nil, nil
		})
		returned = true
	}()
	equal(t, "Scan returned", <-done, false)
}

func TestAnswersThatAreNone(t *testing.T) {
	for name, outcomes := range map[string][]drift.Outcome{
		"too few":        {drift.Absent()},
		"zero":           {drift.Absent(), {}},
		"no object":      {drift.Absent(), drift.Found([]int{1})},
		"no object, nil": {drift.Absent(), drift.Found(nil)},
	} {
		_, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) { return outcomes, nil })
		e := wantError(t, err, drift.ErrBadStructure)
		if !strings.Contains(e.Message, "acme") || !strings.Contains(e.Next, "Found, Absent or Failed") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Codes that are written otherwise mean what they look like; those of other families are a mistake, which is said at once.
func TestCodesOfReadErrors(t *testing.T) {
	for code, want := range map[drift.Code]drift.Code{
		0: drift.ErrReadFailed, 402: drift.ErrReadAuth, drift.ErrRead: drift.ErrReadFailed, -499: drift.ErrReadFailed,
	} {
		failed := &drift.ReadError{Code: code, Message: "no"}
		equal(t, "errors.Is", errors.Is(failed, want), true)
		report, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
			return []drift.Outcome{drift.Failed(failed), drift.Absent()}, nil
		})
		if err != nil {
			t.Fatalf("%d: %v", code, err)
		}
		equal(t, "code", problems(report)[0].Err.Code, want)
	}
	report, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
		var none *drift.ReadError
		return nil, none
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "none", errors.Is(problems(report)[0], drift.ErrReadFailed), true)
	for _, code := range []drift.Code{drift.ErrNotFound, drift.ErrCancelled, drift.ErrStopped, -1} {
		_, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
			return nil, &drift.ReadError{Code: code, Message: "no"}
		})
		e := wantError(t, err, drift.ErrInvalidArgument)
		equal(t, "names provider and code", strings.Contains(e.Message, "acme") && strings.Contains(e.Message, code.String()), true)
	}
}

func TestAttributesThatAreNoJSON(t *testing.T) {
	_, err := scanWith(t, func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
		return []drift.Outcome{drift.Found(map[string]any{"f": func() {}}), drift.Absent()}, nil
	})
	var unsupported *json.UnsupportedTypeError
	equal(t, "names the provider", errors.As(err, &unsupported) && strings.Contains(err.Error(), "acme"), true)
}

// failing is a provider whose optional interfaces fail.
type failing struct {
	broker
	list, configure error
}

func (f *failing) List(context.Context, []string) ([]drift.Resource, error) { return nil, f.list }
func (f *failing) Configure(context.Context, json.RawMessage) error         { return f.configure }

func TestListThatFails(t *testing.T) {
	o := twoQueues()
	o.FindUnmanaged = true
	b := &failing{broker: broker{days: map[string]int{"mail": 3, "orders": 14}}}
	b.list = &drift.ReadError{Code: drift.ErrReadAuth, Message: "no \xff entry\x00", Next: "log in"} // no text that C takes
	o.Provider = b
	report := scan(t, o)
	p := problems(report)
	equal(t, "Complete", report.Complete(), false)
	equal(t, "is text", utf8.ValidString(p[0].Err.Message) && !strings.ContainsRune(p[0].Err.Message, 0), true)
	equal(t, "says what and what to do", len(p) == 1 && errors.Is(p[0], drift.ErrReadAuth) && strings.Contains(p[0].Error(), "entry") &&
		p[0].Err.Next == "log in", true)
	b.list = errMine
	_, err := drift.Scan(t.Context(), o)
	equal(t, "another error", err == errMine, true)
}

func TestConfigureThatFails(t *testing.T) {
	o := twoQueues()
	o.Config.Settings = map[string]any{"providers": map[string]any{"acme": map[string]any{"region": "eu"}}}
	b := &failing{configure: &drift.ReadError{Code: drift.ErrReadAuth, Message: "no entry", Next: "log in"}}
	o.Provider = b
	report, err := drift.Scan(t.Context(), o)
	if err == nil {
		closing(t, report)
		equal(t, "Complete", report.Complete(), false)
		err = problems(report)[0]
	}
	var e *drift.Error
	equal(t, "says what and what to do", errors.As(err, &e) && errors.Is(err, drift.ErrReadAuth) && e.Next == "log in", true)
	b.configure = errMine
	_, err = drift.Scan(t.Context(), o)
	equal(t, "another error", err == errMine, true)
}

func TestProviderFunc(t *testing.T) {
	o := twoQueues()
	o.Provider = drift.ProviderFunc("acme", []string{"acme_*"}, func(_ context.Context, r drift.Resource) (drift.Outcome, error) {
		if r.ID == "mail" {
			return drift.Outcome{}, &drift.ReadError{Code: drift.ErrReadTimeout, Message: "no answer"}
		}
		return drift.Absent(), nil
	})
	report := scan(t, o)
	equal(t, "deleted", report.Summary().Deleted, 1)
	equal(t, "unreadable", report.Summary().Unreadable, 1)
}

// richBroker has every optional interface.
type richBroker struct {
	broker
	mutex      sync.Mutex
	configured string
	largest    int
}

func (b *richBroker) Configure(_ context.Context, config json.RawMessage) error {
	b.configured = string(config)
	return nil
}

func (b *richBroker) List(context.Context, []string) ([]drift.Resource, error) {
	return []drift.Resource{
		{Address: "acme_queue.mail", Type: "acme_queue", ID: "mail"},
		{Address: "acme_queue.shadow", Type: "acme_queue", ID: "shadow", Attributes: map[string]any{"retention_days": 1}},
	}, nil
}

func (b *richBroker) Schemas() map[string]drift.Schema {
	return map[string]drift.Schema{"acme_queue": {Set: []string{"consumers"}, Sensitive: []string{"token"}}}
}

func (b *richBroker) Limits() (int, int) { return 2, 3 }

func (b *richBroker) Read(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.largest = max(b.largest, len(batch))
	outcomes := make([]drift.Outcome, len(batch))
	for i, r := range batch {
		outcomes[i] = drift.Found(map[string]any{"id": r.ID, "consumers": []string{"b", "a"}, "token": "t-" + r.ID}).WithSensitive("token")
	}
	return outcomes, nil
}

func TestOptionalInterfaces(t *testing.T) {
	resources := []any{}
	for _, name := range []string{"mail", "orders", "audit", "spool", "bulk"} {
		resources = append(resources, map[string]any{"mode": "managed", "type": "acme_queue", "name": name,
			"provider": `provider["registry.example.com/acme/acme"]`, "instances": []any{map[string]any{"schema_version": 0,
				"attributes": map[string]any{"id": name, "consumers": []string{"a", "b"}, "token": "other"}}}})
	}
	b := &richBroker{}
	report := scan(t, drift.Options{
		State: drift.Bytes("state", stateOf(resources)), Provider: b, FindUnmanaged: true,
		Config: drift.Config{Settings: map[string]any{"providers": map[string]any{"acme": map[string]any{"region": "eu"}}}},
	})
	equal(t, "configured", b.configured, `{"region":"eu"}`)
	equal(t, "largest batch", b.largest, 2)
	equal(t, "unmanaged", report.Summary().Unmanaged, 1)
	text, err := report.JSON()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "a secret by schema", strings.Contains(string(text), "t-mail") || strings.Contains(string(text), `"other"`), false)
	for f := range report.Findings() {
		for _, c := range f.Changes {
			equal(t, "order does not count", c.Path == "consumers", false)
			equal(t, "sensitive", c.Path != "token" || c.Sensitive && string(c.Actual) == `"(sensitive)"`, true)
		}
	}
}

func TestConfigurationThatNobodyTakes(t *testing.T) {
	o := twoQueues()
	o.Config.Settings = map[string]any{"providers": map[string]any{"acme": map[string]any{"region": "eu"}}}
	_, err := drift.Scan(t.Context(), o)
	wantError(t, err, drift.ErrInvalidArgument)
}

func TestReadsRunAtOnce(t *testing.T) {
	days := map[string]int{}
	for i := range 200 {
		days[fmt.Sprintf("q%03d", i)] = i
	}
	both := make(chan struct{}) // closed when two reads are under way
	var reads atomic.Int32
	b := &broker{days: days}
	b.read = func(ctx context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
		if reads.Add(1) == 2 {
			close(both)
		}
		select {
		case <-both:
			return b.outcomes(batch), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	report := scan(t, drift.Options{State: drift.Bytes("state", queueState(days)), Provider: b, Timeout: 30 * time.Second})
	equal(t, "Complete", report.Complete(), true)
	equal(t, "Checked", report.Summary().Checked, 200)
}

func TestLogAndProgress(t *testing.T) {
	var log bytes.Buffer
	var last, total int
	o := twoQueues()
	o.Provider = &broker{read: func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
		return nil, &drift.ReadError{Code: drift.ErrReadAuth, Message: "no entry"}
	}}
	o.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Progress = func(d, n int) { last, total = d, n }
	scan(t, o)
	equal(t, "progress", fmt.Sprint(last, total), "2 2")
	for line := range strings.Lines(log.String()) {
		var entry struct{ Level, Msg, Code, Address string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Msg == "" || entry.Code == "" {
			t.Errorf("%v: %s", err, line)
		}
	}
	equal(t, "something was logged", log.Len() > 0, true)
}

// A secret of the state is in nothing that leaves the library, whatever way it takes.
func TestSecretsAreNeverSaid(t *testing.T) {
	const canary = "canary-7f3a"
	secret := func(value string) []byte {
		return stateOf([]any{map[string]any{"mode": "managed", "type": "acme_queue", "name": "mail",
			"provider": `provider["registry.example.com/acme/acme"]`, "instances": []any{map[string]any{"schema_version": 0,
				"attributes":           map[string]any{"id": "mail", "token": value, "days": 3, "nested": map[string]any{"key": value}},
				"sensitive_attributes": []any{[]any{map[string]any{"type": "get_attr", "value": "token"}}, []any{map[string]any{"type": "get_attr", "value": "nested"}}}}}}})
	}
	var log, said bytes.Buffer
	say := func(v ...any) { fmt.Fprintf(&said, "%+v %#v\n", v, v) }
	o := drift.Options{State: drift.Bytes("state", secret(canary)), Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for name, read := range map[string]func(context.Context, []drift.Resource) ([]drift.Outcome, error){
		"echo": func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
			say(batch)
			batch[0].Attributes["days"] = 9
			return []drift.Outcome{drift.Found(batch[0].Attributes)}, nil
		},
		"other secret": func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
			batch[0].Attributes["token"] = canary + "-new"
			return []drift.Outcome{drift.Found(batch[0].Attributes)}, nil
		},
		"fails": func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
			return nil, &drift.ReadError{Message: "no"}
		},
		"malformed": func(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
			return []drift.Outcome{drift.Found(canary)}, nil
		},
	} {
		o.Provider = &broker{read: read}
		report, err := drift.Scan(t.Context(), o)
		say(err)
		if err != nil {
			continue
		}
		text, _ := report.Text(drift.TextOptions{ShowSuppressed: true})
		js, _ := report.JSON()
		why, _ := report.Explain("acme_queue.mail", drift.TextOptions{})
		say(text, string(js), why, slices.Collect(report.Errors()), slices.Collect(report.Notes()), slices.Collect(report.Suppressed()))
		for f := range report.Findings() {
			say(f, string(f.Changes[0].Recorded), string(f.Changes[0].Actual))
			if name == "echo" {
				equal(t, "what was echoed is no change", fmt.Sprintf("%d %s", len(f.Changes), f.Changes[0].Path), "1 days")
			}
			if name == "other secret" {
				equal(t, "another secret is one", fmt.Sprintf("%s %v", f.Changes[0].Path, f.Changes[0].Sensitive), "token true")
			}
		}
		report.Close()
	}
	if strings.Contains(said.String(), canary) || strings.Contains(log.String(), canary) {
		t.Errorf("the secret was said:\n%s\n%s", said.String(), log.String())
	}
	if !strings.Contains(said.String(), "(sensitive)") || log.Len() == 0 {
		t.Error("nothing was said at all")
	}
}
