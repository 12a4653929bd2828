package main

func Example() {
	main()
	// Output: acme_queue.orders: retention_days was 14 and is 1
}
