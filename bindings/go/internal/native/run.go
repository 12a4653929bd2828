package native

/*
#include "drift.h"

// All of an event in one crossing.
typedef struct {
	drift_text name, body, code, address, message;
	uint64_t ticket;
	int64_t done, total, level, time, given_up;
	int32_t kind;
} drift_go_event;

static int32_t drift_go_next(drift_run *run, int64_t timeout_ms, drift_event **ev, drift_go_event *out, drift_error **err) {
	int32_t status = drift_run_next(run, timeout_ms, ev, err);
	if (status != DRIFT_OK) return status;
	out->kind = drift_event_kind(*ev);
	out->ticket = drift_event_ticket(*ev);
	drift_event_text(*ev, DRIFT_T_NAME, &out->name.p, &out->name.n);
	drift_event_text(*ev, DRIFT_T_BODY, &out->body.p, &out->body.n);
	drift_event_text(*ev, DRIFT_T_CODE, &out->code.p, &out->code.n);
	drift_event_text(*ev, DRIFT_T_ADDRESS, &out->address.p, &out->address.n);
	drift_event_text(*ev, DRIFT_T_MESSAGE, &out->message.p, &out->message.n);
	out->done = drift_event_number(*ev, DRIFT_N_DONE);
	out->total = drift_event_number(*ev, DRIFT_N_TOTAL);
	out->level = drift_event_number(*ev, DRIFT_N_LEVEL);
	out->time = drift_event_number(*ev, DRIFT_N_TIME);
	out->given_up = drift_event_number(*ev, DRIFT_N_TICKET);
	return status;
}

#cgo noescape drift_go_next
#cgo nocallback drift_go_next
#cgo noescape drift_event_free
#cgo nocallback drift_event_free
#cgo noescape drift_run_answer
#cgo nocallback drift_run_answer
#cgo noescape drift_run_fail
#cgo nocallback drift_run_fail
#cgo noescape drift_run_set_time
#cgo nocallback drift_run_set_time
#cgo noescape drift_run_cancel
#cgo nocallback drift_run_cancel
#cgo noescape drift_run_report
#cgo nocallback drift_run_report
#cgo noescape drift_run_accepted
#cgo nocallback drift_run_accepted
#cgo noescape drift_run_free
#cgo nocallback drift_run_free
*/
import "C"

const (
	EvNone          = C.DRIFT_EV_NONE
	EvDone          = C.DRIFT_EV_DONE
	EvProgress      = C.DRIFT_EV_PROGRESS
	EvLog           = C.DRIFT_EV_LOG
	EvWantSource    = C.DRIFT_EV_WANT_SOURCE
	EvWantRead      = C.DRIFT_EV_WANT_READ
	EvWantList      = C.DRIFT_EV_WANT_LIST
	EvWantConfigure = C.DRIFT_EV_WANT_CONFIGURE
	EvWantDecrypt   = C.DRIFT_EV_WANT_DECRYPT
	EvWantTime      = C.DRIFT_EV_WANT_TIME
	EvGivenUp       = C.DRIFT_EV_GIVEN_UP
)

// Run is a scan or an accept that is under way. One goroutine calls Next; all else may be called by any.
type Run struct {
	handle[*C.drift_run]
}

func newRun(p *C.drift_run) *Run {
	r := &Run{}
	r.open(p, "run", func(p *C.drift_run) { C.drift_run_free(p) })
	return r
}

// Event is what a run tells or wants, copied.
type Event struct {
	Kind                         int32
	Ticket                       uint64 // what to answer, or the one that was given up
	Name, Code, Address, Message string
	Body                         []byte
	Done, Total, Level, Time     int64
}

// Next waits at most so long for an event; EvNone when there was none.
func (r *Run) Next(timeoutMS int64) (Event, error) {
	p, err := r.enter()
	if err != nil {
		return Event{}, err
	}
	defer r.leave()
	var ev *C.drift_event
	var got C.drift_go_event
	var cerr *C.drift_error
	switch status := C.drift_go_next(p, C.int64_t(timeoutMS), &ev, &got, &cerr); status {
	case C.DRIFT_OK:
	case C.DRIFT_TIMEOUT:
		return Event{}, nil
	default:
		return Event{}, takeError(status, cerr)
	}
	defer C.drift_event_free(ev)
	out := Event{
		Kind:    int32(got.kind),
		Ticket:  uint64(got.ticket),
		Name:    text(got.name.p, got.name.n),
		Body:    copied(got.body.p, got.body.n),
		Code:    text(got.code.p, got.code.n),
		Address: text(got.address.p, got.address.n),
		Message: text(got.message.p, got.message.n),
		Done:    int64(got.done),
		Total:   int64(got.total),
		Level:   int64(got.level),
		Time:    int64(got.time),
	}
	if out.Kind == EvGivenUp {
		out.Ticket = uint64(got.given_up)
	}
	return out, nil
}

// answered: an answer that nobody waits for any more is none that failed.
func answered(status C.int32_t, cerr *C.drift_error) error {
	if status == C.DRIFT_OK || status == C.DRIFT_END {
		return nil
	}
	return takeError(status, cerr)
}

func (r *Run) Answer(ticket uint64, answer []byte) error {
	p, err := r.enter()
	if err != nil {
		return err
	}
	defer r.leave()
	var cerr *C.drift_error
	b, n := bytesOf(answer)
	return answered(C.drift_run_answer(p, C.uint64_t(ticket), b, n, &cerr), cerr)
}

func (r *Run) Fail(ticket uint64, code int32, message string, retryable bool) error {
	p, err := r.enter()
	if err != nil {
		return err
	}
	defer r.leave()
	var again C.int32_t
	if retryable {
		again = 1
	}
	var cerr *C.drift_error
	m, n := chars(message)
	return answered(C.drift_run_fail(p, C.uint64_t(ticket), C.int32_t(code), m, n, again, &cerr), cerr)
}

func (r *Run) SetTime(clockNS int64) error {
	p, err := r.enter()
	if err != nil {
		return err
	}
	defer r.leave()
	var cerr *C.drift_error
	return answered(C.drift_run_set_time(p, C.int64_t(clockNS), &cerr), cerr)
}

func (r *Run) Cancel() error {
	p, err := r.enter()
	if err != nil {
		return err
	}
	defer r.leave()
	var cerr *C.drift_error
	return answered(C.drift_run_cancel(p, &cerr), cerr)
}

// Report is what a scan ended with, after EvDone.
func (r *Run) Report() (*Report, error) {
	p, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer r.leave()
	var report *C.drift_report
	var cerr *C.drift_error
	if status := C.drift_run_report(p, &report, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return newReport(report), nil
}

// Accepted is what an accept ended with, as JSON.
func (r *Run) Accepted() ([]byte, error) {
	p, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer r.leave()
	var blob *C.drift_blob
	var cerr *C.drift_error
	if status := C.drift_run_accepted(p, &blob, &cerr); status != C.DRIFT_OK {
		return nil, takeError(status, cerr)
	}
	return takeBlob(blob)
}
