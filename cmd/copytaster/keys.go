package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/copytaster/copytaster/internal/console"
)

// keys returns the terminal on which somebody types, nil when there is none that can keep a
// line below what it shows.
func (o *output) keys() *os.File {
	f, is := o.in.(*os.File)
	kind, _ := o.env("TERM")
	if !is || !o.outTerminal || kind == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return f
}

// keep makes all output stand above a line that is kept at the bottom of the terminal.
func (o *output) keep(terminal *os.File) *console.Prompt {
	p := console.NewPrompt(o.messages.w, func() int {
		columns, _, err := term.GetSize(int(terminal.Fd()))
		if err != nil {
			return 0
		}
		return columns
	})
	shared := []io.Writer{o.messages, o.out}
	if o.errTerminal {
		shared = append(shared, o.err)
	}
	for _, w := range shared {
		if s, is := w.(*screen); is {
			s.mu.Lock()
			s.w = p.Over(s.w)
			s.mu.Unlock()
		}
	}
	return p
}

// raw is a terminal in raw mode: each key comes at once, and none is a signal.
type raw struct {
	fd      int
	again   func()
	signals chan os.Signal

	mu     sync.Mutex
	before *term.State // nil while the terminal is as it was
	over   bool        // it stays as it was
}

// rawTerminal puts a terminal in raw mode until restore, and out of it while the program is
// stopped (Ctrl-Z). Again is called when it goes on.
func rawTerminal(f *os.File, again func()) (*raw, error) {
	r := &raw{fd: int(f.Fd()), again: again, signals: make(chan os.Signal, 1)}
	if err := r.enter(); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	signal.Notify(r.signals, syscall.SIGCONT)
	go func() {
		for range r.signals {
			r.goOn()
		}
	}()
	return r, nil
}

// goOn puts the terminal in raw mode again, whatever others did to it meanwhile.
func (r *raw) goOn() {
	r.exit()
	if err := r.enter(); err == nil {
		r.again()
	}
}

// enter puts the terminal in raw mode, unless it is or is not to be any more.
func (r *raw) enter() (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.before != nil {
		return nil
	}
	r.before, err = term.MakeRaw(r.fd)
	return err
}

// exit makes the terminal what it was.
func (r *raw) exit() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.before != nil {
		_ = term.Restore(r.fd, r.before) // the terminal is gone, or was restored
		r.before = nil
	}
}

// restore makes the terminal what it was, for good.
func (r *raw) restore() {
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	r.exit()
	signal.Stop(r.signals)
}

// leave ends the program as Ctrl-C does on a terminal that is not in raw mode. The next
// Ctrl-C is one.
func (r *raw) leave() {
	r.restore()
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGINT) // this process is there
}

// asleep is how soon a program stops that is told to.
const asleep = 100 * time.Millisecond

// sleep stops the program, and what it was started by, until it is continued. It goes on at
// once where nobody could continue it.
func (r *raw) sleep() {
	r.exit()
	_ = syscall.Kill(0, syscall.SIGTSTP) // its own group is there
	<-time.After(asleep)
	r.goOn()
}
