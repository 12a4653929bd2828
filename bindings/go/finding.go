package drift

import "encoding/json"

// Finding is one drifted resource. Its texts share memory with those of its page: use strings.Clone for what is kept when the rest is not.
type Finding struct {
	Address     string   `json:"address"`
	Type        string   `json:"type"`
	Verdict     Verdict  `json:"verdict"`
	Fingerprint string   `json:"fingerprint"` // the same finding from scan to scan
	Risk        Risk     `json:"risk"`
	Basis       Basis    `json:"basis"`
	Changes     []Change `json:"changes"` // by section and path
}

// Risk says how bad a finding is.
type Risk struct {
	Level     RiskLevel     `json:"level"`
	Class     RiskClass     `json:"class"`
	Direction RiskDirection `json:"direction"`
	Why       string        `json:"why"`
	Rule      string        `json:"rule"` // the risk rule's id
}

// Change is one property that differs. A side's value is JSON, and nil where the side took no part or has nothing there; secrets are
// "(sensitive)".
type Change struct {
	Path              string          `json:"path"`    // canonical
	Pointer           string          `json:"pointer"` // the same as a JSON Pointer (RFC 6901)
	Section           Section         `json:"section,omitzero"`
	Kind              Kind            `json:"kind"`
	Relation          Relation        `json:"relation"`
	Why               string          `json:"why"`
	Rule              string          `json:"rule,omitempty"` // the comparator or ignore rule that applied
	Mode              Mode            `json:"mode,omitzero"`  // of the ignore rule
	Reason            string          `json:"reason,omitempty"`
	Sensitive         bool            `json:"sensitive,omitempty"` // something secret was taken out of the values
	ForcesReplacement bool            `json:"forces_replacement,omitempty"`
	Recorded          json.RawMessage `json:"recorded,omitempty"`
	Actual            json.RawMessage `json:"actual,omitempty"`
	Desired           json.RawMessage `json:"desired,omitempty"`
	Baseline          json.RawMessage `json:"baseline,omitempty"`
}

// Suppressed is what rules took out of a resource.
type Suppressed struct {
	Address string   `json:"address"`
	Type    string   `json:"type"`
	Verdict Verdict  `json:"verdict"`        // what it would have been
	Rule    string   `json:"rule,omitempty"` // of the existence, when that was taken out; else each change has its own
	Mode    Mode     `json:"mode,omitzero"`
	Reason  string   `json:"reason,omitempty"`
	Changes []Change `json:"changes"`
}

// Problem is something that should have an answer and has none. It is an error: errors.Is(problem, drift.ErrReadAuth).
type Problem struct {
	Address string // empty when it is about the whole scan
	Type    string
	Verdict Verdict // VerdictUnreadable, VerdictUnsupported, VerdictStale; VerdictNone when it is about the whole scan
	Err     *Error
}

func (p Problem) Error() string {
	if p.Address == "" {
		return p.Err.Error()
	}
	return p.Address + ": " + p.Err.Error()
}

func (p Problem) Unwrap() error { return p.Err }

// Note is what a person should know about the documents and rules.
type Note struct {
	Code    string `json:"code"`
	Address string `json:"address,omitempty"`
	Message string `json:"message"`
}
