package console

import (
	"bufio"
	"context"
	"io"
	"unicode"
)

// key is one that was pressed.
type key struct {
	kind keyKind
	r    rune // of a letter
}

type keyKind int

const (
	letter keyKind = iota // anything that can be shown
	enter
	erase
	escape
	up
	down
	interrupt // Ctrl-C
	suspend   // Ctrl-Z
	other
)

// keyboard reads keys as a terminal in raw mode sends them (ECMA-48).
type keyboard struct {
	in      *bufio.Reader
	pressed chan key // closed at the end
}

func newKeyboard(in io.Reader) *keyboard {
	return &keyboard{in: bufio.NewReader(in), pressed: make(chan key)}
}

// read reads keys until there are no more.
func (k *keyboard) read(ctx context.Context) {
	defer close(k.pressed)
	for {
		pressed, err := k.next()
		if err != nil {
			return
		}
		select {
		case k.pressed <- pressed:
		case <-ctx.Done():
			return
		}
	}
}

// controls are the keys that are one control character.
var controls = map[rune]keyKind{
	'\r': enter, '\n': enter, '\b': erase, 0x7f: erase, 0x03: interrupt, 0x1a: suspend,
}

func (k *keyboard) next() (key, error) {
	r, _, err := k.in.ReadRune()
	if err != nil {
		return key{}, err
	}
	if kind, ok := controls[r]; ok {
		return key{kind: kind}, nil
	}
	switch {
	case r == 0x1b:
		return k.sequence()
	case unicode.IsPrint(r) && r != unicode.ReplacementChar:
		return key{r: r}, nil
	}
	return key{kind: other}, nil
}

// sequence reads what follows an escape character. What a terminal sends for one key comes
// at once: an escape character with nothing behind it is the key Esc.
func (k *keyboard) sequence() (key, error) {
	if k.in.Buffered() == 0 {
		return key{kind: escape}, nil
	}
	if first, _ := k.in.Peek(1); first[0] != '[' && first[0] != 'O' {
		return key{kind: escape}, nil
	}
	_, _ = k.in.Discard(1)
	for k.in.Buffered() > 0 {
		b, err := k.in.ReadByte()
		if err != nil {
			return key{}, err
		}
		switch {
		case b == 'A':
			return key{kind: up}, nil
		case b == 'B':
			return key{kind: down}, nil
		case b >= 0x40 && b <= 0x7e: // the final byte
			return key{kind: other}, nil
		}
	}
	return key{kind: other}, nil
}
