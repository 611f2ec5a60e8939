package bot

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Command is a command of a bot, as [Router.Command] makes it.
type Command struct {
	pattern     string
	words       []word
	description string
	hidden      bool
	router      *Router
	handler     Handler
}

// Describe says what the command does, for [Router.Help].
func (c *Command) Describe(text string) *Command {
	c.router.routes.mu.Lock()
	defer c.router.routes.mu.Unlock()
	c.description = text
	return c
}

// Hide leaves the command out of [Router.Help].
func (c *Command) Hide() *Command {
	c.router.routes.mu.Lock()
	defer c.router.routes.mu.Unlock()
	c.hidden = true
	return c
}

// word is one of a pattern: literal, or a parameter.
type word struct {
	literal  string
	name     string
	optional bool
	rest     bool // takes all that follows
}

var parameter = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\{([A-Za-z][A-Za-z0-9_-]*)(\.\.\.)?\}|\[([A-Za-z][A-Za-z0-9_-]*)(\.\.\.)?\])$`)
})

// parsePattern reads the pattern of a command.
func parsePattern(pattern string) ([]word, error) {
	bad := func(format string, args ...any) ([]word, error) {
		return nil, fmt.Errorf("%w %q: %s", ErrPattern, pattern, fmt.Sprintf(format, args...))
	}
	var words []word
	seen := map[string]bool{}
	for i, field := range strings.Fields(pattern) {
		w := word{literal: field}
		if m := parameter().FindStringSubmatch(field); m != nil {
			w = word{name: m[1] + m[3], optional: m[3] != "", rest: m[2]+m[4] != ""}
		} else if strings.ContainsAny(field, `{}[]"`) {
			return bad("%q is neither a word nor a parameter such as {name}, [name] or {name...}", field)
		}
		switch {
		case i == 0 && w.literal == "":
			return bad("it begins with a parameter")
		case w.name != "" && seen[w.name]:
			return bad("two parameters are named %q", w.name)
		case i > 0 && words[i-1].rest:
			return bad("%q takes all that follows, but %q follows", words[i-1].name, field)
		case i > 0 && words[i-1].optional && !w.optional:
			return bad("%q is required, but %q before it is optional", field, words[i-1].name)
		}
		seen[w.name] = true
		words = append(words, w)
	}
	if len(words) == 0 {
		return bad("it is empty")
	}
	return words, nil
}

// input is a word of a message, with where it stands.
type input struct {
	text  string
	start int
}

// tokens cuts a message into words at white space. What is in double quotes is one word, and so is a placeholder.
func tokens(content string) []input {
	var all []input
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRuneInString(content[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		if r == '"' {
			if end := strings.IndexByte(content[i+1:], '"'); end >= 0 {
				all = append(all, input{content[i+1 : i+1+end], i})
				i += end + 2
				continue
			}
		}
		end := strings.IndexFunc(content[i:], unicode.IsSpace)
		if end < 0 {
			end = len(content) - i
		}
		all = append(all, input{content[i : i+end], i})
		i += end
	}
	return all
}

// fit says how a message and a command go together.
type fit int

const (
	fitsNot  fit = iota
	fitsName     // it is this command, with wrong arguments
	fits
)

// match gives the raw arguments of a command in a message.
func (c *Command) match(content string) (map[string]string, fit) {
	in := tokens(content)
	if len(in) == 0 || !strings.EqualFold(in[0].text, c.words[0].literal) || content[in[0].start] == '"' {
		return nil, fitsNot
	}
	args := map[string]string{}
	next := 1
	named := true // all the words up to the first parameter are there
	for _, w := range c.words[1:] {
		switch {
		case w.literal != "":
			if next >= len(in) || !strings.EqualFold(in[next].text, w.literal) {
				if len(args) == 0 && named {
					return nil, fitsNot
				}
				return nil, fitsName
			}
		case next >= len(in):
			if !w.optional {
				return nil, fitsName
			}
			continue
		case w.rest:
			args[w.name] = strings.TrimSpace(content[in[next].start:])
			return args, fits
		default:
			named = false
			args[w.name] = in[next].text
		}
		next++
	}
	if next < len(in) {
		return nil, fitsName
	}
	return args, fits
}

// usage is what whoever gets a command wrong is told.
func (c *Command) usage() string { return "Usage: `" + c.pattern + "`" }
