// The floor: a host of Terraform providers that does nothing but the calls. It starts the provider, asks for the schema, configures it, and sends
// each instance of a state through UpgradeResourceState and ReadResource, a number of them at a time; bytes go from one call to the next as they
// are. No host that makes these calls can be much faster.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

type raw struct{ bytes []byte }

// Messages are bytes to us: those to send are made here, and of the answers one field matters.
type codec struct{}

func (codec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(*raw).bytes)}, nil
}

func (codec) Unmarshal(data mem.BufferSlice, v any) error {
	v.(*raw).bytes = data.Materialize()
	return nil
}

func (codec) Name() string { return "proto" }

func field(to []byte, number protowire.Number, bytes []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(to, number, protowire.BytesType), bytes)
}

// of gives the bytes of one field, nil when there is none.
func of(message []byte, wanted protowire.Number) []byte {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			log.Fatal("a message that is none")
		}
		message = message[n:]
		if number == wanted && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			return value
		}
		message = message[protowire.ConsumeFieldValue(number, kind, message):]
	}
	return nil
}

type instance struct {
	kind       string
	version    uint64
	attributes []byte
	private    []byte
}

func instances(path string) []instance {
	text, err := os.ReadFile(path)
	check(err)
	var state struct {
		Resources []struct {
			Mode, Type string
			Instances  []struct {
				SchemaVersion uint64 `json:"schema_version"`
				Attributes    json.RawMessage
				Private       string
			}
		}
	}
	check(json.Unmarshal(text, &state))
	var out []instance
	for _, r := range state.Resources {
		if r.Mode != "managed" {
			continue
		}
		for _, i := range r.Instances {
			private, err := base64.StdEncoding.DecodeString(i.Private)
			check(err)
			out = append(out, instance{r.Type, i.SchemaVersion, i.Attributes, private})
		}
	}
	return out
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	provider := flag.String("provider", "", "the provider's program")
	state := flag.String("state", "terraform.tfstate", "the state")
	config := flag.String("config", "80", "the provider's configuration, msgpack in hex")
	parallel := flag.Int("parallel", 10, "resources at a time")
	flag.Parse()
	work := instances(*state)
	began := time.Now()

	sockets, err := os.MkdirTemp("", "bare")
	check(err)
	defer os.RemoveAll(sockets)
	command := exec.Command(*provider)
	command.Env = append(os.Environ(), "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		"PLUGIN_PROTOCOL_VERSIONS=5,6", "PLUGIN_UNIX_SOCKET_DIR="+sockets, "TF_LOG_SDK=off")
	output, err := command.StdoutPipe()
	check(err)
	check(command.Start())
	lines := bufio.NewReader(output)
	line, err := lines.ReadString('\n')
	check(err)
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 5 || parts[2] != "unix" {
		log.Fatalf("a handshake that is none: %s", line)
	}
	address, protocol := parts[3], parts[1]

	connection, err := grpc.NewClient("unix:"+filepath.ToSlash(address), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(codec{}), grpc.MaxCallRecvMsgSize(256<<20), grpc.MaxCallSendMsgSize(256<<20)))
	check(err)
	call := func(method string, request []byte) []byte {
		var answer raw
		check(connection.Invoke(context.Background(), "/tfplugin"+protocol+".Provider/"+method, &raw{request}, &answer))
		return answer.bytes
	}
	schema, configure := "GetSchema", "Configure"
	if protocol == "6" {
		schema, configure = "GetProviderSchema", "ConfigureProvider"
	}
	call(schema, nil)
	bytes, err := hex.DecodeString(*config)
	check(err)
	call(configure, field(field(nil, 1, []byte("1.12.6")), 2, field(nil, 1, bytes)))

	next := make(chan instance)
	var workers sync.WaitGroup
	for i := 0; i < *parallel; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for one := range next {
				upgrade := field(nil, 1, []byte(one.kind))
				upgrade = protowire.AppendVarint(protowire.AppendTag(upgrade, 2, protowire.VarintType), one.version)
				upgrade = field(upgrade, 3, field(nil, 1, one.attributes))
				now := of(call("UpgradeResourceState", upgrade), 1)
				if now == nil {
					log.Fatal("nothing came of an upgrade")
				}
				read := field(field(nil, 1, []byte(one.kind)), 2, now)
				if len(one.private) > 0 {
					read = field(read, 3, one.private)
				}
				if of(call("ReadResource", read), 1) == nil {
					log.Fatal("nothing came of a read")
				}
			}
		}()
	}
	for _, one := range work {
		next <- one
	}
	close(next)
	workers.Wait()
	fmt.Printf("%d resources in %.3f s\n", len(work), time.Since(began).Seconds())

	check(connection.Close())
	check(command.Process.Signal(syscall.SIGKILL))
	_ = command.Wait()
}

var _ encoding.CodecV2 = codec{}
