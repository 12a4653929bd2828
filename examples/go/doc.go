// Package examples holds programs that use the Go binding, each in a folder of its own.
package examples
