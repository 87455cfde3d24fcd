package app_test

import (
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
)

// picture renders channels as a desktop and a phone show them, and checks that nothing is wider
// than the screen. COPYTASTER_PICTURES is a folder that keeps the page and the pictures. It is
// skipped where there is no Chromium, except in CI.
func picture(t *testing.T, channels map[string][]slackfake.Message) {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	switch {
	case err != nil && os.Getenv("CI") != "":
		t.Fatal(err)
	case err != nil:
		t.Log("no picture:", err)
		return
	}
	now := time.Now()
	page, err := slackfake.Page(demoChannels, channels, func(at time.Time, format string) string {
		switch {
		case format == "{time}":
			return at.Format("15:04")
		case now.Sub(at) < 24*time.Hour:
			return at.Format("today 15:04")
		default:
			return at.UTC().Format("Jan 2, 2006 15:04")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	folder := os.Getenv("COPYTASTER_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	file := filepath.Join(folder, "channels.html")
	write(t, file, string(page))
	for name, width := range map[string]int{"desktop": 700, "phone": 380} {
		frame := filepath.Join(folder, name+".html") // a window of Chromium is never as narrow as a phone
		write(t, frame, fmt.Sprintf(`<body style="margin: 0"><iframe src="%s" width="%d" height="6000" style="border: 0">`, file, width))
		out := filepath.Join(folder, name+".png")
		screenshot(t, chromium, frame, out)
		drawn := right(t, out)
		if drawn < width/2 || drawn > width {
			t.Errorf("the page of a %s is drawn up to %d of %d pixels", name, drawn, width)
		}
	}
}

// screenshot draws a page. Chromium is started once more if it crashes, as it may where memory is
// short: that says nothing about the page.
func screenshot(t *testing.T, chromium, page, out string) {
	t.Helper()
	for try := 0; ; try++ {
		cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
			"--disable-dev-shm-usage", "--user-data-dir="+t.TempDir(), "--window-size=700,6000", "--screenshot="+out,
			"file://"+page)
		said, err := cmd.CombinedOutput()
		switch {
		case err == nil:
			return
		case try > 0 || cmd.ProcessState.ExitCode() >= 0: // less when a signal ended it
			t.Fatalf("%v: %s", err, said)
		}
	}
}

// right is where a picture on white ends.
func right(t *testing.T, file string) (x int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shot, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for x = shot.Bounds().Max.X; x > 0; x-- {
		for y := range shot.Bounds().Max.Y {
			if r, g, b, _ := shot.At(x-1, y).RGBA(); r+g+b != 3*0xFFFF {
				return x
			}
		}
	}
	return 0
}
