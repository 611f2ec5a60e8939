package files

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// operations gives what the doc comment of each method of Service says that it calls.
func operations(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file := must(parser.ParseFile(token.NewFileSet(), source, nil, parser.ParseComments))(t)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() || !isService(f.Recv.List[0].Type) {
				continue
			}
			all[f.Name.Name] = nil
			for _, line := range f.Doc.List {
				if operation, ok := strings.CutPrefix(line.Text, "//talk:operation "); ok {
					all[f.Name.Name] = append(all[f.Name.Name], operation)
				}
			}
		}
	}
	return all
}

func isService(t ast.Expr) bool {
	star, ok := t.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := star.X.(*ast.Ident)
	return ok && name.Name == "Service"
}

// What every method may ask besides: who the user is, and what is at a path.
var asides = []string{"GET /ocs/v2.php/cloud/user", "PROPFIND /remote.php/dav/files/{uid}/{path}"}

// recorder remembers the operations that are called, and answers as if all were well with the shares.
type recorder struct {
	next http.Handler

	mu   sync.Mutex
	seen map[string]bool
}

var templates = []struct {
	path *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`^/remote\.php/dav/files/[^/]+/.*$`), "/remote.php/dav/files/{uid}/{path}"},
	{regexp.MustCompile(`^/remote\.php/dav/uploads/[^/]+/[^/]+/(\d+)$`), "/remote.php/dav/uploads/{uid}/{upload}/{chunk}"},
	{regexp.MustCompile(`^/remote\.php/dav/uploads/[^/]+/[^/]+/\.file$`), "/remote.php/dav/uploads/{uid}/{upload}/.file"},
	{regexp.MustCompile(`^/remote\.php/dav/uploads/[^/]+/[^/]+$`), "/remote.php/dav/uploads/{uid}/{upload}"},
	{regexp.MustCompile(`^(.*/api/v1/shares)/\d+$`), "/ocs/v2.php/apps/files_sharing/api/v1/shares/{id}"},
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	path := strings.TrimPrefix(req.URL.Path, "/nextcloud")
	for _, template := range templates {
		if template.path.MatchString(path) {
			path = template.name
			break
		}
	}
	r.mu.Lock()
	r.seen[req.Method+" "+path] = true
	r.mu.Unlock()
	r.next.ServeHTTP(w, req)
}

func TestMethodsCallWhatTheySay(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	calls := map[string]func(s *Service){
		"Stat": func(s *Service) { _, _ = s.Stat(ctx, "a") },
		"List": func(s *Service) {
			for _, err := range s.List(ctx, "") {
				_ = err
			}
		},
		"Upload": func(s *Service) {
			_, _ = s.Upload(ctx, "a", strings.NewReader("x"), nil)
			_, _ = s.Upload(ctx, "a", strings.NewReader("xyz"), &UploadOptions{ChunkSize: 1, ChunkThreshold: 1})
			bad := struct{ io.Reader }{strings.NewReader("xyz")}
			_, _ = s.Upload(ctx, "a", bad, &UploadOptions{ChunkSize: 1, ChunkThreshold: 1, Size: 4})
		},
		"Download":         func(s *Service) { must(s.Download(ctx, "a", nil))(t).Close() },
		"Preview":          func(s *Service) { _, _ = s.Preview(ctx, "7", nil) },
		"MkdirAll":         func(s *Service) { _ = s.MkdirAll(ctx, "b") },
		"Delete":           func(s *Service) { _ = s.Delete(ctx, "a") },
		"Move":             func(s *Service) { _ = s.Move(ctx, "a", "b", false) },
		"Copy":             func(s *Service) { _ = s.Copy(ctx, "a", "b", false) },
		"FreeName":         func(s *Service) { _, _ = s.FreeName(ctx, "/", "a") },
		"Share":            func(s *Service) { _, _ = s.Share(ctx, "a", "abc123", nil) },
		"Shares":           func(s *Service) { _, _ = s.Shares(ctx, "a") },
		"Unshare":          func(s *Service) { _ = s.Unshare(ctx, "7") },
		"AttachmentFolder": func(s *Service) { _, _ = s.AttachmentFolder(ctx) },
	}
	all := operations(t)
	for name, said := range all {
		if calls[name] == nil || len(said) == 0 {
			t.Errorf("%s names %d operations, and is tried: %v", name, len(said), calls[name] != nil)
		}
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDAV()
			d.put("/a", "x")
			r := &recorder{next: http.StripPrefix("/nextcloud", d), seen: map[string]bool{}}
			call(serviceFor(t, r, nil))
			said := all[name]
			var got []string
			for _, operation := range slices.Sorted(maps.Keys(r.seen)) {
				if slices.Contains(said, operation) || !slices.Contains(asides, operation) {
					got = append(got, operation)
				}
			}
			slices.Sort(said)
			if diff := cmp.Diff(said, got); diff != "" {
				t.Errorf("(-said +called) %s", diff)
			}
		})
	}
}
