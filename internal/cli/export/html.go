package export

import (
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// maxInline is how large a picture may be to stand in the page itself, in bytes.
const maxInline = 4 << 20

const style = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}
article{margin:1rem 0}
header{font-size:.85rem;opacity:.75}
header b{font-size:1rem}
.text{overflow-wrap:anywhere}
.plain{white-space:pre-wrap}
.text p,.text ul,.text ol,.text pre{margin:.3rem 0}
.text h2,.text h3,.text h4,.text h5,.text h6{font-size:1.1rem;margin:.6rem 0 .3rem}
pre{overflow-x:auto;padding:.4rem;border:1px solid #8888}
table{border-collapse:collapse}
td,th{padding:.1rem .5rem;border:1px solid #8888}
.left{text-align:left}
.center{text-align:center}
.right{text-align:right}
blockquote{margin:.2rem 0;padding-left:.6rem;border-left:3px solid #888;opacity:.8}
.system{opacity:.7;font-style:italic;text-align:center}
.reactions{font-size:.9rem}
img{max-width:100%;max-height:30rem}`

func beginHTML(w io.Writer, name string) error {
	name = html.EscapeString(name)
	_, err := fmt.Fprintf(w, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<style>\n%s\n</style>\n</head>\n<body>\n<h1>%s</h1>\n", name, style, name)
	return err
}

func endHTML(w io.Writer) error {
	_, err := io.WriteString(w, "</body>\n</html>\n")
	return err
}

// asHTML writes a message as a part of the page.
func asHTML(w io.Writer, folder string, m *talk.Message, attached *Attachment) error {
	when := fmt.Sprintf(`<time datetime="%s">%s</time>`, m.Timestamp.UTC().Format(time.RFC3339), timestamp(m.Timestamp))
	if m.IsSystem() {
		_, err := fmt.Fprintf(w, "<p class=\"system\" id=\"m%d\">%s, %s</p>\n", m.ID, html.EscapeString(render.Line(render.System(m))), when)
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<article id=\"m%d\">\n<header><b>%s</b> %s, <a href=\"#m%d\">#%d</a>%s</header>\n",
		m.ID, html.EscapeString(author(m)), when, m.ID, m.ID, marks(m))
	if m.Parent != nil {
		fmt.Fprintf(&b, "<blockquote><a href=\"#m%d\">↩</a> %s</blockquote>\n", m.Parent.ID, html.EscapeString(quoted(m.Parent)))
	}
	b.WriteString(htmlText(m))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	if attached != nil {
		if err := attach(w, folder, attached); err != nil {
			return err
		}
	}
	end := "</article>\n"
	if r := reactions(m); r != "" {
		end = fmt.Sprintf("<div class=\"reactions\">%s</div>\n", html.EscapeString(r)) + end
	}
	_, err := io.WriteString(w, end)
	return err
}

// attach puts a picture into the page, and a link to it or to any other file.
func attach(w io.Writer, folder string, a *Attachment) error {
	address := (&url.URL{Path: filepath.ToSlash(a.Path)}).EscapedPath()
	name := html.EscapeString(render.Line(a.Name))
	if isPicture(a.MimeType) && a.Size <= maxInline {
		if _, err := fmt.Fprintf(w, `<a href="%s"><img alt="%s" src="data:%s;base64,`, address, name, a.MimeType); err != nil {
			return err
		}
		if err := inline(w, filepath.Join(folder, a.Path)); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\"></a>\n")
		return err
	}
	_, err := fmt.Fprintf(w, "<p><a href=\"%s\">%s</a> (%s)</p>\n", address, name, render.Bytes(a.Size))
	return err
}

// inline writes a file in base64.
func inline(w io.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	enc := base64.NewEncoder(base64.StdEncoding, w)
	if _, err := io.Copy(enc, file); err != nil {
		return err
	}
	return enc.Close()
}
