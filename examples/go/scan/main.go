// The smallest scan: what a Terraform state recorded, against the files that are there.
package main

import (
	"context"
	"fmt"
	"log"

	drift "github.com/libdrift/libdrift/bindings/go"
)

func main() {
	report, err := drift.Scan(context.Background(), drift.Options{State: drift.File("terraform.tfstate")})
	if err != nil {
		log.Fatal(err)
	}
	defer report.Close()
	for f := range report.Findings() {
		fmt.Printf("%v %s (%v): %s\n", f.Verdict, f.Address, f.Risk.Level, f.Risk.Why)
	}
	fmt.Println(report.Summary().Checked, "checked, complete:", report.Complete())
}
