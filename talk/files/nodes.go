package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// Stat looks at a file or folder. A path at which there is nothing gives ErrNotFound.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation PROPFIND /remote.php/dav/files/{uid}/{path}
func (s *Service) Stat(ctx context.Context, path string) (*Node, error) {
	const op = "look at file"
	p, err := parseDir(op, "path", path)
	if err != nil {
		return nil, err
	}
	return s.stat(ctx, op, p)
}

// List goes through the files and folders in a folder, in no order, while the server tells them: memory does not grow
// with their number. A file gives [ErrNotFolder], and a path at which there is nothing ErrNotFound; an error is the last
// thing that is yielded.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation PROPFIND /remote.php/dav/files/{uid}/{path}
func (s *Service) List(ctx context.Context, dir string) iter.Seq2[*Node, error] {
	return func(yield func(*Node, error) bool) {
		const op = "list folder"
		p, err := parseDir(op, "dir", dir)
		if err == nil {
			err = s.list(ctx, op, p, yield)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// list yields what is in a folder until there is no more, or no more is wanted.
func (s *Service) list(ctx context.Context, op string, dir filePath, yield func(*Node, error) bool) error {
	reader, err := s.propfind(ctx, op, dir, "1")
	if err != nil {
		return err
	}
	defer reader.close()
	self := false
	for {
		n, err := reader.next()
		switch {
		case errors.Is(err, io.EOF) && self:
			return nil
		case errors.Is(err, io.EOF):
			return ocs.BadResponse(op, "PROPFIND", reader.req.Path, errors.New("the folder itself is not in the list"))
		case err != nil:
			return err
		case n.Path == string(dir):
			if !n.IsDir {
				return failed(op, "PROPFIND", reader.req.Path, ErrNotFolder)
			}
			self = true
		case !yield(n, nil):
			return nil
		}
	}
}

func (s *Service) stat(ctx context.Context, op string, p filePath) (*Node, error) {
	const tries = 3
	for n := 1; ; n++ {
		node, err := s.statOnce(ctx, op, p)
		if err == nil || n == tries || !errors.Is(err, io.ErrUnexpectedEOF) {
			return node, err
		}
	}
}

func (s *Service) statOnce(ctx context.Context, op string, p filePath) (*Node, error) {
	reader, err := s.propfind(ctx, op, p, "0")
	if err != nil {
		return nil, err
	}
	defer reader.close()
	n, err := reader.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, ocs.BadResponse(op, "PROPFIND", reader.req.Path, errors.New("the answer is an empty list"))
	case err != nil:
		return nil, err
	case n.Path != string(p):
		return nil, ocs.BadResponse(op, "PROPFIND", reader.req.Path, fmt.Errorf("the answer is about %q", n.Path))
	}
	return n, nil
}

// nodeReader reads nodes off the answer to a PROPFIND.
type nodeReader struct {
	s     *Service
	ctx   context.Context
	req   *ocs.Request
	uid   string
	body  io.Closer
	items *multistatus
}

func (s *Service) propfind(ctx context.Context, op string, p filePath, depth string) (*nodeReader, error) {
	uid, err := s.userID(ctx, op)
	if err != nil {
		return nil, err
	}
	at, err := s.fileURL(ctx, op, p)
	if err != nil {
		return nil, err
	}
	req := &ocs.Request{
		Op: op, Method: "PROPFIND", Path: at, Header: http.Header{"Depth": {depth}}, Repeatable: true,
		Body: &ocs.Raw{Reader: strings.NewReader(propfind), ContentType: "application/xml; charset=utf-8"},
	}
	res, err := s.conn.Raw(ctx, req)
	if err != nil {
		return nil, explained(err, nil)
	}
	if res.StatusCode != http.StatusMultiStatus {
		defer res.Body.Close()
		return nil, unexpected(req, res)
	}
	return &nodeReader{s: s, ctx: ctx, req: req, uid: uid, body: res.Body, items: newMultistatus(res.Body)}, nil
}

func (r *nodeReader) close() { _ = r.body.Close() }

func (r *nodeReader) next() (*Node, error) {
	item, err := r.items.next()
	if err == nil {
		n, nodeErr := item.node(r.s.conn.BaseURL(), r.uid)
		if nodeErr == nil {
			return n, nil
		}
		err = nodeErr
	}
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if r.ctx.Err() != nil {
		return nil, failed(r.req.Op, r.req.Method, r.req.Path, givenUp(r.ctx))
	}
	return nil, ocs.BadResponse(r.req.Op, r.req.Method, r.req.Path, err)
}
