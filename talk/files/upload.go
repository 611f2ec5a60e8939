package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

const (
	defaultChunk = 10 << 20
	// maxBuffer is the most that is kept in memory of a content that cannot be read again.
	maxBuffer = 16 << 20
	// maxChunks is how many chunks a server takes.
	maxChunks = 10000
)

// UploadOptions is what an upload may have beside its content.
type UploadOptions struct {
	// Size is the length of the content in bytes, 0 or less when it is not known. A content that turns out to be shorter
	// or longer fails with [ErrSize].
	Size int64
	// ContentType is the media type. Nextcloud prefers to go by the file's name.
	ContentType string
	// Modified is what the server takes for the time of the last change, to the second; zero for now.
	Modified time.Time
	// NoOverwrite refuses to replace a file that is there already, with [ErrExists].
	NoOverwrite bool
	// IfMatch replaces only the file with this ETag; another one, or none, gives [ErrChanged].
	IfMatch string
	// ChunkSize is how many bytes are sent with one request when the content is sent in chunks, 0 for 10 MiB. Servers that
	// store files in S3 want 5 MiB at least. It is raised when more than 10000 chunks would be needed, and lowered to
	// 16 MiB when chunks have to be kept in memory.
	ChunkSize int64
	// ChunkThreshold is the length in bytes beyond which the content is sent in chunks, 0 for 10 MiB.
	ChunkThreshold int64
	// Progress, if set, is told how many bytes are sent, and how many there are, -1 when that is not known. It is called
	// from one goroutine at a time, and not after Upload has returned. What is sent never becomes less.
	Progress func(sent, total int64)
	// MakeDirs makes the folders that the path leads through, where there are none.
	MakeDirs bool
}

// upload is one upload on its way.
type upload struct {
	s        *Service
	op       string
	path     filePath
	at       string // the escaped path
	o        UploadOptions
	ifMatch  string // quoted
	src      *source
	progress *progress
}

// Upload stores a content as a file, and gives that file. It is there either completely or not at all.
//
// A content of known and moderate size is sent with one request. A longer one, or one of unknown size, is sent in chunks
// that the server puts together at the end; chunks that get lost are sent again. A content that is an [io.Seeker] is read
// again for that, from where it stood; of any other one a chunk is kept in memory, and never more.
//
// A content that cannot be read fails with its own error, wrapped. Folders that are missing give ErrNotFound, unless
// MakeDirs is set. A full account gives [ErrQuota], a file that somebody is writing [ErrLocked].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/chunking.html
//
//talk:operation PUT /remote.php/dav/files/{uid}/{path}
//talk:operation MKCOL /remote.php/dav/uploads/{uid}/{upload}
//talk:operation PUT /remote.php/dav/uploads/{uid}/{upload}/{chunk}
//talk:operation MOVE /remote.php/dav/uploads/{uid}/{upload}/.file
//talk:operation DELETE /remote.php/dav/uploads/{uid}/{upload}
func (s *Service) Upload(ctx context.Context, path string, r io.Reader, options *UploadOptions) (*Node, error) {
	const op = "upload file"
	u, err := s.newUpload(op, path, r, options)
	if err != nil {
		return nil, err
	}
	defer u.src.close()
	if u.at, err = s.fileURL(ctx, op, u.path); err != nil {
		return nil, err
	}
	limit := u.o.ChunkSize
	if u.src.size >= 0 && u.src.size <= u.o.ChunkThreshold && (u.src.again() || u.src.size <= maxBuffer) {
		limit = max(u.src.size, 1)
	}
	first, err := u.src.next(limit)
	if err != nil {
		return nil, failed(op, "", "", err)
	}
	u.progress = newProgress(u.o.Progress, u.src.size)
	var header http.Header
	if first.final && first.size <= u.o.ChunkThreshold {
		header, err = u.whole(ctx, first)
	} else {
		header, err = u.chunked(ctx, first)
	}
	u.progress.end(u.src.pos, err == nil)
	if err != nil {
		return nil, err
	}
	return u.result(ctx, header)
}

// newUpload checks the arguments of an upload.
func (s *Service) newUpload(op, path string, r io.Reader, options *UploadOptions) (*upload, error) {
	u := &upload{s: s, op: op}
	if options != nil {
		u.o = *options
	}
	var err error
	if u.path, err = parseFile(op, "path", path); err != nil {
		return nil, err
	}
	switch {
	case r == nil:
		return nil, ocs.Invalid(op, "content", "there is no reader")
	case u.o.ChunkSize < 0:
		return nil, ocs.Invalid(op, "chunk size", "must not be negative, is %d", u.o.ChunkSize)
	case u.o.ChunkThreshold < 0:
		return nil, ocs.Invalid(op, "chunk threshold", "must not be negative, is %d", u.o.ChunkThreshold)
	case u.o.NoOverwrite && u.o.IfMatch != "":
		return nil, ocs.Invalid(op, "if match", "cannot be had together with no overwrite: one wants the file there, the other not")
	case !u.o.Modified.IsZero() && u.o.Modified.Unix() < 0:
		return nil, ocs.Invalid(op, "modified", "%v is before 1970", u.o.Modified)
	}
	if u.o.IfMatch != "" {
		if u.ifMatch, err = quotedETag(op, "if match", u.o.IfMatch); err != nil {
			return nil, err
		}
	}
	if u.src, err = newSource(r, u.o.Size); err != nil {
		return nil, ocs.Invalid(op, "size", "%w", err)
	}
	if u.o.ChunkSize == 0 {
		u.o.ChunkSize = defaultChunk
	}
	if u.o.ChunkThreshold == 0 {
		u.o.ChunkThreshold = defaultChunk
	}
	if size := u.src.size; size > 0 {
		u.o.ChunkSize = max(u.o.ChunkSize, (size+maxChunks-1)/maxChunks)
	}
	if !u.src.again() {
		u.o.ChunkSize = min(u.o.ChunkSize, maxBuffer)
		if u.src.size > maxBuffer*maxChunks {
			return nil, ocs.Invalid(op, "size", "%d bytes, more than %d, and the content cannot be read again: %w", u.src.size, int64(maxBuffer)*maxChunks, ocs.ErrTooLarge)
		}
	}
	return u, nil
}

// refused is what a failed precondition of the upload means.
func (u *upload) refused() error {
	if u.o.NoOverwrite {
		return ErrExists
	}
	return ErrChanged
}

// body gives the body of a request that sends a piece.
func (u *upload) body(p *piece) *ocs.Raw {
	raw := &ocs.Raw{ContentType: u.o.ContentType, Length: p.size}
	if p.size == 0 {
		raw.Reader = strings.NewReader("") // of which it is known that it is empty, so that the request says so
		return raw
	}
	raw.GetBody = func() (io.Reader, error) {
		return p.reader(func(n int64) { u.progress.at(p.offset + n) })
	}
	return raw
}

// modified sets the header for the time of the last change.
func (u *upload) modified(h http.Header) {
	if !u.o.Modified.IsZero() {
		h.Set("X-OC-Mtime", strconv.FormatInt(u.o.Modified.Unix(), 10))
	}
}

// whole sends the content with one request.
func (u *upload) whole(ctx context.Context, p *piece) (http.Header, error) {
	h := http.Header{}
	u.modified(h)
	if u.o.NoOverwrite {
		h.Set("If-None-Match", "*")
	}
	if u.ifMatch != "" {
		h.Set("If-Match", u.ifMatch)
	}
	conditional := u.o.NoOverwrite || u.ifMatch != ""
	req := &ocs.Request{Op: u.op, Method: http.MethodPut, Path: u.at, Header: h, Body: u.body(p), Repeatable: !conditional}
	const tries = 3
	madeDirs, doubt := false, false
	for n := 1; ; n++ {
		header, err := u.s.send(ctx, req, u.refused(), http.StatusCreated, http.StatusNoContent)
		if err == nil {
			return header, nil
		}
		if u.o.MakeDirs && !madeDirs && statusIn(err, http.StatusNotFound, http.StatusConflict) {
			madeDirs = true
			if err := u.s.makeDirs(ctx, u.op, u.path.dir()); err != nil {
				return nil, err
			}
			continue
		}
		// Sent again blindly, a conditional upload that had arrived would be refused because of itself.
		doubt = doubt || conditional && uncertain(err)
		if !doubt || ctx.Err() != nil || !uncertain(err) && !statusIn(err, http.StatusPreconditionFailed) {
			return nil, err
		}
		switch arrived, untouched := u.look(ctx, p); {
		case arrived:
			return http.Header{}, nil
		case !untouched || n == tries:
			return nil, err
		}
	}
}

// look finds out what became of a conditional upload whose answer is lost: whether the file is what was sent, or still as
// it was before.
func (u *upload) look(ctx context.Context, p *piece) (arrived, untouched bool) {
	node, err := u.s.stat(ctx, u.op, u.path)
	switch {
	case errors.Is(err, ocs.ErrNotFound):
		return false, u.o.NoOverwrite
	case err != nil:
		return false, false
	case u.ifMatch != "" && node.ETag == bareETag(u.ifMatch):
		return false, true
	case node.IsDir || node.Size != p.size:
		return false, false
	}
	d, err := u.s.Download(ctx, string(u.path), nil)
	if err != nil {
		return false, false
	}
	defer func() { _ = d.Close() }()
	sent, err := p.reader(nil)
	if err != nil {
		return false, false
	}
	return sameContent(d, sent), false
}

// sameContent reports whether two readers give the same to their end.
func sameContent(a, b io.Reader) bool {
	bufA, bufB := make([]byte, 32<<10), make([]byte, 32<<10)
	for {
		n, errA := io.ReadFull(a, bufA)
		m, errB := io.ReadFull(b, bufB)
		if n != m || string(bufA[:n]) != string(bufB[:m]) {
			return false
		}
		endA := errors.Is(errA, io.EOF) || errors.Is(errA, io.ErrUnexpectedEOF)
		endB := errors.Is(errB, io.EOF) || errors.Is(errB, io.ErrUnexpectedEOF)
		switch {
		case endA && endB:
			return true
		case errA != nil || errB != nil:
			return false
		}
	}
}

// result looks at what has been uploaded. The upload has succeeded, so that not to know more of it is no failure.
func (u *upload) result(ctx context.Context, header http.Header) (*Node, error) {
	stored := bareETag(header.Get("ETag"))
	node, err := u.s.stat(ctx, u.op, u.path)
	switch {
	case errors.Is(err, ocs.ErrNotFound):
		return nil, failed(u.op, "", "", fmt.Errorf("the file was stored, and is gone: %w", err))
	case err != nil:
		return u.sent(header), nil //nolint:nilerr // it is about the look only
	case node.Size != u.src.pos && stored != "" && node.ETag == stored:
		return nil, ocs.BadResponse(u.op, http.MethodPut, u.at, fmt.Errorf("%d bytes were sent, and %d stored", u.src.pos, node.Size))
	}
	return node, nil
}

// sent gives what is known of the file without having looked at it.
func (u *upload) sent(header http.Header) *Node {
	return &Node{
		ID: fileID(header.Get("OC-FileId")), Path: string(u.path), Name: u.path.name(), Size: u.src.pos,
		MimeType: u.o.ContentType, ETag: bareETag(header.Get("ETag")), Modified: u.o.Modified,
	}
}

// fileID reads the id out of a header such as "00026677oc28ea2y8tcu": the number, and the name of the instance.
func fileID(header string) string {
	digits := header
	if i := strings.IndexFunc(header, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits = header[:i]
	}
	return strings.TrimLeft(digits, "0")
}
