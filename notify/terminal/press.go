package terminal

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/notify"
)

// Standing is a message above that somebody can answer.
type Standing struct {
	Number   int // from 1, in the order of the messages
	At       notify.Receipt
	Headline string // its beginning
	Buttons  []notify.Button
}

// Pressable makes the Sender show the buttons of the messages that follow, each with its
// key: somebody presses them.
func (s *Sender) Pressable() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pressing = true
}

// Standing returns a message by its number. ok is false when there is none, or it
// scrolled by long ago.
func (s *Sender) Standing(number int) (found Standing, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if number < 1 || number > len(s.answered) {
		return found, false
	}
	p, ok := s.posts[s.answered[number-1]]
	return p.standing, ok
}

// LastStanding is the number of the newest message that can be answered; 0 when there is none.
func (s *Sender) LastStanding() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.answered)
}

// Whisper writes what one person alone is told.
func (s *Sender) Whisper(heading string, m notify.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write(heading, nil, render(m, s.color))
}

// stands returns a message as it can be answered; the zero value when it cannot.
func (s *Sender) stands(at notify.Receipt, m notify.Message) Standing {
	if b := pressable(m); s.pressing && len(b) > 0 {
		return Standing{Number: len(s.answered) + 1, At: at, Headline: short(m), Buttons: b}
	}
	return Standing{}
}

// pressable are the buttons of a message.
func pressable(m notify.Message) (all []notify.Button) {
	if m.Plain {
		return nil
	}
	for _, p := range m.Parts() {
		all = append(all, p.Buttons...)
	}
	return all
}

// more is what a menu is called.
const more = "More…"

// Caption is what a button is called where it cannot be drawn.
func Caption(b notify.Button) string {
	if b.Menu != nil {
		return more
	}
	return b.Label
}

// Keys returns the keys of buttons: of each the first letter of its caption that no button
// before it has; 0 for one that has none left.
func Keys(buttons []notify.Button) []rune {
	keys, taken := make([]rune, len(buttons)), map[rune]bool{}
	for i, b := range buttons {
		for _, r := range strings.ToLower(Caption(b)) {
			if unicode.IsLetter(r) && !taken[r] {
				keys[i], taken[r] = r, true
				break
			}
		}
	}
	return keys
}

// keys is the line that says how a message is answered; "" for one that cannot be.
func (s *Sender) keys(of Standing) string {
	if of.Number == 0 {
		return ""
	}
	runs := []run{{text: "[" + strconv.Itoa(of.Number) + "]", style: boldStyle}}
	for i, key := range Keys(of.Buttons) {
		runs = append(runs, run{text: "  "}, run{text: string(key), style: boldStyle}, run{text: " " + Caption(of.Buttons[i])})
	}
	p := page{color: s.color}
	p.paragraph("  ", "    ", runs...)
	return p.String()
}
