package main

import (
	"testing"

	"example/internal/handles"
)

func TestMain(m *testing.M) { handles.Main(m) }

func Example() {
	main()
	// Output: acme_queue.orders: retention_days was 14 and is 1
}
