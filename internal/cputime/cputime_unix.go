//go:build unix

// Package cputime tells benchmarks how long this process has worked, which a busy machine does not change as it does the time
// of the clock.
package cputime

import (
	"syscall"
	"time"
)

// Used is what the process has had of all cores so far, 0 where the system does not tell.
func Used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
