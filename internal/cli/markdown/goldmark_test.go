package markdown

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// outline tells what was read, in a way in which goldmark's tree can be told as well.
func outline(blocks []*Block) string {
	var b strings.Builder
	for _, block := range blocks {
		outlineBlock(&b, block, "")
	}
	return b.String()
}

func outlineBlock(b *strings.Builder, block *Block, indent string) {
	b.WriteString(indent)
	switch block.Kind {
	case Paragraph:
		fmt.Fprintf(b, "text %s\n", outlineSpans(block.Text))
	case Heading:
		fmt.Fprintf(b, "heading %d %s\n", block.Level, outlineSpans(block.Text))
	case Rule:
		b.WriteString("rule\n")
	case Quote:
		b.WriteString("quote\n")
	case List:
		fmt.Fprintf(b, "list %c %d %v\n", block.Mark, block.Start, block.Loose())
	case Item:
		fmt.Fprintf(b, "item %d\n", block.Task)
	case Code:
		fmt.Fprintf(b, "code %q %q\n", block.Info, block.Lines)
	case Table:
		fmt.Fprintf(b, "table %v\n", block.Align)
		for _, row := range block.Rows {
			b.WriteString(indent + "  row")
			for i := range block.Align {
				b.WriteString(" | ")
				if i < len(row) { // goldmark fills rows
					b.WriteString(outlineSpans(row[i]))
				}
			}
			b.WriteString("\n")
		}
	}
	for _, inner := range block.Blocks {
		outlineBlock(b, inner, indent+"  ")
	}
}

func outlineSpans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		switch s.Kind {
		case Text:
			b.WriteString(quoted(s.Text))
		case CodeSpan:
			fmt.Fprintf(&b, "code{%s}", quoted(s.Text))
		case Emphasis, Strong, Struck:
			fmt.Fprintf(&b, "%s{%s}", [...]string{"em", "strong", "del"}[s.Kind-Emphasis], outlineSpans(s.Spans))
		case Link, Image:
			fmt.Fprintf(&b, "%s(%q){%s}", [...]string{"link", "image"}[s.Kind-Link], s.Address, outlineSpans(s.Spans))
		}
	}
	return b.String()
}

func quoted(s string) string {
	s = fmt.Sprintf("%q", s)
	return s[1 : len(s)-1]
}

// theirs is goldmark, without what means nothing in a message.
func theirs() parser.Parser {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
		),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
	return p
}

// theirOutline is the outline of a text as goldmark reads it.
func theirOutline(source string) string {
	src := []byte(source)
	doc := theirs().Parse(text.NewReader(src))
	var b strings.Builder
	var block func(n ast.Node, indent string)
	var spans func(n ast.Node) string
	spans = func(n ast.Node) string {
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			switch c := c.(type) {
			case *ast.Text:
				b.WriteString(quoted(unescape(string(c.Segment.Value(src)))))
				if c.SoftLineBreak() || c.HardLineBreak() {
					b.WriteString(`\n`)
				}
			case *ast.String:
				b.WriteString(quoted(string(c.Value)))
			case *ast.CodeSpan:
				var code strings.Builder
				for t := c.FirstChild(); t != nil; t = t.NextSibling() {
					switch t := t.(type) {
					case *ast.Text:
						code.Write(t.Segment.Value(src))
					case *ast.String:
						code.Write(t.Value)
					}
				}
				fmt.Fprintf(&b, "code{%s}", quoted(strings.ReplaceAll(code.String(), "\n", " ")))
			case *ast.Emphasis:
				fmt.Fprintf(&b, "%s{%s}", map[int]string{1: "em", 2: "strong"}[c.Level], spans(c))
			case *extast.Strikethrough:
				fmt.Fprintf(&b, "del{%s}", spans(c))
			case *ast.AutoLink:
				url := string(c.URL(src))
				if c.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(url, "mailto:") {
					url = "mailto:" + url
				}
				fmt.Fprintf(&b, "link(%q){%s}", url, quoted(string(c.Label(src))))
			case *ast.Link:
				fmt.Fprintf(&b, "link(%q){%s}", unescape(string(c.Destination)), spans(c))
			case *ast.Image:
				fmt.Fprintf(&b, "image(%q){%s}", unescape(string(c.Destination)), spans(c))
			case *extast.TaskCheckBox:
			default:
				fmt.Fprintf(&b, "%T?", c)
			}
		}
		return b.String()
	}
	block = func(n ast.Node, indent string) {
		b.WriteString(indent)
		switch n := n.(type) {
		case *ast.Paragraph, *ast.TextBlock:
			fmt.Fprintf(&b, "text %s\n", spans(n))
			return
		case *ast.Heading:
			fmt.Fprintf(&b, "heading %d %s\n", n.Level, spans(n))
			return
		case *ast.ThematicBreak:
			b.WriteString("rule\n")
		case *ast.Blockquote:
			b.WriteString("quote\n")
		case *ast.List:
			start := n.Start
			if !n.IsOrdered() {
				start = 0
			}
			fmt.Fprintf(&b, "list %c %d %v\n", n.Marker, start, !n.IsTight)
		case *ast.ListItem:
			task := NoTask
			if first := n.FirstChild(); first != nil && first.FirstChild() != nil {
				if box, ok := first.FirstChild().(*extast.TaskCheckBox); ok {
					task = OpenTask
					if box.IsChecked {
						task = DoneTask
					}
				}
			}
			fmt.Fprintf(&b, "item %d\n", task)
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			info := ""
			if f, ok := n.(*ast.FencedCodeBlock); ok && f.Info != nil {
				info = unescape(string(f.Info.Segment.Value(src)))
			}
			var lines []string
			for i := range n.Lines().Len() {
				seg := n.Lines().At(i)
				lines = append(lines, strings.TrimRight(string(seg.Value(src)), "\n"))
			}
			fmt.Fprintf(&b, "code %q %q\n", info, lines)
			return
		case *extast.Table:
			align := make([]Align, len(n.Alignments))
			for i, a := range n.Alignments {
				align[i] = map[extast.Alignment]Align{extast.AlignLeft: AlignLeft, extast.AlignRight: AlignRight, extast.AlignCenter: AlignCenter}[a]
			}
			fmt.Fprintf(&b, "table %v\n", align)
			for row := n.FirstChild(); row != nil; row = row.NextSibling() {
				b.WriteString(indent + "  row")
				for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
					fmt.Fprintf(&b, " | %s", spans(cell))
				}
				b.WriteString("\n")
			}
			return
		default:
			fmt.Fprintf(&b, "%T?\n", n)
		}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			block(c, indent+"  ")
		}
	}
	for c := doc.FirstChild(); c != nil; c = c.NextSibling() {
		block(c, "")
	}
	return b.String()
}

// TestReadsAsGoldmark has texts read here and by goldmark, which keeps to CommonMark.
func TestReadsAsGoldmark(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"plain\ntext  \nin lines\\\nbroken",
		"# One\n## Two ##\n####### none\n#none\n# a \\#\n#\nunder\n=\nlined\nover two\n---\n",
		"***\n- - -\n_ _ _ _\n--\n+++\n",
		"> a\nlazy\n> > b\n>\n> c\n\n>d\n    >code\n",
		"> - a\n>   b\n>\n> - c\n",
		"- a\n- b\n\n- c\n",
		"- a\n\n  b\n- c\n   - d\n\n     e\n\nf\n",
		"- > a\n  >\n- b\n",
		"- a\n+ b\n1. c\n2) d\n   3) e\n",
		"text\n- list\n\ntext\n2. none\n\ntext\n1. list\n",
		"-\n  a\n-\n\n  b\n",
		"1234567890. none\n003. three\n4. four\n-1. none\n",
		"-     code\n-    text\n\n      more\n",
		"    code\n\n\n      more\n  \ntext\n    text\n",
		"\tcode\n-\ta\n\n\tb\n",
		"```go title\na\n  b\n ```\nafter\n",
		"~~~~\n~~~\n```\n~~~~~\n",
		"``` a`b\nno code\n```\n  open\n",
		"- ```\n  a\n\n  b\n  ```\n- c\n",
		"| a | b\n|---|:-:|\n| c | d | e |\nf\n\ng\n",
		"text\na | b\n:-- | --:\n`c\\|d` | *e*\n> quote\n",
		"- [ ] open\n- [x] *done*\n- [X] done\n- [y] text\n",
		"*a* **b** ***c*** _d_ __e__ *f _g_ h* ~~i~~ ~j~\n",
		"a*b*c a_b_c a__b__c **a*b*c** *a**b**c* 2 * 3 * 4\n",
		"*(*a*)* **\"b\"** _(c)_d *e**f***g*\n",
		"`a` ``b`c`` ` d ` `` ` `` `e\nf` `g *h*` *i `j*` `open\n",
		"[a](b) [c](<d e>) [f](g \"h\") [i](j (k)) [l]() [m](n(o)p) [q](r\\)s)\n",
		"[*a* `b](c)` ![d *e*](f) [![g](h)](i) [j [k](l) m](n) [o](p q)\n",
		"*a [b*](c) [d *e](f)* [g]: h\n",
		"<https://example.com/a?b=*c*> <bob@example.com> <a b> <b>x</b> &amp;\n",
		"\\*a\\* \\_ \\[b](c) \\a \\\\*d*\n",
		"!a ![b] [c] ] [ ![\n",
		"ünï*cödé* *日本* «*a*» *«b»*\n",
	} {
		if diff := cmp.Diff(theirOutline(source), outline(Parse(source))); diff != "" {
			t.Errorf("%q (-goldmark +ours):\n%s", source, diff)
		}
	}
}

// TestReadsAnythingAsGoldmark goes on with texts that nobody would write.
func TestReadsAnythingAsGoldmark(t *testing.T) {
	t.Parallel()
	pieces := []string{"a", "b", "é", " ", "\n", "*", "**", "***", "_", "__", "`", "``", "[", "]", "(", ")", "![", "](x)", "<http:x>", "!", "\"", "# ", "> ", "=", "."}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range 1 + random.IntN(16) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		b.WriteString("\n")
		source := b.String()
		if diff := cmp.Diff(theirOutline(source), outline(Parse(source))); diff != "" {
			t.Fatalf("%q (-goldmark +ours):\n%s", source, diff)
		}
	}
}
