package files

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// source gives the content of an upload in pieces, one at a time, each of which can be sent more than once.
type source struct {
	size   int64 // -1 when unknown
	pos    int64 // where the next piece begins
	offset int64 // of the first piece in what at reads
	said   bool  // the caller gave the size

	at func(offset, n int64) (io.Reader, error) // nil when the content can be read once only
	in *bufio.Reader                            // then it comes from here, through buf
	// buf holds the piece that is being sent, and is used again for the next one.
	buf  []byte
	last *piece
}

// piece is a part of the content.
type piece struct {
	offset, size int64
	final        bool // nothing comes after it
	open         func() (io.Reader, error)
	body         *body // of the latest attempt to send it
}

// newSource finds out how long a content is, and whether it can be read again. Size is 0 or less when the caller does
// not know.
func newSource(r io.Reader, size int64) (*source, error) {
	s := &source{size: -1}
	if size > 0 {
		s.size, s.said = size, true
	}
	if seeker, ok := r.(io.ReadSeeker); ok {
		if start, end, err := extent(seeker); err == nil && end > start {
			if s.said && end-start != size {
				return nil, fmt.Errorf("%w: %d bytes, not %d", ErrSize, end-start, size)
			}
			s.size, s.offset = end-start, start
			s.at = func(offset, n int64) (io.Reader, error) {
				if _, err := seeker.Seek(offset, io.SeekStart); err != nil {
					return nil, err
				}
				return io.LimitReader(seeker, n), nil
			}
			if readerAt, ok := r.(io.ReaderAt); ok {
				s.at = func(offset, n int64) (io.Reader, error) { return io.NewSectionReader(readerAt, offset, n), nil }
			}
			return s, nil
		}
		// What cannot be seeked in, as a pipe, or claims to be empty, as the files of /proc, is read to its end.
	}
	s.in = bufio.NewReader(r)
	return s, nil
}

// extent tells where a content begins and ends, and leaves it where it was.
func extent(s io.Seeker) (start, end int64, err error) {
	if start, err = s.Seek(0, io.SeekCurrent); err != nil {
		return 0, 0, err
	}
	if end, err = s.Seek(0, io.SeekEnd); err != nil {
		return 0, 0, err
	}
	_, err = s.Seek(start, io.SeekStart)
	return start, end, err
}

// again reports whether the content can be read more than once.
func (s *source) again() bool { return s.at != nil }

// next gives the next piece, of at most limit bytes; an empty content has one empty piece. The piece before it can be
// sent no longer.
func (s *source) next(limit int64) (*piece, error) {
	s.close()
	p := &piece{offset: s.pos}
	if s.again() {
		p.size = min(limit, s.size-s.pos)
		p.final = s.pos+p.size == s.size
		p.open = func() (io.Reader, error) { return s.at(s.offset+p.offset, p.size) }
	} else {
		data, final, err := s.fill(limit)
		if err != nil {
			return nil, err
		}
		p.size, p.final = int64(len(data)), final
		p.open = func() (io.Reader, error) { return bytes.NewReader(data), nil }
	}
	s.pos += p.size
	s.last = p
	return p, nil
}

// fill reads up to limit bytes into the buffer, and tells whether they were the last.
func (s *source) fill(limit int64) (data []byte, final bool, err error) {
	if s.said {
		limit = min(limit, s.size-s.pos)
	}
	data = s.buf[:0]
	for int64(len(data)) < limit {
		if len(data) == cap(data) {
			// Grown step by step, so that a short content does not cost the memory of a long one.
			grown := make([]byte, len(data), min(limit, max(64<<10, 2*int64(cap(data)))))
			copy(grown, data)
			data = grown
		}
		n, err := io.ReadFull(s.in, data[len(data):min(int64(cap(data)), limit)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return nil, false, fmt.Errorf("read the content: %w", err)
		}
	}
	s.buf = data
	read := s.pos + int64(len(data))
	_, err = s.in.Peek(1)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, false, fmt.Errorf("read the content: %w", err)
	case s.said && read < s.size && err != nil:
		return nil, false, fmt.Errorf("%w: it ends after %d bytes, not %d", ErrSize, read, s.size)
	case s.said && read == s.size && err == nil:
		return nil, false, fmt.Errorf("%w: more than %d bytes", ErrSize, s.size)
	}
	return data, err != nil, nil
}

// close makes sure that nobody reads the source any longer: a connection may still hold the last piece's body.
func (s *source) close() {
	if s.last != nil {
		s.last.body.revoke()
	}
}

// reader gives the piece from its beginning; progress sees how much of it was read, and may be nil.
func (p *piece) reader(progress func(n int64)) (io.Reader, error) {
	p.body.revoke()
	r, err := p.open()
	if err != nil {
		return nil, fmt.Errorf("read the content: %w", err)
	}
	p.body = &body{r: r, size: p.size, progress: progress}
	return p.body, nil
}

// body is what one request reads of a piece. The transport may go on reading after the request has failed, when the next
// one reads already: so a body can be revoked.
type body struct {
	size     int64
	progress func(n int64)

	mu   sync.Mutex
	r    io.Reader // nil when it is revoked
	read int64
}

func (b *body) Read(p []byte) (int, error) {
	n, read, err := b.readLocked(p)
	if b.progress != nil && n > 0 {
		b.progress(read)
	}
	return n, err
}

func (b *body) readLocked(p []byte) (int, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.r == nil {
		return 0, b.read, os.ErrClosed
	}
	n, err := b.r.Read(p)
	b.read += int64(n)
	switch {
	case errors.Is(err, io.EOF) && b.read < b.size:
		err = fmt.Errorf("%w: it ends %d bytes before it should", ErrSize, b.size-b.read)
	case err != nil && !errors.Is(err, io.EOF):
		err = fmt.Errorf("read the content: %w", err)
	}
	return n, b.read, err
}

func (b *body) revoke() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.r = nil
}
