package markdown

import "strings"

// container is a block with blocks in it that may go on with the next line.
type container struct {
	block  *Block
	indent int // of an item: how many columns before its text
}

// leaf is a block of text or code that may go on with the next line.
type leaf struct {
	block  *Block
	lines  []string
	fence  byte // of a block of code between fences: what they are made of
	length int  // of the fence
	indent int  // of the fence
}

// reader reads blocks line by line. The next line belongs to as many of the open containers as it has the marks of; what
// then follows may open others, and at last it is text or code.
type reader struct {
	open     []container // the document first
	leaf     *leaf
	blank    bool // whether the line before is empty
	blankFor int  // the container in which it is: with a mark of quotation, none outside of that quote
}

// line reads a line.
func (r *reader) line(l cursor) {
	depth, blankFor := r.goesOn(&l)
	whole := depth == len(r.open)
	if whole && r.leaf != nil && r.leaf.fence != 0 {
		r.blank = false
		r.fenced(&l)
		return
	}
	if l.blank() {
		if r.isCode() && whole {
			l.skip(tabStop)
			r.leaf.lines = append(r.leaf.lines, l.rest)
		} else {
			r.closeTo(depth)
		}
		r.blank, r.blankFor = true, blankFor
		return
	}
	defer func() { r.blank = false }()
	for {
		if l.indent() >= tabStop {
			if r.isText() {
				break
			}
			if !r.isCode() || !whole {
				r.begin(depth, &Block{Kind: Code})
			}
			l.skip(tabStop)
			r.leaf.lines = append(r.leaf.lines, l.rest)
			return
		}
		if whole && r.isText() && r.underline(&l) || r.ends(&l, depth) {
			return
		}
		opened := r.opens(&l, depth, whole && r.isText())
		if opened == 0 {
			break
		}
		depth, whole = opened, true
		if l.blank() { // as an item may begin
			return
		}
	}
	if !r.isText() {
		r.begin(depth, &Block{Kind: Paragraph})
	}
	r.leaf.lines = append(r.leaf.lines, trimLeft(l.rest))
}

// goesOn passes the marks of the open containers, and tells how many of them the line belongs to.
func (r *reader) goesOn(l *cursor) (depth, blankFor int) {
	for depth = 1; depth < len(r.open); depth++ {
		switch c := r.open[depth]; c.block.Kind {
		case Quote:
			if l.indent() >= tabStop || l.next() != '>' {
				return depth, blankFor
			}
			l.quote()
			blankFor = depth
		case Item:
			if l.blank() {
				if len(c.block.Blocks) == 0 {
					return depth, blankFor
				}
			} else if l.indent() < c.indent {
				return depth, blankFor
			}
			l.skip(c.indent)
		}
	}
	return depth, blankFor
}

// quote passes a mark of quotation, and the space behind it.
func (c *cursor) quote() {
	c.skip(c.indent())
	c.take(1)
	c.skip(1)
}

// opens tries to open the container that begins here, and tells how many are open with it; 0 for none.
func (r *reader) opens(l *cursor, depth int, interrupts bool) int {
	if r.nested(depth) >= maxDepth {
		return 0
	}
	if l.next() == '>' {
		l.quote()
		r.push(depth, container{block: &Block{Kind: Quote}})
		return len(r.open)
	}
	item, mark, start, ok := l.item(interrupts)
	if !ok {
		return 0
	}
	if top := r.open[depth-1].block; top.Kind != List || top.Mark != mark {
		r.push(depth, container{block: &Block{Kind: List, Mark: mark, Start: start}})
		depth = len(r.open)
	}
	r.push(depth, item)
	return len(r.open)
}

// nested counts the quotes and items among the first containers.
func (r *reader) nested(depth int) (n int) {
	for _, c := range r.open[:depth] {
		if c.block.Kind == Quote || c.block.Kind == Item {
			n++
		}
	}
	return n
}

// item reads the mark of an item: a bullet or a number. Only one that begins a list of its own interrupts a paragraph.
func (c *cursor) item(interrupts bool) (item container, mark byte, start int, ok bool) {
	l := *c
	before := l.indent()
	l.skip(before)
	width := 1
	switch digits := countDigits(l.rest); {
	case digits == 0 && strings.IndexByte("-+*", l.rest[0]) >= 0:
		mark = l.rest[0]
	case digits > 0 && digits < 10 && digits < len(l.rest) && strings.IndexByte(".)", l.rest[digits]) >= 0:
		mark = l.rest[digits]
		width += digits
		for _, d := range l.rest[:digits] {
			start = 10*start + int(d-'0')
		}
		if interrupts && start != 1 {
			return item, 0, 0, false
		}
	default:
		return item, 0, 0, false
	}
	l.take(width)
	after := l.indent()
	switch {
	case l.rest != "" && after == 0, interrupts && l.blank():
		return item, 0, 0, false
	case l.blank(), after > tabStop: // what is further in is code
		after = 1
	}
	l.skip(after)
	*c = l
	return container{block: &Block{Kind: Item}, indent: before + width + after}, mark, start, true
}

func countDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// ends reads blocks of one line, and the beginning of fenced code.
func (r *reader) ends(l *cursor, depth int) bool {
	text := trim(l.rest)
	switch c := text[0]; {
	case c == '#':
		level := leading(text, '#')
		if level > 6 || level < len(text) && trimLeft(text[level:]) == text[level:] {
			return false
		}
		text = trim(text[level:])
		if bare := strings.TrimRight(text, "#"); trim(bare) != bare || bare == "" { // the mark may be repeated at the end
			text = trim(bare)
		}
		r.add(depth, &Block{Kind: Heading, Level: level, Text: inline(text)})
	case isRule(text):
		r.add(depth, &Block{Kind: Rule})
	case c == '`' || c == '~':
		length := leading(text, c)
		info := trim(text[length:])
		if length < 3 || c == '`' && strings.Contains(info, "`") {
			return false
		}
		r.begin(depth, &Block{Kind: Code, Info: unescape(info)})
		r.leaf.fence, r.leaf.length, r.leaf.indent = c, length, l.indent()
	default:
		return false
	}
	return true
}

// isRule reports whether a line is three or more of a mark and nothing else.
func isRule(text string) bool {
	if strings.IndexByte("-_*", text[0]) < 0 {
		return false
	}
	n := 0
	for i := range len(text) {
		switch text[i] {
		case text[0]:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3
}

// fenced reads a line of code, or the fence that ends it.
func (r *reader) fenced(l *cursor) {
	code := r.leaf
	if l.indent() < tabStop {
		text := trim(l.rest)
		if n := leading(text, code.fence); n >= code.length && n == len(text) {
			r.closeLeaf()
			return
		}
	}
	l.skip(min(code.indent, l.indent()))
	code.lines = append(code.lines, l.rest)
}

// underline makes a heading of the paragraph before, if the line is such a mark.
func (r *reader) underline(l *cursor) bool {
	text := trim(l.rest)
	level := 1 + strings.IndexByte("=-", text[0])
	if level == 0 || leading(text, text[0]) < len(text) {
		return false
	}
	block := r.leaf.block
	block.Kind, block.Level, block.Text = Heading, level, inline(strings.Join(r.leaf.lines, "\n"))
	r.leaf = nil
	return true
}

func (r *reader) isText() bool { return r.leaf != nil && r.leaf.block.Kind == Paragraph }
func (r *reader) isCode() bool { return r.leaf != nil && r.leaf.block.Kind == Code }

// push opens a container in the innermost of the first ones.
func (r *reader) push(depth int, c container) {
	if c.block.Kind == Item {
		r.closeTo(depth)
		r.append(c.block)
	} else {
		r.add(depth, c.block)
	}
	r.open = append(r.open, c)
}

// begin opens a block of text or code in the innermost of the first containers.
func (r *reader) begin(depth int, b *Block) {
	r.add(depth, b)
	r.leaf = &leaf{block: b}
}

// add puts a block into the innermost of the first containers, and closes the others. A list ends before anything that is no
// item.
func (r *reader) add(depth int, b *Block) {
	if r.open[depth-1].block.Kind == List {
		depth--
	}
	r.closeTo(depth)
	r.append(b)
}

func (r *reader) append(b *Block) {
	parent := len(r.open) - 1
	into := r.open[parent].block
	b.Apart = len(into.Blocks) > 0 && r.blank && parent >= r.blankFor
	into.Blocks = append(into.Blocks, b)
}

// closeTo closes all but the first containers, and the block of text or code in them.
func (r *reader) closeTo(depth int) {
	r.closeLeaf()
	r.open = r.open[:depth]
}

// closeLeaf has the open block say what is in it.
func (r *reader) closeLeaf() {
	if r.leaf == nil {
		return
	}
	block, text := r.leaf.block, r.leaf.lines
	fenced := r.leaf.fence != 0
	r.leaf = nil
	if block.Kind == Code {
		for !fenced && len(text) > 0 && isBlank(text[len(text)-1]) {
			text = text[:len(text)-1]
		}
		block.Lines = text
		return
	}
	parent := r.open[len(r.open)-1].block
	if parent.Kind == Item && len(parent.Blocks) == 1 {
		parent.Task, text[0] = task(text[0])
	}
	for i := 1; i < len(text); i++ {
		found := table(text[i-1:])
		if found == nil {
			continue
		}
		if i == 1 {
			found.Apart = block.Apart
			*block = *found
			return
		}
		parent.Blocks = append(parent.Blocks, found)
		text = text[:i-1]
	}
	block.Text = inline(strings.Join(text, "\n"))
}

// task reads the box before something to do.
func task(text string) (Task, string) {
	if len(text) < 4 || text[0] != '[' || text[2] != ']' || text[3] != ' ' && text[3] != '\t' || isBlank(text[3:]) {
		return NoTask, text
	}
	switch text[1] {
	case ' ':
		return OpenTask, trimLeft(text[3:])
	case 'x', 'X':
		return DoneTask, trimLeft(text[3:])
	}
	return NoTask, text
}
