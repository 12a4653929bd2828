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

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// One misbehaviour: in which call, for which resources, what, and how many times (0: always), counted over all processes.
type rule struct {
	Call  string `json:"call"`
	Type  string `json:"type"`
	ID    string `json:"id"`
	Do    string `json:"do"`
	Code  string `json:"code"` // of an error, as gRPC spells it: UNAVAILABLE
	Text  string `json:"text"`
	Bytes int    `json:"bytes"`
	Ms    int    `json:"ms"`
	Times int    `json:"times"`
}

type behaviour struct {
	LatencyMs int    `json:"latency_ms"` // of each Read
	Log       string `json:"log"`        // every call adds a line to this file
	Ends      bool   `json:"ends"`       // and a Read another one when it ends
	Rules     []rule `json:"rules"`

	mu       sync.Mutex
	counters string // folder for the counts of `times`
	ignored  bool
}

// What a call has to make of its own answer; the rest of the rules was carried out.
type told map[string]*rule

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
	earlier := b.Rules
	b.Rules = nil
	if err := json.Unmarshal(raw, b); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	b.Rules = append(earlier, b.Rules...)
	if b.counters == "" {
		b.counters = filepath.Dir(path)
	}
	return nil
}

// before does what the rules want of this call, and says what its answer shall be like.
func (b *behaviour) before(call, kind, id string) (told, error) {
	b.mu.Lock()
	latency, rules, record := b.LatencyMs, b.Rules, b.Log
	b.mu.Unlock()
	if record != "" {
		appendTo(record, fmt.Sprintf("%d %s %s %s\n", os.Getpid(), call, kind, id))
	}
	if call == "Read" && latency > 0 {
		time.Sleep(time.Duration(latency) * time.Millisecond)
	}
	out := told{}
	for i := range rules {
		r := &rules[i]
		if r.Call != call || !match(r.Type, kind) || !match(r.ID, id) || !b.due(i, r) {
			continue
		}
		if err := b.do(r, id); err != nil {
			return nil, err
		}
		out[r.Do] = r
	}
	return out, nil
}

// after is the end of a Read.
func (b *behaviour) after(kind, id string) {
	b.mu.Lock()
	ends, record := b.Ends, b.Log
	b.mu.Unlock()
	if ends && record != "" {
		appendTo(record, fmt.Sprintf("%d Read-end %s %s\n", os.Getpid(), kind, id))
	}
}

// asked says whether a rule that has no count is there for this call.
func (b *behaviour) asked(call, kind, id, do string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.Rules {
		r := &b.Rules[i]
		if r.Call == call && r.Do == do && match(r.Type, kind) && match(r.ID, id) {
			return true
		}
	}
	return false
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
	path := filepath.Join(b.counters, fmt.Sprintf(".count-%d-%s", i, r.Do))
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

func (r *rule) text(otherwise string) string {
	if r.Text != "" {
		return r.Text
	}
	return otherwise
}

// do carries out what can be done without knowing the call; an unknown name is for the call to understand.
func (b *behaviour) do(r *rule, id string) error {
	switch r.Do {
	case "error":
		code := codes.Unknown
		if r.Code != "" {
			if err := code.UnmarshalJSON([]byte(`"` + r.Code + `"`)); err != nil {
				panic(err)
			}
		}
		return status.Error(code, r.text("the fixture was told to fail for "+id))
	case "throttle":
		return status.Error(codes.ResourceExhausted, r.text("Throttling: rate exceeded: 429 Too Many Requests: retry after 1 second"))
	case "panic":
		panic(r.text("the fixture was told to panic"))
	case "crash": // from another goroutine, where no server could recover it
		go func() { panic(r.text("the fixture was told to crash")) }()
		select {}
	case "hang":
		select {}
	case "sleep":
		time.Sleep(time.Duration(r.Ms) * time.Millisecond)
	case "exit":
		os.Exit(3)
	case "exit-after": // the answer
		go func() {
			time.Sleep(time.Duration(r.Ms) * time.Millisecond)
			os.Exit(3)
		}()
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "stdout":
		chat(os.Stdout, r.text("chatter"), r.Bytes)
	case "stderr":
		chat(os.Stderr, r.text("chatter"), r.Bytes)
	case "print": // as it is: at Start, what is found where the port should be
		fmt.Print(r.Text)
	case "env": // what it was started with and how, to a file
		what := append([]string{"ARGS=" + strings.Join(os.Args[1:], " "), "CWD=" + said(os.Getwd()), "EXE=" + said(os.Executable())}, os.Environ()...)
		if err := os.WriteFile(r.Text, []byte(strings.Join(what, "\n")), 0o600); err != nil {
			panic(err)
		}
	case "fork", "fork-away":
		forkChild(r.Do == "fork-away", r.Ms)
	case "ignore-stop":
		signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
		b.ignored = true
	}
	return nil
}

func said(text string, err error) string {
	if err != nil {
		return err.Error()
	}
	return text
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

// end comes after the host asked for the end and the server stopped.
func (b *behaviour) end() {
	if _, err := b.before("End", "", ""); err != nil {
		panic(err)
	}
	if b.ignored {
		select {}
	}
}
