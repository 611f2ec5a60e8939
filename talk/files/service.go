package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// Service reaches the files of one user. It is safe for use by many goroutines.
type Service struct {
	conn *ocs.Client
	wait func(ctx context.Context, d time.Duration) error

	mu  sync.Mutex
	uid string // empty until it is known
}

// New returns the service for the account of a connection. It is called by package talk.
func New(conn *ocs.Client) *Service {
	return &Service{conn: conn, wait: wait}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// userID gives the id of the account, which the paths of WebDAV hold. It is not always the name of the login.
func (s *Service) userID(ctx context.Context, op string) (string, error) {
	s.mu.Lock()
	uid := s.uid
	s.mu.Unlock()
	if uid != "" {
		return uid, nil
	}
	const path = "/ocs/v2.php/cloud/user"
	var user struct {
		ID string `json:"id"`
	}
	if err := s.call(ctx, &ocs.Request{Op: op, Path: path}, &user); err != nil {
		return "", err
	}
	if !isName(user.ID) {
		return "", ocs.BadResponse(op, http.MethodGet, path, fmt.Errorf("%q is not the id of a user", user.ID))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uid = user.ID
	return user.ID, nil
}

// fileURL gives the escaped path of a file below the server's address.
func (s *Service) fileURL(ctx context.Context, op string, p filePath) (string, error) {
	uid, err := s.userID(ctx, op)
	if err != nil {
		return "", err
	}
	return filesRoot + url.PathEscape(uid) + p.escaped(), nil
}

// destination gives the value of the header of that name for an escaped path.
func (s *Service) destination(path string) string { return s.conn.BaseURL().String() + path }

// send makes a request whose answer has no body of interest, and wants one of the given statuses.
func (s *Service) send(ctx context.Context, req *ocs.Request, precondition error, want ...int) (http.Header, error) {
	res, err := s.conn.Raw(ctx, req)
	if err != nil {
		return nil, explained(err, precondition)
	}
	defer res.Body.Close()
	if !slices.Contains(want, res.StatusCode) {
		return nil, unexpected(req, res)
	}
	// A short rest is read, so that the connection can serve again.
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	return res.Header, nil
}

// call makes an OCS request and decodes the data of its answer into out, unless that is nil.
func (s *Service) call(ctx context.Context, req *ocs.Request, out any) error {
	res, err := s.conn.Do(ctx, req)
	if err != nil || out == nil {
		return err
	}
	if err := wire.Unmarshal(res.Data, out); err != nil {
		return ocs.BadResponse(req.Op, req.Method, req.Path, err)
	}
	return nil
}

// unexpected makes the error for a success that is not the one of this request, as a portal before the server answers.
func unexpected(req *ocs.Request, res *http.Response) error {
	err := ocs.BadResponse(req.Op, req.Method, req.Path, errors.New("this is not the answer of a Nextcloud to such a request"))
	if e, ok := errors.AsType[*ocs.Error](err); ok {
		e.StatusCode = res.StatusCode
	}
	return err
}
