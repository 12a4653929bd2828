package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/blang/semver"
	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// FOLDER/TYPE/ID.json is what really exists: the inputs, and beside them what is computed.
type files struct {
	folder    string
	otherwise string // the folder of the parameterization
	behave    *behaviour
}

func newFiles(behave *behaviour) *files { return &files{behave: behave} }

// What only the provider computes; every other member of a file is an input.
func computed(name string) bool { return name == "etag" || strings.HasPrefix(name, "computed") }

func (f *files) path(kind, id string) string { return filepath.Join(f.folder, kind, id+".json") }

// get gives nil for what does not exist.
func (f *files) get(kind, id string) (map[string]any, error) {
	raw, err := os.ReadFile(f.path(kind, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(raw, &out)
}

func (f *files) put(kind, id string, inputs property.Map) (property.Map, error) {
	what := fromMap(inputs)
	old, err := f.get(kind, id)
	if err != nil {
		return property.Map{}, err
	}
	for name, value := range old {
		if computed(name) {
			what[name] = value
		}
	}
	raw, err := json.MarshalIndent(what, "", " ")
	if err != nil {
		return property.Map{}, err
	}
	sum := sha256.Sum256(raw)
	what["etag"] = hex.EncodeToString(sum[:4])
	raw, err = json.MarshalIndent(what, "", " ")
	if err != nil {
		return property.Map{}, err
	}
	if err := os.MkdirAll(filepath.Dir(f.path(kind, id)), 0o755); err != nil {
		return property.Map{}, err
	}
	return inputs.Set("etag", property.New(what["etag"].(string))), os.WriteFile(f.path(kind, id), append(raw, '\n'), 0o644)
}

func (f *files) list(kind string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(f.folder, kind, "*.json"))
	var ids []string
	for _, file := range found {
		ids = append(ids, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	sort.Strings(ids)
	return ids, err
}

// The last part of a type: Thing of fixture:index:Thing.
func kindOf(token string) string { return token[strings.LastIndex(token, ":")+1:] }

func kindOfUrn(urn resource.URN) string { return kindOf(string(urn.Type())) }

// What this provider is to the SDK. Misbehaviour is around it, in server.go.
func (f *files) provider() provider.Provider {
	return provider.Provider{
		GetSchema:    f.schema,
		Parameterize: f.parameterize,
		CheckConfig:  checkAnything,
		DiffConfig: func(context.Context, provider.DiffRequest) (provider.DiffResponse, error) {
			return provider.DiffResponse{}, nil
		},
		Configure: f.configure,
		Check:     checkAnything,
		Diff:      f.diff,
		Create:    f.create,
		Read:      f.read,
		Update:    f.update,
		Delete: func(_ context.Context, req provider.DeleteRequest) error {
			err := os.Remove(f.path(kindOfUrn(req.Urn), req.ID))
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		},
		Cancel: func(context.Context) error { return nil },
	}
}

func checkAnything(_ context.Context, req provider.CheckRequest) (provider.CheckResponse, error) {
	return provider.CheckResponse{Inputs: req.Inputs}, nil
}

func (f *files) configure(_ context.Context, req provider.ConfigureRequest) error {
	text := func(name string) string {
		if v := req.Args.Get(name); v.IsString() {
			return v.AsString()
		}
		return ""
	}
	f.folder = text("folder")
	if f.folder == "" {
		f.folder = f.otherwise
	}
	if f.folder == "" {
		f.folder = os.Getenv("FIXTURE_FOLDER")
	}
	if info, err := os.Stat(f.folder); err != nil || !info.IsDir() {
		return status.Errorf(codes.InvalidArgument, "%q is no folder: set `folder` of the provider, or FIXTURE_FOLDER", f.folder)
	}
	wanted, err := os.ReadFile(filepath.Join(f.folder, "token"))
	if err == nil && strings.TrimSpace(string(wanted)) != text("token") {
		return status.Error(codes.Unauthenticated, "401 Unauthorized: this is not the token")
	}
	return f.behave.add(filepath.Join(f.folder, "behaviour.json"))
}

// The value is the folder that holds when the configuration has none.
func (f *files) parameterize(_ context.Context, req provider.ParameterizeRequest) (provider.ParameterizeResponse, error) {
	if req.Value != nil {
		f.otherwise = string(req.Value.Value)
		return provider.ParameterizeResponse{Name: req.Value.Name, Version: req.Value.Version}, nil
	}
	if len(req.Args.Args) != 2 {
		return provider.ParameterizeResponse{}, status.Error(codes.InvalidArgument, "wanted: a name and a folder")
	}
	f.otherwise = req.Args.Args[1]
	return provider.ParameterizeResponse{Name: req.Args.Args[0], Version: semver.MustParse(packageVersion)}, nil
}

func (f *files) create(_ context.Context, req provider.CreateRequest) (provider.CreateResponse, error) {
	if req.DryRun {
		return provider.CreateResponse{Properties: req.Properties.Set("etag", property.New(property.Computed))}, nil
	}
	id := req.Urn.Name()
	properties, err := f.put(kindOfUrn(req.Urn), id, req.Properties)
	return provider.CreateResponse{ID: id, Properties: properties}, err
}

func (f *files) update(_ context.Context, req provider.UpdateRequest) (provider.UpdateResponse, error) {
	if req.DryRun {
		return provider.UpdateResponse{Properties: req.Inputs.Set("etag", property.New(property.Computed))}, nil
	}
	properties, err := f.put(kindOfUrn(req.Urn), req.ID, req.Inputs)
	return provider.UpdateResponse{Properties: properties}, err
}

func (f *files) read(_ context.Context, req provider.ReadRequest) (provider.ReadResponse, error) {
	what, err := f.get(kindOfUrn(req.Urn), req.ID)
	if err != nil || what == nil {
		return provider.ReadResponse{}, err
	}
	if req.Properties.Len() == 0 && f.behave.asked("Read", kindOfUrn(req.Urn), req.ID, "want-state") {
		return provider.ReadResponse{}, status.Error(codes.FailedPrecondition, "this is an import: the old outputs are missing")
	}
	outputs, inputs, err := sides(what)
	if err != nil {
		return provider.ReadResponse{}, fmt.Errorf("%s: %w", f.path(kindOfUrn(req.Urn), req.ID), err)
	}
	return provider.ReadResponse{ID: req.ID, Properties: outputs, Inputs: inputs}, nil
}

// What a file says: all of it is outputs, and what is not computed is inputs, unless it says which with a member `$inputs`.
func sides(what map[string]any) (outputs, inputs property.Map, err error) {
	said, separate := what["$inputs"].(map[string]any)
	delete(what, "$inputs")
	if outputs, err = toMap(what); err != nil {
		return
	}
	if separate {
		inputs, err = toMap(said)
		return
	}
	inputs = outputs
	for name := range what {
		if computed(name) {
			inputs = inputs.Delete(name)
		}
	}
	return
}

func (f *files) schema(context.Context, provider.GetSchemaRequest) (provider.GetSchemaResponse, error) {
	whatever := map[string]any{"$ref": "pulumi.json#/Any"}
	kind := map[string]any{"properties": map[string]any{"etag": map[string]any{"type": "string"}}, "inputProperties": map[string]any{"text": whatever}}
	listed := map[string]any{"listInputs": map[string]any{"type": "object", "properties": map[string]any{}}}
	for name, value := range kind {
		listed[name] = value
	}
	raw, err := json.Marshal(map[string]any{
		"name": packageName, "version": packageVersion,
		"resources": map[string]any{"fixture:index:Thing": kind, "fixture:index:Listed": listed},
	})
	return provider.GetSchemaResponse{Schema: string(raw)}, err
}
