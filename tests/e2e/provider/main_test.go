package main

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestSchemas5(t *testing.T) {
	if err := provider5(&store{}).InternalValidate(); err != nil {
		t.Fatal(err)
	}
}

func serve6(t *testing.T, folder string) *server6 {
	t.Helper()
	kept := &store{}
	server := &server6{providerserver.NewProtocol6(&provider6{store: kept})().(tfprotov6.ProviderServerWithListResource), kept, &behaviour{}}
	schema, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) != 0 {
		t.Fatal(err, schema.Diagnostics)
	}
	kind := schema.Provider.ValueType()
	config, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{
		"folder": tftypes.NewValue(tftypes.String, folder), "token": tftypes.NewValue(tftypes.String, nil),
		"endpoint": tftypes.NewValue(kind.(tftypes.Object).AttributeTypes["endpoint"], []tftypes.Value{}),
	}))
	if err != nil {
		t.Fatal(err)
	}
	configured, err := server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: &config})
	if err != nil || len(configured.Diagnostics) != 0 {
		t.Fatal(err, configured.Diagnostics)
	}
	return server
}

func TestListGivesEveryFile(t *testing.T) {
	folder := t.TempDir()
	kept := &store{folder: folder}
	for _, id := range []string{"b", "a", "c"} {
		if err := kept.put("fixture_identified", id, map[string]any{"id": id, "region": "eu"}); err != nil {
			t.Fatal(err)
		}
	}
	server := serve6(t, folder)
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"region": tftypes.String}}
	config, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{"region": tftypes.NewValue(tftypes.String, nil)}))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := server.ListResource(context.Background(), &tfprotov6.ListResourceRequest{TypeName: "fixture_identified", Config: &config, IncludeResource: true, Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for result := range stream.Results {
		if len(result.Diagnostics) != 0 || result.Identity == nil || result.Resource == nil {
			t.Fatal(result.DisplayName, result.Diagnostics)
		}
		names = append(names, result.DisplayName)
	}
	if len(names) != 2 || names[0] != "a" || names[1] != "b" {
		t.Fatal(names)
	}
}

func TestFloodIsAsBigAsWanted(t *testing.T) {
	schemas := map[string]*tfprotov6.Schema{}
	flood6(15, schemas)
	bytes := 0
	for _, schema := range schemas {
		for _, attribute := range schema.Block.Attributes {
			bytes += len(attribute.Name) + len(attribute.Description) + len(`["map","string"]`) + 11 // 11: tags and lengths
		}
	}
	if len(schemas) != floodTypes || bytes < 14<<20 || bytes > 18<<20 {
		t.Fatal(len(schemas), bytes)
	}
}

func TestRulesCountOverProcesses(t *testing.T) {
	folder := t.TempDir()
	for process := 0; process < 2; process++ {
		b := &behaviour{Counters: folder, Rules: []rule{{Call: "Read", ID: "x*", Do: "error", Times: 1}}}
		if b.before("Read", "t", "y") != nil {
			t.Fatal("a rule for another id")
		}
		if got := failed(b.before("Read", "t", "x1")); got != (process == 0) {
			t.Fatal("the count is not kept", process, got)
		}
	}
}
