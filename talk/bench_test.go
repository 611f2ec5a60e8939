package talk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/confab-go/confab/internal/cputime"
	"github.com/confab-go/confab/talk"
)

// answering is a transport that answers every request with the same list: what a benchmark measures then is the client
// alone. The body is made as it is read, so that it does not count as the client's memory.
type answering struct {
	elements [][]byte
	n        int
}

func (a answering) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "X-Chat-Last-Given": {"1"}},
		Body:   io.NopCloser(a.body()), ContentLength: -1,
	}, nil
}

func (a answering) body() io.Reader {
	parts := []io.Reader{strings.NewReader(`{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":[`)}
	for i := range a.n {
		if i > 0 {
			parts = append(parts, strings.NewReader(","))
		}
		parts = append(parts, bytes.NewReader(a.elements[i%len(a.elements)]))
	}
	return io.MultiReader(append(parts, strings.NewReader(`]}}`))...)
}

func (a answering) size(b *testing.B) int64 {
	b.Helper()
	n, err := io.Copy(io.Discard, a.body())
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// list makes an OCS answer of n recorded elements, as PHP spells them.
func list(b *testing.B, n int, route string) answering {
	b.Helper()
	a := answering{n: n}
	for _, e := range exchanges(b) {
		if !strings.HasPrefix(e.story, "talk-21.1.7/") || !strings.HasSuffix(e.Path, route) || e.Method != http.MethodGet || e.Status != http.StatusOK {
			continue
		}
		var data []json.RawMessage
		if err := json.Unmarshal(e.data(b), &data); err != nil {
			b.Fatal(err)
		}
		for _, element := range data {
			a.elements = append(a.elements, phpSpelling(element))
		}
	}
	if len(a.elements) == 0 {
		b.Fatalf("nothing recorded of %s", route)
	}
	return a
}

// phpSpelling escapes slashes and everything beyond ASCII, as PHP does.
func phpSpelling(text []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(text) {
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

func client(b *testing.B, transport http.RoundTripper) *talk.Client {
	b.Helper()
	c, err := talk.NewClient("https://cloud.example.com", talk.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkConversationsAll streams a list of 10,000 conversations.
func BenchmarkConversationsAll(b *testing.B) {
	const n = 10_000
	body := list(b, n, "/api/v4/room")
	c := client(b, body)
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak uint64
	b.SetBytes(body.size(b))
	b.ReportAllocs()
	cpu := cputime.Used()
	for b.Loop() {
		count := 0
		for room, err := range c.Conversations.All(b.Context(), nil) {
			if err != nil || room.Token == "" {
				b.Fatal(err)
			}
			if count++; count%2000 == 0 {
				b.StopTimer()
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapInuse-min(before.HeapInuse, now.HeapInuse))
				b.StartTimer()
			}
		}
		if count != n {
			b.Fatalf("%d conversations", count)
		}
	}
	b.ReportMetric((cputime.Used()-cpu).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}

// BenchmarkChatPage decodes a page of 200 messages.
func BenchmarkChatPage(b *testing.B) {
	body := list(b, 200, "/v1/chat/{room}")
	c := client(b, body)
	b.SetBytes(body.size(b))
	b.ReportAllocs()
	for b.Loop() {
		page, err := c.Chat.Page(b.Context(), "abcd1234", &talk.PageOptions{Limit: 200})
		if err != nil || len(page.Messages) != 200 {
			b.Fatal(err)
		}
	}
}
