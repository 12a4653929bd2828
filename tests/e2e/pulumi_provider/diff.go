package main

import (
	"context"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Old against new inputs, path by path, with the inputs' side; a change of `region` is a replacement. Told to be `stateful`, it holds the old
// outputs against the new inputs, as providers do that were made before there were old inputs.
func (f *files) diff(_ context.Context, req provider.DiffRequest) (provider.DiffResponse, error) {
	found := map[string]provider.PropertyDiff{}
	stateful := f.behave.asked("Diff", kindOfUrn(req.Urn), req.ID, "stateful")
	before := req.OldInputs
	if stateful {
		before = req.State
		for name := range req.State.All {
			if computed(name) {
				before = before.Delete(name)
			}
		}
	}
	ignored := map[string]bool{}
	for _, name := range req.IgnoreChanges {
		ignored[name] = true
	}
	walk(resource.PropertyPath{}, property.New(before), property.New(req.Inputs), func(at resource.PropertyPath, kind provider.DiffKind) {
		top, _ := at[0].(string)
		if ignored[top] || ignored[at.String()] {
			return
		}
		if top == "region" {
			kind += "&replace"
		}
		found[at.String()] = provider.PropertyDiff{Kind: kind, InputDiff: !stateful}
	})
	return provider.DiffResponse{HasChanges: len(found) > 0, DetailedDiff: found}, nil
}

func walk(at resource.PropertyPath, before, after property.Value, say func(resource.PropertyPath, provider.DiffKind)) {
	before, after = before.WithSecret(false), after.WithSecret(false)
	step := func(last any) resource.PropertyPath { return append(append(resource.PropertyPath{}, at...), last) }
	if before.IsMap() && after.IsMap() {
		one, other := before.AsMap(), after.AsMap()
		for name, value := range one.All {
			if now, ok := other.GetOk(name); ok {
				walk(step(name), value, now, say)
			} else {
				say(step(name), provider.Delete)
			}
		}
		for name := range other.All {
			if _, ok := one.GetOk(name); !ok {
				say(step(name), provider.Add)
			}
		}
		return
	}
	if before.IsArray() && after.IsArray() {
		one, other := before.AsArray().AsSlice(), after.AsArray().AsSlice()
		for i := 0; i < max(len(one), len(other)); i++ {
			switch {
			case i >= len(other):
				say(step(i), provider.Delete)
			case i >= len(one):
				say(step(i), provider.Add)
			default:
				walk(step(i), one[i], other[i], say)
			}
		}
		return
	}
	if !same(before, after) {
		say(at, provider.Update)
	}
}

// An asset is the same when its hash is.
func same(one, other property.Value) bool {
	if one.IsAsset() && other.IsAsset() {
		return one.AsAsset().Hash == other.AsAsset().Hash
	}
	if one.IsArchive() && other.IsArchive() {
		return one.AsArchive().Hash == other.AsArchive().Hash
	}
	return one.Equals(other)
}
