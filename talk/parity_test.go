package talk_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var parityRow = regexp.MustCompile("^\\| `([^`]+)` \\| (.+?) \\| .* \\| `(\\w+)` \\|$")

// TestParity holds docs/parity.md against the names of the Python client, the names of this package, and its tests.
func TestParity(t *testing.T) {
	t.Parallel()
	wanted := map[string]bool{}
	for _, line := range lines(t, "testdata/seed-names.txt") {
		if !strings.HasPrefix(line, "#") {
			wanted[line] = true
		}
	}
	names, tests := goNames(t, "talk", "."), testBodies(t)
	for name := range goNames(t, "files", "files") {
		names[name] = true
	}
	types := map[string]bool{}
	for _, typ := range packageDoc(t, ".").Types {
		types["talk."+typ.Name] = true
	}
	rows := 0
	for _, line := range lines(t, "../docs/parity.md") {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		m := parityRow.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("not a row: %s", line)
			continue
		}
		rows++
		if !wanted[m[1]] {
			t.Errorf("%s is no name of the Python client, or is there twice", m[1])
		}
		delete(wanted, m[1])
		for name := range strings.SplitSeq(m[2], ", ") {
			if name = strings.Trim(name, "`"); !names[name] {
				t.Errorf("%s: there is no %s", m[1], name)
			}
		}
		body, ok := tests[m[3]]
		if !ok {
			t.Errorf("%s: there is no %s", m[1], m[3])
		}
		if m[3] == "TestRecordedAnswersDecodeWithoutLoss" { // which sees every field
			continue
		}
		for name := range strings.SplitSeq(m[2], ", ") { // methods, fields and values, but types by what they have
			name = strings.Trim(name, "`")
			last := name[strings.LastIndex(name, ".")+1:]
			if !types[name] && !regexp.MustCompile(`\b`+last+`\b`).MatchString(body) {
				t.Errorf("%s: %s does not speak of %s", m[1], m[3], name)
			}
		}
	}
	for name := range wanted {
		t.Errorf("%s is missing", name)
	}
	t.Logf("%d rows", rows)
}

func lines(t *testing.T, file string) (all []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		if text := strings.TrimSpace(string(line)); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// sources parses the files of a directory.
func sources(t *testing.T, dir string, tests bool) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") != tests {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// testBodies gives the source of each test.
func testBodies(t *testing.T) map[string]string {
	t.Helper()
	bodies := map[string]string{}
	paths, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") {
				bodies[f.Name.Name] = string(text[fset.Position(f.Pos()).Offset:fset.Position(f.End()).Offset])
			}
		}
	}
	return bodies
}

// goNames gives the exported names of a package: types, constants, fields and methods, as in talk.Poll.Question.
func goNames(t *testing.T, pkg, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, file := range sources(t, dir, false) {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					receiver := d.Recv.List[0].Type
					if star, ok := receiver.(*ast.StarExpr); ok {
						receiver = star.X
					}
					name = receiver.(*ast.Ident).Name + "." + name
				}
				names[pkg+"."+name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.ValueSpec:
						for _, name := range s.Names {
							names[pkg+"."+name.Name] = true
						}
					case *ast.TypeSpec:
						names[pkg+"."+s.Name.Name] = true
						if fields, ok := s.Type.(*ast.StructType); ok {
							for _, field := range fields.Fields.List {
								for _, name := range field.Names {
									names[pkg+"."+s.Name.Name+"."+name.Name] = true
								}
							}
						}
					}
				}
			}
		}
	}
	return names
}
