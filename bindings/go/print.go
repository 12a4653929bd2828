package drift

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// Documents and settings hold secrets. What fmt and log/slog make of the values here has names and sizes, and none of their content, whatever the
// verb is.

func (s *source) String() string { return s.says }

// String says how much is in it.
func (s *Snapshot) String() string {
	if s == nil {
		return "drift.Snapshot(nil)"
	}
	return fmt.Sprintf("drift.Snapshot(%d resources)", s.len)
}

// String says how many providers it has.
func (e *Engine) String() string {
	if e == nil {
		return "drift.Engine(nil)"
	}
	return fmt.Sprintf("drift.Engine(%d providers)", len(e.providers))
}

// String leaves out the settings; providers are named.
func (c Config) String() string { return "drift.Config{" + fieldsOf(c) + "}" }

// String leaves out documents and settings.
func (o Options) String() string { return "drift.Options{" + fieldsOf(o) + "}" }

// String says which of the three it is.
func (o Outcome) String() string {
	switch {
	case o.found != nil:
		return "drift.Found"
	case o.absent:
		return "drift.Absent"
	case o.err != nil:
		return "drift.Failed(" + o.err.Error() + ")"
	}
	return "drift.Outcome(none)"
}

func (s *source) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.says) }

// Format is String for every verb.
func (e *Engine) Format(f fmt.State, _ rune) { fmt.Fprint(f, e.String()) }

// Format is String for every verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// Format is String for every verb.
func (o Options) Format(f fmt.State, _ rune) { fmt.Fprint(f, o.String()) }

// Format is String for every verb.
func (o Outcome) Format(f fmt.State, _ rune) { fmt.Fprint(f, o.String()) }

// LogValue is String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// LogValue is String.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// LogValue is String.
func (o Outcome) LogValue() slog.Value { return slog.StringValue(o.String()) }

// fieldsOf are the fields of options that are set.
func fieldsOf(options any) string {
	var out []string
	v := reflect.ValueOf(options)
	for i := range v.NumField() {
		field := v.Field(i)
		if !field.IsZero() {
			out = append(out, v.Type().Field(i).Name+": "+shown(field.Interface()))
		}
	}
	return strings.Join(out, ", ")
}

func shown(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return fmt.Sprintf("(%d keys)", len(v))
	case Provider:
		return v.Name()
	case []Provider:
		names := []string{}
		for _, p := range v {
			if p != nil {
				names = append(names, p.Name())
			}
		}
		return fmt.Sprint(names)
	case *slog.Logger, func(done, total int), func(context.Context, DecryptRequest) ([][]byte, error):
		return "(set)"
	}
	return fmt.Sprint(value)
}
