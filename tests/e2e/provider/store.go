package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// The folder: FOLDER/TYPE/ID.json is what really exists.
type store struct {
	folder string
	token  string
}

func (s *store) path(kind, id string) string {
	return filepath.Join(s.folder, kind, id+".json")
}

// get gives nil for what does not exist.
func (s *store) get(kind, id string) (map[string]any, error) {
	raw, err := os.ReadFile(s.path(kind, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var out map[string]any
	err = decoder.Decode(&out)
	return out, err
}

func (s *store) put(kind, id string, what map[string]any) error {
	raw, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.path(kind, id)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(s.path(kind, id), append(raw, '\n'), 0o644)
}

func (s *store) remove(kind, id string) error {
	err := os.Remove(s.path(kind, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (s *store) list(kind string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(s.folder, kind, "*.json"))
	var ids []string
	for _, file := range files {
		ids = append(ids, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	sort.Strings(ids)
	return ids, err
}

// What a cloud would compute: it says which write this was.
func etag(kind, id string, what map[string]any) string {
	delete(what, "etag")
	raw, _ := json.Marshal(what)
	sum := sha256.Sum256([]byte(kind + "/" + id + "/" + string(raw)))
	return hex.EncodeToString(sum[:8])
}

// open is what Configure does: the folder must be there, and the token right.
func (s *store) open(folder, token string) error {
	if folder == "" {
		folder = os.Getenv("FIXTURE_FOLDER")
	}
	if folder == "" {
		return errors.New("no folder: set `folder` in the provider's configuration, or FIXTURE_FOLDER")
	}
	if info, err := os.Stat(folder); err != nil {
		return err
	} else if !info.IsDir() {
		return errors.New(folder + " is no folder")
	}
	wanted, err := os.ReadFile(filepath.Join(folder, "token"))
	if err == nil && strings.TrimSpace(string(wanted)) != token {
		return errors.New("401 Unauthorized: this is not the token")
	}
	s.folder, s.token = folder, token
	return nil
}
