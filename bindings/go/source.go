package drift

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// Source says where a document comes from: File, Bytes, Document, SourceFunc or a *Snapshot.
type Source interface {
	open(*sources) (*native.Source, error)
}

// source is every Source but a *Snapshot. A function holds the document, so that printing what holds a source shows no document, whatever the verb.
type source struct {
	says string // what is printed
	make func(*sources) (*native.Source, error)
}

func (s *source) open(all *sources) (*native.Source, error) { return s.make(all) }

// File is a document in a file, which is opened when it is read.
func File(path string) Source {
	return &source{fmt.Sprintf("drift.File(%q)", path), func(*sources) (*native.Source, error) { return native.FileSource(path) }}
}

// Bytes is a document in memory; name stands in errors. It is copied when a call takes it.
func Bytes(name string, document []byte) Source {
	return &source{fmt.Sprintf("drift.Bytes(%q, %d bytes)", name, len(document)), func(*sources) (*native.Source, error) {
		return native.BytesSource(document, name)
	}}
}

// Document is whatever encoding/json makes a document of, for example Pulumi's apitype.UntypedDeployment or a map; name stands in errors.
// A json.RawMessage, []byte or string is the document itself.
func Document(name string, v any) Source {
	return &source{fmt.Sprintf("drift.Document(%q)", name), func(*sources) (*native.Source, error) {
		switch v := v.(type) {
		case json.RawMessage:
			return native.BytesSource(v, name)
		case []byte:
			return native.BytesSource(v, name)
		case string:
			return native.BytesSource([]byte(v), name)
		}
		document, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("drift: %s cannot be written as JSON: %w", name, err)
		}
		return native.BytesSource(document, name)
	}}
}

// SourceFunc is a document that a scan fetches while it goes on. An error of fetch stops the scan, which returns it as it is.
func SourceFunc(name string, fetch func(context.Context) ([]byte, error)) Source {
	return &source{fmt.Sprintf("drift.SourceFunc(%q)", name), func(all *sources) (*native.Source, error) {
		if fetch == nil {
			return nil, misuse("the function of a SourceFunc ("+name+") is nil", "give one that fetches the document")
		}
		if all.fetch == nil {
			return nil, misuse("a SourceFunc ("+name+") is fetched by a scan and cannot be opened alone", "give its document as Bytes")
		}
		own := name
		for n := 2; all.fetch[own] != nil; n++ { // the library asks by name
			own = fmt.Sprintf("%s (%d)", name, n)
		}
		all.fetch[own] = fetch
		return native.HostSource(own)
	}}
}

// sources are those of one call.
type sources struct {
	opened []*native.Source
	fetch  map[string]func(context.Context) ([]byte, error)
}

func (all *sources) open(s Source) (*native.Source, error) {
	if s == nil {
		return nil, nil
	}
	opened, err := s.open(all)
	if err != nil {
		return nil, lift(err)
	}
	all.opened = append(all.opened, opened)
	return opened, nil
}

func (all *sources) free() {
	for _, s := range all.opened {
		s.Free()
	}
}
