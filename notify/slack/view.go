package slack

import (
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

// Slack's limits of a view, in characters.
const (
	mostTitle      = 24 // of a modal, and of its buttons
	mostLabel      = 2000
	mostOption     = 75
	mostChosen     = 150 // the value of an option
	mostBlocks     = 100
	mostRadios     = 10 // options of radio buttons and checkboxes
	mostSelectable = 100
)

// View is a modal, or an App Home, which has neither title nor buttons. Its texts
// are cut to what Slack takes.
type View struct {
	Title    string // at most 24 characters
	Callback string // comes back as Request.Action
	Metadata string // comes back as Request.Value; at most 3,000 characters
	Submit   string // the button that sends it; "" has none, for a modal without inputs
	Close    string // the button that closes it; "" is Slack's own word
	Fields   []Field
}

// Field is something that a view shows: Parts, their buttons below them, and an input where
// it has a Label.
type Field struct {
	Parts []notify.Part

	ID       string // block_id of an input; its values come back in Request.Values under it
	Label    string
	Hint     string // below the input
	Kind     InputKind
	Choices  []Choice // of any kind but Words and Lines
	Chosen   []string // values that are chosen at first; of Words and Lines the text
	Optional bool
	Most     int // characters of Words and Lines; 0 is 3,000
}

// InputKind says how an input is filled in.
type InputKind string

// The kinds of input.
const (
	Radio  InputKind = "radio"  // one of at most 10 choices, all in sight
	Checks InputKind = "checks" // any of at most 10 choices, all in sight
	Select InputKind = "select" // one of at most 100 choices, in a menu
	Words  InputKind = "words"  // a line of text
	Lines  InputKind = "lines"  // several lines of text
)

// Choice is one that an input offers.
type Choice struct {
	Value string // at most 150 characters
	Text  string // at most 75 characters
	Note  string // more of it, below; at most 75 characters
}

// inputAction is the action_id of every input: its block_id tells inputs apart.
const inputAction = "v"

// modal is the view as Slack wants a modal.
func (v View) modal() slackgo.ModalViewRequest {
	m := slackgo.ModalViewRequest{
		Type: slackgo.VTModal, Title: shortText(v.Title, mostTitle), Blocks: slackgo.Blocks{BlockSet: v.blocks()},
		CallbackID: v.Callback, PrivateMetadata: v.Metadata,
	}
	if v.Submit != "" {
		m.Submit = shortText(v.Submit, mostTitle)
	}
	if v.Close != "" {
		m.Close = shortText(v.Close, mostTitle)
	}
	return m
}

// home is the view as Slack wants an App Home.
func (v View) home() slackgo.HomeTabViewRequest {
	return slackgo.HomeTabViewRequest{
		Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: v.blocks()},
		CallbackID: v.Callback, PrivateMetadata: v.Metadata,
	}
}

func (v View) blocks() []slackgo.Block {
	b := builder{}
	for _, f := range v.Fields {
		for _, p := range f.Parts {
			b.part(p)
		}
		b.endWithButtons()
		if f.Label != "" {
			b.rich = nil
			b.blocks = append(b.blocks, f.input())
		}
	}
	if b.blocks == nil {
		return []slackgo.Block{}
	}
	return b.blocks[:min(len(b.blocks), mostBlocks)]
}

// input is a field as a block.
func (f Field) input() *slackgo.InputBlock {
	var hint *slackgo.TextBlockObject
	if f.Hint != "" {
		hint = shortText(f.Hint, mostLabel)
	}
	block := slackgo.NewInputBlock(f.ID, shortText(f.Label, mostLabel), hint, f.element())
	block.Optional = f.Optional
	return block
}

// element is what is filled in.
func (f Field) element() slackgo.BlockElement {
	switch f.Kind {
	case Radio:
		options, chosen := f.options(mostRadios)
		e := slackgo.NewRadioButtonsBlockElement(inputAction, options...)
		if len(chosen) > 0 {
			e.InitialOption = chosen[0]
		}
		return e
	case Checks:
		options, chosen := f.options(mostRadios)
		e := slackgo.NewCheckboxGroupsBlockElement(inputAction, options...)
		e.InitialOptions = chosen
		return e
	case Select:
		options, chosen := f.options(mostSelectable)
		e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, inputAction, options...)
		if len(chosen) > 0 {
			e.InitialOption = chosen[0]
		}
		return e
	default:
		e := slackgo.NewPlainTextInputBlockElement(nil, inputAction)
		e.Multiline, e.MaxLength = f.Kind == Lines, f.Most
		for _, text := range f.Chosen {
			e.InitialValue = keptLines(text, mostValue)
		}
		return e
	}
}

// options are the choices as Slack wants them, and those that are chosen at
// first.
func (f Field) options(most int) (all, chosen []*slackgo.OptionBlockObject) {
	for _, c := range f.Choices[:min(len(f.Choices), most)] {
		var note *slackgo.TextBlockObject
		if c.Note != "" {
			note = shortText(c.Note, mostOption)
		}
		o := slackgo.NewOptionBlockObject(kept(c.Value, mostChosen), shortText(c.Text, mostOption), note)
		all = append(all, o)
		for _, value := range f.Chosen {
			if value == c.Value {
				chosen = append(chosen, o)
			}
		}
	}
	return all, chosen
}

// shortText is a text of ours or of a source, taken literally. Slack refuses an
// empty one, and one that is too long.
func shortText(s string, most int) *slackgo.TextBlockObject {
	s = kept(s, mostValue)
	if utf8.RuneCountInString(s) > most {
		s = kept(s, most-1) + "…"
	}
	if s == "" {
		s = "–"
	}
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}
