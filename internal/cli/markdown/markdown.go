// Package markdown reads the Markdown of messages, and lays it out for a terminal.
//
// It reads CommonMark with the tables, task lists, struck words and bare addresses that Talk shows. HTML, entities and
// definitions of links mean nothing in a message, and stay as they were written. A program that starts, sends one message
// and ends links this package, so it does nothing before it is asked to: no tables of entities, no expressions compiled.
package markdown

// A Kind tells what a block is.
type Kind uint8

// The kinds of blocks.
const (
	Paragraph Kind = iota
	Heading
	Rule
	Quote
	List // has nothing but items in it
	Item
	Code
	Table
	document
)

// A Block is a part of a text that goes by lines.
type Block struct {
	Kind   Kind
	Apart  bool       // whether an empty line sets it apart from the block before it
	Text   []Span     // of a paragraph or a heading
	Blocks []*Block   // in a quote, a list or an item
	Level  int        // of a heading, 1 to 6
	Mark   byte       // of a list: '-', '+' or '*', and what stands behind a number, '.' or ')'
	Start  int        // the first number of an ordered list
	Task   Task       // of an item
	Info   string     // what a block of code says that it is, mostly its language
	Lines  []string   // of a block of code
	Align  []Align    // the columns of a table
	Rows   [][][]Span // of a table: cells, at most as many in each as it has columns; the first row is its head
}

// Ordered reports whether a list has numbers.
func (b *Block) Ordered() bool { return b.Mark == '.' || b.Mark == ')' }

// Loose reports whether a list has empty lines between its items, or between the blocks of one.
func (b *Block) Loose() bool {
	for _, item := range b.Blocks {
		if item.Apart {
			return true
		}
		for _, block := range item.Blocks {
			if block.Apart {
				return true
			}
		}
	}
	return false
}

// A Task tells whether an item is something to do.
type Task uint8

// What an item may be.
const (
	NoTask Task = iota
	OpenTask
	DoneTask
)

// Align tells at which side of its column a cell of a table stands.
type Align uint8

// The sides, AlignNone being nobody's choice.
const (
	AlignNone Align = iota
	AlignLeft
	AlignCenter
	AlignRight
)

// A SpanKind tells what a span is.
type SpanKind uint8

// The kinds of spans.
const (
	Text SpanKind = iota
	CodeSpan
	Emphasis
	Strong
	Struck
	Link
	Image
)

// A Span is a part of a text that goes by characters.
type Span struct {
	Kind    SpanKind
	Text    string // of text, in which lines end with "\n", and of code
	Address string // where a link leads, or where an image is
	Spans   []Span // what is emphasised, struck, or the label of a link or image
}

// maxDepth is how many quotes and items are read in each other; the marks of deeper ones are text.
const maxDepth = 12

// Parse reads a text. Whatever is written has a meaning: there is no error.
func Parse(source string) []*Block {
	r := reader{open: []container{{block: &Block{Kind: document}}}}
	for l := range lines(source) {
		r.line(cursor{rest: l})
	}
	r.closeTo(1)
	return r.open[0].block.Blocks
}
