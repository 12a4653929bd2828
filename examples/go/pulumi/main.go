// A program of the shape of Pulumi's Automation API: it exports its stack and looks for drift in the same process. No CLI is started by
// libdrift, and none is needed for the comparison.
//
// UntypedDeployment and Exporter have the shape of apitype.UntypedDeployment and auto.Stack in github.com/pulumi/pulumi/sdk/v3, which this
// example leaves out for its weight (71 modules, 240 MB to fetch). With them it reads the same: stack is what auto.UpsertStackInlineSource gave.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	drift "github.com/libdrift/libdrift/bindings/go"
)

// UntypedDeployment is apitype.UntypedDeployment.
type UntypedDeployment struct {
	Version    int             `json:"version,omitempty"`
	Features   []string        `json:"features,omitempty"`
	Deployment json.RawMessage `json:"deployment,omitempty"`
}

// Exporter is the part of auto.Stack that matters here.
type Exporter interface {
	Export(ctx context.Context) (UntypedDeployment, error)
}

// Drift exports the stack and compares it with what the cloud says.
func Drift(ctx context.Context, stack Exporter, cloud drift.Provider) (*drift.Report, error) {
	deployment, err := stack.Export(ctx)
	if err != nil {
		return nil, err
	}
	return drift.Scan(ctx, drift.Options{State: drift.Document("stack export", deployment), Provider: cloud})
}

func main() {
	cloud := drift.ProviderFunc("acme", []string{"acme:*"}, func(_ context.Context, r drift.Resource) (drift.Outcome, error) {
		switch r.ID {
		case "logs-4711":
			r.Attributes["acl"] = "public-read" // somebody opened it
			return drift.Found(r.Attributes), nil
		default:
			return drift.Outcome{}, &drift.ReadError{Code: drift.ErrReadAuth, Message: "the session has expired", Next: "log in to acme"}
		}
	})
	report, err := Drift(context.Background(), exampleStack{}, cloud)
	if err != nil {
		log.Fatal(err)
	}
	defer report.Close()
	for f := range report.Findings() {
		fmt.Printf("%v %s: %s\n", f.Verdict, f.Address, f.Risk.Why)
		for _, c := range f.Changes {
			fmt.Printf("  %s: %s -> %s\n", c.Path, c.Recorded, c.Actual)
		}
	}
	for e := range report.Errors() {
		fmt.Println("unreadable", e.Address)
	}
}

// exampleStack stands for a stack that the program has brought up.
type exampleStack struct{}

func (exampleStack) Export(context.Context) (UntypedDeployment, error) {
	return UntypedDeployment{Version: 3, Deployment: json.RawMessage(`{
	  "manifest": {"time": "2026-11-21T09:00:00Z", "magic": "", "version": "v3.100.0"},
	  "resources": [
	    {"urn": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", "custom": false, "type": "pulumi:pulumi:Stack"},
	    {"urn": "urn:pulumi:prod::shop::acme:index:Bucket::logs", "custom": true, "id": "logs-4711", "type": "acme:index:Bucket",
	     "inputs": {"acl": "private"}, "outputs": {"acl": "private", "name": "logs"}},
	    {"urn": "urn:pulumi:prod::shop::acme:index:Bucket::mail", "custom": true, "id": "mail-4712", "type": "acme:index:Bucket",
	     "inputs": {"acl": "private"}, "outputs": {"acl": "private", "name": "mail"}}
	  ]}`)}, nil
}
