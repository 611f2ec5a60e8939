//go:build race

package race

// Enabled says that the race detector watches this process: it needs several times the memory and the time.
const Enabled = true
