// A provider of your own: the program that holds the live system answers the reads itself. Here that is a map of message queues; yours is an
// API, a database, a device.
package main

import (
	"context"
	"fmt"
	"log"

	drift "github.com/libdrift/libdrift/bindings/go"
)

// broker is what the message broker really has: queue -> days that messages are kept.
type broker map[string]int

func (broker) Name() string    { return "acme" }
func (broker) Types() []string { return []string{"acme_*"} }

func (b broker) Read(_ context.Context, batch []drift.Resource) ([]drift.Outcome, error) {
	outcomes := make([]drift.Outcome, len(batch))
	for i, known := range batch {
		days, exists := b[known.ID]
		if !exists {
			outcomes[i] = drift.Absent()
			continue
		}
		known.Attributes["retention_days"] = days // what is not read back stays as it is known
		outcomes[i] = drift.Found(known.Attributes)
	}
	return outcomes, nil
}

const state = `{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "example", "outputs": {}, "resources": [
  {"mode": "managed", "type": "acme_queue", "name": "orders", "provider": "provider[\"registry.example.com/acme/acme\"]", "instances": [
    {"schema_version": 0, "attributes": {"id": "orders", "retention_days": 14}}]},
  {"mode": "managed", "type": "acme_queue", "name": "mail", "provider": "provider[\"registry.example.com/acme/acme\"]", "instances": [
    {"schema_version": 0, "attributes": {"id": "mail", "retention_days": 3}}]}]}`

func main() {
	report, err := drift.Scan(context.Background(), drift.Options{
		State:    drift.Bytes("example state", []byte(state)),
		Provider: broker{"orders": 1, "mail": 3}, // somebody lowered the retention of orders
	})
	if err != nil {
		log.Fatal(err)
	}
	defer report.Close()
	for f := range report.Findings() {
		for _, c := range f.Changes {
			fmt.Printf("%s: %s was %s and is %s\n", f.Address, c.Path, c.Recorded, c.Actual)
		}
	}
}
