// Writes golden files with the real go-cty and the real message descriptors; see README.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: cty_golden FOLDER")
		os.Exit(2)
	}
	write := func(name string, lines []any) {
		file, err := os.Create(filepath.Join(os.Args[1], name))
		check(err)
		out := bufio.NewWriter(file)
		for _, line := range lines {
			text, err := json.Marshal(line)
			check(err)
			_, err = out.Write(append(text, '\n'))
			check(err)
		}
		check(out.Flush())
		check(file.Close())
	}
	write("values.jsonl", valueLines())
	write("msgpack.jsonl", msgpackLines())
	write("messages.jsonl", messageLines())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
