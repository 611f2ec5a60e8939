package markdown

import (
	"strings"
	"unicode"
)

// run is a mark of emphasis as often as it stands in a row. Its first ones may end emphasis, its last ones begin some.
type run struct {
	mark          byte
	length        int // as it was written
	left          int // of which are text, as far as is known
	opens, closes bool
	ends          int        // how often it ends something
	begins        []SpanKind // what it begins, the innermost first
	done          bool
}

// newRun tells from what is around a run whether it may begin or end something.
func newRun(source string, at, length int) run {
	before, after := around(source, at, at+length)
	beforeSpace, afterSpace := unicode.IsSpace(before), unicode.IsSpace(after)
	beforeMark, afterMark := isMark(before), isMark(after)
	left := !afterSpace && (!afterMark || beforeSpace || beforeMark)
	right := !beforeSpace && (!beforeMark || afterSpace || afterMark)
	r := run{mark: source[at], length: length, left: length, opens: left, closes: right}
	switch r.mark {
	case '_': // not within words, as in snake_case
		r.opens = left && (!right || beforeMark)
		r.closes = right && (!left || afterMark)
	case '~':
		if length > 2 {
			r.opens, r.closes = false, false
		}
	}
	return r
}

// pairs reports whether a run may begin what another one ends.
func (r *run) pairs(end *run) bool {
	if r.mark != end.mark {
		return false
	}
	if r.mark == '~' {
		return r.length == end.length
	}
	if !r.closes && !end.opens {
		return true
	}
	return (r.length+end.length)%3 != 0 || r.length%3 == 0 && end.length%3 == 0
}

// pair has a run begin what another one ends.
func (r *run) pair(end *run) {
	kind, n := Emphasis, 1
	switch {
	case r.mark == '~':
		kind, n = Struck, r.length
	case r.left >= 2 && end.left >= 2:
		kind, n = Strong, 2
	}
	r.begins = append(r.begins, kind)
	end.ends++
	r.left -= n
	end.left -= n
}

// kindsOfRuns is how many kinds of runs there are that need not look at the same runs before them.
const kindsOfRuns = 18

func (r *run) kind() int {
	kind := strings.IndexByte("*_~", r.mark)*6 + r.length%3*2
	if r.opens {
		kind++
	}
	return kind
}

// emphasize finds the pairs of runs among tokens that no other pair crosses.
func emphasize(tokens []token) {
	var begun []*run          // what may yet be ended
	var seen [kindsOfRuns]int // how many of these are known to be none that a run of this kind ends
	for i := range tokens {
		r := &tokens[i].run
		if tokens[i].kind != tokenRun || r.done {
			continue
		}
		r.done = true
		for r.closes && r.left > 0 {
			n := len(begun) - 1
			for n >= seen[r.kind()] && !begun[n].pairs(r) {
				n--
			}
			if n < seen[r.kind()] {
				if r.mark != '~' {
					seen[r.kind()] = len(begun)
				}
				break
			}
			begun[n].pair(r)
			if begun = begun[:n+1]; begun[n].left == 0 {
				begun = begun[:n]
			}
			for kind := range seen {
				seen[kind] = min(seen[kind], len(begun))
			}
		}
		if r.opens && r.left > 0 {
			begun = append(begun, r)
		}
	}
}
