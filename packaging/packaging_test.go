// Package packaging holds what makes packages of confab. Its tests see that what is said there of confab holds.
package packaging

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/confab-go/confab/internal/cli"
)

// release is what .goreleaser.yaml says, as far as it is used. goreleaser itself is too large to be built for a test of it.
type release struct {
	Version     int    `yaml:"version"`
	ProjectName string `yaml:"project_name"`
	Before      struct {
		Hooks []string `yaml:"hooks"`
	} `yaml:"before"`
	Builds []struct {
		Main         string   `yaml:"main"`
		Binary       string   `yaml:"binary"`
		Env          []string `yaml:"env"`
		Flags        []string `yaml:"flags"`
		Ldflags      []string `yaml:"ldflags"`
		ModTimestamp string   `yaml:"mod_timestamp"`
		Goos         []string `yaml:"goos"`
		Goarch       []string `yaml:"goarch"`
		Ignore       []struct {
			Goos   string `yaml:"goos"`
			Goarch string `yaml:"goarch"`
		} `yaml:"ignore"`
	} `yaml:"builds"`
	Archives []struct {
		Formats         []string `yaml:"formats"`
		NameTemplate    string   `yaml:"name_template"`
		FormatOverrides []struct {
			Goos    string   `yaml:"goos"`
			Formats []string `yaml:"formats"`
		} `yaml:"format_overrides"`
		Files []any `yaml:"files"`
	} `yaml:"archives"`
	Nfpms []struct {
		PackageName string   `yaml:"package_name"`
		Vendor      string   `yaml:"vendor"`
		Homepage    string   `yaml:"homepage"`
		Maintainer  string   `yaml:"maintainer"`
		Description string   `yaml:"description"`
		License     string   `yaml:"license"`
		Formats     []string `yaml:"formats"`
		Contents    []struct {
			Src string `yaml:"src"`
			Dst string `yaml:"dst"`
		} `yaml:"contents"`
	} `yaml:"nfpms"`
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
	} `yaml:"checksum"`
	Changelog struct {
		Sort string `yaml:"sort"`
	} `yaml:"changelog"`
}

func readRelease(t *testing.T) (r release) {
	t.Helper()
	data, err := os.ReadFile("../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	strict := yaml.NewDecoder(bytes.NewReader(data))
	strict.KnownFields(true)
	if err := strict.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReleaseBuilds: for each system that is released for, all packages of the program have files, without cgo.
func TestReleaseBuilds(t *testing.T) {
	t.Parallel()
	targets := 0
	for _, build := range readRelease(t).Builds {
		if !slices.Contains(build.Env, "CGO_ENABLED=0") || !slices.Contains(build.Flags, "-trimpath") {
			t.Errorf("it is no static binary that others can build again: %v %v", build.Env, build.Flags)
		}
		for _, goos := range build.Goos {
			for _, goarch := range build.Goarch {
				if slices.ContainsFunc(build.Ignore, func(i struct {
					Goos   string `yaml:"goos"`
					Goarch string `yaml:"goarch"`
				},
				) bool {
					return i.Goos == goos && i.Goarch == goarch
				}) {
					continue
				}
				targets++
				args := append([]string{"list", "-deps", "-f", "{{.Name}} {{.ImportPath}}"}, build.Flags...)
				cmd := exec.CommandContext(t.Context(), "go", append(args, "-ldflags", strings.Join(build.Ldflags, " "), build.Main)...)
				cmd.Dir = ".."
				cmd.Env = append(append(os.Environ(), build.Env...), "GOOS="+goos, "GOARCH="+goarch)
				out, err := cmd.CombinedOutput()
				if err != nil || !bytes.HasSuffix(out, []byte("\nmain github.com/confab-go/confab/cmd/confab\n")) {
					t.Errorf("%s/%s: %v\n%s", goos, goarch, err, out)
				}
				if bytes.Contains(out, []byte(" runtime/cgo\n")) {
					t.Errorf("%s/%s needs cgo", goos, goarch)
				}
			}
		}
	}
	if targets < 6 {
		t.Errorf("it is released for %d systems", targets)
	}
}

// TestReleaseFiles: what archives and packages hold is there, or is made by the hook that comes before.
func TestReleaseFiles(t *testing.T) {
	t.Parallel()
	r := readRelease(t)
	var patterns []string
	for _, archive := range r.Archives {
		for _, file := range archive.Files {
			switch file := file.(type) {
			case string:
				patterns = append(patterns, file)
			case map[string]any:
				src, _ := file["src"].(string)
				patterns = append(patterns, src)
			}
		}
	}
	for _, nfpm := range r.Nfpms {
		for _, content := range nfpm.Contents {
			patterns = append(patterns, content.Src)
		}
	}
	hooks := strings.Join(r.Before.Hooks, "\n")
	const hook, made = "go run ./packaging/files packaging/out", "packaging/out/"
	if !strings.Contains(hooks, hook) || len(patterns) < 10 {
		t.Errorf("the hooks are %q, and the files %q", hooks, patterns)
	}
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "run", "./files", out)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, pattern := range patterns {
		place := filepath.Join("..", pattern)
		if rest, ok := strings.CutPrefix(pattern, made); ok {
			place = filepath.Join(out, rest)
		}
		if found, err := filepath.Glob(place); err != nil || len(found) == 0 {
			t.Errorf("%s: there is none, %v", pattern, err)
		}
	}
}

// serves runs 'confab serve' with arguments until it has told where it listens.
func serves(t *testing.T, args []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	r, w := io.Pipe()
	var errs bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- cli.Main(ctx, args, cli.App{In: strings.NewReader(""), Out: w, Err: &errs})
		_ = w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "url\thttp://127.0.0.1:") {
		t.Errorf("confab %q: %q, %v; %s", args, line, err, errs.String())
	}
	stop()
	go func() { _, _ = io.Copy(io.Discard, r) }()
	if got := <-code; got != 0 {
		t.Errorf("confab %q: exit code %d, %s", args, got, errs.String())
	}
}

// TestImageServes runs what the image runs, at a port and in a directory of the test.
func TestImageServes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^ENTRYPOINT (\[.*\])$`).FindSubmatch(text)
	var entry []string
	if found == nil || json.Unmarshal(found[1], &entry) != nil || len(entry) < 2 || entry[0] != "/confab" {
		t.Fatalf("the entry point is %q", found)
	}
	for _, said := range []string{"COPY --from=build /out/confab /confab", "VOLUME /data", "EXPOSE 8080", "CGO_ENABLED=0", " /data\n", " /tmp\n", "USER 65532"} {
		if !bytes.Contains(text, []byte(said)) {
			t.Errorf("it lacks %q", said)
		}
	}
	args := replaced(t, entry[1:], map[string]string{"0.0.0.0:8080": "127.0.0.1:0", "/data": t.TempDir()})
	serves(t, append(args, "--user", "alice:Alice-Passw0rd:Alice"))
}

// TestServiceServes runs what the unit of systemd runs, and has systemd look at the unit where it is installed.
func TestServiceServes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("systemd/confab.service")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/confab (.*)$`).FindSubmatch(text)
	if found == nil {
		t.Fatal("it starts no confab")
	}
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("# who may\nalice:Alice-Passw0rd:Alice\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	serves(t, replaced(t, strings.Fields(string(found[1])), map[string]string{
		"127.0.0.1:8080": "127.0.0.1:0", "%S/confab": filepath.Join(t.TempDir(), "confab"), "%d/users": users,
	}))

	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed: it does not verify the unit")
	}
	program, err := os.Executable() // systemd wants one that is there
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "confab.service")
	if err := os.WriteFile(unit, bytes.ReplaceAll(text, []byte("/usr/bin/confab"), []byte(program)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", unit).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze: %v\n%s", err, out)
	}
}

// replaced puts other values in place of those that only a container or a service has; all of them must be there.
func replaced(t *testing.T, args []string, values map[string]string) []string {
	t.Helper()
	args = slices.Clone(args)
	for from, to := range values {
		i := slices.Index(args, from)
		if i < 0 {
			t.Fatalf("%q is not among %q", from, args)
		}
		args[i] = to
	}
	return args
}
