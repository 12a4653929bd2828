package drift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Numbers that name something. A later library can have more: what is not known is kept, and printed as "unknown(n)".

func unknown(n int32) string { return fmt.Sprintf("unknown(%d)", n) }

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

func (v Verdict) String() string               { return named(verdicts, int32(v)) }
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

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

func (l RiskLevel) String() string               { return named(riskLevels, int32(l)) }
func (l RiskLevel) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// RiskClass says what a finding touches.
type RiskClass int32

const (
	RiskCosmetic RiskClass = iota + 1
	RiskBehavioural
	RiskSecurity
)

var riskClasses = []string{"", "cosmetic", "behavioural", "security"}

func (c RiskClass) String() string               { return named(riskClasses, int32(c)) }
func (c RiskClass) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// RiskDirection says whether something was opened (widened) or closed (narrowed).
type RiskDirection int32

const (
	RiskNeutral RiskDirection = iota + 1
	RiskNarrow
	RiskWiden
)

var riskDirections = []string{"", "neutral", "narrow", "widen"}

func (d RiskDirection) String() string               { return named(riskDirections, int32(d)) }
func (d RiskDirection) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Kind is what happened to a property.
type Kind int32

const (
	KindAdded Kind = iota + 1
	KindRemoved
	KindModified
)

var kinds = []string{"", "added", "removed", "modified"}

func (k Kind) String() string               { return named(kinds, int32(k)) }
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Relation says which side moved.
type Relation int32

const (
	RelationDrift     Relation = iota + 1 // actual moved
	RelationPending                       // desired moved
	RelationConverged                     // both, to the same value
	RelationConflict                      // both, apart
)

var relations = []string{"", "drift", "pending", "converged", "conflict"}

func (r Relation) String() string               { return named(relations, int32(r)) }
func (r Relation) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Section is the part of a resource that a path starts in.
type Section int32

const (
	SectionAttributes Section = iota + 1
	SectionInputs
	SectionResource
)

var sections = []string{"", "attributes", "inputs", "resource"}

func (s Section) String() string               { return named(sections, int32(s)) }
func (s Section) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

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

func (m Mode) String() string               { return named(modes, int32(m)) }
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Basis is the set of sides that took part.
type Basis uint32

const (
	BasisBaseline Basis = 1 << iota
	BasisDesired
	BasisRecorded
	BasisActual
)

// Sides are the names of the sides.
func (b Basis) Sides() []string {
	sides := []string{}
	for i, name := range []string{"baseline", "desired", "recorded", "actual"} {
		if b&(1<<i) != 0 {
			sides = append(sides, name)
		}
	}
	if rest := b &^ (BasisBaseline | BasisDesired | BasisRecorded | BasisActual); rest != 0 {
		sides = append(sides, unknown(int32(rest)))
	}
	return sides
}

func (b Basis) String() string               { return strings.Join(b.Sides(), ", ") }
func (b Basis) MarshalJSON() ([]byte, error) { return json.Marshal(b.Sides()) }

func verdictNamed(name string) Verdict {
	return Verdict(max(slices.Index(verdicts, name), 0))
}
