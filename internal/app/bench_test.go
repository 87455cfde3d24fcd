package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// The local world: so many feeds of so many entries on so many addresses.
const (
	worldFeeds   = 500
	worldEntries = 20
	worldHosts   = 50
	worldRules   = 100
)

// What a child process of a benchmark does with the config it is given.
const (
	taskEnv   = "COPYTASTER_TEST_TASK"
	taskOnce  = "once"  // one pass over all sources
	taskFetch = "fetch" // GET every URL of the file, and nothing else: the baseline
)

// task runs in the child process.
func task(name, path string) error {
	if name == taskFetch {
		return fetchAll(path)
	}
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		return err
	}
	a, err := app.New(context.Background(), slog.New(slog.DiscardHandler), app.Options{Config: cfg, Getenv: os.LookupEnv, Output: io.Discard})
	if err != nil {
		return err
	}
	pass, err := a.Once(context.Background(), 2*time.Minute)
	if err == nil && !pass.Done() {
		err = fmt.Errorf("pass left %+v", pass)
	}
	return errors.Join(err, a.Close())
}

// fetchAll reads the URLs in a file, 16 at a time, with net/http alone.
func fetchAll(path string) error {
	text, err := os.ReadFile(path) //nolint:gosec // a benchmark's file
	if err != nil {
		return err
	}
	urls := make(chan string)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for u := range urls {
				res, err := http.Get(u) //nolint:gosec,noctx // a benchmark's URL
				if err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
			}
		})
	}
	for u := range strings.FieldsSeq(string(text)) {
		urls <- u
	}
	close(urls)
	wg.Wait()
	return nil
}

// world serves the feeds, each entry with a text of its own, behind ETags. It
// returns their URLs.
func world(b *testing.B) (urls []string) {
	b.Helper()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/feed/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		n := strings.TrimPrefix(r.URL.Path, "/feed/")
		fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Feed %s</title>`, n)
		for i := range worldEntries {
			fmt.Fprintf(w, "<item><title>Story %d of feed %s: ministers %s meet</title><link>http://%s/a/%s/%d.html</link><guid>f%s-%d</guid>"+
				"<pubDate>%s</pubDate><description>%s</description></item>", i, n, word(i), r.Host, n, i, n, i,
				time.Now().Add(-time.Duration(i)*time.Minute).Format(time.RFC1123Z), paragraph(n, i))
		}
		fmt.Fprint(w, `</channel></rss>`)
	})
	for h := range worldHosts {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", h+1))
		if err != nil {
			b.Fatal(err)
		}
		server := &http.Server{Handler: handler} //nolint:gosec // a benchmark's server
		go server.Serve(l)                       //nolint:errcheck // ends with Close
		b.Cleanup(func() { _ = server.Close() })
		for f := h; f < worldFeeds; f += worldHosts {
			urls = append(urls, fmt.Sprintf("http://%s/feed/%d", l.Addr(), f))
		}
	}
	return urls
}

// word is a made-up word for a number.
func word(n int) string {
	const syllables = "kalomirutesavenodipaguzefohyxeqo"
	var w []byte
	for i := n*7919 + 13; i > 0; i /= 16 {
		w = append(w, syllables[i%16*2], syllables[i%16*2+1])
	}
	return string(w)
}

func paragraph(feed string, entry int) string {
	var p strings.Builder
	for i := range 90 {
		p.WriteString(word(len(feed)*1009 + entry*97 + i*31 + int(feed[len(feed)-1])))
		p.WriteByte(" .,"[min(i%14, 1)])
		p.WriteByte(' ')
	}
	return p.String()
}

func worldConfig(b *testing.B, urls []string, schedule string) (path string) {
	b.Helper()
	dir := b.TempDir()
	path = filepath.Join(dir, "copytaster.yaml")
	var text strings.Builder
	fmt.Fprintf(&text, "storage: %s\nlisten: \"\"\ncrawl: {host_interval: 0s, allow_networks: [127.0.0.0/8]}\nalerts: {default_channel: news}\nrules:\n",
		filepath.Join(dir, "c.db"))
	for i := range worldRules {
		fmt.Fprintf(&text, "  - {name: r%d, all: [[%s, %s], [%s, %s]]}\n", i, word(i*13), word(i*17), word(90000+i), word(91000+i))
	}
	text.WriteString("sources:\n")
	for i, u := range urls {
		fmt.Fprintf(&text, "  - {name: s%d, feed: %s, full_text: never, schedule: %q}\n", i, u, schedule)
	}
	write(b, path, text.String())
	return path
}

// child runs this binary for one task and returns what the system counted.
func runTask(b *testing.B, name, path string) (cpu time.Duration, rssMB float64) {
	b.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), taskEnv+"="+name, daemonEnv+"="+path)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		b.Fatal(name, err)
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), float64(usage.Maxrss) / 1024
}

// BenchmarkWorld crawls 500 feeds of 20 entries into a new SQLite store, then
// once more with nothing new, each in a process of its own. The baseline GETs
// the same feeds with net/http alone.
func BenchmarkWorld(b *testing.B) {
	urls := world(b)
	list := filepath.Join(b.TempDir(), "urls")
	write(b, list, strings.Join(urls, "\n"))
	var first, again, bare time.Duration
	var rss float64
	for b.Loop() {
		path := worldConfig(b, urls, "@yearly")
		cpu, peak := runTask(b, taskOnce, path)
		first, rss = first+cpu, max(rss, peak)
		cpu, _ = runTask(b, taskOnce, path)
		again += cpu
		cpu, _ = runTask(b, taskFetch, list)
		bare += cpu
	}
	n := float64(b.N)
	b.ReportMetric(first.Seconds()/n, "cpu-s/first-pass")
	b.ReportMetric(again.Seconds()/n, "cpu-s/nothing-new")
	b.ReportMetric(bare.Seconds()/n, "cpu-s/net-http")
	b.ReportMetric(first.Seconds()/bare.Seconds(), "×net-http")
	b.ReportMetric(rss, "MB-peak")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkIdle runs a daemon with 500 sources of which none is due.
func BenchmarkIdle(b *testing.B) {
	const watched = 20 * time.Second
	path := worldConfig(b, world(b), "0 0 29 2 *")
	var ready, cpu time.Duration
	for b.Loop() {
		began := time.Now()
		d := startDaemon(b, path)
		for !strings.Contains(d.out.String(), "msg=running") {
			pause(b, 5*time.Millisecond)
		}
		ready += time.Since(began)
		pause(b, 5*time.Second) // what belongs to the start is not idleness
		before := cpuOf(b, d.cmd.Process.Pid)
		pause(b, watched)
		cpu += cpuOf(b, d.cmd.Process.Pid) - before
		d.kill()
	}
	b.ReportMetric(100*cpu.Seconds()/float64(b.N)/watched.Seconds(), "%-of-a-core")
	b.ReportMetric(float64(ready.Milliseconds())/float64(b.N), "ms-start-to-ready")
	b.ReportMetric(0, "ns/op")
}

// cpuOf reads a process's user and system time from /proc (proc(5): fields 14
// and 15 of stat, in clock ticks of 10 ms).
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var user, system int64
	if _, err := fmt.Sscan(fields[11], &user); err != nil {
		b.Fatal(err)
	}
	if _, err := fmt.Sscan(fields[12], &system); err != nil {
		b.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
