package drift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Numbers that name something. A later library can have more: what is not known is kept, and printed as "unknown(n)". Read from JSON, a name
// that is not known becomes -1.

func unknown(n int32) string { return fmt.Sprintf("unknown(%d)", n) }

// unknownNumber reads what unknown wrote.
func unknownNumber(text string) (n int32, ok bool) {
	_, err := fmt.Sscanf(text, "unknown(%d)", &n)
	return n, err == nil && unknown(n) == text
}

// read is the number of a name; -1 for one that a later library has.
func read[T ~int32](into *T, names []string, text []byte) error {
	name := string(text)
	if i := slices.Index(names, name); i >= 0 && name != "" {
		*into = T(i)
	} else if n, ok := unknownNumber(name); ok {
		*into = T(n)
	} else {
		*into = -1
	}
	return nil
}

func named(names []string, n int32) string {
	if n < 0 || int(n) >= len(names) || names[n] == "" {
		return unknown(n)
	}
	return names[n]
}

// Verdict is what a resource turned out to be.
type Verdict int32

const (
	VerdictNone Verdict = iota // of an error about the whole scan
	VerdictInSync
	VerdictChanged
	VerdictDeleted
	VerdictUnmanaged
	VerdictUnreadable
	VerdictUnsupported
	VerdictStale
	VerdictSuppressed
)

var verdicts = []string{"none", "in_sync", "changed", "deleted", "unmanaged", "unreadable", "unsupported", "stale", "suppressed"}

func (v Verdict) String() string                   { return named(verdicts, int32(v)) }
func (v Verdict) MarshalText() ([]byte, error)     { return []byte(v.String()), nil }
func (v *Verdict) UnmarshalText(text []byte) error { return read(v, verdicts, text) }

// RiskLevel says how bad a finding is; more is worse.
type RiskLevel int32

const (
	RiskInfo RiskLevel = iota + 1
	RiskLow
	RiskMedium
	RiskHigh
	RiskCritical
)

var riskLevels = []string{"", "info", "low", "medium", "high", "critical"}

func (l RiskLevel) String() string                   { return named(riskLevels, int32(l)) }
func (l RiskLevel) MarshalText() ([]byte, error)     { return []byte(l.String()), nil }
func (l *RiskLevel) UnmarshalText(text []byte) error { return read(l, riskLevels, text) }

// RiskClass says what a finding touches.
type RiskClass int32

const (
	RiskCosmetic RiskClass = iota + 1
	RiskBehavioural
	RiskSecurity
)

var riskClasses = []string{"", "cosmetic", "behavioural", "security"}

func (c RiskClass) String() string                   { return named(riskClasses, int32(c)) }
func (c RiskClass) MarshalText() ([]byte, error)     { return []byte(c.String()), nil }
func (c *RiskClass) UnmarshalText(text []byte) error { return read(c, riskClasses, text) }

// RiskDirection says whether something was opened (widened) or closed (narrowed).
type RiskDirection int32

const (
	RiskNeutral RiskDirection = iota + 1
	RiskNarrow
	RiskWiden
)

var riskDirections = []string{"", "neutral", "narrow", "widen"}

func (d RiskDirection) String() string                   { return named(riskDirections, int32(d)) }
func (d RiskDirection) MarshalText() ([]byte, error)     { return []byte(d.String()), nil }
func (d *RiskDirection) UnmarshalText(text []byte) error { return read(d, riskDirections, text) }

// Kind is what happened to a property.
type Kind int32

const (
	KindAdded Kind = iota + 1
	KindRemoved
	KindModified
)

var kinds = []string{"", "added", "removed", "modified"}

func (k Kind) String() string                   { return named(kinds, int32(k)) }
func (k Kind) MarshalText() ([]byte, error)     { return []byte(k.String()), nil }
func (k *Kind) UnmarshalText(text []byte) error { return read(k, kinds, text) }

// Relation says which side moved.
type Relation int32

const (
	RelationDrift     Relation = iota + 1 // actual moved
	RelationPending                       // desired moved
	RelationConverged                     // both, to the same value
	RelationConflict                      // both, apart
)

var relations = []string{"", "drift", "pending", "converged", "conflict"}

func (r Relation) String() string                   { return named(relations, int32(r)) }
func (r Relation) MarshalText() ([]byte, error)     { return []byte(r.String()), nil }
func (r *Relation) UnmarshalText(text []byte) error { return read(r, relations, text) }

// Class says what kind of difference it is; 0 where no schema says it.
type Class int32

const (
	ClassConfigOwned     Class = iota + 1 // in what the program sets, or could
	ClassComputedOnly                     // in what only the provider sets
	ClassNullOrEmpty                      // between null, absent and empty
	ClassIgnored                          // taken out by an ignore rule
	ClassSensitivityOnly                  // none in the value: the provider calls it sensitive, and what was recorded does not
)

var classes = []string{"", "config_owned", "computed_only", "null_or_empty", "ignored", "sensitivity_only"}

func (c Class) String() string                   { return named(classes, int32(c)) }
func (c Class) MarshalText() ([]byte, error)     { return []byte(c.String()), nil }
func (c *Class) UnmarshalText(text []byte) error { return read(c, classes, text) }

// Section is the part of a resource that a path starts in.
type Section int32

const (
	SectionAttributes Section = iota + 1
	SectionInputs
	SectionResource
)

var sections = []string{"", "attributes", "inputs", "resource"}

func (s Section) String() string                   { return named(sections, int32(s)) }
func (s Section) MarshalText() ([]byte, error)     { return []byte(s.String()), nil }
func (s *Section) UnmarshalText(text []byte) error { return read(s, sections, text) }

// IsZero keeps the usual section out of JSON, as docs/report.schema.json has it.
func (s Section) IsZero() bool { return s == SectionAttributes }

// Mode is that of the ignore rule that applied.
type Mode int32

const (
	ModeNone Mode = iota
	ModeHide
	ModeMute
	ModeAccept
	ModeWatchOnly
	ModeNeverPush
)

var modes = []string{"none", "hide", "mute", "accept", "watch_only", "never_push"}

func (m Mode) String() string                   { return named(modes, int32(m)) }
func (m Mode) MarshalText() ([]byte, error)     { return []byte(m.String()), nil }
func (m *Mode) UnmarshalText(text []byte) error { return read(m, modes, text) }

// Basis is the set of sides that took part.
type Basis uint32

const (
	BasisBaseline Basis = 1 << iota
	BasisDesired
	BasisRecorded
	BasisActual
)

var sides = []string{"baseline", "desired", "recorded", "actual"}

// Sides are the names of the sides.
func (b Basis) Sides() []string {
	out := []string{}
	for i, name := range sides {
		if b&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	if rest := b >> len(sides) << len(sides); rest != 0 {
		out = append(out, unknown(int32(rest)))
	}
	return out
}

func (b Basis) String() string               { return strings.Join(b.Sides(), ", ") }
func (b Basis) MarshalJSON() ([]byte, error) { return json.Marshal(b.Sides()) }

// UnmarshalJSON reads the names of sides; one that is not known counts for nothing.
func (b *Basis) UnmarshalJSON(text []byte) error {
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		return err
	}
	*b = 0
	for _, name := range names {
		if i := slices.Index(sides, name); i >= 0 {
			*b |= 1 << i
		} else if n, ok := unknownNumber(name); ok {
			*b |= Basis(n)
		}
	}
	return nil
}
