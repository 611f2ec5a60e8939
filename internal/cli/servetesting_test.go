package cli

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

// curl makes the request of a command line with curl, as far as the documentation uses it.
func curl(t *testing.T, line, server string) *http.Request {
	t.Helper()
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2])
	}
	var method, target, user string
	var data []string
	header := http.Header{}
	for i := 1; i < len(words); i++ {
		if !strings.HasPrefix(words[i], "-") {
			target = words[i]
			continue
		}
		value := words[i+1]
		switch words[i] {
		case "-X":
			method = value
		case "-u":
			user = value
		case "-d":
			data = append(data, value)
		case "-H":
			name, text, _ := strings.Cut(value, ": ")
			header.Set(name, text)
		default:
			t.Fatalf("%s: this test knows no %s", line, words[i])
		}
		i++
	}
	if data != nil {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if method == "" {
		method = map[bool]string{false: http.MethodGet, true: http.MethodPost}[data != nil]
	}
	address, err := url.Parse(target)
	if err != nil || address.Host != "127.0.0.1:8080" {
		t.Fatalf("%s: asks %q, %v", line, target, err)
	}
	address.Host = strings.TrimPrefix(server, "http://")
	req, err := http.NewRequestWithContext(t.Context(), method, address.String(), strings.NewReader(strings.Join(data, "&")))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	name, password, _ := strings.Cut(user, ":")
	req.SetBasicAuth(name, password)
	return req
}

// TestDocumentedTesting does what the documentation of testing says, line by line, and compares what it says comes of it.
func TestDocumentedTesting(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	s, run := served{}, (*running)(nil)
	asked, lines := 0, strings.Split(string(page), "\n")
	for i, line := range lines {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case !isCommand:
		case strings.HasPrefix(command, "confab serve "):
			s, run = serving(t, newCall(), strings.Fields(command)[2:]...)
		case strings.HasPrefix(command, "curl "):
			asked++
			res, err := http.DefaultClient.Do(curl(t, command, s.URL))
			if err != nil {
				t.Fatalf("%s: %v", command, err)
			}
			answer, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			want := strings.ReplaceAll(regexp.QuoteMeta(lines[i+1]), "…", ".*")
			if err != nil || !regexp.MustCompile("^"+want+"$").Match(answer) {
				t.Errorf("%s\nanswers %d %s %v\nand not   %s", command, res.StatusCode, answer, err, lines[i+1])
			}
		default:
			t.Errorf("this test cannot do %q", command)
		}
	}
	if asked < 15 || run == nil {
		t.Fatalf("%d requests are documented", asked)
	}
	run.stop()
	if end := <-run.done; end.code != exitOK || !strings.Contains(end.err, "this server is for testing") {
		t.Errorf("at its end: %+v", end)
	}
}

func TestServeTesting(t *testing.T) {
	t.Parallel()
	newCall().fails(t, exitUsage, []string{"--testing", "--allow-remote"}, "serve", "--testing", "--allow-remote", "--addr", "127.0.0.1:0")
	for _, testing := range []bool{false, true} {
		args := []string{"--admin", "root:toor", "--user", "alice:wonderland"}
		if testing {
			args = append(args, "--testing")
		}
		s, run := serving(t, newCall(), args...)
		if s.Testing != testing {
			t.Errorf("announced %+v", s)
		}
		for user, want := range map[string]int{"root:toor": http.StatusOK, "alice:wonderland": http.StatusForbidden, "root:wrong": http.StatusUnauthorized} {
			if !testing {
				want = http.StatusNotFound
			}
			if user == "root:wrong" {
				want = http.StatusUnauthorized
			}
			res, err := http.DefaultClient.Do(curl(t, "curl -u "+user+" http://127.0.0.1:8080/_confab/clock", s.URL))
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("testing %v, %s: %d, want %d", testing, user, res.StatusCode, want)
			}
		}
		run.interrupt(t)
	}
}
