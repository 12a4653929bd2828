package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func idAttribute() schema.Attribute {
	return schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}}
}

func optional() schema.Attribute { return schema.StringAttribute{Optional: true} }

var port = types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, "port": types.NumberType}}

// The resource types, by what is behind "fixture_". Each is served from a folder of its own name.
var schemas6 = map[string]schema.Schema{
	"plain": {Attributes: map[string]schema.Attribute{
		"id":      idAttribute(),
		"text":    optional(),
		"number":  schema.NumberAttribute{Optional: true},
		"integer": schema.Int64Attribute{Optional: true},
		"real":    schema.Float64Attribute{Optional: true},
		"flag":    schema.BoolAttribute{Optional: true},
		"list":    schema.ListAttribute{Optional: true, ElementType: types.StringType},
		"map":     schema.MapAttribute{Optional: true, ElementType: types.StringType},
		"set":     schema.SetAttribute{Optional: true, ElementType: types.StringType},
		"numbers": schema.ListAttribute{Optional: true, ElementType: types.NumberType},
		"ports":   schema.SetAttribute{Optional: true, ElementType: port},
		"secret":  schema.StringAttribute{Optional: true, Sensitive: true},
		"etag":    schema.StringAttribute{Computed: true},
		"default": schema.StringAttribute{Optional: true, Computed: true},
	}},
	"nested": {
		Attributes: map[string]schema.Attribute{
			"id":     idAttribute(),
			"single": schema.SingleNestedAttribute{Optional: true, Attributes: inner()},
			"listed": schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: inner()}},
			"chosen": schema.SetNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: inner()}},
			"mapped": schema.MapNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: inner()}},
			"etag":   schema.StringAttribute{Computed: true},
		},
		Blocks: map[string]schema.Block{
			"rule":     schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: inner(), Blocks: deep()}},
			"tag":      schema.SetNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: inner()}},
			"settings": schema.SingleNestedBlock{Attributes: inner(), Blocks: deep()},
		},
	},
	"secret": {Attributes: map[string]schema.Attribute{
		"id":               idAttribute(),
		"password":         schema.StringAttribute{Optional: true, Sensitive: true},
		"keys":             schema.MapAttribute{Optional: true, Sensitive: true, ElementType: types.StringType},
		"note":             optional(),
		"login":            schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{"user": optional(), "pass": schema.StringAttribute{Optional: true, Sensitive: true}}},
		"password_wo":      schema.StringAttribute{Optional: true, WriteOnly: true},
		"password_wo_turn": schema.Int64Attribute{Optional: true},
	}},
	"dynamic": {Attributes: map[string]schema.Attribute{
		"id":  idAttribute(),
		"any": schema.DynamicAttribute{Optional: true},
	}},
	"versioned": {Version: 1, Attributes: map[string]schema.Attribute{
		"id":   idAttribute(),
		"size": schema.NumberAttribute{Optional: true},
	}},
	"reidentified": {Attributes: map[string]schema.Attribute{
		"id":     idAttribute(),
		"region": optional(),
	}},
	"identified": {Attributes: map[string]schema.Attribute{
		"id":     idAttribute(),
		"region": optional(),
		"secret": schema.StringAttribute{Optional: true, Sensitive: true},
		"text":   optional(),
	}},
}

func inner() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":   optional(),
		"value":  schema.NumberAttribute{Optional: true},
		"labels": schema.MapAttribute{Optional: true, ElementType: types.StringType},
		"secret": schema.StringAttribute{Optional: true, Sensitive: true},
	}
}

func deep() map[string]schema.Block {
	return map[string]schema.Block{"condition": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
		Attributes: map[string]schema.Attribute{"field": optional(), "values": schema.SetAttribute{Optional: true, ElementType: types.StringType}},
	}}}
}

// Version 0 of "versioned" had the size as text with a unit.
func upgradeVersioned(ctx context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
	old := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String, "size_text": tftypes.String}}
	kind := schemas6["versioned"].Type().TerraformType(ctx)
	value, err := req.RawState.Unmarshal(old)
	var members map[string]tftypes.Value
	if err == nil {
		err = value.As(&members)
	}
	var id, text string
	if err == nil {
		err = members["id"].As(&id)
	}
	if err == nil {
		err = members["size_text"].As(&text)
	}
	var size int
	if err == nil {
		_, err = fmt.Sscanf(text, "%d", &size)
	}
	if err != nil {
		resp.Diagnostics.AddError("The old state cannot be read", err.Error())
		return
	}
	upgraded := tftypes.NewValue(kind, map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, id), "size": tftypes.NewValue(tftypes.Number, size)})
	dynamic, err := tfprotov6.NewDynamicValue(kind, upgraded)
	if err != nil {
		resp.Diagnostics.AddError("The new state cannot be written", err.Error())
		return
	}
	resp.DynamicValue = &dynamic
}
