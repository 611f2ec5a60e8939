//go:build !race

package race

// Enabled says that the race detector does not watch this process.
const Enabled = false
