// Package handles looks whether the examples close what they open. It is for their tests, and no part of what they show.
package handles

/*
#cgo pkg-config: drift
#include <stdint.h>
uint64_t drift_x_handles(void); // drift_unstable.h
*/
import "C"

import (
	"fmt"
	"os"
	"runtime/debug"
)

// Main runs the tests of a package, and fails when handles of the library are left. Nothing is collected meanwhile: that would close them.
func Main(m interface{ Run() int }) {
	debug.SetGCPercent(-1)
	status := m.Run()
	if n := C.drift_x_handles(); n != 0 {
		fmt.Println("handles that were not closed:", n)
		status = 1
	}
	os.Exit(status)
}
