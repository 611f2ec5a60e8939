//go:build race

package files

// raceDetector says that memory is not what it would be.
const raceDetector = true
