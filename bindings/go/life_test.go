package drift_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libdrift/libdrift/bindings/go"
	"github.com/libdrift/libdrift/bindings/go/internal/handles"
)

// waiting is a provider whose reads wait for the end of their context, and say so.
func waiting() (b *broker, begun, ended chan struct{}) {
	begun, ended = make(chan struct{}), make(chan struct{})
	var first, last sync.Once
	return &broker{read: func(ctx context.Context, _ []drift.Resource) ([]drift.Outcome, error) {
		first.Do(func() { close(begun) })
		<-ctx.Done()
		last.Do(func() { close(ended) })
		return nil, ctx.Err()
	}}, begun, ended
}

func within(t *testing.T, limit time.Duration, since time.Time) {
	t.Helper()
	if took := time.Since(since); took > limit {
		t.Errorf("took %v, more than %v", took, limit)
	}
}

func TestCancel(t *testing.T) {
	why := errors.New("the user went home")
	ctx, cancel := context.WithCancelCause(t.Context())
	o := twoQueues()
	var begun, ended chan struct{}
	o.Provider, begun, ended = waiting()
	var start time.Time
	go func() {
		<-begun
		start = time.Now()
		cancel(why)
	}()
	report, err := drift.Scan(ctx, o)
	within(t, 2*time.Second, start)
	<-ended
	equal(t, "no report", report == nil, true)
	equal(t, "context.Canceled", errors.Is(err, context.Canceled), true)
	equal(t, "the cause", errors.Is(err, why), true)
	wantError(t, err, drift.ErrCancelled)
}

func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	o := twoQueues()
	o.Provider, _, _ = waiting()
	start := time.Now()
	_, err := drift.Scan(ctx, o)
	within(t, 3*time.Second, start)
	equal(t, "context.DeadlineExceeded", errors.Is(err, context.DeadlineExceeded), true)
	wantError(t, err, drift.ErrDeadline)
}

// halfway is a scan of 200 queues whose first batch is answered, and no other.
func halfway() (o drift.Options, begun chan struct{}) {
	days := map[string]int{}
	for i := range 200 {
		days[fmt.Sprintf("q%03d", i)] = i
	}
	waits, begun, _ := waiting()
	var first sync.Once
	b := &broker{days: days}
	b.read = func(ctx context.Context, batch []drift.Resource) (out []drift.Outcome, err error) {
		first.Do(func() { out = b.outcomes(batch) })
		if out == nil {
			return waits.read(ctx, batch)
		}
		return out, nil
	}
	return drift.Options{State: drift.Bytes("state", queueState(days)), Provider: b, Config: drift.Config{Parallel: 1}}, begun
}

// A timeout of the scan's own is no error: what is known by then is reported, as incomplete.
func TestTimeoutReportsWhatIsKnown(t *testing.T) {
	o, _ := halfway()
	o.Timeout = 200 * time.Millisecond
	report := scan(t, o)
	equal(t, "Complete", report.Complete(), false)
	equal(t, "Checked", report.Summary().Checked > 0, true)
	equal(t, "an error says why", slices.ContainsFunc(problems(report), func(p drift.Problem) bool { return errors.Is(p, drift.ErrDeadline) }), true)
}

// Before anything was answered there is nothing to report.
func TestTimeoutBeforeTheFirstAnswer(t *testing.T) {
	for name, o := range map[string]drift.Options{
		"of the scan":          {Timeout: 100 * time.Millisecond},
		"of the configuration": {Config: drift.Config{Timeout: 100 * time.Millisecond}},
		"of both, the lesser":  {Timeout: 100 * time.Millisecond, Config: drift.Config{Timeout: time.Hour}},
		"the configuration's":  {Timeout: time.Hour, Config: drift.Config{Timeout: 100 * time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			o.State = twoQueues().State
			o.Provider, _, _ = waiting()
			report, err := drift.Scan(t.Context(), o)
			equal(t, "no report", report == nil, true)
			wantError(t, err, drift.ErrDeadline)
			equal(t, "the context's", errors.Is(err, context.DeadlineExceeded), false)
		})
	}
}

// With Options.Now the library has no clock that could know of the context's deadline.
func TestDeadlineBesideAClockOfItsOwn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	o := twoQueues()
	o.Now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	o.Provider, _, _ = waiting()
	_, err := drift.Scan(ctx, o)
	e := wantError(t, err, drift.ErrDeadline)
	equal(t, "context.DeadlineExceeded", errors.Is(err, context.DeadlineExceeded), true)
	equal(t, "speaks of a deadline", strings.Contains(e.Message, "deadline") && !strings.Contains(e.Message, "cancel"), true)
	equal(t, "and what to do then", strings.Contains(e.Next, "time"), true)
}

// cancelling is a document that cancels the context while it is looked at.
type cancelling struct{ cancel context.CancelFunc }

func (c cancelling) MarshalJSON() ([]byte, error) {
	c.cancel()
	return queueState(map[string]int{"mail": 3}), nil
}

func TestContextWhileASnapshotIsOpened(t *testing.T) {
	before := settled(t)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := drift.OpenSnapshot(ctx, drift.Document("state", cancelling{cancel}), nil)
	equal(t, "no snapshot", s == nil, true)
	equal(t, "context.Canceled", errors.Is(err, context.Canceled), true)
	wantError(t, err, drift.ErrCancelled)

	// What is wrong with the document is not the context's doing.
	ctx, cancel = context.WithCancel(t.Context())
	_, err = drift.OpenSnapshot(ctx, drift.SourceFunc("f", nil), nil)
	cancel()
	wantError(t, err, drift.ErrInvalidArgument)
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	_, err = drift.OpenSnapshot(ctx, drift.Document("state", broken{cancel}), nil)
	wantError(t, err, drift.ErrUnknownFormat)
	equal(t, "nor context.Canceled", errors.Is(err, context.Canceled), false)

	days := map[string]int{}
	for i := range 20000 {
		days[fmt.Sprint("q", i)] = i
	}
	large := drift.Bytes("state", queueState(days))
	deadline, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	_, err = drift.OpenSnapshot(deadline, large, nil)
	wantError(t, err, drift.ErrDeadline)
	equal(t, "context.DeadlineExceeded", errors.Is(err, context.DeadlineExceeded), true)
	equal(t, "handles", settled(t), before)
}

type broken cancelling

func (c broken) MarshalJSON() ([]byte, error) {
	c.cancel()
	return []byte(`{"what": 1}`), nil
}

func TestCancelHalfwayIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o, begun := halfway()
	go func() {
		<-begun
		cancel()
	}()
	report, err := drift.Scan(ctx, o)
	equal(t, "no report", report == nil, true)
	equal(t, "context.Canceled", errors.Is(err, context.Canceled) && errors.Is(err, drift.ErrCancelled), true)
}

func TestContextThatIsDoneAlready(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	read := false
	o := twoQueues()
	o.Provider = &broker{read: func(context.Context, []drift.Resource) ([]drift.Outcome, error) { read = true; return nil, nil }}
	_, err := drift.Scan(ctx, o)
	equal(t, "context.Canceled", errors.Is(err, context.Canceled), true)
	_, err = drift.Diff(ctx, drift.File("a"), drift.File("b"))
	equal(t, "Diff", errors.Is(err, context.Canceled), true)
	_, err = drift.OpenSnapshot(ctx, drift.File("a"), nil)
	equal(t, "OpenSnapshot", errors.Is(err, context.Canceled), true)
	equal(t, "something was read", read, false)
}

func TestCancelWhileASourceIsFetched(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	slow := drift.SourceFunc("bucket", func(ctx context.Context) ([]byte, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	_, err := drift.Diff(ctx, slow, slow)
	equal(t, "context.Canceled", errors.Is(err, context.Canceled) && errors.Is(err, drift.ErrCancelled), true)
}

// A provider that does not look at its context keeps its goroutine, not its caller.
func TestDeafProvider(t *testing.T) {
	release, gone := make(chan struct{}), make(chan struct{})
	o := twoQueues()
	o.Config.Parallel = 1
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o.Provider = &broker{read: func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
		defer close(gone)
		cancel()
		<-release
		return nil, nil
	}}
	start := time.Now()
	_, err := drift.Scan(ctx, o)
	within(t, 6*time.Second, start)
	equal(t, "context.Canceled", errors.Is(err, context.Canceled), true)
	close(release) // its answer comes late, and does no harm
	<-gone
}

func TestUseAfterClose(t *testing.T) {
	o := twoQueues()
	report := scan(t, o)
	report.Close()
	report.Close()
	_, err := report.JSON()
	wantError(t, err, drift.ErrClosed)
	equal(t, "fs.ErrClosed", errors.Is(err, fs.ErrClosed), true)
	_, err = report.Text(drift.TextOptions{})
	wantError(t, err, drift.ErrClosed)
	_, err = report.Explain("acme_queue.orders", drift.TextOptions{})
	wantError(t, err, drift.ErrClosed)
	equal(t, "String", strings.Contains(report.String(), "Close"), true)
	for name, use := range map[string]func(){
		"Findings": func() { addresses(report) },
		"At":       func() { report.At(0) },
		"Errors":   func() { problems(report) },
		"Notes":    func() { _ = slices.Collect(report.Notes()) },
	} {
		func() {
			defer func() {
				err, _ := recover().(error)
				equal(t, name+" panics", errors.Is(err, drift.ErrClosed), true)
			}()
			use() // and never says that there is nothing
		}()
	}

	e := engine(t, drift.Config{})
	e.Close()
	e.Close()
	_, err = e.Scan(t.Context(), drift.Options{State: o.State})
	wantError(t, err, drift.ErrClosed)

	s, err := drift.OpenSnapshot(t.Context(), o.State, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, _, err = s.Find("x")
	wantError(t, err, drift.ErrClosed)
	func() {
		defer func() {
			err, _ := recover().(error)
			equal(t, "Entries panics", errors.Is(err, drift.ErrClosed), true)
		}()
		for range s.Entries() {
		}
	}()
	_, err = drift.Diff(t.Context(), s, s)
	wantError(t, err, drift.ErrClosed)
}

func TestCloseOfAnEngineStopsItsScans(t *testing.T) {
	b, begun, _ := waiting()
	e := engine(t, drift.Config{Providers: []drift.Provider{b}})
	result := make(chan error)
	go func() {
		_, err := e.Scan(context.Background(), drift.Options{State: twoQueues().State})
		result <- err
	}()
	<-begun
	done := make(chan struct{})
	go func() { e.Close(); close(done) }()
	e.Close() // both wait for the scan
	err := <-result
	wantError(t, err, drift.ErrClosed)
	equal(t, "a cancelled context, which the caller's is not", errors.Is(err, context.Canceled) || errors.Is(err, drift.ErrCancelled), false)
	<-done
}

// Close of an engine by what its scan calls would wait for itself.
func TestCloseOfAnEngineByItsOwnScan(t *testing.T) {
	var e *drift.Engine
	closes := func() { _ = e.Close() }
	state := twoQueues().State
	b := &failing{broker: broker{days: map[string]int{"mail": 3, "orders": 14}}}
	for name, use := range map[string]struct {
		provider drift.Provider
		options  drift.Options
	}{
		"Read": {&broker{read: func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
			closes()
			return nil, nil
		}}, drift.Options{State: state}},
		"SourceFunc": {b, drift.Options{State: drift.SourceFunc("s", func(context.Context) ([]byte, error) { closes(); return nil, nil })}},
		"Progress":   {b, drift.Options{State: state, Progress: func(int, int) { closes() }}},
		"Logger":     {&broker{read: denied}, drift.Options{State: state, Logger: slog.New(handler(closes))}},
		"Read, after a scan within it": {&broker{read: func(ctx context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
			inner, err := e.Diff(ctx, state, state)
			if err != nil {
				return nil, err
			}
			_ = inner.Close()
			closes()
			return nil, nil
		}}, drift.Options{State: state}},
	} {
		t.Run(name, func(t *testing.T) {
			e = engine(t, drift.Config{Providers: []drift.Provider{use.provider}})
			defer func() {
				err, _ := recover().(error)
				equal(t, "panicked with ErrBusy", errors.Is(err, drift.ErrBusy), true)
				closes() // nothing is left that would keep it from it
			}()
			_, err := e.Scan(t.Context(), use.options)
			t.Errorf("Scan returned %v", err)
		})
	}
}

// Another engine may be closed anywhere, and a scan's own by a provider that the scan has left.
func TestCloseOfAnEngineThatWaitsForNobody(t *testing.T) {
	other := engine(t, drift.Config{})
	var own *drift.Engine
	release, gone := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	deaf := func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
		defer close(gone)
		cancel()
		_ = other.Close()
		<-release
		_ = own.Close()
		return nil, nil
	}
	own = engine(t, drift.Config{Parallel: 1, Providers: []drift.Provider{&broker{read: deaf}}})
	_, err := own.Scan(ctx, drift.Options{State: twoQueues().State})
	equal(t, "context.Canceled", errors.Is(err, context.Canceled), true)
	close(release)
	<-gone
	_, err = own.Scan(t.Context(), drift.Options{State: twoQueues().State})
	wantError(t, err, drift.ErrClosed)
}

func denied(context.Context, []drift.Resource) ([]drift.Outcome, error) {
	return nil, &drift.ReadError{Code: drift.ErrReadAuth, Message: "no entry"}
}

// handler is a slog.Handler that does this with every record.
type handler func()

func (h handler) Enabled(context.Context, slog.Level) bool  { return true }
func (h handler) Handle(context.Context, slog.Record) error { h(); return nil }
func (h handler) WithAttrs([]slog.Attr) slog.Handler        { return h }
func (h handler) WithGroup(string) slog.Handler             { return h }

// A panic of a provider that the scan has left goes to the log, not to the process.
func TestPanicOfAProviderThatWasLeft(t *testing.T) {
	release := make(chan struct{})
	told := make(chan string, 1)
	o := twoQueues()
	o.Config.Parallel = 1
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o.Provider = &broker{read: func(context.Context, []drift.Resource) ([]drift.Outcome, error) {
		cancel()
		<-release
		panic("far too late")
	}}
	o.Logger = slog.New(slog.NewTextHandler(writer(func(line string) {
		if strings.Contains(line, "far too late") {
			told <- line
		}
	}), nil))
	_, err := drift.Scan(ctx, o)
	equal(t, "context.Canceled", errors.Is(err, context.Canceled), true)
	close(release)
	line := <-told
	equal(t, "an error with the stack", strings.Contains(line, "level=ERROR") && strings.Contains(line, "TestPanicOfAProviderThatWasLeft"), true)
}

type writer func(string)

func (w writer) Write(b []byte) (int, error) { w(string(b)); return len(b), nil }

func TestCloseWaitsForCallsInFlight(t *testing.T) {
	report := manyFindings(t, 2000)
	var readers sync.WaitGroup
	for range 4 {
		readers.Add(1)
		go func() {
			defer readers.Done()
			defer func() {
				if err, _ := recover().(error); err != nil && !errors.Is(err, drift.ErrClosed) {
					t.Errorf("panicked with %v", err)
				}
			}()
			for {
				n := 0
				for f := range report.Findings() {
					if f.Address == "" || len(f.Changes) == 0 {
						t.Error("an empty finding")
					}
					n++
				}
				equal(t, "all of them, or a panic", n, 2000)
			}
		}()
	}
	_, _ = report.JSON()
	report.Close()
	readers.Wait()
}

// exitWithRunsInFlight ends the process while threads of the library are at work and wait for answers.
func exitWithRunsInFlight() {
	b, begun, _ := waiting()
	days := map[string]int{}
	for i := range 500 {
		days[fmt.Sprintf("q%03d", i)] = i
	}
	state := drift.Bytes("state", queueState(days))
	go drift.Scan(context.Background(), drift.Options{State: state, Provider: b})
	go func() {
		for {
			_, _ = drift.Diff(context.Background(), state, state)
		}
	}()
	<-begun
	os.Exit(0)
}

func TestExitWithRunsInFlight(t *testing.T) {
	for range 10 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "DRIFT_TEST_EXIT=1", "ASAN_OPTIONS=detect_leaks=0", "GORACE=atexit_sleep_ms=0") // what is in flight is not lost
		if out, err := child.CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// What is not closed is freed when it is collected, and tests get to know.
func TestForgottenReportIsFreed(t *testing.T) {
	if left := takeLeaked(); len(left) > 0 {
		t.Fatalf("other tests left %v", left)
	}
	before := handles.Count()
	func() {
		o := twoQueues()
		report, err := drift.Scan(t.Context(), o)
		if err != nil || report.Len() != 1 {
			t.Fatal(err)
		}
	}()
	if handles.Count() <= before {
		t.Fatal("a report is no handle?")
	}
	for end := time.Now().Add(10 * time.Second); handles.Count() > before && time.Now().Before(end); {
		runtime.GC()
		runtime.Gosched()
	}
	equal(t, "handles", handles.Count(), before)
	equal(t, "told", takeLeaked(), []string{"report"})
}

// Failed calls leave nothing behind either.
func TestNothingIsLeft(t *testing.T) {
	before := settled(t)
	for range 20 {
		_, _ = drift.Scan(t.Context(), drift.Options{State: drift.File("none")})
		_, _ = drift.NewEngine(drift.Config{Settings: map[string]any{"x": 1}})
		_, _ = drift.Diff(t.Context(), drift.Bytes("a", []byte("{")), drift.Bytes("b", nil))
		_, _ = drift.OpenSnapshot(t.Context(), drift.Bytes("a", []byte("[")), nil)
		o := twoQueues()
		o.Provider = &broker{read: func(context.Context, []drift.Resource) ([]drift.Outcome, error) { return nil, errMine }}
		_, _ = drift.Scan(t.Context(), o)
		report, err := drift.Scan(t.Context(), twoQueues())
		if err != nil {
			t.Fatal(err)
		}
		for range report.Findings() {
			break
		}
		report.Close()
	}
	equal(t, "handles", settled(t), before)
}

// settled counts the handles once those of reports that other tests have just dropped are gone.
func settled(t *testing.T) int {
	t.Helper()
	n := handles.Count()
	for range 20 {
		runtime.GC()
		now := handles.Count()
		if now == n {
			return n
		}
		n = now
	}
	return n
}
