package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
)

// look writes down what is new in each channel, and reports whether anything is.
func (s *shift) look() (found bool) {
	s.T.Helper()
	for _, channel := range shiftChannels {
		all := s.slack.Messages(channel)
		for i := range all {
			found = s.write(channel, &all[i], all) || found
		}
	}
	return s.whispers("Anna", anna) || s.whispers("Bob", bob) || found
}

// whispers writes down what is new of what somebody alone sees.
func (s *shift) whispers(name, who string) (found bool) {
	s.T.Helper()
	for _, m := range s.slack.Whispers(who) {
		at := slices.IndexFunc(shiftChannels, func(channel string) bool {
			all := s.slack.Messages(channel)
			return len(all) > 0 && all[0].Channel == m.Channel
		})
		if at < 0 || s.seen[m.TS+name] > 0 {
			continue
		}
		s.seen[m.TS+name], found = 1, true
		s.entry(shiftChannels[at], "ONLY "+name+" SEES", s.lines(&m))
	}
	return found
}

// write writes a message down that is new, or what an edit changed in it.
func (s *shift) write(channel string, m *slackfake.Message, all []slackfake.Message) bool {
	s.T.Helper()
	key := channel + m.TS
	known := s.seen[key]
	if known > m.Edits {
		return false
	}
	s.seen[key] = m.Edits + 1
	if known > 0 {
		before := *m
		before.Blocks = m.Before[known-1]
		if lines := changes(s.lines(&before), s.lines(m)); len(lines) > 0 {
			s.entry(channel, "edit of "+title(m), lines)
		}
		return true
	}
	what := "POST"
	if m.ThreadTS != "" {
		what = "reply"
		if m.Broadcast {
			what = "REPLY, ALSO IN THE CHANNEL,"
		}
		root := slices.IndexFunc(all, func(r slackfake.Message) bool { return r.TS == m.ThreadTS })
		what += " to " + title(&all[root])
	}
	if len(m.Mentions) > 0 {
		what += ", notifies " + strings.Join(m.Mentions, " ")
	}
	lines := s.lines(m)
	if text := strings.Split(m.Text, "\n"); !slices.Equal(text, lines) {
		what += ": " + text[0]
	}
	s.entry(channel, what, lines)
	return true
}

// title is what a message is called.
func title(m *slackfake.Message) string {
	text := []rune(strings.SplitN(m.Text, "\n", 2)[0])
	return "“" + string(text[:min(len(text), 60)]) + "”"
}

// entry writes down what happened in a channel.
func (s *shift) entry(channel, what string, lines []string) {
	fmt.Fprintf(s.log[channel], "%s  %s\n", s.Now.In(s.zone).Format("Mon 15:04:05"), what)
	for _, l := range lines {
		fmt.Fprintf(s.log[channel], "    %s\n", l)
	}
	s.log[channel].WriteString("\n")
}

// target is where a link leads.
var target = regexp.MustCompile(`\]\([^)]*\)`)

// lines are what a message shows, without where its links lead.
func (s *shift) lines(m *slackfake.Message) (all []string) {
	s.T.Helper()
	lines, err := m.Lines(s.when)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, l := range lines {
		all = append(all, strings.Split(target.ReplaceAllString(l.String(), "]"), "\n")...)
	}
	return all
}

// when is how Slack shows a time to those who work there.
func (s *shift) when(at time.Time, format string) string {
	at = at.In(s.zone)
	day := at.Format("Jan 2")
	switch today := s.Now.In(s.zone); at.Format(time.DateOnly) {
	case today.Format(time.DateOnly):
		day = "today"
	case today.AddDate(0, 0, -1).Format(time.DateOnly):
		day = "yesterday"
	}
	return strings.NewReplacer("{date_short_pretty}", day, "{time}", at.Format("15:04")).Replace(format)
}

// changes are the lines that went and came.
func changes(before, after []string) (all []string) {
	for _, l := range before {
		if !slices.Contains(after, l) {
			all = append(all, "- "+l)
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			all = append(all, "+ "+l)
		}
	}
	return all
}

// picture keeps a page of the channels in the folder COPYTASTER_PICTURES, if that is set.
func (s *shift) picture() {
	s.T.Helper()
	folder := os.Getenv("COPYTASTER_PICTURES")
	if folder == "" {
		return
	}
	channels := map[string][]slackfake.Message{}
	for _, name := range shiftChannels {
		channels[name] = s.slack.Messages(name)
	}
	page, err := slackfake.Page(shiftChannels, channels, s.when)
	if err != nil {
		s.T.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "shift.html"), page, 0o600); err != nil {
		s.T.Fatal(err)
	}
}
