package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

func text5() *schema.Schema { return &schema.Schema{Type: schema.TypeString, Optional: true} }

func id5() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Required: true, ForceNew: true}
}

func secret5() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Optional: true, Sensitive: true}
}

func of5(kind schema.ValueType, element schema.ValueType) *schema.Schema {
	return &schema.Schema{Type: kind, Optional: true, Elem: &schema.Schema{Type: element}}
}

func inner5() map[string]*schema.Schema {
	return map[string]*schema.Schema{
		"name": text5(), "value": {Type: schema.TypeFloat, Optional: true}, "labels": of5(schema.TypeMap, schema.TypeString), "secret": secret5(),
	}
}

func block5(kind schema.ValueType, most int, members map[string]*schema.Schema) *schema.Schema {
	return &schema.Schema{Type: kind, Optional: true, MaxItems: most, Elem: &schema.Resource{Schema: members}}
}

// The same types as schemas6, as far as this SDK has them. `name` is what the file is called; SDKv2 keeps `id` for itself.
var schemas5 = map[string]map[string]*schema.Schema{
	"plain": {
		"name": id5(), "text": text5(), "integer": {Type: schema.TypeInt, Optional: true}, "real": {Type: schema.TypeFloat, Optional: true},
		"flag": {Type: schema.TypeBool, Optional: true}, "list": of5(schema.TypeList, schema.TypeString), "map": of5(schema.TypeMap, schema.TypeString),
		"set": of5(schema.TypeSet, schema.TypeString),
		"ports": {Type: schema.TypeSet, Optional: true, ConfigMode: schema.SchemaConfigModeAttr, Elem: &schema.Resource{Schema: map[string]*schema.Schema{
			"name": text5(), "port": {Type: schema.TypeInt, Optional: true},
		}}},
		"secret": secret5(), "etag": {Type: schema.TypeString, Computed: true}, "default": {Type: schema.TypeString, Optional: true, Computed: true},
	},
	"nested": {
		"name": id5(), "etag": {Type: schema.TypeString, Computed: true},
		"rule": block5(schema.TypeList, 0, map[string]*schema.Schema{
			"name": text5(), "value": {Type: schema.TypeFloat, Optional: true}, "secret": secret5(),
			"condition": block5(schema.TypeList, 0, map[string]*schema.Schema{"field": text5(), "values": of5(schema.TypeSet, schema.TypeString)}),
		}),
		"tag":      block5(schema.TypeSet, 0, inner5()),
		"settings": block5(schema.TypeList, 1, inner5()),
	},
	"secret": {
		"name": id5(), "password": secret5(), "note": text5(), "keys": {Type: schema.TypeMap, Optional: true, Sensitive: true, Elem: &schema.Schema{Type: schema.TypeString}},
		"password_wo": {Type: schema.TypeString, Optional: true, WriteOnly: true}, "password_wo_turn": {Type: schema.TypeInt, Optional: true},
	},
	"versioned":    {"name": id5(), "size": {Type: schema.TypeInt, Optional: true}},
	"identified":   {"name": id5(), "region": text5(), "text": text5()},
	"reidentified": {"name": id5(), "region": text5()},
}

func provider5(store *store) *schema.Provider {
	out := &schema.Provider{
		Schema:       map[string]*schema.Schema{"folder": text5(), "token": secret5(), "endpoint": block5(schema.TypeList, 0, map[string]*schema.Schema{"name": text5(), "url": text5()})},
		ResourcesMap: map[string]*schema.Resource{},
	}
	out.ConfigureContextFunc = func(_ context.Context, data *schema.ResourceData) (any, diag.Diagnostics) {
		folder, _ := data.Get("folder").(string)
		token, _ := data.Get("token").(string)
		if err := store.open(folder, token); err != nil {
			return nil, diag.Errorf("The folder cannot be served: %s", err)
		}
		return store, nil
	}
	for short, members := range schemas5 {
		out.ResourcesMap["fixture_"+short] = resource5("fixture_"+short, members)
	}
	versioned := out.ResourcesMap["fixture_versioned"]
	versioned.SchemaVersion = 1
	old := &schema.Resource{Schema: map[string]*schema.Schema{"name": id5(), "size_text": text5()}}
	versioned.StateUpgraders = []schema.StateUpgrader{{Version: 0, Type: old.CoreConfigSchema().ImpliedType(), Upgrade: upgradeVersioned5}}
	identified := out.ResourcesMap["fixture_identified"]
	identified.Identity = &schema.ResourceIdentity{SchemaFunc: func() map[string]*schema.Schema {
		return map[string]*schema.Schema{"name": {Type: schema.TypeString, RequiredForImport: true}, "region": {Type: schema.TypeString, OptionalForImport: true}}
	}}
	reidentified := out.ResourcesMap["fixture_reidentified"]
	reidentified.Identity = &schema.ResourceIdentity{Version: 1, SchemaFunc: identified.Identity.SchemaFunc, IdentityUpgraders: []schema.IdentityUpgrader{{
		Version: 0, Type: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "place": tftypes.String}}, Upgrade: upgradeIdentity5,
	}}}
	identified.Importer = &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughWithIdentity("name")}
	return out
}

// Version 0 of the identity had the region as "place".
func upgradeIdentity5(_ context.Context, identity map[string]any, _ any) (map[string]any, error) {
	identity["region"] = identity["place"]
	delete(identity, "place")
	return identity, nil
}

func upgradeVersioned5(_ context.Context, state map[string]any, _ any) (map[string]any, error) {
	var size int
	if _, err := fmt.Sscanf(fmt.Sprint(state["size_text"]), "%d", &size); err != nil {
		return nil, err
	}
	delete(state, "size_text")
	state["size"] = size
	return state, nil
}

// plain5 takes the SDK's sets for lists.
func plain5(value any) any {
	switch value := value.(type) {
	case *schema.Set:
		return plain5(value.List())
	case []any:
		out := []any{}
		for _, element := range value {
			out = append(out, plain5(element))
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, element := range value {
			out[name] = plain5(element)
		}
		return out
	}
	return value
}

// numbers5 takes what a file holds as numbers for what the SDK can set.
func numbers5(value any) any {
	switch value := value.(type) {
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return int(n)
		}
		f, _ := value.Float64()
		return f
	case []any:
		for i := range value {
			value[i] = numbers5(value[i])
		}
	case map[string]any:
		for name := range value {
			value[name] = numbers5(value[name])
		}
	}
	return value
}

func resource5(name string, members map[string]*schema.Schema) *schema.Resource {
	read := func(_ context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
		file, err := meta.(*store).get(name, data.Id())
		if err != nil {
			return diag.FromErr(err)
		}
		if file == nil {
			data.SetId("")
			return nil
		}
		for member, what := range members {
			if what.WriteOnly {
				continue
			}
			if err := data.Set(member, numbers5(file[member])); err != nil {
				return diag.FromErr(err)
			}
		}
		return identify5(name, data)
	}
	write := func(ctx context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
		file := map[string]any{}
		for member, what := range members {
			if value, ok := data.GetOk(member); ok && !what.WriteOnly {
				file[member] = plain5(value)
			}
		}
		id := data.Get("name").(string)
		if _, ok := members["etag"]; ok {
			file["etag"] = etag(name, id, file)
		}
		if _, ok := members["default"]; ok && file["default"] == nil {
			file["default"] = "given by the fixture"
		}
		if err := meta.(*store).put(name, id, file); err != nil {
			return diag.FromErr(err)
		}
		data.SetId(id)
		return read(ctx, data, meta)
	}
	out := &schema.Resource{
		Schema: members, CreateContext: write, ReadContext: read, UpdateContext: write,
		DeleteContext: func(_ context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
			return diag.FromErr(meta.(*store).remove(name, data.Id()))
		},
	}
	out.Importer = &schema.ResourceImporter{StateContext: func(_ context.Context, data *schema.ResourceData, _ any) ([]*schema.ResourceData, error) {
		ids := strings.Split(data.Id(), ",") // one id for several
		data.SetId(ids[0])
		all := []*schema.ResourceData{data}
		for _, id := range ids[1:] {
			more := out.Data(nil)
			more.SetType(name)
			more.SetId(id)
			all = append(all, more)
		}
		return all, nil
	}}
	return out
}

func identify5(name string, data *schema.ResourceData) diag.Diagnostics {
	if name != "fixture_identified" && name != "fixture_reidentified" {
		return nil
	}
	identity, err := data.Identity()
	if err == nil && name == "fixture_reidentified" && identity.Get("region") == "" {
		err = errors.New("the identity did not come: a region is wanted")
	}
	if err == nil {
		err = identity.Set("name", data.Id())
	}
	if err == nil {
		err = identity.Set("region", data.Get("region"))
	}
	return diag.FromErr(err)
}
