package examples

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The programs in the binding's README are these files.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../bindings/go/README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n// (examples/go/[^\n]*)\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) == 0 {
		t.Error("the README shows no program")
	}
	for _, b := range blocks {
		program, err := os.ReadFile(strings.TrimPrefix(b[1], "examples/go/"))
		if err != nil {
			t.Error(err)
		} else if string(program) != b[2] {
			t.Errorf("the README's copy of %s is not the file", b[1])
		}
	}
}
