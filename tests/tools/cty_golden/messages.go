package main

import (
	"encoding/hex"
	"encoding/json"

	_ "github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server" // registers the descriptors
	_ "github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

type messageLine struct {
	Name    string          `json:"name"`
	Message string          `json:"message"`
	JSON    json.RawMessage `json:"json"`
	Bytes   string          `json:"bytes"` // hex
}

const diagnostics = `[{"severity":"ERROR","summary":"s","detail":"d","attribute":{"steps":[{"attributeName":"a"},{"elementKeyInt":"3"},` +
	`{"elementKeyString":"k.x"}]}},{"severity":"WARNING","summary":"w"},{"severity":7}]`

// Base64 of type JSON.
const (
	typeString     = "InN0cmluZyI="                                             // "string"
	typeNumber     = "Im51bWJlciI="                                             // "number"
	typeDynamic    = "ImR5bmFtaWMi"                                             // "dynamic"
	typeSetNumber  = "WyJzZXQiLCJudW1iZXIiXQ=="                                 // ["set","number"]
	typeMapString  = "WyJtYXAiLCJzdHJpbmciXQ=="                                 // ["map","string"]
	typeObjectSets = "WyJsaXN0IixbIm9iamVjdCIseyJ4IjpbInNldCIsInN0cmluZyJdfV1d" // ["list",["object",{"x":["set","string"]}]]
)

func blockJSON(v6 bool) string {
	nested := ""
	if v6 {
		nested = `,{"name":"nested","nestedType":{"nesting":"LIST","attributes":[{"name":"in","type":"` + typeString + `","optional":true,"writeOnly":true},` +
			`{"name":"deep","nestedType":{"nesting":"SINGLE","attributes":[{"name":"n","type":"` + typeNumber + `","computed":true}]}}]},"optional":true},` +
			`{"name":"nset","nestedType":{"nesting":"SET","attributes":[{"name":"v","type":"` + typeString + `","sensitive":true}]}},` +
			`{"name":"nmap","nestedType":{"nesting":"MAP","attributes":[{"name":"v","type":"` + typeString + `"}]}}`
	}
	leaf := `{"attributes":[{"name":"leaf","type":"` + typeString + `","optional":true,"sensitive":true}]}`
	dynamic := `{"attributes":[{"name":"any","type":"` + typeDynamic + `","optional":true}]}`
	return `{"version":"2","block":{"version":"2","description":"text","descriptionKind":"MARKDOWN","attributes":[` +
		`{"name":"id","type":"` + typeString + `","computed":true,"description":"x"},` +
		`{"name":"name","type":"` + typeString + `","required":true},` +
		`{"name":"size","type":"` + typeNumber + `","optional":true,"computed":true},` +
		`{"name":"ports","type":"` + typeSetNumber + `","optional":true},` +
		`{"name":"tags_all","type":"` + typeMapString + `","computed":true},` +
		`{"name":"list","type":"` + typeObjectSets + `","optional":true},` +
		`{"name":"secret","type":"` + typeString + `","optional":true,"sensitive":true,"deprecated":true,"deprecationMessage":"gone"},` +
		`{"name":"token","type":"` + typeString + `","optional":true,"writeOnly":true},` +
		`{"name":"any","type":"` + typeDynamic + `","optional":true}` + nested + `],"blockTypes":[` +
		`{"typeName":"one","nesting":"SINGLE","block":` + leaf + `},{"typeName":"group","nesting":"GROUP","block":` + leaf + `},` +
		`{"typeName":"many","nesting":"LIST","minItems":"1","maxItems":"3","block":{"attributes":[{"name":"k","type":"` + typeString + `","required":true}],` +
		`"blockTypes":[{"typeName":"inner","nesting":"SET","block":` + leaf + `}]}},` +
		`{"typeName":"bag","nesting":"SET","block":` + leaf + `},{"typeName":"by_key","nesting":"MAP","block":` + leaf + `},` +
		`{"typeName":"dyn_list","nesting":"LIST","block":` + dynamic + `},{"typeName":"dyn_map","nesting":"MAP","block":` + dynamic + `}]}}`
}

func messageLines() (lines []any) {
	add := func(name, message, text string) {
		descriptor, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(message))
		check(err)
		m := dynamicpb.NewMessage(descriptor.(protoreflect.MessageDescriptor))
		check(protojson.Unmarshal([]byte(text), m))
		bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		check(err)
		lines = append(lines, messageLine{name, message, json.RawMessage(text), hex.EncodeToString(bytes)})
	}
	schema := func(v6 bool) string {
		s := blockJSON(v6)
		small := `{"version":"0","block":{"attributes":[{"name":"id","type":"` + typeString + `","computed":true}]}}`
		return `{"provider":{"block":{"attributes":[{"name":"host","type":"` + typeString + `","optional":true}]}},"resourceSchemas":{"x_big":` + s +
			`,"x_small":` + small + `,"x_broken":{"block":{"attributes":[{"name":"id","type":"` + "Im5vIg==" + `"}]}}},"dataSourceSchemas":{"x_data":` + small +
			`},"diagnostics":` + diagnostics + `,"providerMeta":{"block":{"attributes":[{"name":"m","type":"` + typeString + `"}]}},` +
			`"serverCapabilities":{"planDestroy":true,"getProviderSchemaOptional":true},"functions":{"f":{"summary":"s"}},"listResourceSchemas":{"x_small":` + small + `}}`
	}
	for _, p := range []string{"tfplugin5", "tfplugin6"} {
		v6 := p == "tfplugin6"
		add("schema", p+"."+map[bool]string{false: "GetProviderSchema", true: "GetProviderSchema"}[v6]+".Response", schema(v6))
		add("metadata", p+".GetMetadata.Response", `{"serverCapabilities":{"moveResourceState":true,"generateResourceConfig":true},"diagnostics":`+diagnostics+
			`,"dataSources":[{"typeName":"d"}],"resources":[{"typeName":"r1"},{"typeName":"r2"}],"listResources":[{"typeName":"l"}]}`)
		if v6 {
			add("validate_request", p+".ValidateProviderConfig.Request", `{"config":{"msgpack":"gA=="}}`)
			add("validate_reply", p+".ValidateProviderConfig.Response", `{"diagnostics":`+diagnostics+`}`)
			add("configure_request", p+".ConfigureProvider.Request", `{"terraformVersion":"1.12.0","config":{"msgpack":"gA=="},"clientCapabilities":{"writeOnlyAttributesAllowed":true}}`)
			add("configure_reply", p+".ConfigureProvider.Response", `{"diagnostics":`+diagnostics+`}`)
			add("stop_reply", p+".StopProvider.Response", `{"Error":"no"}`)
		} else {
			add("validate_request", p+".PrepareProviderConfig.Request", `{"config":{"msgpack":"gA=="}}`)
			add("validate_reply", p+".PrepareProviderConfig.Response", `{"preparedConfig":{"msgpack":"gA=="},"diagnostics":`+diagnostics+`}`)
			add("configure_request", p+".Configure.Request", `{"terraformVersion":"1.12.0","config":{"msgpack":"gA=="},"clientCapabilities":{"writeOnlyAttributesAllowed":true}}`)
			add("configure_reply", p+".Configure.Response", `{"diagnostics":`+diagnostics+`}`)
			add("stop_reply", p+".Stop.Response", `{"Error":"no"}`)
		}
		add("upgrade_request", p+".UpgradeResourceState.Request", `{"typeName":"x","version":"3","rawState":{"json":"e30="}}`)
		add("upgrade_flatmap_request", p+".UpgradeResourceState.Request", `{"typeName":"x","rawState":{"flatmap":{"a.#":"1","a.0":"z","empty":""}}}`)
		add("upgrade_reply", p+".UpgradeResourceState.Response", `{"upgradedState":{"msgpack":"gA=="},"diagnostics":`+diagnostics+`}`)
		add("identity_request", p+".UpgradeResourceIdentity.Request", `{"typeName":"x","version":"1","rawIdentity":{"json":"e30="}}`)
		add("identity_reply", p+".UpgradeResourceIdentity.Response", `{"upgradedIdentity":{"identityData":{"msgpack":"gA=="}},"diagnostics":`+diagnostics+`}`)
		add("read_request", p+".ReadResource.Request", `{"typeName":"x","currentState":{"msgpack":"gA=="},"private":"AAEC","providerMeta":{"msgpack":"wA=="},`+
			`"clientCapabilities":{"deferralAllowed":true,"writeOnlyAttributesAllowed":true},"currentIdentity":{"identityData":{"msgpack":"gQ=="}}}`)
		add("read_plain_request", p+".ReadResource.Request", `{"typeName":"x","currentState":{"msgpack":"gA=="},"clientCapabilities":{"writeOnlyAttributesAllowed":true}}`)
		add("read_reply", p+".ReadResource.Response", `{"newState":{"msgpack":"gA==","json":"e30="},"diagnostics":`+diagnostics+`,"private":"AAEC","deferred":{"reason":"ABSENT_PREREQ"},`+
			`"newIdentity":{"identityData":{"msgpack":"gQ=="}}}`)
		add("identity_schemas", p+".GetResourceIdentitySchemas.Response", `{"identitySchemas":{"x":{"version":"4","identityAttributes":[{"name":"region","type":"`+typeString+
			`","requiredForImport":true},{"name":"n","type":"`+typeNumber+`","optionalForImport":true}]}},"diagnostics":`+diagnostics+`}`)
		add("import_request", p+".ImportResourceState.Request", `{"typeName":"x","id":"i-1","clientCapabilities":{"writeOnlyAttributesAllowed":true},"identity":{"identityData":{"msgpack":"gQ=="}}}`)
		add("import_reply", p+".ImportResourceState.Response", `{"importedResources":[{"typeName":"x","state":{"msgpack":"gA=="},"private":"AQ==","identity":{"identityData":{"msgpack":"gQ=="}}},`+
			`{"typeName":"y"}],"diagnostics":`+diagnostics+`,"deferred":{"reason":"PROVIDER_CONFIG_UNKNOWN"}}`)
		add("list_request", p+".ListResource.Request", `{"typeName":"x","config":{"msgpack":"gA=="},"includeResourceObject":true,"limit":"100"}`)
		add("list_event", p+".ListResource.Event", `{"identity":{"identityData":{"msgpack":"gQ=="}},"displayName":"n","resourceObject":{"msgpack":"gA=="},"diagnostic":`+diagnostics+`}`)
	}
	add("stdio", "plugin.StdioData", `{"channel":"STDERR","data":"aGk="}`)
	add("health_request", "grpc.health.v1.HealthCheckRequest", `{"service":"plugin"}`)
	add("health_reply", "grpc.health.v1.HealthCheckResponse", `{"status":"SERVING"}`)
	return lines
}
