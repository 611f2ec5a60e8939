package talk_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

// TestEveryExportedNameIsDocumented: whoever reads about a public package finds a sentence on each name in it, fields of
// structs aside that say all by their names.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "files", "bot", "../talktest"} {
		p := packageDoc(t, dir)
		if !strings.HasPrefix(p.Doc, "Package "+p.Name+" ") {
			t.Errorf("%s: the package has no comment", dir)
		}
		missing := func(kind, name, text string) {
			if text == "" {
				t.Errorf("%s: %s %s is not documented", p.Name, kind, name)
			}
		}
		begins := func(kind, name, text string) {
			missing(kind, name, text)
			first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(text, "A "), "An "), " ")
			if base := name[strings.LastIndex(name, ".")+1:]; text != "" && first != base {
				t.Errorf("%s: the comment on %s begins with %q, not with its name", p.Name, name, first)
			}
		}
		values := func(all []*doc.Value) {
			for _, v := range all {
				for _, spec := range v.Decl.Specs {
					if s := spec.(*ast.ValueSpec); ast.IsExported(s.Names[0].Name) {
						missing("value", s.Names[0].Name, v.Doc+s.Doc.Text()+s.Comment.Text())
					}
				}
			}
		}
		values(append(p.Consts, p.Vars...))
		for _, f := range p.Funcs {
			begins("function", f.Name, f.Doc)
		}
		for _, typ := range p.Types {
			if !ast.IsExported(typ.Name) {
				continue
			}
			begins("type", typ.Name, typ.Doc)
			values(append(typ.Consts, typ.Vars...))
			for _, f := range append(typ.Funcs, typ.Methods...) {
				name := f.Name
				if f.Recv != "" {
					name = typ.Name + "." + name
				}
				begins("function", name, f.Doc)
			}
		}
	}
}

// packageDoc reads the documentation of a package.
func packageDoc(t *testing.T, dir string) *doc.Package {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	p, err := doc.NewFromFiles(fset, parsed, "github.com/confab-go/confab/"+dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEveryServiceHasAnExample that runs, or at least compiles where no server is at hand that could answer it.
func TestEveryServiceHasAnExample(t *testing.T) {
	t.Parallel()
	examples := map[string]bool{}
	for _, dir := range []string{".", "files"} {
		for _, file := range sources(t, dir, true) {
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok {
					if name, ok := strings.CutPrefix(f.Name.Name, "Example"); ok {
						service, _, _ := strings.Cut(name, "_")
						examples[service] = true
					}
				}
			}
		}
	}
	for field := range reflect.TypeFor[talk.Client]().Fields() {
		if field.IsExported() && !examples[field.Type.Elem().Name()] {
			t.Errorf("%s: no example of %s", field.Name, field.Type.Elem().Name())
		}
	}
}
