package drift_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/libdrift/libdrift/bindings/go"
)

// vault is a provider with a secret of its own.
type vault struct{ token string }

func (vault) Name() string    { return "vault" }
func (vault) Types() []string { return []string{"vault_*"} }
func (vault) Read(context.Context, []drift.Resource) ([]drift.Outcome, error) {
	return nil, nil
}

// Somebody will log the options of a scan. Neither documents nor settings are said, whatever the way.
func TestPrintingOptionsSaysNoSecret(t *testing.T) {
	const canary = "canary-51c0"
	snapshot, err := drift.BuildSnapshot(func(yield func(drift.Resource) bool) {
		yield(drift.Resource{Address: "a.b", Type: "a", Attributes: map[string]any{"x": canary}})
	})
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	config := drift.Config{
		Project: "drift.yaml", Settings: map[string]any{"providers": map[string]any{"acme": map[string]any{"token": canary}}},
		Providers: []drift.Provider{&broker{}, vault{canary}}, Parallel: 3,
	}
	options := drift.Options{
		State: drift.Bytes("upload", []byte(canary)), Desired: drift.Document("plan", map[string]any{"x": canary}),
		Baseline: drift.SourceFunc("bucket", func(context.Context) ([]byte, error) { return []byte(canary), nil }), Actual: snapshot,
		Provider: vault{canary}, Config: config, FindUnmanaged: true,
	}
	settings := config
	settings.Project = ""
	engine := engine(t, settings)
	type holder struct { // fmt does not ask what is in unexported fields
		source  drift.Source
		engine  *drift.Engine
		outcome drift.Outcome
	}
	found := drift.Found(map[string]any{"x": canary}).WithID(canary)
	var said bytes.Buffer
	for _, v := range []any{
		options, &options, config, &config, options.State, options.Desired, options.Baseline, options.Actual, drift.File("f"), engine, found,
		[]drift.Outcome{found, drift.Absent(), drift.Failed(&drift.ReadError{Message: "no entry"})}, []drift.Source{options.State, options.Desired},
		struct{ source drift.Source }{options.State},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&said, verb+"\n", v)
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&said, nil), slog.NewJSONHandler(&said, nil)} {
			slog.New(h).Info("here", "value", v)
		}
	}
	held := holder{options.Desired, engine, found}
	fmt.Fprintf(&said, "%v %+v %#v", held, held, held)
	for _, secret := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprint([]byte(canary))} {
		if strings.Contains(said.String(), secret) {
			t.Errorf("the secret was said:\n%s", said.String())
		}
	}
	want := `drift.Options{State: drift.Bytes("upload", 11 bytes), Desired: drift.Document("plan"), Baseline: drift.SourceFunc("bucket"), ` +
		`Actual: drift.Snapshot(1 resources), FindUnmanaged: true, Provider: vault, ` +
		`Config: drift.Config{Project: drift.yaml, Settings: (1 keys), Providers: [acme vault], Parallel: 3}}`
	equal(t, "options", options.String(), want)
	equal(t, "outcomes", fmt.Sprint([]drift.Outcome{found, drift.Absent(), {}}), "[drift.Found drift.Absent drift.Outcome(none)]")
}
