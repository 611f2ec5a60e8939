package server_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
)

// CONFAB_LOAD=1 runs the tests of this file at full size, for minutes.
const (
	envLoad     = "CONFAB_LOAD"
	envLoadDir  = "CONFAB_TEST_LOAD_DIR"
	loadUsers   = 500
	roomOf      = 10 // clients in a conversation
	loadedLimit = 200 << 20
)

// TestLoadServer is no test: it is the server process of the tests below. It is told on its standard input what to wait for.
func TestLoadServer(t *testing.T) {
	dir := os.Getenv(envLoadDir)
	if dir == "" {
		t.Skip("only as a process of another test")
	}
	users := make([]server.User, 0, loadUsers)
	for i := range loadUsers {
		users = append(users, server.User{ID: fmt.Sprintf("user%d", i)})
	}
	s, err := server.Open(context.Background(), server.Config{DataDir: dir, Users: users})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { t.Error(s.Serve(context.Background(), listener)) }()
	fmt.Println("listening", listener.Addr())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch words[0] {
		case "password":
			secret, err := s.AppPassword(context.Background(), words[1], "load")
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println("password", secret)
		case "await":
			n, err := strconv.Atoi(words[2])
			if err != nil {
				t.Fatal(err)
			}
			s.AwaitPolls(words[1], n)
			fmt.Println("await", n)
		}
	}
	os.Exit(0) // the parent has closed the other end
}

// loaded is a server process.
type loaded struct {
	t    *testing.T
	addr string
	cmd  *exec.Cmd
	in   io.Writer
	out  *bufio.Scanner
}

func startLoaded(t *testing.T) *loaded {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLoadServer$", "-test.v")
	cmd.Env = append(os.Environ(), envLoadDir+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := &loaded{t: t, cmd: cmd, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	l.addr = l.hear("listening")
	return l
}

// hear returns what the server says after a word.
func (l *loaded) hear(word string) string {
	l.t.Helper()
	for l.out.Scan() {
		if said, ok := strings.CutPrefix(l.out.Text(), word+" "); ok {
			return said
		}
	}
	l.t.Fatalf("the server ended before it said %q: %v", word, l.out.Err())
	return ""
}

func (l *loaded) tell(format string, args ...any) {
	l.t.Helper()
	if _, err := fmt.Fprintf(l.in, format+"\n", args...); err != nil {
		l.t.Fatal(err)
	}
}

// memory returns how much of the machine's memory the process has, in bytes.
func (l *loaded) memory() int64 {
	l.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid))
	if err != nil {
		l.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				l.t.Fatal(err)
			}
			return kib << 10
		}
	}
	l.t.Fatal("the process does not say")
	return 0
}

// wireClient asks over one connection, and costs as little as it can: the machine is the server's.
type wireClient struct {
	conn net.Conn
	in   *bufio.Reader
	head string // of every request, after its first line
}

func (l *loaded) client(user, password string) *wireClient {
	l.t.Helper()
	conn, err := new(net.Dialer).DialContext(l.t.Context(), "tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = conn.Close() })
	return &wireClient{conn, bufio.NewReaderSize(conn, 4096), "Host: " + l.addr + "\r\nOCS-APIRequest: true\r\nAccept: application/json\r\nAuthorization: Basic " +
		base64.StdEncoding.EncodeToString([]byte(user+":"+password)) + "\r\n"}
}

// begin writes a request.
func (c *wireClient) begin(method, path, body string) error {
	head := c.head
	if body != "" {
		head += "Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	_, err := io.WriteString(c.conn, method+" "+path+" HTTP/1.1\r\n"+head+"\r\n"+body)
	return err
}

// end reads the answer to it into data.
func (c *wireClient) end(data any) (*http.Response, error) {
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil || data == nil || len(raw) == 0 {
		return res, err
	}
	envelope := struct{ OCS struct{ Data any } }{}
	envelope.OCS.Data = data
	return res, json.Unmarshal(raw, &envelope)
}

func (c *wireClient) do(t *testing.T, method, path, body string, data any) {
	t.Helper()
	err := c.begin(method, path, body)
	if err == nil {
		var res *http.Response
		if res, err = c.end(data); err == nil && res.StatusCode >= 400 {
			err = fmt.Errorf("status %d", res.StatusCode)
		}
	}
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// room makes a conversation with others in it, and returns its token and the id of its last message.
func (c *wireClient) room(t *testing.T, others ...string) (token string, last int64) {
	t.Helper()
	var room struct{ Token string }
	c.do(t, http.MethodPost, talk+"/v4/room", `{"roomType":2,"roomName":"Load"}`, &room)
	for _, other := range others {
		c.do(t, http.MethodPost, talk+"/v4/room/"+room.Token+"/participants", `{"newParticipant":"`+other+`"}`, nil)
	}
	var message struct{ ID int64 }
	c.do(t, http.MethodPost, talk+"/v1/chat/"+room.Token, `{"message":"start"}`, &message)
	return room.Token, message.ID
}

// TestLoadOfWaitingPolls has polls wait, 5,000 of them at full size, and wakes them all.
func TestLoadOfWaitingPolls(t *testing.T) {
	t.Parallel()
	polls, limit := 500, int64(loadedLimit)
	if os.Getenv(envLoad) != "" {
		polls = 5000
	}
	l := startLoaded(t)
	l.tell("password user0")
	password := l.hear("password")
	first := l.client("user0", password)
	token, last := first.room(t)
	before := l.memory()
	waiting := make([]*wireClient, polls)
	for i := range waiting {
		waiting[i] = l.client("user0", password)
		if err := waiting[i].begin(http.MethodGet, fmt.Sprintf("%s/v1/chat/%s?lookIntoFuture=1&timeout=30&lastKnownMessageId=%d", talk, token, last), ""); err != nil {
			t.Fatal(err)
		}
	}
	l.tell("await %s %d", token, polls)
	l.hear("await")
	during := l.memory()
	began := time.Now()
	first.do(t, http.MethodPost, talk+"/v1/chat/"+token, `{"message":"wake up"}`, nil)
	for i, c := range waiting {
		var messages []struct{ Message string }
		res, err := c.end(&messages)
		if err != nil || res.StatusCode != http.StatusOK || len(messages) != 1 || messages[0].Message != "wake up" {
			t.Fatalf("poll %d: %v, %v", i, messages, err)
		}
	}
	t.Logf("%d waiting polls: %d MiB before, %d MiB during; all answered after %v", polls, before>>20, during>>20, time.Since(began).Round(time.Millisecond))
	if during > limit {
		t.Errorf("%d waiting polls take %d MiB", polls, during>>20)
	}
}

// heard is what a client of the load has received.
type heard struct {
	wakes []time.Duration
	next  map[string]int
	count int
}

// TestLoadOfClients has clients in conversations of ten send and follow: 500 for a minute at full size. Nothing is lost,
// doubled or out of order.
func TestLoadOfClients(t *testing.T) {
	t.Parallel()
	clients, lasts, pause := 50, time.Second, 500*time.Millisecond
	if os.Getenv(envLoad) != "" {
		clients, lasts, pause = loadUsers, time.Minute, 5*time.Second
	}
	if s := os.Getenv("CONFAB_LOAD_PAUSE"); s != "" {
		var err error
		if pause, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	l := startLoaded(t)
	var wg sync.WaitGroup
	begun := make(chan struct{})
	results := make([]heard, clients)
	sent := make([]int, clients/roomOf)
	var mu sync.Mutex
	for r := range clients / roomOf {
		members, passwords := make([]string, 0, roomOf), make([]string, 0, roomOf)
		for i := range roomOf {
			user := fmt.Sprintf("user%d", r*roomOf+i)
			l.tell("password %s", user)
			members, passwords = append(members, user), append(passwords, l.hear("password"))
		}
		owner := l.client(members[0], passwords[0])
		token, last := owner.room(t, members[1:]...)
		var sending sync.WaitGroup
		for i, user := range members {
			sender, follower := l.client(user, passwords[i]), l.client(user, passwords[i])
			sending.Go(func() {
				<-begun
				n, err := sendFor(sender, token, user, lasts, pause, time.Duration(r*roomOf+i)*pause/time.Duration(clients))
				if err != nil {
					t.Errorf("%s sends: %v", user, err)
				}
				mu.Lock()
				sent[r] += n
				mu.Unlock()
			})
			wg.Go(func() {
				<-begun
				var err error
				if results[r*roomOf+i], err = follow(follower, token, last); err != nil {
					t.Errorf("%s follows: %v", user, err)
				}
			})
		}
		wg.Go(func() {
			sending.Wait()
			if err := owner.say(token, theEnd); err != nil {
				t.Errorf("%s ends the conversation: %v", members[0], err)
			}
		})
	}
	close(begun)
	wg.Wait()
	var wakes []time.Duration
	total := 0
	for i, h := range results {
		if h.count != sent[i/roomOf] {
			t.Errorf("client %d heard %d messages of %d", i, h.count, sent[i/roomOf])
		}
		wakes = append(wakes, h.wakes...)
		total += h.count
	}
	slices.Sort(wakes)
	if len(wakes) == 0 {
		t.Fatal("nothing was heard")
	}
	p99 := wakes[len(wakes)*99/100]
	t.Logf("%d clients, %v: %d messages heard, %d a second; from the beginning of a send to its receipt: median %v, p99 %v, most %v; the server has %d MiB",
		clients, lasts, total, int(float64(total)/lasts.Seconds()), wakes[len(wakes)/2], p99, wakes[len(wakes)-1], l.memory()>>20)
	if os.Getenv(envLoad) != "" && p99 > 20*time.Millisecond {
		t.Errorf("p99 is %v", p99)
	}
}

// sendFor sends messages that say whose they are, which, and when they were sent.
func sendFor(c *wireClient, token, user string, lasts, pause, offset time.Duration) (n int, err error) {
	end := time.NewTimer(lasts)
	tick := time.NewTimer(offset)
	for {
		select {
		case <-end.C:
			return n, nil
		case <-tick.C:
		}
		tick.Reset(pause)
		if err := c.say(token, fmt.Sprintf("%s/%d/%d", user, n, time.Now().UnixNano())); err != nil {
			return n, fmt.Errorf("message %d: %w", n, err)
		}
		n++
	}
}

// theEnd is the last message of a conversation.
const theEnd = "the end"

// say sends a message.
func (c *wireClient) say(token, text string) error {
	if err := c.begin(http.MethodPost, talk+"/v1/chat/"+token, fmt.Sprintf(`{"message":%q}`, text)); err != nil {
		return err
	}
	res, err := c.end(nil)
	if err == nil && res.StatusCode != http.StatusCreated {
		err = errors.New(res.Status)
	}
	return err
}

// follow hears what is sent to a conversation, up to its end.
func follow(c *wireClient, token string, last int64) (h heard, err error) {
	h.next = map[string]int{}
	for {
		if err := c.begin(http.MethodGet, fmt.Sprintf("%s/v1/chat/%s?lookIntoFuture=1&timeout=2&setReadMarker=0&lastKnownMessageId=%d", talk, token, last), ""); err != nil {
			return h, err
		}
		var messages []struct {
			ID      int64
			Message string
		}
		res, err := c.end(&messages)
		if err != nil {
			return h, err
		}
		now := time.Now()
		if res.StatusCode == http.StatusNotModified {
			continue
		}
		for _, m := range messages {
			if m.Message == theEnd {
				return h, nil
			}
			var number int
			var at int64
			user, rest, _ := strings.Cut(m.Message, "/")
			if _, err := fmt.Sscanf(rest, "%d/%d", &number, &at); err != nil {
				return h, fmt.Errorf("%q: %w", m.Message, err)
			}
			if m.ID <= last || number != h.next[user] {
				return h, fmt.Errorf("message %d, %q, after %d: want number %d", m.ID, m.Message, last, h.next[user])
			}
			last = m.ID
			h.next[user]++
			h.count++
			h.wakes = append(h.wakes, now.Sub(time.Unix(0, at)))
		}
	}
}
