package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// version is what the binary knows of how it was built.
type version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Time     string `json:"time,omitempty"` // of the commit, RFC 3339
	Modified bool   `json:"modified"`       // built from files that were not committed
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func buildVersion() version {
	v := version{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (v version) String() string {
	var details []string
	if v.Commit != "" {
		commit := v.Commit[:min(12, len(v.Commit))]
		if v.Modified {
			commit += " with changes"
		}
		details = append(details, commit)
	}
	if v.Time != "" {
		details = append(details, v.Time)
	}
	details = append(details, v.Go, v.Platform)
	return fmt.Sprintf("confab %s (%s)", v.Version, strings.Join(details, ", "))
}

func newVersion(f *factory) *cobra.Command {
	return shows[version](f, &cobra.Command{
		Use:   "version",
		Short: "Print how confab was built",
		Args:  want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := buildVersion()
			if f.json {
				return f.show(cmd.Context(), v)
			}
			_, err := fmt.Fprintln(f.out, v)
			return err
		},
	})
}
