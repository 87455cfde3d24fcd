package web_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/web"
)

// forgetful is a daemon that many may ask at once.
type forgetful struct{ *daemon }

func (forgetful) Slack() http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
}

func (forgetful) Push(context.Context, string, string, string, []byte) error { return nil }

// crowded serves a daemon whose pages read what is sent, and then take as long as they are let.
func crowded(t *testing.T) (address string) {
	t.Helper()
	pages := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		<-r.Context().Done()
	})
	s, err := web.Listen(slog.New(slog.DiscardHandler), "127.0.0.1:0", web.Public(forgetful{&daemon{}}, "127.0.0.1:0", pages))
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		s.Serve()
		close(served)
	}()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
	return s.Addr()
}

// say opens a connection and says something on it.
func say(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, _ = io.WriteString(conn, text) // it may be gone already
	return conn
}

// TestCrowd: while others hold a thousand connections open, whoever asks is answered: others that
// send nothing, their requests byte by byte, no body, or that take no answer.
func TestCrowd(t *testing.T) {
	const head = " HTTP/1.1\r\nHost: localhost\r\n"
	for name, texts := range map[string][]string{
		"silent":                  {"", "GET /metr"},
		"without their body":      {"POST /login" + head + "Content-Length: 100\r\n\r\nname="},
		"in chunks":               {"POST /slack" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\nname"},
		"with a body nobody asks": {"GET /-/healthy" + head + "Content-Length: 100\r\n\r\n"},
		"without a push":          {"POST /websub/" + stranger + head + "Content-Length: 100\r\n\r\n"},
		"that wait for a page":    {"GET /" + head + "\r\n"},
		"of all kinds":            {"", "GET /" + head + "\r\n", "POST /login" + head + "Content-Length: 100\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := crowded(t)
			held := make([]net.Conn, 1000)
			for i := range held {
				held[i] = say(t, address, texts[i%len(texts)])
			}
			for i := range 20 {
				ask, want := "GET /-/healthy"+head+"Connection: close\r\n\r\n", "200"
				switch i % 4 {
				case 1:
					ask = "GET /metrics" + head + "Connection: close\r\n\r\n"
				case 2:
					ask = "POST /slack" + head + "Connection: close\r\nContent-Length: 2\r\n\r\n{}"
				case 3:
					ask, want = "POST /websub/"+token+head+"Connection: close\r\nContent-Length: 6\r\n\r\n<rss/>", "202"
				}
				conn := say(t, address, ask)
				_ = conn.SetDeadline(time.Now().Add(4 * time.Second)) // less than those that send slowly are given
				line, err := bufio.NewReader(conn).ReadString('\n')
				if err != nil || !strings.Contains(line, want) {
					t.Fatalf("answer %q to %.20q, %v", line, ask, err)
				}
				_ = conn.Close()
			}
			_ = held[0].SetReadDeadline(time.Now().Add(3 * time.Second))
			if _, err := io.Copy(io.Discard, held[0]); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Errorf("the first of 1,000 connections is kept: %v", err)
			}
		})
	}
}
