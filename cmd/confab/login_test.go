//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// nextcloud is a server with a user who has a password.
func nextcloud(t *testing.T, user, password string) string {
	t.Helper()
	address, _ := nextcloudWith(t, user, password)
	return address
}

// nextcloudWith gives an app password of the user, too, which is checked faster.
func nextcloudWith(t *testing.T, user, password string) (address, appPassword string) {
	t.Helper()
	srv, err := server.Open(t.Context(), server.Config{Users: []server.User{{ID: user, DisplayName: "Alice", Password: password}}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(srv.Handler())
	t.Cleanup(func() {
		_ = srv.Close()
		web.Close()
	})
	if appPassword, err = srv.AppPassword(t.Context(), user, "tests"); err != nil {
		t.Fatal(err)
	}
	return web.URL, appPassword
}

// loginInBrowser runs 'confab auth login', and does in the browser what a person does: it opens the address that is printed,
// and grants access.
func loginInBrowser(t *testing.T, cmd *exec.Cmd, user, password string) (stdout, stderr string, code int) {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout = &out
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	errs := bufio.NewReader(pipe)
	line, err := errs.ReadString('\n')
	address, told := strings.CutPrefix(strings.TrimSpace(line), "Grant access in your browser: ")
	if err != nil || !told {
		t.Fatalf("it prints %q, %v", line, err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(url.Values{"user": {user}, "password": {password}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the browser is answered with %s", resp.Status)
	}
	rest, err := io.ReadAll(errs)
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return out.String(), string(rest), cmd.ProcessState.ExitCode()
}

const loginPassword = "Alice-Passw0rd"
