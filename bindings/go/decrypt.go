package drift

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// DecryptRequest is what Config.Decrypt is asked for.
//
// With DataKey there is one ciphertext, the encryptedkey of the state (base64): its plaintext, as the cloud's key service gives it, is the key of 32
// bytes that everything else is encrypted with. Without it each ciphertext is a secret as the document has it, and its plaintext the JSON text of
// the value.
//
// The plaintexts are as many as the ciphertexts, in their order. An error that is, or wraps, a *ReadError leaves the secrets encrypted, which the
// report notes; any other stops the scan, which returns it as it is.
type DecryptRequest struct {
	Provider    string          `json:"provider"` // the type in secrets_providers: "cloud", "service", ...
	State       json.RawMessage `json:"state"`    // its state in the document: {"url":..,"encryptedkey":..}
	DataKey     bool            `json:"data_key"`
	Ciphertexts []string        `json:"ciphertexts"`
}

func (r *run) decrypt(ctx context.Context, ev *native.Event) ([]byte, error) {
	var asked DecryptRequest
	if err := decode(ev.Body, &asked); err != nil {
		return nil, err
	}
	plaintexts, err := r.engine.decrypt(ctx, asked)
	if err != nil {
		return nil, err
	}
	if len(plaintexts) != len(asked.Ciphertexts) {
		return nil, fmt.Errorf("drift: Config.Decrypt gave %d plaintexts for %d ciphertexts", len(plaintexts), len(asked.Ciphertexts))
	}
	for i, p := range plaintexts {
		if p == nil { // which is no JSON text
			plaintexts[i] = []byte{}
		}
	}
	return json.Marshal(map[string]any{"plaintexts": plaintexts})
}
