// Package handles counts the handles that the library has given and not got back, for tests that look for leaks.
package handles

/*
#include <stdint.h>
uint64_t drift_x_handles(void); // drift_unstable.h, which does not come with this module
*/
import "C"

// Count is how many there are, of every kind, in the whole process.
func Count() int { return int(C.drift_x_handles()) }
