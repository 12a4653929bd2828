package drift

import "encoding/json"

// Finding is one drifted resource. Its texts share memory with those of its page: use strings.Clone for what is kept when the rest is not.
type Finding struct {
	Address     string   `json:"address"`
	Type        string   `json:"type"`
	Verdict     Verdict  `json:"verdict"`
	Fingerprint string   `json:"fingerprint"`    // the same finding from scan to scan
	Class       Class    `json:"class,omitzero"` // of its changes
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
	Class             Class           `json:"class,omitzero"`
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

// UnmarshalJSON reads what json.Marshal wrote, which leaves out the usual section.
func (c *Change) UnmarshalJSON(text []byte) error {
	type plain Change
	in := plain{Section: SectionAttributes}
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*c = Change(in)
	return nil
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

// problemJSON is an error of docs/report.schema.json.
type problemJSON struct {
	Address string  `json:"address,omitempty"`
	Type    string  `json:"type,omitempty"`
	Verdict Verdict `json:"verdict,omitzero"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Next    string  `json:"next,omitempty"`
}

// MarshalJSON is what docs/report.schema.json calls an error.
func (p Problem) MarshalJSON() ([]byte, error) {
	out := problemJSON{Address: p.Address, Type: p.Type, Verdict: p.Verdict}
	if p.Err != nil {
		out.Code, out.Message, out.Next = p.Err.Name, p.Err.Message, p.Err.Next
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads the same; it does not say what is retryable.
func (p *Problem) UnmarshalJSON(text []byte) error {
	var in problemJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*p = Problem{Address: in.Address, Type: in.Type, Verdict: in.Verdict,
		Err: &Error{Code: codeNamed(in.Code), Name: in.Code, Message: in.Message, Subject: in.Address, Next: in.Next}}
	return nil
}

// Note is what a person should know about the documents and rules.
type Note struct {
	Code    string `json:"code"`
	Address string `json:"address,omitempty"`
	Message string `json:"message"`
}
