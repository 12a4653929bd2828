package main

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// What JSON has no form for is an object with one member:
// {"$secret": value}, {"$bytes": base64}, {"$asset": text}, {"$archive": {name: value}}, {"$ref": {"urn": ..., "id": ..., "name": ..., "type": ..., "version": ...}}, {"$computed": true}
func toProperty(from any) (property.Value, error) {
	switch v := from.(type) {
	case nil:
		return property.Value{}, nil
	case bool:
		return property.New(v), nil
	case float64:
		return property.New(v), nil
	case string:
		return property.New(v), nil
	case []any:
		items := make([]property.Value, 0, len(v))
		for _, item := range v {
			made, err := toProperty(item)
			if err != nil {
				return property.Value{}, err
			}
			items = append(items, made)
		}
		return property.New(items), nil
	case map[string]any:
		if len(v) == 1 {
			for name, value := range v {
				if strings.HasPrefix(name, "$") {
					return special(name, value)
				}
			}
		}
		made, err := toMap(v)
		return property.New(made), err
	default:
		return property.Value{}, fmt.Errorf("a %T is no property", from)
	}
}

func toMap(from map[string]any) (property.Map, error) {
	out := make(map[string]property.Value, len(from))
	for name, value := range from {
		made, err := toProperty(value)
		if err != nil {
			return property.Map{}, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = made
	}
	return property.NewMap(out), nil
}

func special(name string, value any) (property.Value, error) {
	text, _ := value.(string)
	object, _ := value.(map[string]any)
	switch name {
	case "$secret":
		made, err := toProperty(value)
		return made.WithSecret(true), err
	case "$computed":
		return property.New(property.Computed), nil
	case "$bytes":
		raw, err := base64.StdEncoding.DecodeString(text)
		return property.New(string(raw)), err
	case "$asset":
		made, err := asset.FromText(text)
		return property.New(made), err
	case "$archive":
		members := map[string]any{}
		for member, one := range object {
			made, err := asset.FromText(fmt.Sprint(one))
			if err != nil {
				return property.Value{}, err
			}
			members[member] = made
		}
		made, err := archive.FromAssets(members)
		return property.New(made), err
	case "$ref":
		said := func(name string) string { out, _ := object[name].(string); return out }
		ref := property.ResourceReference{URN: urn.URN(said("urn")), Name: said("name"), Type: said("type"), PackageVersion: said("version")}
		if id, ok := object["id"].(string); ok {
			ref.ID = property.New(id)
		}
		return property.New(ref), nil
	default:
		return property.Value{}, fmt.Errorf("nothing is called %s", name)
	}
}

// The other way, for what create and update write. A hash is all that is left of an asset on its way here; so is it in the file.
func fromProperty(from property.Value) any {
	var out any
	switch {
	case from.IsComputed():
		return map[string]any{"$computed": true}
	case from.IsBool():
		out = from.AsBool()
	case from.IsNumber():
		out = from.AsNumber()
	case from.IsString():
		out = fromText(from.AsString())
	case from.IsArray():
		items := make([]any, 0, from.AsArray().Len())
		for _, item := range from.AsArray().AsSlice() {
			items = append(items, fromProperty(item))
		}
		out = items
	case from.IsMap():
		out = fromMap(from.AsMap())
	case from.IsAsset():
		out = map[string]any{"$asset": from.AsAsset().Text}
	case from.IsArchive():
		members := map[string]any{}
		for name, one := range from.AsArchive().Assets {
			if made, ok := one.(*asset.Asset); ok {
				members[name] = made.Text
			}
		}
		out = map[string]any{"$archive": members}
	case from.IsResourceReference():
		ref := from.AsResourceReference()
		object := map[string]any{"urn": string(ref.URN), "name": ref.Name, "type": ref.Type, "version": ref.PackageVersion}
		if id, ok := ref.IDString(); ok {
			object["id"] = id
		}
		out = map[string]any{"$ref": object}
	}
	if from.Secret() {
		return map[string]any{"$secret": out}
	}
	return out
}

func fromMap(from property.Map) map[string]any {
	out := make(map[string]any, from.Len())
	for name, value := range from.All {
		out[name] = fromProperty(value)
	}
	return out
}

func fromText(text string) any {
	if strings.ToValidUTF8(text, "") == text {
		return text
	}
	return map[string]any{"$bytes": base64.StdEncoding.EncodeToString([]byte(text))}
}
