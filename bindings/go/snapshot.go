package drift

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/libdrift/libdrift/bindings/go/internal/native"
)

// Snapshot is a document that was read: a set of resources that does not change. It is a Source.
type Snapshot struct {
	native *native.Snapshot
	len    int
}

// ResourceKind says what a resource of a snapshot is.
type ResourceKind int32

const (
	ResourceManaged   ResourceKind = native.ResourceManaged
	ResourceComponent ResourceKind = native.ResourceComponent // groups others
	ResourceProvider  ResourceKind = native.ResourceProvider  // a provider instance itself
)

var resourceKinds = []string{"", "managed", "component", "provider"}

func (k ResourceKind) String() string { return named(resourceKinds, int32(k)) }

// Entry is a line of a snapshot's table of contents.
type Entry struct {
	Address            string
	Type               string
	Kind               ResourceKind
	PendingDelete      bool
	PendingReplacement bool
}

// OpenSnapshot reads a document of any format that is known. known may be nil; resources whose bytes are the same there are taken from it. When
// the context is done meanwhile, that is the error: by its deadline at once, by cancelling it when the document has been read.
func OpenSnapshot(ctx context.Context, from Source, known *Snapshot) (*Snapshot, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx, doneEarly("the context was done before the document was read"))
	}
	var all sources
	defer all.free()
	source, err := all.open(from)
	if err != nil {
		return nil, err
	}
	if source == nil {
		return nil, misuse("OpenSnapshot needs a document", "")
	}
	var timeout int64
	if at, ok := ctx.Deadline(); ok {
		timeout = milliseconds(max(time.Until(at), 1))
	}
	var old *native.Snapshot
	if known != nil {
		old = known.native
	}
	n, err := native.OpenSnapshot(source, old, timeout)
	if err != nil {
		return nil, judge(ctx, timeout > 0, lift(err))
	}
	if ctx.Err() != nil {
		n.Close()
		return nil, stopped(ctx, doneEarly("the context was done while the document was read"))
	}
	return newSnapshot(n)
}

// BuildSnapshot makes a snapshot of resources that the program has.
func BuildSnapshot(resources iter.Seq[Resource]) (*Snapshot, error) {
	next, stop := iter.Pull(resources)
	defer stop()
	n, err := native.BuildSnapshot(func() ([]byte, bool, error) {
		r, more := next()
		if !more {
			return nil, false, nil
		}
		text, err := r.given()
		return text, true, err
	})
	if err != nil {
		return nil, lift(err)
	}
	return newSnapshot(n)
}

func newSnapshot(n *native.Snapshot) (*Snapshot, error) {
	count, err := n.Len()
	if err != nil {
		n.Close()
		return nil, lift(err)
	}
	return &Snapshot{native: n, len: count}, nil
}

func (s *Snapshot) open(*sources) (*native.Source, error) {
	if s == nil || s.native == nil {
		return nil, misuse("a *Snapshot is nil", "give one that OpenSnapshot or BuildSnapshot has made")
	}
	return s.native.Source()
}

// Close frees the snapshot; scans that use it go on. It always returns nil, and may be called again.
func (s *Snapshot) Close() error {
	if s != nil && s.native != nil {
		s.native.Close()
	}
	return nil
}

// Len is the number of resources.
func (s *Snapshot) Len() int { return s.len }

// Hash is the SHA-256 of the content, in hex, whatever the order of its resources.
func (s *Snapshot) Hash() (string, error) { return s.text(native.SnapshotHash) }

// Format is "terraform-state-v4", "pulumi-export" and so on.
func (s *Snapshot) Format() (string, error) { return s.text(native.SnapshotFormat) }

// Name is the path or name of where it came from.
func (s *Snapshot) Name() (string, error) { return s.text(native.SnapshotSource) }

// EngineVersion is that of the program that wrote the document.
func (s *Snapshot) EngineVersion() (string, error) { return s.text(native.SnapshotEngineVersion) }

// Lineage is the document's, where its format has one.
func (s *Snapshot) Lineage() (string, error) { return s.text(native.SnapshotLineage) }

func (s *Snapshot) text(which int32) (string, error) {
	text, err := s.native.Text(which)
	return text, lift(err)
}

// Find is the number of a resource; false when there is none of that address.
func (s *Snapshot) Find(address string) (int, bool, error) {
	i, err := s.native.Find(address)
	return i, i >= 0, lift(err)
}

// Resource is the resource numbered i, as JSON: {"address","type","id","attributes",...}. Secrets are "(sensitive)".
func (s *Snapshot) Resource(i int) (json.RawMessage, error) {
	if i < 0 {
		return nil, misuse("a resource has no negative number", "use 0 to Len()-1")
	}
	text, err := s.native.Resource(i)
	return text, lift(err)
}

// Entries are the resources in the document's order.
func (s *Snapshot) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for first := 0; ; {
			var page []Entry
			must(s.native.Resources(first, pageSize, func(row *native.ResourceRow) {
				page = append(page, Entry{
					Address: row.Address, Type: row.Type, Kind: ResourceKind(row.Kind),
					PendingDelete: row.Flags&native.ResourcePendingDelete != 0, PendingReplacement: row.Flags&native.ResourcePendingReplacement != 0,
				})
			}))
			for _, e := range page {
				if !yield(e) {
					return
				}
			}
			if len(page) == 0 {
				return
			}
			first += len(page)
		}
	}
}
