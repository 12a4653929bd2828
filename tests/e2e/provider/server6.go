package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What stands between the wire and the framework, to misbehave.
type server6 struct {
	tfprotov6.ProviderServerWithListResource
	store  *store
	behave *behaviour
}

// idOf looks into a state without its type.
func idOf(raw []byte) string {
	var state map[string]any
	if msgpack.Unmarshal(raw, &state) != nil {
		return ""
	}
	id, _ := state["id"].(string)
	return id
}

func diagnostics6(v *verdict) []*tfprotov6.Diagnostic {
	if v == nil || v.severity == "" {
		return nil
	}
	severity := tfprotov6.DiagnosticSeverityError
	if v.severity == "warning" {
		severity = tfprotov6.DiagnosticSeverityWarning
	}
	return []*tfprotov6.Diagnostic{{Severity: severity, Summary: v.summary, Detail: v.detail, Attribute: tftypes.NewAttributePath().WithAttributeName("id")}}
}

// withWriteOnly sets what a Read must not give, in a state whose type it does not need to know.
func withWriteOnly(raw []byte, text string) ([]byte, error) {
	var state map[string]any
	if err := msgpack.Unmarshal(raw, &state); err != nil || state == nil {
		return raw, err
	}
	state["password_wo"] = text
	return msgpack.Marshal(state)
}

var noValue = []byte{0xc1, 0xff, 0x00}

func failed(v *verdict) bool { return v != nil && v.severity == "error" && !v.whole }

const floodTypes = 1500

// The types of a big provider: the names of their attributes fill the bytes.
func flood6(megabytes int, into map[string]*tfprotov6.Schema) {
	perType := megabytes << 20 / floodTypes
	for i := 0; i < floodTypes; i++ {
		block := &tfprotov6.SchemaBlock{}
		for size := 0; size < perType; size += 200 {
			block.Attributes = append(block.Attributes, &tfprotov6.SchemaAttribute{
				Name: fmt.Sprintf("attribute_%d", len(block.Attributes)), Type: tftypes.Map{ElementType: tftypes.String}, Optional: true,
				Description: strings.Repeat("what this is for. ", 9),
			})
		}
		into[fmt.Sprintf("fixture_flood_%04d", i)] = &tfprotov6.Schema{Block: block}
	}
}

func (s *server6) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	v := s.behave.before("Schema", "", "")
	resp, err := s.ProviderServerWithListResource.GetProviderSchema(ctx, req)
	if err == nil {
		resp.Diagnostics = append(resp.Diagnostics, diagnostics6(v)...)
		if s.behave.SchemaMB > 0 {
			flood6(s.behave.SchemaMB, resp.ResourceSchemas)
		}
		if s.behave.SchemaAlways {
			resp.ServerCapabilities = &tfprotov6.ServerCapabilities{}
		}
	}
	return resp, err
}

func (s *server6) GetResourceIdentitySchemas(ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	s.behave.before("Identities", "", "")
	return s.ProviderServerWithListResource.GetResourceIdentitySchemas(ctx, req)
}

func (s *server6) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	s.behave.before("Validate", "", "")
	return s.ProviderServerWithListResource.ValidateProviderConfig(ctx, req)
}

func (s *server6) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	resp, err := s.ProviderServerWithListResource.ConfigureProvider(ctx, req)
	if err != nil {
		return resp, err
	}
	if err := s.behave.add(filepath.Join(s.store.folder, "behaviour.json")); err != nil {
		return nil, err
	}
	resp.Diagnostics = append(resp.Diagnostics, diagnostics6(s.behave.before("Configure", "", ""))...)
	return resp, nil
}

func (s *server6) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	v := s.behave.before("Upgrade", req.TypeName, "")
	if v != nil && v.status != "" {
		return nil, errors.New(v.status)
	}
	if failed(v) {
		return &tfprotov6.UpgradeResourceStateResponse{Diagnostics: diagnostics6(v)}, nil
	}
	resp, err := s.ProviderServerWithListResource.UpgradeResourceState(ctx, req)
	if err == nil {
		resp.Diagnostics = append(resp.Diagnostics, diagnostics6(v)...)
	}
	return resp, err
}

func (s *server6) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	v := s.behave.before("UpgradeIdentity", req.TypeName, "")
	if failed(v) {
		return &tfprotov6.UpgradeResourceIdentityResponse{Diagnostics: diagnostics6(v)}, nil
	}
	return s.ProviderServerWithListResource.UpgradeResourceIdentity(ctx, req)
}

func (s *server6) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	id := idOf(req.CurrentState.MsgPack)
	v := s.behave.before("Read", req.TypeName, id)
	defer s.behave.after("Read", req.TypeName, id)
	switch {
	case failed(v):
		return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, Private: req.Private, Diagnostics: diagnostics6(v)}, nil
	case v != nil && v.garbage:
		return &tfprotov6.ReadResourceResponse{NewState: &tfprotov6.DynamicValue{MsgPack: noValue}}, nil
	case v != nil && v.absent:
		return &tfprotov6.ReadResourceResponse{}, nil
	case v != nil && v.status != "":
		return nil, errors.New(v.status)
	}
	resp, err := s.ProviderServerWithListResource.ReadResource(ctx, req)
	if err != nil || v == nil {
		return resp, err
	}
	resp.Diagnostics = append(resp.Diagnostics, diagnostics6(v)...)
	if v.nobody {
		resp.NewIdentity = &tfprotov6.ResourceIdentityData{IdentityData: &tfprotov6.DynamicValue{MsgPack: noValue}}
	}
	if v.written != "" && resp.NewState != nil {
		resp.NewState.MsgPack, err = withWriteOnly(resp.NewState.MsgPack, v.written)
	}
	return resp, err
}

func (s *server6) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	v := s.behave.before("Import", req.TypeName, req.ID)
	if failed(v) {
		return &tfprotov6.ImportResourceStateResponse{Diagnostics: diagnostics6(v)}, nil
	}
	if v != nil && v.missing {
		return nil, status.Error(codes.Unimplemented, "unknown method")
	}
	resp, err := s.ProviderServerWithListResource.ImportResourceState(ctx, req)
	if err != nil || v == nil || !v.whole {
		return resp, err
	}
	for _, imported := range resp.ImportedResources {
		read, err := s.ProviderServerWithListResource.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: imported.TypeName, CurrentState: imported.State, Private: imported.Private})
		if err != nil {
			return nil, err
		}
		imported.State = read.NewState
	}
	resp.Diagnostics = append(resp.Diagnostics, diagnostics6(v)...)
	return resp, nil
}

func (s *server6) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	v := s.behave.before("List", req.TypeName, "")
	stream, err := s.ProviderServerWithListResource.ListResource(ctx, req)
	if err != nil || v == nil {
		return stream, err
	}
	results := stream.Results
	stream.Results = func(push func(tfprotov6.ListResourceResult) bool) {
		if v.severity != "" && !v.whole && !push(tfprotov6.ListResourceResult{Diagnostics: diagnostics6(v)}) {
			return
		}
		if failed(v) {
			return
		}
		var last tfprotov6.ListResourceResult
		going := true
		results(func(result tfprotov6.ListResourceResult) bool {
			if v.bare && match(v.only, result.DisplayName) {
				result.Resource = nil
			}
			if v.whole {
				result.Diagnostics = append(result.Diagnostics, diagnostics6(v)...)
			}
			last, going = result, push(result)
			return going
		})
		for v.endless && going {
			going = push(last)
		}
		if v.last != "" {
			crash(v.last)
		}
	}
	return stream, nil
}

func (s *server6) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.behave.before("Stop", "", "")
	return s.ProviderServerWithListResource.StopProvider(ctx, req)
}
