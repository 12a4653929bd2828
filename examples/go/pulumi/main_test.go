package main

import (
	"testing"

	"example/internal/handles"
)

func TestMain(m *testing.M) { handles.Main(m) }

func Example() {
	main()
	// Output:
	// changed urn:pulumi:prod::shop::acme:index:Bucket::logs: a change that no rule knows
	//   acl: "private" -> "public-read"
	// unreadable urn:pulumi:prod::shop::acme:index:Bucket::mail
}
