package drift_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/libdrift/libdrift/bindings/go"
)

const signature = `"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"`

func deployment(secretsProvider, outputs string) string {
	return fmt.Sprintf(`{"manifest":{},"secrets_providers":%s,"resources":[{"urn":"urn:pulumi:dev::shop::a:b:C::one","custom":true,"type":"a:b:C",`+
		`"id":"1","outputs":{%s}}]}`, secretsProvider, outputs)
}

func stackExport(secretsProvider, outputs string) drift.Source {
	return drift.Bytes("stack", []byte(`{"version":3,"deployment":`+deployment(secretsProvider, outputs)+`}`))
}

// encryptedStack has a secret of a cloud's key: "cloud-canary", under the bytes 0 to 31.
func encryptedStack() drift.Source {
	return stackExport(`{"type":"cloud","state":{"url":"awskms://alias/x","encryptedkey":"QUJD"}}`,
		`"p":{`+signature+`,"ciphertext":"v1:BwcHBwcHBwcHBwcH:LQnKMxpr+pen83Ly+XPEmEUx8qLziBJ71XWKEwjj"}`)
}

func plainStack(json string) drift.Source {
	return stackExport("null", fmt.Sprintf(`"p":{%s,"plaintext":%q}`, signature, json))
}

func decrypting(t *testing.T, actual drift.Source, decrypt func(context.Context, drift.DecryptRequest) ([][]byte, error)) (int, string, error) {
	t.Helper()
	o := drift.Options{State: encryptedStack(), Actual: actual, Config: drift.Config{Decrypt: decrypt}}
	report, err := drift.Scan(t.Context(), o)
	if err != nil {
		return 0, "", err
	}
	defer report.Close()
	notes := ""
	for n := range report.Notes() {
		notes += n.Code + ": " + n.Message + "\n"
	}
	return report.Len(), notes, nil
}

func TestDecryptOfADataKey(t *testing.T) {
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	for want, actual := range []drift.Source{plainStack(`"cloud-canary"`), plainStack(`"other"`)} {
		var asked drift.DecryptRequest
		findings, notes, err := decrypting(t, actual, func(_ context.Context, r drift.DecryptRequest) ([][]byte, error) {
			asked = r
			return [][]byte{key}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "findings", findings, want)
		equal(t, "notes", notes, "")
		equal(t, "provider", asked.Provider, "cloud")
		equal(t, "data key", asked.DataKey, true)
		equal(t, "ciphertexts", fmt.Sprint(asked.Ciphertexts), "[QUJD]")
	}
}

func TestDecryptThatFails(t *testing.T) {
	findings, notes, err := decrypting(t, plainStack(`"other"`), func(context.Context, drift.DecryptRequest) ([][]byte, error) {
		return nil, &drift.ReadError{Message: "the key service said no"}
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "findings", findings, 0)
	if !strings.Contains(notes, "secrets_locked") || !strings.Contains(notes, "the key service said no") {
		t.Errorf("notes are %q", notes)
	}
	broken := errors.New("broken")
	if _, _, err = decrypting(t, plainStack(`1`), func(context.Context, drift.DecryptRequest) ([][]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	if _, _, err = decrypting(t, plainStack(`1`), func(context.Context, drift.DecryptRequest) ([][]byte, error) { return nil, nil }); err == nil {
		t.Error("no plaintext at all was taken")
	}
	if _, notes, err = decrypting(t, plainStack(`1`), nil); err != nil || !strings.Contains(notes, "secrets_locked") {
		t.Errorf("without a function: %v, %q", err, notes)
	}
}

func TestAStackByItsName(t *testing.T) {
	folder := t.TempDir()
	stacks := filepath.Join(folder, ".pulumi", "stacks", "shop")
	if err := os.MkdirAll(stacks, 0o700); err != nil {
		t.Fatal(err)
	}
	text := `{"version":3,"checkpoint":{"stack":"dev","latest":` + deployment("null", `"p":1`) + `}}`
	if err := os.WriteFile(filepath.Join(stacks, "dev.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PULUMI_BACKEND_URL", "file://"+folder)
	report, err := drift.Scan(t.Context(), drift.Options{Actual: plainStack("2"), Config: drift.Config{Stack: "shop/dev"}})
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	equal(t, "findings", report.Len(), 1)
	if _, err = drift.Scan(t.Context(), drift.Options{Actual: plainStack("2"), Config: drift.Config{Stack: "shop/prod"}}); !errors.Is(err, drift.ErrNotFound) {
		t.Errorf("the error is %v", err)
	}
}
