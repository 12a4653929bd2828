package drift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

const (
	slice = 250 // milliseconds that a call into C may wait
	grace = 2 * time.Second
)

// run is a scan or an accept that is under way. The goroutine of the caller pulls its events; each thing that it wants of a provider or a source
// is done by a goroutine of its own.
type run struct {
	engine  *Engine
	native  *native.Run
	options *Options
	fetch   map[string]func(context.Context) ([]byte, error)

	asked context.Context // the caller's
	timed bool            // its deadline is the run's timeout
	ctx   context.Context // of the providers
	done  context.CancelFunc
	work  sync.WaitGroup

	mu       sync.Mutex
	tickets  map[uint64]context.CancelFunc // of what is being worked on
	failure  error                         // of a provider or source, the first one
	panicked *ProviderPanic
	exited   bool  // a provider called runtime.Goexit
	left     bool  // nobody waits for the goroutines any more
	waitTime int64 // what the library waits for, with Options.Now; 0: nothing
}

// ProviderPanic is what a panic of a provider or source comes out as. When its scan has returned without waiting for it (see Provider), there is
// nobody to panic for: Options.Logger is told, or slog.Default where there is none.
type ProviderPanic struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func (p *ProviderPanic) Error() string {
	return fmt.Sprintf("%v\n\nin a provider of a drift scan:\n%s", p.Value, p.Stack)
}

// Unwrap gives the value, where it is an error.
func (p *ProviderPanic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// run starts, pumps and finishes; finish takes the outcome.
func (e *Engine) run(ctx context.Context, o *Options, start func(*native.ScanOptions) (*native.Run, error), finish func(*run) error) error {
	if o.Provider != nil || !reflect.ValueOf(o.Config).IsZero() {
		return misuse("Options.Provider and Options.Config are for drift.Scan and drift.Accept", "give them to NewEngine")
	}
	if err := o.check(); err != nil {
		return err
	}
	if err := e.native.Hold(); err != nil {
		return lift(err)
	}
	defer e.native.Release()
	if ctx.Err() != nil {
		return stopped(ctx, doneEarly("the context was done before the scan began"))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(e.open, func() { cancel(errEngineClosed) })()

	all := sources{fetch: map[string]func(context.Context) ([]byte, error){}}
	defer all.free()
	r := &run{engine: e, options: o, fetch: all.fetch, asked: ctx, tickets: map[uint64]context.CancelFunc{}}
	if o.Progress != nil || o.Logger != nil { // else nothing of the caller's is called here; it costs with the depth of the stack
		defer e.inside.enter(r)()
	}
	so, timed, err := o.native(ctx, &all)
	if err != nil {
		return err
	}
	n, err := start(so)
	if err != nil {
		return lift(err)
	}
	defer n.Close()
	r.native, r.timed = n, timed
	r.ctx, r.done = context.WithCancel(ctx)
	if err := r.drive(); err != nil {
		return err
	}
	return r.judge(lift(finish(r)))
}

// check refuses what the library would take for something else.
func (o *Options) check() error {
	if o.Timeout < 0 {
		return misuse("Options.Timeout is negative", "give 0 for none, or a time")
	}
	if !o.Now.IsZero() && !time.Unix(0, o.Now.UnixNano()).Equal(o.Now) {
		return misuse("Options.Now is no time that can be counted in nanoseconds", "give one in the years 1678 to 2262")
	}
	return nil
}

// native are the options as the library takes them; timed: its timeout is the context's deadline.
func (o *Options) native(ctx context.Context, all *sources) (out *native.ScanOptions, timed bool, err error) {
	out = &native.ScanOptions{}
	for _, side := range []struct {
		from Source
		to   **native.Source
	}{{o.State, &out.State}, {o.Desired, &out.Desired}, {o.Baseline, &out.Baseline}, {o.Actual, &out.Actual}} {
		if *side.to, err = all.open(side.from); err != nil {
			return nil, false, err
		}
	}
	for flag, on := range map[uint32]bool{
		native.ScanUnmanaged:  o.FindUnmanaged,
		native.ScanNoBaseline: o.NoBaseline,
		native.ScanQuiet:      o.Logger == nil && o.Progress == nil,
		native.ScanHostClock:  !o.Now.IsZero(),
	} {
		if on {
			out.Flags |= flag
		}
	}
	if !o.Now.IsZero() {
		out.ClockNS = o.Now.UnixNano()
	}
	timeout := o.Timeout
	if at, ok := ctx.Deadline(); ok && o.Now.IsZero() {
		if left := max(time.Until(at), 1); timeout <= 0 || left < timeout {
			timeout, timed = left, true
		}
	}
	out.TimeoutMS = milliseconds(timeout)
	return out, timed, nil
}

// cutShort is the error of a report that lacks something because the context was done.
func (r *run) cutShort(report *Report) error {
	why := report.stopped()
	if why == nil && !report.Complete() && r.asked.Err() != nil {
		why = doneEarly("the context was done before everything was read")
	}
	if why = r.judge(why); r.asked.Err() == nil {
		return nil // the scan's own timeout: what is known is reported
	}
	return why
}

func (r *run) judge(err error) error { return judge(r.asked, r.timed, err) }

// judge joins the context's error to what the library stopped with, where it was the context that stopped it. timed: the library was given its
// deadline, and says so itself; its clock may be a moment ahead.
func judge(ctx context.Context, timed bool, err error) error {
	if err == nil || !errors.Is(err, ErrStopped) {
		return err
	}
	if at, _ := ctx.Deadline(); timed && errors.Is(err, ErrDeadline) && time.Until(at) < time.Second {
		<-ctx.Done()
	}
	if ctx.Err() == nil {
		return err
	}
	return stopped(ctx, err)
}

// drive pumps until the run is over and nobody works for it any more, whatever happens meanwhile.
func (r *run) drive() error {
	watched := make(chan struct{})
	unwatch := context.AfterFunc(r.asked, func() {
		defer close(watched)
		if !r.timed || !errors.Is(r.asked.Err(), context.DeadlineExceeded) { // else its own timeout says so in a moment, and better
			_ = r.native.Cancel()
		}
	})
	defer func() {
		r.done()
		r.join()
		if !unwatch() {
			<-watched
		}
		r.rethrow()
	}()
	if err := r.pump(); err != nil {
		return r.judge(lift(err))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure
}

// rethrow ends the caller's goroutine as a provider's was ended.
func (r *run) rethrow() {
	r.mu.Lock()
	panicked, exited := r.panicked, r.exited
	r.mu.Unlock()
	if panicked != nil {
		panic(panicked)
	}
	if exited {
		runtime.Goexit()
	}
}

// join waits for the goroutines of the run, but not for ever: a provider that does not look at its context must not keep its caller.
func (r *run) join() {
	joined := make(chan struct{})
	go func() {
		r.work.Wait()
		close(joined)
	}()
	select {
	case <-joined:
	case <-time.After(grace):
	}
	r.mu.Lock()
	r.left = true
	r.mu.Unlock()
}

func (r *run) isLeft() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.left
}

func (r *run) pump() error {
	for {
		ev, err := r.native.Next(slice)
		if err != nil {
			return err
		}
		switch ev.Kind {
		case native.EvDone:
			return nil
		case native.EvProgress:
			if r.options.Progress != nil {
				r.options.Progress(int(ev.Done), int(ev.Total))
			}
		case native.EvLog:
			r.log(&ev)
		case native.EvGivenUp:
			r.giveUp(ev.Ticket)
		case native.EvWantTime:
			r.want(ev.Time)
		case native.EvWantRead:
			r.serve(&ev, r.read)
		case native.EvWantList:
			r.serve(&ev, r.list)
		case native.EvWantConfigure:
			r.serve(&ev, r.configure)
		case native.EvWantSource:
			r.serve(&ev, r.source)
		case native.EvWantDecrypt:
			r.serve(&ev, r.decrypt)
		}
	}
}

func (r *run) log(ev *native.Event) {
	if r.options.Logger == nil {
		return
	}
	attrs := make([]slog.Attr, 0, 2)
	if ev.Code != "" {
		attrs = append(attrs, slog.String("code", ev.Code))
	}
	if ev.Address != "" {
		attrs = append(attrs, slog.String("address", ev.Address))
	}
	level := slog.Level((ev.Level/10 - 2) * 4) // DRIFT_LOG_DEBUG is 10, then steps of ten; slog's are steps of four with Info at 0
	r.options.Logger.LogAttrs(r.ctx, level, ev.Message, attrs...)
}

// want lets the time that the library waits for come, once nothing is being worked on: work takes no time of Options.Now.
func (r *run) want(at int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waitTime = at
	r.timePasses()
}

func (r *run) timePasses() {
	if r.waitTime != 0 && len(r.tickets) == 0 {
		_ = r.native.SetTime(r.waitTime)
		r.waitTime = 0
	}
}

func (r *run) giveUp(ticket uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.tickets[ticket]; cancel != nil {
		cancel()
	}
}

// serve answers what an event wants with what work gives, in a goroutine.
func (r *run) serve(ev *native.Event, work func(context.Context, *native.Event) ([]byte, error)) {
	ticket := ev.Ticket
	ctx, cancel := context.WithCancel(r.ctx)
	r.mu.Lock()
	r.tickets[ticket] = cancel
	r.mu.Unlock()
	r.work.Add(1)
	go func() {
		defer r.work.Done()
		defer r.engine.inside.enter(r)()
		returned := false
		defer func() {
			if !returned {
				r.broke(recover())
			}
			cancel()
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.tickets, ticket)
			r.timePasses()
		}()
		answer, err := work(ctx, ev)
		r.answer(ctx, ev, answer, err)
		returned = true
	}()
}

func (r *run) answer(ctx context.Context, ev *native.Event, answer []byte, err error) {
	if failed := asReadError(err); failed != nil && ev.Kind != native.EvWantSource {
		if err = failed.check(ev.Name); err == nil {
			err = r.failAll(ev, failed)
		}
	} else if err == nil {
		err = refused(r.native.Answer(ev.Ticket, answer), ev)
	}
	if err == nil {
		return
	}
	if r.asked.Err() != nil {
		return // the run ends for that reason; an answer would only look like one of the live system
	}
	if ctx.Err() == nil {
		r.stop(func() {
			if r.failure == nil {
				r.failure = err
			}
		})
	}
	_ = r.fail(ev, ErrCancelled, "the host stopped the scan", false)
}

// failAll answers with one failure for all that the event asks for.
func (r *run) failAll(ev *native.Event, failed *ReadError) error {
	answer, err := json.Marshal(map[string]any{"error": failed})
	if err != nil {
		return err
	}
	return lift(r.native.Answer(ev.Ticket, answer))
}

// fail answers with a failure; the library takes valid text alone.
func (r *run) fail(ev *native.Event, code Code, message string, retryable bool) error {
	message = strings.ReplaceAll(strings.ToValidUTF8(message, "\uFFFD"), "\x00", "\uFFFD")
	return lift(r.native.Fail(ev.Ticket, int32(code), message, retryable))
}

// refused says what a provider's author can do about an answer that the library does not take.
func refused(err error, ev *native.Event) error {
	var e *native.Error
	if !errors.As(err, &e) || Code(e.Code).Family() != ErrDocument {
		return lift(err)
	}
	told := *e
	if ev.Kind == native.EvWantDecrypt {
		told.Message = "Config.Decrypt: " + e.Message
		told.Next = "let it give one plaintext for each ciphertext, in order"
		return lift(&told)
	}
	told.Message = "provider " + ev.Name + ": " + e.Message
	told.Next = "let Read give one Found, Absent or Failed for each resource, in order, with an object as attributes"
	if ev.Kind == native.EvWantList {
		told.Next = "let List give resources with an address, a type and an object as attributes"
	}
	return lift(&told)
}

// broke keeps what a goroutine of the run ended with for the caller's; nil: runtime.Goexit, as t.FailNow() does.
func (r *run) broke(value any) {
	stack := debug.Stack()
	left := false
	r.stop(func() {
		if left = r.left; left {
			return
		}
		if value == nil {
			r.exited = true
		} else if r.panicked == nil {
			r.panicked = &ProviderPanic{Value: value, Stack: stack}
		}
	})
	if !left || value == nil {
		return
	}
	logger := r.options.Logger
	if logger == nil {
		logger = slog.Default()
	}
	logger.Error("drift: a provider that a scan had given up has panicked", "panic", value, "stack", string(stack))
}

func (r *run) stop(note func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	note()
	_ = r.native.Cancel()
}

func asReadError(err error) *ReadError {
	var failed *ReadError
	if !errors.As(err, &failed) {
		return nil
	}
	if failed == nil { // `var err *ReadError; return nil, err` is an error, and surely no answer
		return &ReadError{Message: "the read failed without a reason (a nil *ReadError)"}
	}
	if err != error(failed) { // what wraps it has more to say
		wrapped := *failed
		wrapped.Message = strings.Replace(err.Error(), failed.Error(), failed.Message, 1)
		return &wrapped
	}
	return failed
}

func (r *run) read(ctx context.Context, ev *native.Event) ([]byte, error) {
	var asked struct{ Resources []Resource }
	if err := decode(ev.Body, &asked); err != nil {
		return nil, err
	}
	name := ev.Name
	outcomes, err := r.engine.providers[ev.Name].Read(ctx, asked.Resources)
	if err != nil {
		return nil, err // a ReadError is that of every resource
	}
	answers := make([]any, len(outcomes))
	for i, o := range outcomes {
		if err := o.err.check(name); err != nil {
			return nil, err
		}
		answers[i] = o.answer()
	}
	text, err := json.Marshal(map[string]any{"results": answers})
	return text, notJSON(name, "Read", err)
}

func (r *run) list(ctx context.Context, ev *native.Event) ([]byte, error) {
	var asked struct{ Types []string }
	if err := decode(ev.Body, &asked); err != nil {
		return nil, err
	}
	found, err := r.engine.providers[ev.Name].(Lister).List(ctx, asked.Types)
	if err != nil {
		return nil, err
	}
	resources := make([]json.RawMessage, len(found))
	for i, f := range found {
		if resources[i], err = f.given(); err != nil {
			return nil, notJSON(ev.Name, "List", err)
		}
	}
	return json.Marshal(map[string]any{"resources": resources})
}

func notJSON(provider, call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("drift: what %s of the provider %s found cannot be written as JSON: %w", call, provider, err)
}

func (r *run) configure(ctx context.Context, ev *native.Event) ([]byte, error) {
	c, ok := r.engine.providers[ev.Name].(Configurer)
	if !ok {
		if len(ev.Body) > 0 && string(ev.Body) != "null" && string(ev.Body) != "{}" {
			return nil, misuse("provider "+ev.Name+" takes no configuration", "remove providers."+ev.Name+" from the settings, or give it a Configure method")
		}
		return nil, nil
	}
	return nil, c.Configure(ctx, json.RawMessage(ev.Body))
}

func (r *run) source(ctx context.Context, ev *native.Event) ([]byte, error) {
	return r.fetch[ev.Name](ctx)
}
