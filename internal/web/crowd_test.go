package web_test

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/web"
)

// TestCrowd: while others hold a thousand connections open and send nothing, or their
// requests byte by byte, whoever asks is answered.
func TestCrowd(t *testing.T) {
	s, err := web.Listen(slog.New(slog.DiscardHandler), "127.0.0.1:0", web.Public(&daemon{}, "127.0.0.1:0", http.NotFoundHandler()))
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		s.Serve()
		close(served)
	}()
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-served
	}()
	var silent []net.Conn
	for i := range 1000 {
		conn, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if i%2 == 0 {
			_, _ = io.WriteString(conn, "GET /metr") // it may be gone already
		}
		silent = append(silent, conn)
	}
	for range 20 {
		conn, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(3 * time.Second)) // less than the silent ones are given
		if _, err := io.WriteString(conn, "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(line, "200") {
			t.Fatalf("answer %q, %v", line, err)
		}
		_ = conn.Close()
	}
	_ = silent[0].SetReadDeadline(time.Now().Add(3 * time.Second))
	if _, err := silent[0].Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("the first of 1,000 silent connections is kept: %v", err)
	}
}
