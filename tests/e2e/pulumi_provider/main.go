// A Pulumi provider for tests: it serves a folder of JSON files as resources, on the SDK that real Go providers are made with, and misbehaves when
// it is told to. README.md has the files' notation, the computed members and the misbehaviours.
package main

import (
	"log"
	"os"

	provider "github.com/pulumi/pulumi-go-provider"
	sdk "github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	packageName    = "fixture"
	packageVersion = "1.2.3"
)

func main() {
	behave, err := readBehaviour(os.Getenv("FIXTURE_BEHAVIOUR"))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := behave.before("Start", "", ""); err != nil {
		log.Fatal(err)
	}
	err = sdk.Main(packageName, func(host *sdk.HostClient) (rpc.ResourceProviderServer, error) {
		return newServer(host, behave)
	})
	if err != nil {
		log.Fatal(err)
	}
	behave.end()
}

// The SDK's server around our provider, and ours around that.
func newServer(host *sdk.HostClient, behave *behaviour) (*server, error) {
	files := newFiles(behave)
	inner, err := provider.RawServer(packageName, packageVersion, files.provider())(host)
	if err != nil {
		return nil, err
	}
	return &server{ResourceProviderServer: inner, files: files, behave: behave, host: host}, nil
}
