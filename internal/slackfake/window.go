package slackfake

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
)

//go:embed window.html
var windowText string

// filled is an element of a window in which people choose or write.
type filled struct {
	Type     string          `json:"type"`
	Initial  viewed          `json:"initial_option"`
	Text     string          `json:"initial_value"`
	Options  []offer         `json:"options"`
	Optional bool            `json:"optional"`
	Label    json.RawMessage `json:"label"`
	Hint     json.RawMessage `json:"hint"`
	Element  *filled         `json:"element"`
}

// offer is one of several that are offered.
type offer struct {
	viewed

	Note json.RawMessage `json:"description"`
}

// Lines returns what a window or an App Home shows, from top to bottom. What is filled in is in
// brackets; a choice begins with what is pressed to take it.
func (v *Surface) Lines(when When) ([]Line, error) {
	var blocks []viewed
	var inputs []filled // the same blocks
	if err := json.Unmarshal(v.Blocks, &blocks); err != nil {
		return nil, fmt.Errorf("read blocks of view %s: %w", v.ID, err)
	}
	if err := json.Unmarshal(v.Blocks, &inputs); err != nil {
		return nil, fmt.Errorf("read inputs of view %s: %w", v.ID, err)
	}
	var lines []Line
	for i := range blocks {
		if blocks[i].Type == "input" {
			lines = append(lines, inputs[i].lines()...)
			continue
		}
		lines = append(lines, blocks[i].lines(when)...)
	}
	return lines, nil
}

// lines are those of an input.
func (f *filled) lines() []Line {
	label := sayOf(f.Label)
	if f.Optional {
		label += " (optional)"
	}
	lines := []Line{{Kind: "label", Runs: []Run{{Text: label, Bold: true}}}}
	switch e := f.Element; e.Type {
	case "plain_text_input":
		lines = append(lines, Line{Kind: "field", Runs: []Run{{Text: "[" + e.Text + "]"}}})
	case "static_select":
		lines = append(lines, Line{Kind: "field", Runs: []Run{{Text: "[" + e.Initial.text() + " ▾]"}}})
	default:
		for _, o := range e.Options {
			sign := "○ "
			switch {
			case e.Type == "checkboxes":
				sign = "☐ "
			case o.text() == e.Initial.text():
				sign = "● "
			}
			lines = append(lines, Line{Kind: "choice", Runs: []Run{{Text: sign + o.text()}}})
			if note := sayOf(o.Note); note != "" {
				lines = append(lines, Line{Kind: "small", Runs: []Run{{Text: note}}})
			}
		}
	}
	if hint := sayOf(f.Hint); hint != "" {
		lines = append(lines, Line{Kind: "small", Runs: []Run{{Text: hint}}})
	}
	return lines
}

// sayOf is what a text object says.
func sayOf(object json.RawMessage) string {
	v := viewed{Text: object}
	return v.text()
}

// Buttons are those below a modal, the one that sends it first.
func (v *Surface) Buttons() (words []string) {
	for _, name := range []string{"submit", "close"} {
		if o, ok := v.fields[name].(map[string]any); ok {
			if text, ok := o["text"].(string); ok {
				words = append(words, text)
			}
		}
	}
	return words
}

// Windows returns an HTML page that shows modals and App Homes much as Slack does. It needs
// nothing but itself.
func Windows(shown []Surface, when When) ([]byte, error) {
	page, err := template.New("page").Parse(windowText)
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	type window struct {
		Title   string
		Lines   []Line
		Buttons []string
	}
	var all []window
	for i := range shown {
		lines, err := shown[i].Lines(when)
		if err != nil {
			return nil, err
		}
		all = append(all, window{shown[i].Title, lines, shown[i].Buttons()})
	}
	var out bytes.Buffer
	if err := page.Execute(&out, all); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	return out.Bytes(), nil
}
