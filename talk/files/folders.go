package files

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// MkdirAll makes a folder and those that lead to it, as far as they are not there yet. A file in its way gives
// [ErrNotFolder].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation MKCOL /remote.php/dav/files/{uid}/{path}
func (s *Service) MkdirAll(ctx context.Context, path string) error {
	const op = "make folder"
	p, err := parseDir(op, "path", path)
	if err != nil {
		return err
	}
	return s.makeDirs(ctx, op, p)
}

// makeDirs begins at the end: most often the folder is there, or only the last one is missing.
func (s *Service) makeDirs(ctx context.Context, op string, p filePath) error {
	if p == "/" {
		return nil
	}
	err := s.makeDir(ctx, op, p)
	if !statusIn(err, http.StatusConflict, http.StatusNotFound) || p.dir() == "/" {
		return err
	}
	if err := s.makeDirs(ctx, op, p.dir()); err != nil {
		return err
	}
	return s.makeDir(ctx, op, p)
}

// makeDir makes one folder, unless there is one.
func (s *Service) makeDir(ctx context.Context, op string, p filePath) error {
	at, err := s.fileURL(ctx, op, p)
	if err != nil {
		return err
	}
	req := &ocs.Request{Op: op, Method: "MKCOL", Path: at, Repeatable: true}
	_, err = s.send(ctx, req, nil, http.StatusCreated)
	if !errors.Is(err, ErrExists) {
		return err
	}
	node, err := s.stat(ctx, op, p)
	if err == nil && !node.IsDir {
		err = failed(op, req.Method, at, ErrNotFolder)
	}
	return err
}

// Delete removes a file, or a folder with everything in it, to the server's trash if that has one. What is not there
// gives ErrNotFound; but when a connection broke and it is gone at the second attempt, it counts as removed.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation DELETE /remote.php/dav/files/{uid}/{path}
func (s *Service) Delete(ctx context.Context, path string) error {
	const op = "delete file"
	p, err := parseFile(op, "path", strings.TrimSuffix(path, "/"))
	if err != nil {
		return err
	}
	at, err := s.fileURL(ctx, op, p)
	if err != nil {
		return err
	}
	_, err = s.send(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: at, Repeatable: true}, nil, http.StatusNoContent)
	if errors.Is(err, ocs.ErrNotFound) && repeated(err) {
		return nil
	}
	return err
}

// Move moves or renames a file or folder. Something that is at its destination gives [ErrExists], unless overwrite is
// set: then it is replaced, a folder with everything in it. A missing folder at the destination gives ErrNotFound or
// ErrConflict.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation MOVE /remote.php/dav/files/{uid}/{path}
func (s *Service) Move(ctx context.Context, from, to string, overwrite bool) error {
	const op = "move file"
	source, target, req, err := s.transfer(ctx, op, "MOVE", from, to, overwrite)
	if err != nil {
		return err
	}
	_, err = s.send(ctx, req, ErrExists, http.StatusCreated, http.StatusNoContent)
	if err == nil || !uncertain(err) || ctx.Err() != nil {
		return err
	}
	// The answer is lost. The move has been made if the file is at its new place only.
	if _, lookErr := s.stat(ctx, op, source); !errors.Is(lookErr, ocs.ErrNotFound) {
		return err
	}
	if _, lookErr := s.stat(ctx, op, target); lookErr != nil {
		return err
	}
	return nil
}

// Copy copies a file, or a folder with everything in it. It fails as [Service.Move] does.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation COPY /remote.php/dav/files/{uid}/{path}
func (s *Service) Copy(ctx context.Context, from, to string, overwrite bool) error {
	const op = "copy file"
	_, _, req, err := s.transfer(ctx, op, "COPY", from, to, overwrite)
	if err != nil {
		return err
	}
	req.Repeatable = overwrite // else the copy would be in its own way
	_, err = s.send(ctx, req, ErrExists, http.StatusCreated, http.StatusNoContent)
	return err
}

// transfer prepares a request that has a source and a destination.
func (s *Service) transfer(ctx context.Context, op, method, from, to string, overwrite bool) (source, target filePath, req *ocs.Request, err error) {
	if source, err = parseFile(op, "from", strings.TrimSuffix(from, "/")); err != nil {
		return "", "", nil, err
	}
	if target, err = parseFile(op, "to", strings.TrimSuffix(to, "/")); err != nil {
		return "", "", nil, err
	}
	if source == target || strings.HasPrefix(string(target), string(source)+"/") {
		return "", "", nil, ocs.Invalid(op, "to", "%q is %q itself, or in it", target, source)
	}
	at, err := s.fileURL(ctx, op, source)
	if err != nil {
		return "", "", nil, err
	}
	there, err := s.fileURL(ctx, op, target)
	if err != nil {
		return "", "", nil, err
	}
	h := http.Header{"Destination": {s.destination(there)}, "Overwrite": {"F"}}
	if overwrite {
		h.Set("Overwrite", "T")
	}
	return source, target, &ocs.Request{Op: op, Method: method, Path: at, Header: h}, nil
}

// FreeName gives a name that nothing has in a folder: the given one, or if that is taken "a (2).png" for "a.png", and so
// on. A folder that does not exist has all its names free. Whoever then uploads under that name sets NoOverwrite, as
// somebody else may take it in between.
//
//talk:operation PROPFIND /remote.php/dav/files/{uid}/{path}
func (s *Service) FreeName(ctx context.Context, dir, name string) (string, error) {
	const op = "find free name"
	d, err := parseDir(op, "dir", dir)
	if err != nil {
		return "", err
	}
	if !isName(name) {
		return "", ocs.Invalid(op, "name", "%q cannot be the name of a file", name)
	}
	_, err = s.stat(ctx, op, filePath(path.Join(string(d), name)))
	if errors.Is(err, ocs.ErrNotFound) {
		return name, nil
	}
	if err != nil {
		return "", err
	}
	base, ext := splitExt(name)
	taken := make(map[int]bool)
	err = s.list(ctx, op, d, func(n *Node, _ error) bool {
		if number, ok := numberOf(n.Name, base, ext); ok {
			taken[number] = true
		}
		return true
	})
	if err != nil {
		return "", err
	}
	number := 2
	for taken[number] {
		number++
	}
	return fmt.Sprintf("%s (%d)%s", base, number, ext), nil
}

// splitExt cuts a name before its extension. A dot at the beginning begins none.
func splitExt(name string) (base, ext string) {
	ext = path.Ext(name)
	if ext == name {
		return name, ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// numberOf reads 2 out of "a (2).png", if the name is so built.
func numberOf(name, base, ext string) (int, bool) {
	rest, ok := strings.CutPrefix(name, base+" (")
	if !ok {
		return 0, false
	}
	digits, ok := strings.CutSuffix(rest, ")"+ext)
	if !ok || !isNumber(digits) {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && digits == strconv.Itoa(n)
}
