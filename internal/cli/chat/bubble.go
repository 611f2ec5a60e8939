package chat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// blockKey is what the lines of a message depend on. A message that changes is another one in memory.
type blockKey struct {
	message *talk.Message
	poll    *talk.Poll
	setting setting
}

// setting says how a message follows the one before.
type setting uint8

const (
	settingDay     setting = 1 << iota // it is the first of its day
	settingUnread                      // it is the first that is new
	settingGrouped                     // it goes on with what the same person wrote just before
	settingFirst                       // nothing stands above it
)

// cached is how many messages are kept as lines, twice over.
const cached = 2000

// block is a message as lines; the first of them, lead many, only set it apart from what is above.
type block struct {
	lines []string
	lead  int
}

// blockCache keeps messages as lines. What was not looked at for long is forgotten: of the two halves the older one goes.
type blockCache struct {
	recent, old map[blockKey]block
}

func (c *blockCache) clear() { *c = blockCache{} }

func (c *blockCache) get(k blockKey) (block, bool) {
	if b, ok := c.recent[k]; ok {
		return b, true
	}
	b, ok := c.old[k]
	if ok {
		c.put(k, b)
	}
	return b, ok
}

func (c *blockCache) put(k blockKey, b block) {
	if c.recent == nil || len(c.recent) >= cached {
		c.old, c.recent = c.recent, make(map[blockKey]block, cached)
	}
	c.recent[k] = b
}

// together is how soon after each other messages of one person are shown as one.
const together = 5 * time.Minute

// lines gives an item of the open conversation as lines.
func (m *Model) lines(item int) []string { return m.block(item).lines }

func (m *Model) block(item int) block {
	t := &m.room.timeline
	if item >= len(t.messages) {
		return block{m.outgoingLines(m.waiting()[item-len(t.messages)]), 1}
	}
	k := blockKey{message: t.messages[item], setting: m.setting(item)}
	if id, ok := k.message.PollID(); ok {
		k.poll = m.polls[id]
	}
	b, ok := m.cache.get(k)
	if !ok {
		b = m.renderMessage(k)
		m.cache.put(k, b)
	}
	return b
}

func (m *Model) setting(item int) setting {
	messages := m.room.timeline.messages
	now := messages[item]
	var s setting
	if item == 0 {
		s |= settingFirst
		if m.room.timeline.begun {
			s |= settingDay
		}
	}
	var before *talk.Message
	if item > 0 {
		before = messages[item-1]
	}
	if now.ID == m.room.firstNew {
		s |= settingUnread
	}
	if before == nil {
		return s
	}
	where := m.o.Now().Location()
	y1, m1, d1 := before.Timestamp.In(where).Date()
	if y, month, d := now.Timestamp.In(where).Date(); y != y1 || month != m1 || d != d1 {
		s |= settingDay
	}
	if s == 0 && now.Parent == nil && !now.IsSystem() && !before.IsSystem() &&
		now.ActorType == before.ActorType && now.ActorID == before.ActorID && now.Timestamp.Sub(before.Timestamp) < together {
		s |= settingGrouped
	}
	return s
}

// renderMessage draws a message.
func (m *Model) renderMessage(k blockKey) block {
	message, width := k.message, m.messagesWidth()
	var lines []string
	if k.setting&settingDay != 0 {
		lines = append(lines, m.rule(message.Timestamp.In(m.o.Now().Location()).Format("Mon 2 January 2006"), lookDim, width))
	}
	if k.setting&settingUnread != 0 {
		lines = append(lines, m.rule("New messages", lookNotable, width))
	}
	if message.IsSystem() {
		lead := len(lines)
		return block{append(lines, m.systemLines(message, width)...), lead}
	}
	apart := k.setting&(settingGrouped|settingDay|settingUnread|settingFirst) == 0
	if apart {
		lines = append(lines, "")
	}
	lead := len(lines)
	if k.setting&settingGrouped == 0 {
		lines = append(lines, m.header(message, width))
	}
	if message.Parent != nil {
		lines = append(lines, m.colors.paint(lookDim, m.w.truncate("  │ "+m.quote(message.Parent), width)))
	}
	return block{append(lines, m.content(k, width)...), lead}
}

// rule is a line with a word in its middle.
func (m *Model) rule(word string, l look, width int) string {
	word = " " + word + " "
	left := max((width-m.w.width(word))/2, 0)
	right := max(width-left-m.w.width(word), 0)
	return m.colors.paint(l, strings.Repeat("─", left)+word+strings.Repeat("─", right))
}

func (m *Model) header(message *talk.Message, width int) string {
	after := "  " + m.clock(message.Timestamp)
	if message.Silent {
		after += " · silent"
	}
	if meta := message.MetaData; meta != nil && !meta.PinnedAt.IsZero() {
		after += " · pinned"
	}
	name := m.w.truncate(m.w.line(render.Author(message)), max(width-m.w.width(after), 1))
	return m.colors.paint(authorLook(message.ActorID), name) + m.colors.paint(lookDim, after)
}

func (m *Model) systemLines(message *talk.Message, width int) []string {
	var lines []string
	for i, line := range body(message, m.o.Self, m.w) {
		if i == 0 {
			line.spans = append([]span{{"• ", 0}}, line.spans...)
		}
		line.spans = append(line.spans, span{" · " + m.clock(message.Timestamp), 0})
		lines = append(lines, m.text(line, 0, lookDim, width)...)
	}
	return lines
}

// content is what a message says, below who says it.
func (m *Model) content(k blockKey, width int) []string {
	message := k.message
	more := look(0)
	if message.Deleted || message.MessageType == talk.MessageDeleted {
		more = lookDim | lookItalic
	}
	var lines []string
	file, isFile := message.File()
	_, isPoll := message.PollID()
	if isFile {
		text := "▣ " + m.w.line(file.Name)
		if file.Size > 0 {
			text += "  " + render.Bytes(file.Size)
		}
		lines = append(lines, m.paragraph([]span{{text, lookBold}}, 2, 0, width)...)
	}
	if isPoll {
		lines = append(lines, m.pollLines(k, width)...)
	}
	if text := body(message, m.o.Self, m.w); !isPoll && (!isFile || message.Message != "{file}") {
		if !message.LastEditTimestamp.IsZero() && more == 0 {
			last := &text[len(text)-1]
			last.spans = append(last.spans, span{" (edited)", lookDim})
		}
		for _, line := range text {
			lines = append(lines, m.text(line, 2, more, width)...)
		}
	}
	if len(message.Reactions) > 0 {
		lines = append(lines, m.paragraph(m.reactionSpans(message), 2, 0, width)...)
	}
	return lines
}

// paragraph breaks a line to the width, and paints it.
func (m *Model) paragraph(line []span, indent int, more look, width int) []string {
	wrapped := m.w.wrap(line, width-indent)
	lines := make([]string, len(wrapped))
	for i, part := range wrapped {
		lines[i] = strings.Repeat(" ", indent) + m.colors.spans(part, more)
	}
	return lines
}

// reactionSpans counts reactions, in an order that stays; the reader's own are marked.
func (m *Model) reactionSpans(message *talk.Message) []span {
	var line []span
	for _, emoji := range slices.Sorted(maps.Keys(message.Reactions)) {
		text, l := fmt.Sprintf("%s %d", m.w.line(emoji), message.Reactions[emoji]), lookDim
		if slices.Contains(message.ReactionsSelf, emoji) {
			text, l = "["+text+"]", lookSelf
		}
		if len(line) > 0 {
			line = append(line, span{"  ", 0})
		}
		line = append(line, span{text, l})
	}
	return line
}

// pollLines shows a poll with what is known of it.
func (m *Model) pollLines(k blockKey, width int) []string {
	object := k.message.MessageParameters["object"]
	lines := m.paragraph([]span{{"◔ " + m.w.line(object.Name), lookBold}}, 2, 0, width)
	if k.poll == nil {
		return append(lines, m.paragraph([]span{{"poll", lookDim}}, 4, 0, width)...)
	}
	for i, option := range k.poll.Options {
		lines = append(lines, m.option(k.poll, i, m.w.line(option), max(width-4, 1)))
	}
	return append(lines, m.paragraph([]span{{pollState(k.poll), lookDim}}, 4, 0, width)...)
}

// barWidth is how wide the full bar of a poll is.
const barWidth = 12

// option is a choice of a poll in one line: its number, what it is, and how many chose it.
func (m *Model) option(p *talk.Poll, i int, text string, width int) string {
	mark := " "
	if slices.Contains(p.VotedSelf, i) {
		mark = "✓"
	}
	votes := ""
	if p.NumVoters > 0 || len(p.Votes) > 0 {
		votes = fmt.Sprintf(" %s %d", render.Bar(int64(p.VotesFor(i)), int64(max(p.NumVoters, 1)), barWidth), p.VotesFor(i))
	}
	room := max(min(width-m.w.width(votes)-5, 30), 4)
	return "    " + m.colors.paint(lookGood, mark) + fmt.Sprintf(" %d ", i+1) + m.w.fit(text, room) + m.colors.paint(lookMention, votes)
}

func pollState(p *talk.Poll) string {
	state := p.Status.String()
	if p.NumVoters > 0 {
		state += " · " + plural(p.NumVoters, "voter", "voters")
	}
	if p.HiddenResults() && !p.Closed() {
		state += " · results are shown in the end"
	}
	switch {
	case p.MaxVotes == 0:
		state += " · any number of votes each"
	case p.MaxVotes > 1:
		state += fmt.Sprintf(" · up to %d votes each", p.MaxVotes)
	}
	return state
}

// quote tells a message in one line.
func (m *Model) quote(message *talk.Message) string { return m.w.line(render.Quote(message)) }
