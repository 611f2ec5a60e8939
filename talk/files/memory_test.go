package files

import (
	"context"
	"io"
	"runtime"
	"testing"

	"github.com/confab-go/confab/internal/race"
)

const gib = 1 << 30

// generator is a content of a size that is kept nowhere.
type generator struct{ size, pos int64 }

func (g *generator) Read(p []byte) (int, error) {
	if g.pos == g.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), g.size-g.pos))
	for i := range p[:n] {
		p[i] = byte(g.pos + int64(i))
	}
	g.pos += int64(n)
	return n, nil
}

// seekableGenerator is one that can be read again.
type seekableGenerator struct{ generator }

func (g *seekableGenerator) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += g.pos
	case io.SeekEnd:
		offset += g.size
	}
	g.pos = offset
	return offset, nil
}

// peak keeps the most heap that was in use.
type peak struct{ bytes uint64 }

func (p *peak) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.bytes = max(p.bytes, m.HeapAlloc)
}

// uploadGiB uploads a GiB and gives the most that the heap, the server's part of it included, grew meanwhile.
func uploadGiB(t testing.TB, r io.Reader) uint64 {
	t.Helper()
	s, d := fake(t, nil)
	d.discard = true
	if _, err := s.userID(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var before, highest peak
	before.look()
	calls := 0
	_, err := s.Upload(context.Background(), "big", r, &UploadOptions{Progress: func(sent, _ int64) {
		if calls++; calls%64 == 0 {
			highest.look()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Stat(context.Background(), "big"); err != nil || n.Size != gib || d.leftUploads() != 0 {
		t.Fatalf("stored %+v, %v", n, err)
	}
	return highest.bytes - min(before.bytes, highest.bytes)
}

func TestUploadOfAGiBKeepsLittleInMemory(t *testing.T) {
	if testing.Short() || race.Enabled {
		t.Skip("long, and the race detector takes memory of its own")
	}
	for name, r := range map[string]io.Reader{"read once": &generator{size: gib}, "seekable": &seekableGenerator{generator{size: gib}}} {
		grown := uploadGiB(t, r)
		t.Logf("%s: the heap grew by %.1f MiB at most", name, float64(grown)/(1<<20))
		if grown > 32<<20 {
			t.Errorf("%s: the heap grew by %d bytes", name, grown)
		}
	}
}

func BenchmarkUpload(b *testing.B) {
	b.SetBytes(gib)
	var most uint64
	for b.Loop() {
		most = max(most, uploadGiB(b, &generator{size: gib}))
	}
	b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
}
