package main

import (
	"os"
	"path/filepath"
	"testing"

	"example/internal/handles"
)

func TestMain(m *testing.M) { handles.Main(m) }

// The demo of this repository, changed at 3 a.m.
func Example() {
	folder, err := os.MkdirTemp("", "drift")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "demo"))); err != nil {
		panic(err)
	}
	if err := os.Chdir(folder); err != nil {
		panic(err)
	}
	must(os.Chmod("production/service/api-token", 0o700)) // as recorded; git does not keep this
	list, err := os.OpenFile("production/firewall/allow-list.txt", os.O_APPEND|os.O_WRONLY, 0)
	must(err)
	_, err = list.WriteString("0.0.0.0/0         # TEMPORARY\n")
	must(err)
	must(list.Close())
	must(os.Remove("production/flags/features.json"))

	main()

	// Output:
	// changed local_file.allow_list (critical): allow-list opened to the world (0.0.0.0/0)
	// deleted local_file.feature_flags (high): the resource no longer exists
	// 5 checked, complete: true
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
