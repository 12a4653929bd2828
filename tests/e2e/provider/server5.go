package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What stands between the wire and the SDK, to misbehave.
type server5 struct {
	tfprotov5.ProviderServer
	store  *store
	behave *behaviour
}

func diagnostics5(v *verdict) []*tfprotov5.Diagnostic {
	if v == nil || v.severity == "" {
		return nil
	}
	severity := tfprotov5.DiagnosticSeverityError
	if v.severity == "warning" {
		severity = tfprotov5.DiagnosticSeverityWarning
	}
	return []*tfprotov5.Diagnostic{{Severity: severity, Summary: v.summary, Detail: v.detail, Attribute: tftypes.NewAttributePath().WithAttributeName("id")}}
}

func flood5(megabytes int, into map[string]*tfprotov5.Schema) {
	perType := megabytes << 20 / floodTypes
	for i := 0; i < floodTypes; i++ {
		block := &tfprotov5.SchemaBlock{}
		for size := 0; size < perType; size += 200 {
			block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{
				Name: fmt.Sprintf("attribute_%d", len(block.Attributes)), Type: tftypes.Map{ElementType: tftypes.String}, Optional: true,
				Description: strings.Repeat("what this is for. ", 9),
			})
		}
		into[fmt.Sprintf("fixture_flood_%04d", i)] = &tfprotov5.Schema{Block: block}
	}
}

func (s *server5) GetProviderSchema(ctx context.Context, req *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	v := s.behave.before("Schema", "", "")
	resp, err := s.ProviderServer.GetProviderSchema(ctx, req)
	if err == nil {
		resp.Diagnostics = append(resp.Diagnostics, diagnostics5(v)...)
		if s.behave.SchemaMB > 0 {
			flood5(s.behave.SchemaMB, resp.ResourceSchemas)
		}
		if s.behave.SchemaAlways {
			resp.ServerCapabilities = &tfprotov5.ServerCapabilities{}
		}
	}
	return resp, err
}

func (s *server5) GetResourceIdentitySchemas(ctx context.Context, req *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	s.behave.before("Identities", "", "")
	return s.ProviderServer.GetResourceIdentitySchemas(ctx, req)
}

func (s *server5) PrepareProviderConfig(ctx context.Context, req *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	s.behave.before("Validate", "", "")
	return s.ProviderServer.PrepareProviderConfig(ctx, req)
}

func (s *server5) ConfigureProvider(ctx context.Context, req *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	resp, err := s.ProviderServer.ConfigureProvider(ctx, req)
	if err != nil {
		return resp, err
	}
	if err := s.behave.add(filepath.Join(s.store.folder, "behaviour.json")); err != nil {
		return nil, err
	}
	resp.Diagnostics = append(resp.Diagnostics, diagnostics5(s.behave.before("Configure", "", ""))...)
	return resp, nil
}

func (s *server5) UpgradeResourceState(ctx context.Context, req *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	v := s.behave.before("Upgrade", req.TypeName, "")
	if v != nil && v.status != "" {
		return nil, errors.New(v.status)
	}
	if failed(v) {
		return &tfprotov5.UpgradeResourceStateResponse{Diagnostics: diagnostics5(v)}, nil
	}
	resp, err := s.ProviderServer.UpgradeResourceState(ctx, req)
	if err == nil {
		resp.Diagnostics = append(resp.Diagnostics, diagnostics5(v)...)
	}
	return resp, err
}

func (s *server5) UpgradeResourceIdentity(ctx context.Context, req *tfprotov5.UpgradeResourceIdentityRequest) (*tfprotov5.UpgradeResourceIdentityResponse, error) {
	v := s.behave.before("UpgradeIdentity", req.TypeName, "")
	if failed(v) {
		return &tfprotov5.UpgradeResourceIdentityResponse{Diagnostics: diagnostics5(v)}, nil
	}
	return s.ProviderServer.UpgradeResourceIdentity(ctx, req)
}

func (s *server5) ReadResource(ctx context.Context, req *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	id := idOf(req.CurrentState.MsgPack)
	v := s.behave.before("Read", req.TypeName, id)
	defer s.behave.after("Read", req.TypeName, id)
	switch {
	case failed(v):
		return &tfprotov5.ReadResourceResponse{NewState: req.CurrentState, Private: req.Private, Diagnostics: diagnostics5(v)}, nil
	case v != nil && v.garbage:
		return &tfprotov5.ReadResourceResponse{NewState: &tfprotov5.DynamicValue{MsgPack: noValue}}, nil
	case v != nil && v.absent:
		return &tfprotov5.ReadResourceResponse{}, nil
	case v != nil && v.status != "":
		return nil, errors.New(v.status)
	}
	resp, err := s.ProviderServer.ReadResource(ctx, req)
	if err != nil || v == nil {
		return resp, err
	}
	resp.Diagnostics = append(resp.Diagnostics, diagnostics5(v)...)
	if v.nobody {
		resp.NewIdentity = &tfprotov5.ResourceIdentityData{IdentityData: &tfprotov5.DynamicValue{MsgPack: noValue}}
	}
	if v.written != "" && resp.NewState != nil {
		resp.NewState.MsgPack, err = withWriteOnly(resp.NewState.MsgPack, v.written)
	}
	return resp, err
}

func (s *server5) ImportResourceState(ctx context.Context, req *tfprotov5.ImportResourceStateRequest) (*tfprotov5.ImportResourceStateResponse, error) {
	v := s.behave.before("Import", req.TypeName, req.ID)
	if failed(v) {
		return &tfprotov5.ImportResourceStateResponse{Diagnostics: diagnostics5(v)}, nil
	}
	if v != nil && v.missing {
		return nil, status.Error(codes.Unimplemented, "unknown method")
	}
	resp, err := s.ProviderServer.ImportResourceState(ctx, req)
	if err != nil || v == nil || !v.whole {
		return resp, err
	}
	for _, imported := range resp.ImportedResources {
		read, err := s.ProviderServer.ReadResource(ctx, &tfprotov5.ReadResourceRequest{TypeName: imported.TypeName, CurrentState: imported.State, Private: imported.Private})
		if err != nil {
			return nil, err
		}
		imported.State = read.NewState
	}
	resp.Diagnostics = append(resp.Diagnostics, diagnostics5(v)...)
	return resp, nil
}

func (s *server5) StopProvider(ctx context.Context, req *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	s.behave.before("Stop", "", "")
	return s.ProviderServer.StopProvider(ctx, req)
}
