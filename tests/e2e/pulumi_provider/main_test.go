package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func object(t *testing.T, from map[string]any) *structpb.Struct {
	t.Helper()
	out, err := structpb.NewStruct(from)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func configured(t *testing.T, folder string) *server {
	t.Helper()
	s, err := newServer(nil, &behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Configure(context.Background(), &rpc.ConfigureRequest{Args: object(t, map[string]any{"folder": folder}), AcceptSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const thing = "urn:pulumi:dev::proj::fixture:index:Thing::a"

func readThing(t *testing.T, s *server) *rpc.ReadResponse {
	t.Helper()
	got, err := s.Read(context.Background(), &rpc.ReadRequest{Id: "a", Urn: thing, Properties: object(t, map[string]any{"text": "x"})})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestReadTellsInputsFromWhatIsComputed(t *testing.T) {
	folder := t.TempDir()
	s := configured(t, folder)
	if got := readThing(t, s); got.GetId() != "" {
		t.Fatal("what is not there has an id", got)
	}
	write(t, filepath.Join(folder, "Thing", "a.json"), `{"text": "x", "etag": "1", "pw": {"$secret": "y"}}`)
	got := readThing(t, s)
	if got.GetId() != "a" || got.Inputs.Fields["etag"] != nil || got.Properties.Fields["etag"].GetStringValue() != "1" {
		t.Fatal(got)
	}
	if got.Properties.Fields["pw"].GetStructValue().GetFields()["value"].GetStringValue() != "y" {
		t.Fatal("the secret is not marked", got)
	}
	write(t, filepath.Join(folder, "Thing", "a.json"), `{"text": "x", "$inputs": {"other": 1}}`)
	got = readThing(t, s)
	if len(got.Inputs.Fields) != 1 || got.Inputs.Fields["other"].GetNumberValue() != 1 || len(got.Properties.Fields) != 1 {
		t.Fatal(got)
	}
}

func TestEveryKindOfValueComesBackAsItWas(t *testing.T) {
	from := map[string]any{
		"null": nil, "flag": true, "number": 1.5, "text": "t", "list": []any{"a", map[string]any{"$secret": "s"}},
		"bytes": map[string]any{"$bytes": "/w=="}, "asset": map[string]any{"$asset": "a"},
		"archive": map[string]any{"$archive": map[string]any{"n": "a"}}, "computed": map[string]any{"$computed": true},
		"ref": map[string]any{"$ref": map[string]any{"urn": thing, "id": "a"}},
	}
	made, err := toMap(from)
	if err != nil {
		t.Fatal(err)
	}
	again, err := toMap(fromMap(made))
	if err != nil {
		t.Fatal(err)
	}
	if !again.Equals(made) || again.Len() != len(from) {
		t.Fatal(fromMap(made), fromMap(again))
	}
	if _, err := toMap(map[string]any{"x": map[string]any{"$nothing": 1}}); err == nil {
		t.Fatal("a notation that there is not was taken")
	}
}

func TestDiffNamesPathsAndSides(t *testing.T) {
	s := configured(t, t.TempDir())
	news := map[string]any{"text": "b", "region": "us", "map": map[string]any{"k k": "v"}, "list": []any{1, 3}, "same": true}
	olds := map[string]any{"text": "a", "region": "eu", "map": map[string]any{}, "list": []any{1, 2, 3}, "same": true, "gone": 1}
	got, err := s.Diff(context.Background(), &rpc.DiffRequest{Id: "a", Urn: thing, Olds: object(t, olds), News: object(t, news), OldInputs: object(t, olds),
		IgnoreChanges: []string{"gone"}})
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]rpc.PropertyDiff_Kind{"text": rpc.PropertyDiff_UPDATE, "region": rpc.PropertyDiff_UPDATE_REPLACE, `map["k k"]`: rpc.PropertyDiff_ADD,
		"list[1]": rpc.PropertyDiff_UPDATE, "list[2]": rpc.PropertyDiff_DELETE}
	if got.Changes != rpc.DiffResponse_DIFF_SOME || len(got.DetailedDiff) != len(wanted) {
		t.Fatal(got)
	}
	for path, kind := range wanted {
		if found := got.DetailedDiff[path]; found == nil || found.Kind != kind || !found.InputDiff {
			t.Fatal(path, found)
		}
	}
}

type collected struct {
	grpc.ServerStreamingServer[rpc.ListResponse]
	ids  []string
	next string
}

func (c *collected) Send(one *rpc.ListResponse) error {
	if result := one.GetResult(); result != nil {
		c.ids = append(c.ids, result.Id)
	}
	if more := one.GetContinuation(); more != nil {
		c.next = more.ContinuationToken
	}
	return nil
}

func TestListGivesPages(t *testing.T) {
	folder := t.TempDir()
	for _, id := range []string{"c", "a", "d", "b", "e"} {
		write(t, filepath.Join(folder, "Listed", id+".json"), "{}")
	}
	s := configured(t, folder)
	var ids []string
	token, pages := "", 0
	for {
		page := &collected{}
		if err := s.List(&rpc.ListRequest{Token: "fixture:index:Listed", PageSize: 2, ContinuationToken: token, Limit: 4}, page); err != nil {
			t.Fatal(err)
		}
		ids, token = append(ids, page.ids...), page.next
		pages++
		if token == "" {
			break
		}
	}
	if pages != 2 || len(ids) != 4 || ids[0] != "a" || ids[3] != "d" {
		t.Fatal(pages, ids)
	}
}

func TestRulesCountOverProcesses(t *testing.T) {
	folder := t.TempDir()
	for process := 0; process < 2; process++ {
		b := &behaviour{counters: folder, Rules: []rule{{Call: "Read", ID: "x*", Do: "error", Times: 1}}}
		if _, err := b.before("Read", "t", "y"); err != nil {
			t.Fatal("a rule for another id")
		}
		if _, err := b.before("Read", "t", "x1"); (err != nil) != (process == 0) {
			t.Fatal("the count is not kept", process, err)
		}
	}
}
