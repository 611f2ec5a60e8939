package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"flag"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/internal/server"
)

var updateScripts = flag.Bool("update", false, "write what commands print into the scripts that compare it")

// TestScripts runs the scripts in testdata/script. Each has a server of its own, whose clock stands and whose tokens are the
// same each time, so that what commands print can be compared to the letter; commands run five minutes later. The address of
// the server, and its passwords, are written $URL, $HOST and $PASSWORD.
//
// Beside the commands of testscript there are:
//
//	as USER                speak for alice, bob, carol or admin from now on
//	confab ARGUMENTS       run a command at a pipe
//	tty ARGUMENTS          run it at a terminal of 80 columns
//	exits CODE confab|tty  run it, and see that it ends with a code
//	input FILE | -text T…  what the next command has on its standard input: each T is a line; -hex BYTES is no text
//	keep NAME              make what the last command printed a variable
//	start NAME ARGUMENTS   run a command at a pipe beside the script
//	line NAME              its next line of output, as stdout
//	interrupt NAME         end it as SIGINT does, without a failure; stdout is what was left of its output
//	play STORY             speak to a server that plays a recorded story from now on, whose variables become the script's
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Setup:               setupScript,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *updateScripts,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"as": scriptAs, "confab": scriptRun, "tty": scriptRun2, "exits": scriptExits, "input": scriptInput, "keep": scriptKeep,
			"start": scriptStart, "line": scriptLine, "interrupt": scriptInterrupt, "play": scriptPlay,
		},
	})
}

// world is what a script acts on.
type world struct {
	url       string
	passwords map[string]string
	running   map[string]*scripted
}

type worldKey struct{}

// repeatable gives the same bytes each time.
type repeatable struct {
	mu  sync.Mutex
	rnd *rand.ChaCha8
}

func (r *repeatable) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rnd.Read(p)
}

func setupScript(env *testscript.Env) error {
	users := []server.User{
		{ID: "alice", DisplayName: "Alice"},
		{ID: "bob", DisplayName: "Bob B."},
		{ID: "carol", DisplayName: "Carol", Groups: []string{"crew"}},
		{ID: "admin", Admin: true},
	}
	srv, err := server.Open(context.Background(), server.Config{
		Users: users, Now: func() time.Time { return serverTime }, Random: &repeatable{rnd: rand.NewChaCha8([32]byte{1})},
	})
	if err != nil {
		return err
	}
	web := httptest.NewServer(srv.Handler())
	w := &world{url: web.URL, passwords: map[string]string{}, running: map[string]*scripted{}}
	env.Values[worldKey{}] = w
	env.Defer(func() {
		for _, run := range w.running {
			run.stop()
			_ = run.out.Close()
		}
		_ = srv.Close()
		web.Close()
	})
	for _, user := range users {
		if w.passwords[user.ID], err = srv.AppPassword(context.Background(), user.ID, "scripts"); err != nil {
			return err
		}
	}
	env.Setenv("URL", w.url)
	env.Setenv("HOST", strings.TrimPrefix(w.url, "http://"))
	env.Setenv("CONFAB_CONFIG_DIR", filepath.Join(env.WorkDir, ".confab"))
	env.Setenv("NO_COLOR", "1")
	env.Setenv("PASSWORD", w.passwords["alice"])
	for name, value := range map[string]string{envURL: w.url, envUser: "alice", envPassword: w.passwords["alice"]} {
		env.Setenv(name, value)
	}
	return nil
}

func worldOf(ts *testscript.TestScript) *world {
	w, ok := ts.Value(worldKey{}).(*world)
	if !ok {
		ts.Fatalf("there is no world")
	}
	return w
}

func scriptAs(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if len(args) != 1 {
		ts.Fatalf("usage: as USER")
	}
	password, ok := w.passwords[args[0]]
	if !ok {
		password = "of a story" // which asks for none
	}
	ts.Setenv(envUser, args[0])
	ts.Setenv(envPassword, password)
	ts.Setenv("PASSWORD", password)
}

// scriptInput keeps what the next command reads in the script's environment.
func scriptInput(ts *testscript.TestScript, _ bool, args []string) {
	switch {
	case len(args) > 0 && args[0] == "-text":
		ts.Setenv("INPUT", strings.Join(args[1:], "\n")+"\n")
	case len(args) == 2 && args[0] == "-hex":
		data, err := hex.DecodeString(args[1])
		ts.Check(err)
		ts.Setenv("INPUT", string(data))
	case len(args) == 1:
		ts.Setenv("INPUT", ts.ReadFile(args[0]))
	default:
		ts.Fatalf("usage: input FILE | -text LINE… | -hex BYTES")
	}
}

func scriptKeep(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: keep NAME")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// scriptApp is the world of a command in a script. Files are named from the script's directory by their absolute names, since
// all scripts run in one process.
func scriptApp(ts *testscript.TestScript, terminal bool) App {
	environment := map[string]string{} // as it is now: what runs beside the script shall not see it change
	for _, name := range []string{
		envURL, envUser, envPassword, envConfigDir, envBotSecret, envPager, envBackground,
		"PAGER", "TERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORFGBG",
	} {
		environment[name] = ts.Getenv(name)
	}
	app := App{
		In:     strings.NewReader(ts.Getenv("INPUT")),
		Getenv: func(name string) string { return environment[name] },
		Now:    func() time.Time { return serverTime.Add(5 * time.Minute) },
	}
	ts.Setenv("INPUT", "")
	if terminal {
		app.InTTY, app.OutTTY, app.ErrTTY, app.Width = true, true, true, 80
	}
	return app
}

// shown writes what a command printed, with the words that the server's own stand for.
func (w *world) shown(to io.Writer, text string) {
	pairs := []string{w.url, "$URL", strings.TrimPrefix(w.url, "http://"), "$HOST"}
	for _, password := range w.passwords {
		pairs = append(pairs, password, "$PASSWORD")
	}
	_, _ = io.WriteString(to, strings.NewReplacer(pairs...).Replace(text))
}

func runScripted(ts *testscript.TestScript, terminal bool, args []string) int {
	app := scriptApp(ts, terminal)
	var out, errs bytes.Buffer
	app.Out, app.Err = &out, &errs
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	code := Main(ctx, args, app)
	w := worldOf(ts)
	work := ts.Getenv("WORK")
	w.shown(ts.Stdout(), strings.ReplaceAll(out.String(), work, "$WORK"))
	w.shown(ts.Stderr(), strings.ReplaceAll(errs.String(), work, "$WORK"))
	return code
}

func scriptRun(ts *testscript.TestScript, neg bool, args []string) { succeeds(ts, neg, false, args) }

func scriptRun2(ts *testscript.TestScript, neg bool, args []string) { succeeds(ts, neg, true, args) }

func succeeds(ts *testscript.TestScript, neg, terminal bool, args []string) {
	if neg {
		ts.Fatalf("say with which code it fails: exits CODE confab …")
	}
	if code := runScripted(ts, terminal, args); code != exitOK {
		ts.Fatalf("exit code %d", code)
	}
}

func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 || args[1] != "confab" && args[1] != "tty" {
		ts.Fatalf("usage: exits CODE confab|tty ARGUMENTS")
	}
	if code := runScripted(ts, args[1] == "tty", args[2:]); strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d", code)
	}
}

// scripted is a command that runs beside a script.
type scripted struct {
	running
	out io.Closer
}

func scriptStart(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: start NAME ARGUMENTS")
	}
	app := scriptApp(ts, false)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute/2)
	ts.Defer(cancel)
	run, r := startApp(ctx, app, args[1:])
	worldOf(ts).running[args[0]] = &scripted{*run, r}
}

func scriptedBy(ts *testscript.TestScript, args []string) *scripted {
	if len(args) != 1 || worldOf(ts).running[args[0]] == nil {
		ts.Fatalf("there runs no %q", args)
	}
	return worldOf(ts).running[args[0]]
}

func scriptLine(ts *testscript.TestScript, _ bool, args []string) {
	run := scriptedBy(ts, args)
	if !run.lines.Scan() {
		end := <-run.done
		ts.Fatalf("the output ended: exit code %d, %s", end.code, end.err)
	}
	worldOf(ts).shown(ts.Stdout(), run.lines.Text()+"\n")
}

func scriptInterrupt(ts *testscript.TestScript, _ bool, args []string) {
	run := scriptedBy(ts, args)
	run.stop()
	var left strings.Builder
	for run.lines.Scan() {
		left.WriteString(run.lines.Text() + "\n")
	}
	end := <-run.done
	worldOf(ts).shown(ts.Stdout(), left.String())
	worldOf(ts).shown(ts.Stderr(), end.err)
	if end.code != exitOK {
		ts.Fatalf("exit code %d: %s", end.code, end.err)
	}
	delete(worldOf(ts).running, args[0])
}

// scriptPlay lets numbers of exchanges be skipped (-3) or repeated (3).
func scriptPlay(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: play STORY [-SKIPPED | REPEATED]…")
	}
	s, err := playback.Start(args[0])
	ts.Check(err)
	ts.Defer(s.Close)
	s.AnyLimit = true
	for _, arg := range args[1:] {
		n, err := strconv.Atoi(arg)
		ts.Check(err)
		if n < 0 {
			s.Skip(-n)
		} else {
			s.Repeat(n)
		}
	}
	for name, value := range s.Vars {
		ts.Setenv(name, value)
	}
	ts.Setenv(envURL, s.URL)
}

// TestEveryCommandHasAScript: each command occurs in a script, and each that shows data both at a pipe and at a terminal.
func TestEveryCommandHasAScript(t *testing.T) {
	t.Parallel()
	f := newFactory(App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard})
	root := newRoot(f)
	root.InitDefaultCompletionCmd()
	piped, shown := map[*cobra.Command]bool{}, map[*cobra.Command]bool{}
	for _, command := range scriptedCommands(t) {
		cmd, _, err := root.Find(command.args)
		if err != nil { // which a script may be about
			continue
		}
		if command.terminal {
			shown[cmd] = true
		} else {
			piped[cmd] = true
		}
	}
	for cmd := range leaves(root) {
		_, hasData := f.shown[cmd]
		switch {
		case cmd.IsAdditionalHelpTopicCommand() && !cmd.HasSubCommands() && cmd.RunE == nil: // a text
		case !piped[cmd] && !shown[cmd]:
			t.Errorf("%s is in no script of testdata/script", cmd.CommandPath())
		case hasData && !live[cmd.Name()] && (!piped[cmd] || !shown[cmd]):
			t.Errorf("%s shows data, and is in scripts at a pipe: %v, at a terminal: %v", cmd.CommandPath(), piped[cmd], shown[cmd])
		}
	}
}

// live are the verbs of commands that run until they are interrupted.
var live = map[string]bool{"follow": true, "watch": true, "serve": true, "demo": true, "chat": true}

// leaves gives the commands that have none below them.
func leaves(cmd *cobra.Command) map[*cobra.Command]bool {
	found := map[*cobra.Command]bool{}
	if !cmd.HasSubCommands() {
		found[cmd] = true
	}
	for _, below := range cmd.Commands() {
		for leaf := range leaves(below) {
			found[leaf] = true
		}
	}
	return found
}

type scriptedCommand struct {
	args     []string
	terminal bool
}

// scriptedCommands reads which commands the scripts run.
func scriptedCommands(t *testing.T) (commands []scriptedCommand) {
	t.Helper()
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("there are no scripts: %v", err)
	}
	for _, script := range scripts {
		data, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(string(data), "\n-- ")
		for line := range strings.Lines(text) {
			words := slices.DeleteFunc(strings.Fields(line), func(word string) bool { return strings.HasPrefix(word, "[") })
			if len(words) > 2 && (words[0] == "exits" || words[0] == "exec") {
				words = words[1:]
				if words[0] != "confab" {
					words = words[1:]
				}
			}
			switch {
			case len(words) < 2:
			case words[0] == "start":
				commands = append(commands, scriptedCommand{args: words[2:]})
			case words[0] == "confab" || words[0] == "tty":
				commands = append(commands, scriptedCommand{words[1:], words[0] == "tty"})
			}
		}
	}
	if len(commands) < 100 {
		t.Errorf("only %d commands are run by scripts", len(commands))
	}
	return commands
}
