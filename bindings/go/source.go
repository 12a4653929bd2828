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

// File is a document in a file, which is opened when it is read.
func File(path string) Source { return fileSource(path) }

// Bytes is a document in memory; name stands in errors. It is copied when a call takes it.
func Bytes(name string, document []byte) Source { return bytesSource{name, document} }

// Document is whatever encoding/json makes a document of, for example Pulumi's apitype.UntypedDeployment or a map; name stands in errors.
// A json.RawMessage, []byte or string is the document itself.
func Document(name string, v any) Source { return valueSource{name, v} }

// SourceFunc is a document that a scan fetches while it goes on. An error of fetch stops the scan, which returns it as it is.
func SourceFunc(name string, fetch func(context.Context) ([]byte, error)) Source {
	return funcSource{name, fetch}
}

type fileSource string

func (s fileSource) open(*sources) (*native.Source, error) { return native.FileSource(string(s)) }

type bytesSource struct {
	name     string
	document []byte
}

func (s bytesSource) open(*sources) (*native.Source, error) {
	return native.BytesSource(s.document, s.name)
}

type valueSource struct {
	name string
	v    any
}

func (s valueSource) open(*sources) (*native.Source, error) {
	switch v := s.v.(type) {
	case json.RawMessage:
		return native.BytesSource(v, s.name)
	case []byte:
		return native.BytesSource(v, s.name)
	case string:
		return native.BytesSource([]byte(v), s.name)
	}
	document, err := json.Marshal(s.v)
	if err != nil {
		return nil, fmt.Errorf("drift: %s cannot be written as JSON: %w", s.name, err)
	}
	return native.BytesSource(document, s.name)
}

type funcSource struct {
	name  string
	fetch func(context.Context) ([]byte, error)
}

func (s funcSource) open(all *sources) (*native.Source, error) {
	if all.fetch == nil {
		return nil, misuse("a SourceFunc ("+s.name+") is fetched by a scan and cannot be opened alone", "give its document as Bytes")
	}
	name := s.name
	for n := 2; all.fetch[name] != nil; n++ { // the library asks by name
		name = fmt.Sprintf("%s (%d)", s.name, n)
	}
	all.fetch[name] = s.fetch
	return native.HostSource(name)
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
