package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	sdk "github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// The SDK's server, with what it has no words for: enumeration, the misbehaviours and the answers of older providers.
type server struct {
	rpc.ResourceProviderServer
	files  *files
	behave *behaviour
	host   *sdk.HostClient
}

func (s *server) Handshake(ctx context.Context, req *rpc.ProviderHandshakeRequest) (*rpc.ProviderHandshakeResponse, error) {
	told, err := s.behave.before("Handshake", "", "")
	if err != nil {
		return nil, err
	}
	if told["legacy"] != nil {
		return nil, status.Error(codes.Unimplemented, "no Handshake in those days")
	}
	got, err := s.ResourceProviderServer.Handshake(ctx, req)
	if err == nil {
		got.AcceptSecrets = got.AcceptSecrets && told["no-secrets"] == nil
		got.AcceptResources = got.AcceptResources && told["no-resources"] == nil
		got.AcceptsByteString = got.AcceptsByteString && told["no-bytes"] == nil
	}
	if s.host == nil && req.GetEngineAddress() != "" {
		s.host, err = sdk.NewHostClient(req.GetEngineAddress())
	}
	return got, err
}

// A provider that is attached to learns the engine's address here.
func (s *server) Attach(ctx context.Context, req *rpc.PluginAttach) (*emptypb.Empty, error) {
	if _, err := s.behave.before("Attach", "", ""); err != nil {
		return nil, err
	}
	host, err := sdk.NewHostClient(req.GetAddress())
	s.host = host
	return &emptypb.Empty{}, err
}

func (s *server) Parameterize(ctx context.Context, req *rpc.ParameterizeRequest) (*rpc.ParameterizeResponse, error) {
	if _, err := s.behave.before("Parameterize", req.GetValue().GetName(), req.GetValue().GetVersion()); err != nil {
		return nil, err
	}
	return s.ResourceProviderServer.Parameterize(ctx, req)
}

func (s *server) GetSchema(ctx context.Context, req *rpc.GetSchemaRequest) (*rpc.GetSchemaResponse, error) {
	if _, err := s.behave.before("GetSchema", "", ""); err != nil {
		return nil, err
	}
	return s.ResourceProviderServer.GetSchema(ctx, req)
}

func (s *server) Configure(ctx context.Context, req *rpc.ConfigureRequest) (*rpc.ConfigureResponse, error) {
	told, err := s.behave.before("Configure", req.GetName(), req.GetId())
	if err != nil {
		return nil, err
	}
	if told["missing-keys"] != nil {
		return nil, rpcerror.WithDetails(rpcerror.New(codes.InvalidArgument, "required configuration keys were missing"),
			&rpc.ConfigureErrorMissingKeys{MissingKeys: []*rpc.ConfigureErrorMissingKeys_MissingKey{{Name: "fixture:token", Description: "what lets you in"}}})
	}
	got, err := s.ResourceProviderServer.Configure(ctx, req)
	if err == nil {
		got.AcceptSecrets = told["no-secrets"] == nil
		got.AcceptResources = told["no-resources"] == nil
	}
	return got, err
}

func (s *server) Check(ctx context.Context, req *rpc.CheckRequest) (*rpc.CheckResponse, error) {
	if _, err := s.before(ctx, "Check", req.GetUrn(), ""); err != nil {
		return nil, err
	}
	return s.ResourceProviderServer.Check(ctx, req)
}

func (s *server) Create(ctx context.Context, req *rpc.CreateRequest) (*rpc.CreateResponse, error) {
	if _, err := s.before(ctx, "Create", req.GetUrn(), resource.URN(req.GetUrn()).Name()); err != nil {
		return nil, err
	}
	return s.ResourceProviderServer.Create(ctx, req)
}

func (s *server) Cancel(ctx context.Context, req *emptypb.Empty) (*emptypb.Empty, error) {
	if _, err := s.behave.before("Cancel", "", ""); err != nil {
		return nil, err
	}
	return s.ResourceProviderServer.Cancel(ctx, req)
}

func (s *server) Read(ctx context.Context, req *rpc.ReadRequest) (*rpc.ReadResponse, error) {
	told, err := s.before(ctx, "Read", req.GetUrn(), req.GetId())
	defer s.behave.after(kindOfUrn(resource.URN(req.GetUrn())), req.GetId())
	if err != nil {
		return nil, err
	}
	got, err := s.ResourceProviderServer.Read(ctx, req)
	if err != nil {
		return nil, err
	}
	if told["blank"] != nil {
		got.Id = ""
	}
	if told["no-inputs"] != nil {
		got.Inputs = nil
	}
	if told["no-properties"] != nil {
		got.Properties = nil
	}
	if r := told["new-id"]; r != nil {
		got.Id = r.text("another")
	}
	if told["unsecret"] != nil {
		got.Properties, got.Inputs = reveal(got.Properties), reveal(got.Inputs)
	}
	if told["garbage"] != nil { // an object with a signature that nobody knows
		got.Properties.Fields["garbage"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
			resource.SigKey: structpb.NewStringValue("00000000000000000000000000000000"), "value": structpb.NewStringValue("x")}})
	}
	if r := told["partial"]; r != nil {
		return nil, rpcerror.WithDetails(rpcerror.New(codes.Unknown, r.text("the resource did not come up")), &rpc.ErrorResourceInitFailed{
			Id: got.GetId(), Properties: got.GetProperties(), Inputs: got.GetInputs(), Reasons: []string{r.text("the resource did not come up"), "it was tried twice"}})
	}
	return got, nil
}

func (s *server) Diff(ctx context.Context, req *rpc.DiffRequest) (*rpc.DiffResponse, error) {
	told, err := s.before(ctx, "Diff", req.GetUrn(), req.GetId())
	if err != nil {
		return nil, err
	}
	got, err := s.ResourceProviderServer.Diff(ctx, req)
	if err != nil {
		return nil, err
	}
	switch {
	case told["unknown"] != nil: // let the engine find out
		return &rpc.DiffResponse{}, nil
	case told["none"] != nil:
		return &rpc.DiffResponse{Changes: rpc.DiffResponse_DIFF_NONE}, nil
	case told["coarse"] != nil: // names of members, but no paths
		got.DetailedDiff, got.HasDetailedDiff = nil, false
	case told["bare"] != nil: // not even names
		return &rpc.DiffResponse{Changes: rpc.DiffResponse_DIFF_SOME}, nil
	case told["key"] != nil: // an older provider's name of what differs
		return &rpc.DiffResponse{Changes: rpc.DiffResponse_DIFF_SOME, Diffs: []string{told["key"].Text}}, nil
	case told["detail"] != nil: // one path more
		if got.DetailedDiff == nil {
			got.DetailedDiff = map[string]*rpc.PropertyDiff{}
		}
		got.Changes, got.HasDetailedDiff = rpc.DiffResponse_DIFF_SOME, true
		got.DetailedDiff[told["detail"].Text] = &rpc.PropertyDiff{Kind: rpc.PropertyDiff_UPDATE}
	case told["contradiction"] != nil: // a detailed diff, and yet nothing changed
		got.Changes = rpc.DiffResponse_DIFF_NONE
	}
	return got, nil
}

// Pages of page_size (or 2), in the order of the names; a token is the position of the next page.
func (s *server) List(req *rpc.ListRequest, stream grpc.ServerStreamingServer[rpc.ListResponse]) error {
	kind := kindOf(req.GetToken())
	told, err := s.behave.before("List", kind, req.GetContinuationToken())
	if err != nil {
		return err
	}
	if told["unimplemented"] != nil {
		return status.Error(codes.Unimplemented, "this resource cannot be listed")
	}
	ids, err := s.files.list(kind)
	if err != nil {
		return err
	}
	for r := told["endless"]; r != nil; { // until the caller has had enough
		result := &rpc.ListResponse_Result{Id: ids[0], Name: strings.Repeat("x", r.Bytes)}
		if err := stream.Send(&rpc.ListResponse{Response: &rpc.ListResponse_Result_{Result: result}}); err != nil {
			return err
		}
	}
	if limit := int(req.GetLimit()); limit > 0 && len(ids) > limit {
		ids = ids[:limit]
	}
	from := 0
	if token := req.GetContinuationToken(); token != "" {
		if from, err = strconv.Atoi(token); err != nil || from > len(ids) {
			return status.Errorf(codes.InvalidArgument, "%q is no token of mine", token)
		}
	}
	size := int(req.GetPageSize())
	if size < 1 {
		size = 2
	}
	to := min(from+size, len(ids))
	for _, id := range ids[from:to] {
		result := &rpc.ListResponse_Result{Id: id, Name: "name of " + id}
		if err := stream.Send(&rpc.ListResponse{Response: &rpc.ListResponse_Result_{Result: result}}); err != nil {
			return err
		}
	}
	next := ""
	if to < len(ids) {
		next = strconv.Itoa(to)
	}
	return stream.Send(&rpc.ListResponse{Response: &rpc.ListResponse_Continuation_{
		Continuation: &rpc.ListResponse_Continuation{ContinuationToken: next}}})
}

// before is the behaviour's, and what it has to say to the engine.
func (s *server) before(ctx context.Context, call, urn, id string) (told, error) {
	out, err := s.behave.before(call, kindOfUrn(resource.URN(urn)), id)
	if err != nil {
		return nil, err
	}
	for name, severity := range map[string]diag.Severity{"log": diag.Info, "warn": diag.Warning, "log-error": diag.Error, "debug": diag.Debug} {
		r := out[name]
		if r == nil {
			continue
		}
		if s.host == nil {
			return nil, status.Error(codes.FailedPrecondition, "there is no engine to log to")
		}
		text := r.text(fmt.Sprintf("%s of %s", call, id))
		if r.Bytes > 0 {
			text = strings.Repeat(text, 1+r.Bytes/len(text))
		}
		if err := s.host.Log(ctx, severity, resource.URN(urn), text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reveal takes the secret marks off the top level.
func reveal(from *structpb.Struct) *structpb.Struct {
	for name, value := range from.GetFields() {
		object := value.GetStructValue()
		if object != nil && object.Fields[resource.SigKey].GetStringValue() == resource.SecretSig {
			from.Fields[name] = object.Fields["value"]
		}
	}
	return from
}
