package export

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// asMarkdown writes a message as a quotation, which ends whatever its text may have begun.
func asMarkdown(w io.Writer, m *talk.Message, attached *Attachment) error {
	var b strings.Builder
	if m.IsSystem() {
		fmt.Fprintf(&b, "*%s* · %s\n\n", escapeMarkdown(render.Line(render.System(m))), timestamp(m.Timestamp))
		_, err := io.WriteString(w, b.String())
		return err
	}
	fmt.Fprintf(&b, "**%s** · %s · #%d%s\n\n", escapeMarkdown(author(m)), timestamp(m.Timestamp), m.ID, marks(m))
	if m.Parent != nil {
		fmt.Fprintf(&b, "> > %s\n>\n", escapeMarkdown(quoted(m.Parent)))
	}
	body := render.Clean(m.Text())
	if m.Markdown {
		body = withoutHTML(body)
	} else {
		body = escapeMarkdown(body)
	}
	fmt.Fprintln(&b, render.Indent(body, "> ", 0))
	if attached != nil {
		address := (&url.URL{Path: filepath.ToSlash(attached.Path)}).EscapedPath()
		lead := ""
		if isPicture(attached.MimeType) {
			lead = "!"
		}
		fmt.Fprintf(&b, ">\n> %s[%s](<%s>)\n", lead, escapeMarkdown(render.Line(attached.Name)), address)
	}
	if r := reactions(m); r != "" {
		fmt.Fprintf(&b, ">\n> %s\n", r)
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}

// escapeMarkdown has text stand for itself.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]()<>#+-!|~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// withoutHTML has what looks like HTML stand for itself, outside of code: Talk does not render it either.
func withoutHTML(s string) string {
	lines := strings.Split(s, "\n")
	fence := ""
	for i, l := range lines {
		trimmed := strings.TrimLeft(l, " ")
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
		default:
			lines[i] = escapeTags(l)
		}
	}
	return strings.Join(lines, "\n")
}

// escapeTags escapes the < of a line, but for those between backticks.
func escapeTags(l string) string {
	var b strings.Builder
	for l != "" {
		start := strings.IndexByte(l, '`')
		if start < 0 {
			break
		}
		run := len(l[start:]) - len(strings.TrimLeft(l[start:], "`"))
		end := strings.Index(l[start+run:], l[start:start+run])
		if end < 0 {
			break
		}
		end += start + 2*run
		b.WriteString(strings.ReplaceAll(l[:start], "<", `\<`) + l[start:end])
		l = l[end:]
	}
	return b.String() + strings.ReplaceAll(l, "<", `\<`)
}

// isPicture reports whether browsers show a file of this type.
func isPicture(mimeType string) bool {
	switch mimeType {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}
