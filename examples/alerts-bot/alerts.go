package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// message is what alerts become.
type message struct {
	text   string
	silent bool
}

// body is what may be sent: the webhook of Alertmanager (version 4), or a plain alert.
type body struct {
	// Of Alertmanager:
	Status string  `json:"status"` // "firing" or "resolved"
	Alerts []alert `json:"alerts"`

	// Of a script:
	Title  string `json:"title"`
	Text   string `json:"text"`
	Silent bool   `json:"silent"`
}

type alert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	GeneratorURL string            `json:"generatorURL"`
}

// readAlerts reads either form. Alerts that are all over are posted without a notification.
func readAlerts(r io.Reader) (message, error) {
	var b body
	if err := json.NewDecoder(r).Decode(&b); err != nil {
		return message{}, fmt.Errorf("not JSON of an alert: %w", err)
	}
	if len(b.Alerts) > 0 {
		lines := make([]string, len(b.Alerts))
		for i, a := range b.Alerts {
			lines[i] = a.String()
		}
		return message{strings.Join(lines, "\n\n"), b.Status == "resolved"}, nil
	}
	if strings.TrimSpace(b.Title+b.Text) == "" {
		return message{}, errors.New(`neither "alerts" nor "title" nor "text" is there`)
	}
	text := b.Text
	if b.Title != "" {
		text = "**" + b.Title + "**\n" + text
	}
	return message{text, b.Silent}, nil
}

// String words an alert in Markdown.
func (a alert) String() string {
	mark := "🔥"
	if a.Status == "resolved" {
		mark = "✅"
	}
	name := a.Labels["alertname"]
	if name == "" {
		name = "Alert"
	}
	var text strings.Builder
	text.WriteString(mark + " **" + name + "**")
	for _, label := range []string{"severity", "instance"} {
		if v := a.Labels[label]; v != "" {
			text.WriteString(" · " + v)
		}
	}
	for _, line := range []string{a.Annotations["summary"], a.Annotations["description"], a.GeneratorURL} {
		if line != "" {
			text.WriteString("\n" + line)
		}
	}
	return text.String()
}
