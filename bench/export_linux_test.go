package bench

import (
	"fmt"
	"iter"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// BenchmarkExportProcess exports a conversation of 100,000 messages, served by a server in this process, by a process of its
// own, and reports how many messages it wrote in a second, what it took of CPU and, at its peak, of memory.
func BenchmarkExportProcess(b *testing.B) {
	const n = 100_000
	program := filepath.Join(b.TempDir(), "confab")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "../cmd/confab").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	data := b.TempDir()
	room := server.ArchivedConversation{Token: "history1", Type: 2, Name: "History", Keeper: server.ArchivedMember{UserID: "alice", Role: 1}, Messages: history(n)}
	_, err := server.Import(b.Context(), data, func(yield func(server.ArchivedConversation, error) bool) { yield(room, nil) })
	if err != nil {
		b.Fatal(err)
	}
	srv, err := server.Open(b.Context(), server.Config{DataDir: data})
	if err != nil {
		b.Fatal(err)
	}
	web := httptest.NewServer(srv.Handler())
	defer web.Close()
	defer func() { _ = srv.Close() }()
	password, err := srv.AppPassword(b.Context(), "alice", "export")
	if err != nil {
		b.Fatal(err)
	}
	var cpu, peak float64
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), program, "export", room.Token, "--output", b.TempDir(), "--format", "jsonl")
		cmd.Env = append(os.Environ(), "CONFAB_URL="+web.URL, "CONFAB_USER=alice", "CONFAB_PASSWORD="+password)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasSuffix(string(out), fmt.Sprintf("\t%d\t%d\n", n, n)) {
			b.Fatalf("%v: %s", err, out)
		}
		used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			b.Fatal("what it took is not known")
		}
		peak = max(peak, float64(used.Maxrss)/1024)
		cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
	b.ReportMetric(peak, "peak-MiB")
}

// history makes messages of alice, of the length that people write.
func history(n int64) iter.Seq2[server.ArchivedMessage, error] {
	return func(yield func(server.ArchivedMessage, error) bool) {
		for id := int64(1); id <= n; id++ {
			m := server.ArchivedMessage{MessageView: server.ArchivedView{
				ID: id, ActorType: "users", ActorID: "alice", ActorName: "Alice", Timestamp: 1_780_000_000 + id, MessageType: "comment",
				Text: fmt.Sprintf("Message %d: the build is green, and what remains is to tell everybody about it.", id), Markdown: true, Replyable: true,
			}}
			if !yield(m, nil) {
				return
			}
		}
	}
}
