// A Terraform provider for tests: it serves a folder of JSON files as resources, on the SDKs that real providers are made with, and misbehaves
// when it is told to. Called by the name terraform-provider-fixture5 (or with FIXTURE_PROTOCOL=5) it is protocol 5 on terraform-plugin-sdk,
// else protocol 6 on terraform-plugin-framework. README.md has the resource types and the misbehaviours.
package main

import (
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

const address = "registry.opentofu.org/libdrift/fixture"

func main() {
	protocol5 := os.Getenv("FIXTURE_PROTOCOL") == "5"
	if os.Getenv("FIXTURE_PROTOCOL") == "" {
		protocol5 = strings.HasSuffix(filepath.Base(os.Args[0]), "fixture5")
	}
	behave, err := readBehaviour(os.Getenv("FIXTURE_BEHAVIOUR"))
	if err != nil {
		log.Fatal(err)
	}
	behave.start()
	// With FIXTURE_REATTACH it runs on its own, as under a debugger, and writes there how to attach.
	reattach := os.Getenv("FIXTURE_REATTACH")
	if protocol5 {
		var options []tf5server.ServeOpt
		if reattach != "" {
			options = append(options, tf5server.WithManagedDebug(), tf5server.WithManagedDebugEnvFilePath(reattach))
		}
		store := &store{}
		sdk := schema.NewGRPCProviderServer(provider5(store))
		err = tf5server.Serve(address, func() tfprotov5.ProviderServer { return &server5{sdk, store, behave} }, options...)
	} else {
		var options []tf6server.ServeOpt
		if reattach != "" {
			options = append(options, tf6server.WithManagedDebug(), tf6server.WithManagedDebugEnvFilePath(reattach))
		}
		store := &store{}
		framework := providerserver.NewProtocol6(&provider6{store: store})().(tfprotov6.ProviderServerWithListResource)
		err = tf6server.Serve(address, func() tfprotov6.ProviderServer { return &server6{framework, store, behave} }, options...)
	}
	if err != nil {
		log.Fatal(err)
	}
	behave.end()
}
