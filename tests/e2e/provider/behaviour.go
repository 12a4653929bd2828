package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// One misbehaviour: in which call, for which resources, what, and how many times (0: always), counted over all processes.
type rule struct {
	Call  string `json:"call"`
	Type  string `json:"type"`
	ID    string `json:"id"`
	Do    string `json:"do"`
	Text  string `json:"text"`
	Bytes int    `json:"bytes"`
	Ms    int    `json:"ms"`
	Times int    `json:"times"`
}

type behaviour struct {
	LatencyMs int    `json:"latency_ms"`
	Log       string `json:"log"`      // every call adds a line to this file
	Ends      bool   `json:"ends"`     // and a Read another one when it ends
	Counters  string `json:"counters"` // folder for the counts of `times`
	SchemaMB  int    `json:"schema_mb"`
	// It has to be asked for its schema in each process before anything else.
	SchemaAlways bool   `json:"schema_always"`
	Rules        []rule `json:"rules"`

	mu      sync.Mutex
	ignored bool
}

func readBehaviour(path string) (*behaviour, error) {
	out := &behaviour{}
	if path == "" {
		return out, nil
	}
	return out, out.add(path)
}

// add reads more rules: the folder's own, once it is known.
func (b *behaviour) add(path string) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.Rules
	b.Rules = nil
	if err := json.Unmarshal(raw, b); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	b.Rules = append(before, b.Rules...)
	if b.Counters == "" {
		b.Counters = filepath.Dir(path)
	}
	return nil
}

// What a call has to answer instead of what it would.
type verdict struct {
	severity string // error or warning
	summary  string
	detail   string
	garbage  bool   // bytes that are no value
	status   string // the call fails with a gRPC status of this text
	absent   bool   // no state at all, which means deleted
	bare     bool   // only who it is, not what
	only     string // of these alone (a glob; all)
	missing  bool   // the call is not there
	whole    bool   // the diagnostic comes with all that was read, also where it is an error
	written  string // what it gives for write-only attributes, which it must not
	nobody   bool   // an identity that is none
	endless  bool   // the last of a list comes again and again
	last     string // it crashes with these words when all has been listed
}

const quota = "Throttling: rate exceeded"

// before does what the rules want of this call, and says what it shall answer.
func (b *behaviour) before(call, kind, id string) *verdict {
	b.mu.Lock()
	latency, rules, record := b.LatencyMs, b.Rules, b.Log
	b.mu.Unlock()
	if record != "" {
		appendTo(record, fmt.Sprintf("%d %s %s %s\n", os.Getpid(), call, kind, id))
	}
	if call == "Read" && latency > 0 {
		time.Sleep(time.Duration(latency) * time.Millisecond)
	}
	var out *verdict
	for i := range rules {
		r := &rules[i]
		if r.Call != call || !match(r.Type, kind) || !match(r.ID, id) || !b.due(i, r) {
			continue
		}
		if got := b.do(r, id); got != nil {
			out = got
		}
	}
	return out
}

// after is the end of a call.
func (b *behaviour) after(call, kind, id string) {
	b.mu.Lock()
	ends, record := b.Ends, b.Log
	b.mu.Unlock()
	if ends && record != "" {
		appendTo(record, fmt.Sprintf("%d %s-end %s %s\n", os.Getpid(), call, kind, id))
	}
}

func match(pattern, name string) bool {
	ok, _ := filepath.Match(pattern, name)
	return pattern == "" || ok
}

// The count is the length of a file, so that it outlives the process.
func (b *behaviour) due(i int, r *rule) bool {
	if r.Times == 0 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	path := filepath.Join(b.Counters, fmt.Sprintf(".count-%d-%s", i, r.Do))
	info, err := os.Stat(path)
	if err == nil && info.Size() >= int64(r.Times) {
		return false
	}
	appendTo(path, "x")
	return true
}

func appendTo(path, text string) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		panic(err)
	}
}

func (b *behaviour) do(r *rule, id string) *verdict {
	text := func(otherwise string) string {
		if r.Text != "" {
			return r.Text
		}
		return otherwise
	}
	switch r.Do {
	case "error":
		return &verdict{severity: "error", summary: text("The fixture was told to fail"), detail: "for " + id}
	case "warn":
		return &verdict{severity: "warning", summary: text("The fixture was told to warn"), detail: "for " + id}
	case "tell":
		return &verdict{severity: "warning", summary: text("The fixture was told to tell"), detail: "for " + id, whole: true}
	case "tell-error":
		return &verdict{severity: "error", summary: text("The fixture was told to tell"), detail: "for " + id, whole: true}
	case "throttle":
		return &verdict{severity: "error", summary: text(quota), detail: "Error: 429 Too Many Requests: retry after 1 second"}
	case "garbage":
		return &verdict{garbage: true}
	case "absent":
		return &verdict{absent: true}
	case "status":
		return &verdict{status: text("the fixture was told to fail the call")}
	case "bare":
		return &verdict{bare: true, only: r.Text}
	case "exit-after": // the answer
		go func() {
			time.Sleep(time.Duration(r.Ms) * time.Millisecond)
			os.Exit(3)
		}()
	case "unimplemented":
		return &verdict{missing: true}
	case "panic":
		panic(text("the fixture was told to panic"))
	case "crash":
		crash(text("the fixture was told to crash"))
	case "crash-after":
		return &verdict{last: text("the fixture was told to crash")}
	case "endless":
		return &verdict{endless: true}
	case "write-only":
		return &verdict{written: text("what nobody may read")}
	case "bad-identity":
		return &verdict{nobody: true}
	case "hang":
		select {}
	case "sleep":
		time.Sleep(time.Duration(r.Ms) * time.Millisecond)
	case "exit":
		os.Exit(3)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "stdout":
		chat(os.Stdout, text("chatter"), r.Bytes)
	case "stderr":
		chat(os.Stderr, text("chatter"), r.Bytes)
	case "fork", "fork-away":
		forkChild(r.Do == "fork-away", r.Ms)
	case "print": // as it is, to the first standard output: a wrong handshake
		fmt.Println(r.Text)
	case "env": // what it was started with, to a file
		if err := os.WriteFile(r.Text, []byte(strings.Join(os.Environ(), "\n")), 0o600); err != nil {
			panic(err)
		}
	case "ignore-stop":
		signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
		b.ignored = true
	default:
		panic("behaviour.json: nothing is called " + r.Do)
	}
	return nil
}

// From another goroutine, where nothing of the SDK could recover it.
func crash(words string) {
	go func() { panic(words) }()
	select {}
}

func chat(to *os.File, text string, size int) {
	line := strings.Repeat(text+" ", 1+1000/(len(text)+1)) + "\n"
	for written := 0; written < size; written += len(line) {
		fmt.Fprint(to, line)
	}
}

// A child that holds what it inherited: our standard output and error. `away`: in a session of its own.
func forkChild(away bool, ms int) {
	child := exec.Command("sleep", fmt.Sprintf("%.3f", float64(ms)/1000))
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: away}
	if err := child.Start(); err != nil {
		panic(err)
	}
}

func (b *behaviour) start() { b.before("Start", "", "") }

// end comes after the host asked for the end and the server stopped.
func (b *behaviour) end() {
	b.before("End", "", "")
	if b.ignored {
		select {}
	}
}
