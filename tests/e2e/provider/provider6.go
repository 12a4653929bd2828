package main

import (
	"context"
	"sort"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type provider6 struct{ store *store }

func (p *provider6) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "fixture"
}

func (p *provider6) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{
		Attributes: map[string]providerschema.Attribute{
			"folder": providerschema.StringAttribute{Optional: true, Description: "the folder that is served; else FIXTURE_FOLDER"},
			"token":  providerschema.StringAttribute{Optional: true, Sensitive: true, Description: "must be what the file `token` in the folder holds, if there is one"},
		},
		Blocks: map[string]providerschema.Block{
			"endpoint": providerschema.ListNestedBlock{NestedObject: providerschema.NestedBlockObject{Attributes: map[string]providerschema.Attribute{
				"name": providerschema.StringAttribute{Optional: true}, "url": providerschema.StringAttribute{Optional: true},
			}}},
		},
	}
}

func (p *provider6) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var folder, token types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("folder"), &folder)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("token"), &token)...)
	if err := p.store.open(folder.ValueString(), token.ValueString()); err != nil {
		resp.Diagnostics.AddError("The folder cannot be served", err.Error())
	}
}

func (p *provider6) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *provider6) Resources(context.Context) []func() resource.Resource {
	var names []string
	for name := range schemas6 {
		names = append(names, name)
	}
	sort.Strings(names)
	var out []func() resource.Resource
	for _, name := range names {
		made := &resource6{store: p.store, name: "fixture_" + name, short: name}
		switch name {
		case "versioned":
			out = append(out, func() resource.Resource { return &versioned6{made} })
		case "reidentified":
			out = append(out, func() resource.Resource { return &reidentified6{&identified6{made}} })
		case "identified":
			out = append(out, func() resource.Resource { return &identified6{made} })
		default:
			out = append(out, func() resource.Resource { return made })
		}
	}
	return out
}

func (p *provider6) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{func() list.ListResource {
		return &identified6{&resource6{store: p.store, name: "fixture_identified", short: "identified"}}
	}}
}

type resource6 struct {
	store       *store
	name, short string
}

func (r *resource6) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.name
}

func (r *resource6) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schemas6[r.short]
}

func idIn(value tftypes.Value) string {
	var members map[string]tftypes.Value
	var id string
	if value.As(&members) == nil {
		_ = members["id"].As(&id)
	}
	return id
}

// write makes the file what the plan says, with what only we can know.
func (r *resource6) write(ctx context.Context, plan tftypes.Value, diags *diag.Diagnostics) tftypes.Value {
	kind := schemas6[r.short].Type().TerraformType(ctx)
	file := toFile(kind, plan).(map[string]any)
	if _, ok := schemas6[r.short].Attributes["etag"]; ok {
		file["etag"] = etag(r.name, idIn(plan), file)
	}
	if file["default"] == nil && r.short == "plain" {
		file["default"] = "given by the fixture"
	}
	value, err := fromFile(kind, file)
	if err == nil {
		err = r.store.put(r.name, idIn(plan), file)
	}
	if err != nil {
		diags.AddError("The file cannot be written", err.Error())
	}
	return value
}

func (r *resource6) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = r.write(ctx, req.Plan.Raw, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, "made", []byte(`{"by":"fixture"}`))...)
}

func (r *resource6) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = r.write(ctx, req.Plan.Raw, &resp.Diagnostics)
}

func (r *resource6) Delete(_ context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if err := r.store.remove(r.name, idIn(req.State.Raw)); err != nil {
		resp.Diagnostics.AddError("The file cannot be removed", err.Error())
	}
}

func (r *resource6) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	file, err := r.store.get(r.name, idIn(req.State.Raw))
	if err != nil {
		resp.Diagnostics.AddError("The file cannot be read", err.Error())
		return
	}
	if file == nil {
		resp.State.RemoveResource(ctx)
		return
	}
	if wanted, ok := file["private_wanted"].(string); ok {
		private, diags := req.Private.GetKey(ctx, "made")
		resp.Diagnostics.Append(diags...)
		if string(private) != wanted {
			resp.Diagnostics.AddError("The private data did not come back", string(private))
		}
	}
	value, err := fromFile(req.State.Raw.Type(), file)
	if err != nil {
		resp.Diagnostics.AddError("The file does not fit", err.Error())
		return
	}
	resp.State.Raw = value
}

func (r *resource6) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
}

type versioned6 struct{ *resource6 }

func (r *versioned6) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	return map[int64]resource.StateUpgrader{0: {StateUpgrader: upgradeVersioned}}
}

// With an identity, and therefore to be listed.
type identified6 struct{ *resource6 }

func (r *identified6) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id":     identityschema.StringAttribute{RequiredForImport: true},
		"region": identityschema.StringAttribute{OptionalForImport: true},
	}}
}

// Version 0 of its identity had the region as "place". It wants the identity back at each Read.
type reidentified6 struct{ *identified6 }

func (r *reidentified6) IdentitySchema(ctx context.Context, req resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	r.identified6.IdentitySchema(ctx, req, resp)
	resp.IdentitySchema.Version = 1
}

func (r *reidentified6) UpgradeIdentity(context.Context) map[int64]resource.IdentityUpgrader {
	old := identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true}, "place": identityschema.StringAttribute{OptionalForImport: true},
	}}
	return map[int64]resource.IdentityUpgrader{0: {PriorSchema: &old, IdentityUpgrader: func(ctx context.Context, req resource.UpgradeIdentityRequest, resp *resource.UpgradeIdentityResponse) {
		var id, place types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &id)...)
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("place"), &place)...)
		resp.Diagnostics.Append(resp.Identity.Set(ctx, struct {
			ID     types.String `tfsdk:"id"`
			Region types.String `tfsdk:"region"`
		}{id, place})...)
	}}}
}

func (r *reidentified6) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var region types.String
	if req.Identity != nil && !req.Identity.Raw.IsNull() {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("region"), &region)...)
	}
	if region.ValueString() == "" {
		resp.Diagnostics.AddError("The identity did not come", "a region is wanted")
	}
	r.identified6.Read(ctx, req, resp)
}

func (r *identified6) identify(ctx context.Context, set func(context.Context, path.Path, any) diag.Diagnostics, value tftypes.Value) diag.Diagnostics {
	var members map[string]tftypes.Value
	var region *string
	if value.As(&members) == nil {
		_ = members["region"].As(&region)
	}
	out := set(ctx, path.Root("id"), idIn(value))
	return append(out, set(ctx, path.Root("region"), region)...)
}

func (r *identified6) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.resource6.Create(ctx, req, resp)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity.SetAttribute, resp.State.Raw)...)
}

func (r *identified6) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	r.resource6.Read(ctx, req, resp)
	if !resp.State.Raw.IsNull() && resp.Identity.Raw.IsNull() {
		resp.Diagnostics.Append(r.identify(ctx, resp.Identity.SetAttribute, resp.State.Raw)...)
	}
}

func (r *identified6) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("id"), path.Root("id"), req, resp)
}

func (r *identified6) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{Attributes: map[string]listschema.Attribute{"region": listschema.StringAttribute{Optional: true}}}
}

func (r *identified6) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	ids, err := r.store.list(r.name)
	stream.Results = func(push func(list.ListResult) bool) {
		if err != nil {
			push(list.ListResult{Diagnostics: diag.Diagnostics{diag.NewErrorDiagnostic("The folder cannot be listed", err.Error())}})
			return
		}
		for i, id := range ids {
			if req.Limit > 0 && int64(i) >= req.Limit {
				return
			}
			result := req.NewListResult(ctx)
			result.DisplayName = id
			file, err := r.store.get(r.name, id)
			kind := schemas6[r.short].Type().TerraformType(ctx)
			var value tftypes.Value
			if err == nil {
				value, err = fromFile(kind, file)
			}
			if err != nil {
				result.Diagnostics.AddError("A file does not fit", err.Error())
			} else {
				result.Diagnostics.Append(r.identify(ctx, result.Identity.SetAttribute, value)...)
				if req.IncludeResource {
					result.Resource.Raw = value
				}
			}
			if !push(result) {
				return
			}
		}
	}
}
