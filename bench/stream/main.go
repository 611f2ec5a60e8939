// Stream reads the list of an account's conversations, and does nothing else: what it costs is what streaming costs a whole
// process, start included. It prints how many there are, and the most memory that it had, in KiB, where the system tells.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/confab-go/confab/talk"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: %s URL", os.Args[0])
	}
	c, err := talk.NewClient(os.Args[1])
	if err != nil {
		return err
	}
	count := 0
	for room, err := range c.Conversations.All(context.Background(), nil) {
		if err != nil {
			return err
		}
		if room.Token != "" {
			count++
		}
	}
	_, err = fmt.Fprintln(os.Stdout, count, peak())
	return err
}

// peak gives the most memory that the process had. A parent is told another number: that counts its own memory, too.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "0"
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			return fields[1]
		}
	}
	return "0"
}
