// Package race tells tests whether the race detector watches them.
package race

import "testing"

// Skip leaves a test out under the race detector. It is for those that make thousands of requests one after the other, or move
// much: the detector finds nothing in them that it does not find in others, and takes minutes to do so.
func Skip(tb testing.TB) {
	tb.Helper()
	if Enabled {
		tb.Skip("many requests after each other have no races")
	}
}
