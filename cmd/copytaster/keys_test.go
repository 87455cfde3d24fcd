package main

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// typist is somebody at a terminal on which a shell runs.
type typist struct {
	t        *testing.T
	terminal *os.File
	shell    *exec.Cmd

	mu    sync.Mutex
	shown strings.Builder
	seen  int // of shown, in bytes
}

// atTerminal starts a script in a shell that controls its jobs, on a terminal of its own.
func atTerminal(t *testing.T, script string) *typist {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("there is no bash, which stops and continues jobs")
	}
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, bin+"/copytaster"); err != nil { // testscript.Main goes by the name
		t.Fatal(err)
	}
	p := &typist{t: t, shell: exec.CommandContext(t.Context(), bash, "-m", "-c", script)}
	p.shell.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TERM=xterm", "NO_COLOR=1", "TMPDIR="+t.TempDir())
	p.terminal, err = pty.StartWithSize(p.shell, &pty.Winsize{Rows: 50, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.terminal.Close() })
	go p.watch()
	return p
}

// watch keeps what the terminal shows.
func (p *typist) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := p.terminal.Read(buffer)
		p.mu.Lock()
		p.shown.Write(buffer[:n])
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// types types keys, waits until the terminal shows a pattern behind what was seen before, and
// returns its last group.
func (p *typist) types(keys, pattern string) string {
	p.t.Helper()
	if _, err := io.WriteString(p.terminal, keys); err != nil {
		p.t.Fatalf("type %q: %v", keys, err)
	}
	wanted := regexp.MustCompile(pattern)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience / 20); time.Now().Before(deadline); <-ticker.C {
		p.mu.Lock()
		fresh := p.shown.String()[p.seen:]
		found := wanted.FindStringSubmatchIndex(fresh)
		if found != nil {
			p.seen += found[1]
		}
		p.mu.Unlock()
		if n := len(found); n > 0 {
			return fresh[found[n-2]:found[n-1]]
		}
	}
	p.t.Fatalf("after %q the terminal does not show %q:\n%s", keys, pattern, p.shown.String()[p.seen:])
	return ""
}

// TestDemoAnswers goes through the demo as somebody new does: it is answered by keys, its
// messages show the answers, it is stopped and continued, and leaves the terminal as it was.
func TestDemoAnswers(t *testing.T) {
	t.Parallel()
	p := atTerminal(t, `copytaster demo
echo "stopped with $?"; stty -a
fg
echo "ended with $?"; stty -a`)
	one := p.types("", `Washington threatens[^[]*\[(\d)\]  g Got it  n Not relevant  s Snooze…  m More…`)
	p.types("?", `which message is answered`)
	p.types(one+"g", `now shows\r\n  You got it · \d\d:\d\d UTC\r\n  \[`+one+`\]  s Snooze…  m More…`)
	p.types(one+"g", `Message \d has no button`)
	p.types(one+"m", `\d  Undo “got it”`)
	p.types("1", `only you see this`)
	p.types(one+"m", `2  Undo “got it”`)
	p.types("2", `does not show any more\r\n  You got it`)
	p.types(one+"n", `What is wrong with it\?`)
	p.types("2", `In your own words`)
	p.types("Not ours\r", `wrong subject: Not ours · You`)
	p.types(one+"u", `now shows\r\nNORMAL · Washington threatens`)
	p.types(one+"s", `This news`)
	p.types("2", `1 hour`)
	p.types("\r", `Why\?`)
	p.types("\r", `is silent in this channel until .* · You`)
	p.types("\x1a", `(?s)stopped with \d+\r\n.* icanon .* echo `)
	p.types("", `\[\d\] [^·]* · `) // continued
	p.types("?", `which message is answered`)
	p.types("q", `(?s)ended with 0\r\n.* icanon .* echo `)
	if err := p.shell.Wait(); err != nil {
		t.Errorf("the shell ended with %v", err)
	}
}

// TestDemoInterrupted: Ctrl-C ends the demo, as does a signal, and the terminal is as it was.
func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\x03", "\x03\x03", "SIGTERM"} {
		p := atTerminal(t, `sh -c 'echo "pid $$ "; exec copytaster demo'; echo "ended with $?"; stty -a`)
		p.types("", `answer the alerts by the keys`)
		if end == "SIGTERM" {
			pid, err := strconv.Atoi(regexp.MustCompile(`pid (\d+) `).FindStringSubmatch(p.shown.String())[1])
			if err == nil {
				err = syscall.Kill(pid, syscall.SIGTERM)
			}
			if err != nil {
				t.Fatal(err)
			}
			end = ""
		}
		p.types(end, `(?s)ended with \d+\r\n.* icanon .* echo `)
	}
}
