// Package bench measures whole programs.
package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// BenchmarkStreamProcess starts a process that streams a list of 10,000 conversations over HTTP, 13 MB as PHP spells it,
// and reports what that process took of CPU and, at its peak, of memory.
func BenchmarkStreamProcess(b *testing.B) {
	const n = 10_000
	program := filepath.Join(b.TempDir(), "stream")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "./stream").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	body := conversations(b, n)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(body)
	}))
	defer server.Close()
	b.SetBytes(int64(len(body)))
	var cpu, peak float64
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), program, server.URL)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		var count, kib float64
		if _, scanErr := fmt.Sscan(string(out), &count, &kib); err != nil || scanErr != nil || count != n {
			b.Fatalf("%s, %v", out, errors.Join(err, scanErr))
		}
		peak = max(peak, kib/1024)
		cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
	b.ReportMetric(peak, "peak-MiB")
	b.ReportMetric(float64(len(body))/1e6, "MB")
}

// conversations makes the answer of a server to a list of n conversations from recorded ones.
func conversations(b *testing.B, n int) []byte {
	b.Helper()
	data, err := os.ReadFile("../testdata/recordings/talk-21.1.7/startup.ndjson")
	if err != nil {
		b.Fatal(err)
	}
	var rooms [][]byte
	for line := range bytes.Lines(data) {
		var exchange struct {
			Method, Path string
			Response     struct {
				OCS struct{ Data json.RawMessage }
			}
		}
		if json.Unmarshal(line, &exchange) != nil || exchange.Method != http.MethodGet || !strings.HasSuffix(exchange.Path, "/api/v4/room") {
			continue
		}
		var list []json.RawMessage
		if err := json.Unmarshal(exchange.Response.OCS.Data, &list); err != nil {
			b.Fatal(err)
		}
		for _, room := range list {
			if bytes.Contains(room, []byte(`"lastMessage"`)) && len(room) < 1700 {
				rooms = append(rooms, spelled(room))
			}
		}
	}
	var body bytes.Buffer
	body.WriteString(`{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":[`)
	for i := range n {
		if i > 0 {
			body.WriteByte(',')
		}
		body.Write(rooms[i%len(rooms)])
	}
	body.WriteString(`]}}`)
	return body.Bytes()
}

// spelled escapes slashes and everything beyond ASCII, as PHP does.
func spelled(text []byte) []byte {
	var compact, out bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return text
	}
	for _, r := range compact.String() {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r < 0x80:
			out.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, `\u%04x`, unit)
			}
		}
	}
	return out.Bytes()
}
