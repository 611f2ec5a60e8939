package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Handler handles an event. The context ends when the bot shuts down for good; an error goes to the logger and the error handler, and not to
// the conversation.
type Handler func(ctx context.Context, c *Context) error

// Middleware wraps handlers: it may do something before and after, or not call the handler at all.
type Middleware func(next Handler) Handler

// Router says which handler an event goes to: the first that fits of the commands, then of what is heard, then of the handlers for the
// type of event, and else the default. Within each, what was registered first comes first.
//
// A pattern or an argument that makes no sense is remembered: [Router.Err] tells it, and the bot refuses to work.
type Router struct {
	routes     *routes
	parent     *Router
	middleware []Middleware
}

type routes struct {
	mu        sync.RWMutex
	commands  []*Command
	hears     []route
	events    []route
	otherwise []route
	err       error
}

type route struct {
	types   []EventType
	heard   *regexp.Regexp
	router  *Router
	handler Handler
}

// Err gives the mistakes in what was registered; nil for none.
func (r *Router) Err() error {
	r.routes.mu.RLock()
	defer r.routes.mu.RUnlock()
	return r.routes.err
}

// Use puts middleware around the handlers of the router and its groups, those that are registered already included. The first is the outermost.
func (r *Router) Use(middleware ...Middleware) {
	r.register(func() error {
		if slices.ContainsFunc(middleware, func(m Middleware) bool { return m == nil }) {
			return errors.New("bot: Use: a nil middleware")
		}
		r.middleware = append(r.middleware, middleware...)
		return nil
	})
}

// Group returns a router for further handlers of the same bot, with middleware of their own inside that of this router.
func (r *Router) Group(middleware ...Middleware) *Router {
	g := &Router{routes: r.routes, parent: r}
	g.Use(middleware...)
	return g
}

// Command handles messages that begin with the first word of the pattern, which most often begins with a slash. Further words are literal, or
// parameters: {name} is one word, [name] may be left out, and {name...} or [name...] takes the rest of the message. In a message, words in
// "double quotes" are one, and so is a mention. Case does not matter for literal words.
//
// Whoever gets the arguments wrong is told how it is written, when no other command fits.
func (r *Router) Command(pattern string, handler Handler) *Command {
	c := &Command{pattern: strings.Join(strings.Fields(pattern), " "), router: r, handler: handler}
	r.register(func() (err error) {
		if c.words, err = parsePattern(pattern); err != nil {
			return err
		}
		if handler == nil {
			return fmt.Errorf("bot: command %q has no handler", c.pattern)
		}
		r.routes.commands = append(r.routes.commands, c)
		return nil
	})
	return c
}

// Hears handles messages whose text the expression matches anywhere. [Context.Match] gives its groups.
func (r *Router) Hears(expression *regexp.Regexp, handler Handler) {
	if expression == nil {
		r.register(func() error { return errors.New("bot: Hears: no expression") })
		return
	}
	r.add(&r.routes.hears, "Hears", route{[]EventType{EventMessage, EventReply}, expression, r, handler})
}

// OnMessage handles what people write, [EventMessage] and [EventReply].
func (r *Router) OnMessage(handler Handler) { r.on("OnMessage", handler, EventMessage, EventReply) }

// OnReaction handles reactions, [EventReactionAdded] and [EventReactionRemoved]. Those of bots are left out.
func (r *Router) OnReaction(handler Handler) {
	r.on("OnReaction", handler, EventReactionAdded, EventReactionRemoved)
}

// OnJoin handles that the bot was enabled in a conversation.
func (r *Router) OnJoin(handler Handler) { r.on("OnJoin", handler, EventJoined) }

// OnLeave handles that the bot was disabled in a conversation, where it cannot write any more.
func (r *Router) OnLeave(handler Handler) { r.on("OnLeave", handler, EventLeft) }

// OnSystem handles all other events, by [Event].SystemMessage. Those that bots caused are left out.
func (r *Router) OnSystem(handler Handler) { r.on("OnSystem", handler, EventSystem) }

// Default handles the events that nothing else does.
func (r *Router) Default(handler Handler) {
	r.add(&r.routes.otherwise, "Default", route{nil, nil, r, handler})
}

func (r *Router) on(what string, handler Handler, types ...EventType) {
	r.add(&r.routes.events, what, route{types, nil, r, handler})
}

func (r *Router) add(to *[]route, what string, one route) {
	r.register(func() error {
		if one.handler == nil {
			return fmt.Errorf("bot: %s: no handler", what)
		}
		*to = append(*to, one)
		return nil
	})
}

// register changes the routes, or remembers why not.
func (r *Router) register(change func() error) {
	r.routes.mu.Lock()
	defer r.routes.mu.Unlock()
	if err := change(); err != nil {
		r.routes.err = errors.Join(r.routes.err, err)
	}
}

// find gives the handler of an event, with its middleware, and puts what was matched into the context.
func (r *Router) find(c *Context) Handler {
	r.routes.mu.RLock()
	defer r.routes.mu.RUnlock()
	written := c.Type == EventMessage || c.Type == EventReply
	var wrong []*Command
	if written {
		for _, command := range r.routes.commands {
			args, how := command.match(c.Note.Content)
			switch how {
			case fits:
				c.args = args
				return command.router.wrap(command.handler)
			case fitsName:
				wrong = append(wrong, command)
			}
		}
	}
	if len(wrong) > 0 {
		return wrong[0].router.wrap(func(ctx context.Context, c *Context) error { return c.Reply(ctx, usage(wrong)) })
	}
	if written && len(r.routes.hears) > 0 {
		text := c.Text()
		for _, h := range r.routes.hears {
			if groups := h.heard.FindStringSubmatch(text); groups != nil {
				c.groups, c.match = groups, h.heard
				return h.router.wrap(h.handler)
			}
		}
	}
	for _, e := range r.routes.events {
		if slices.Contains(e.types, c.Type) {
			return e.router.wrap(e.handler)
		}
	}
	if len(r.routes.otherwise) > 0 {
		one := r.routes.otherwise[0]
		return one.router.wrap(one.handler)
	}
	return func(context.Context, *Context) error { return nil }
}

// wrap puts the middleware of the router, and around it that of its parents, around a handler.
func (r *Router) wrap(handler Handler) Handler {
	for ; r != nil; r = r.parent {
		for _, m := range slices.Backward(r.middleware) {
			handler = m(handler)
		}
	}
	return handler
}

func usage(commands []*Command) string {
	lines := make([]string, len(commands))
	for i, c := range commands {
		lines[i] = c.usage()
	}
	return strings.Join(lines, "\n")
}

// Help lists the commands of the bot and what they do, in Markdown, in the order in which they were registered.
func (r *Router) Help() string {
	r.routes.mu.RLock()
	defer r.routes.mu.RUnlock()
	var lines []string
	for _, c := range r.routes.commands {
		line := "- `" + c.pattern + "`"
		if c.description != "" {
			line += ": " + c.description
		}
		if !c.hidden {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// HelpCommand adds a command, such as "/help", that answers with [Router.Help].
func (r *Router) HelpCommand(name string) *Command {
	return r.Command(name, func(ctx context.Context, c *Context) error {
		return c.Reply(ctx, r.Help())
	}).Describe("Lists what I can do.")
}
