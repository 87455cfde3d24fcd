package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readAll reads an input through stream and returns the titles of its stories.
func readAll(t *testing.T, in Input) (titles []string, c Coverage, err error) {
	t.Helper()
	err = stream(t.Context(), in, in.stories, func(p *part, r content) error {
		c.add(p, &r)
		for _, s := range r.stories {
			titles = append(titles, s.Title)
		}
		return nil
	})
	return titles, c, err
}

// file writes a file and returns its path.
func file(t testing.TB, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFiles(t *testing.T) {
	a, b := `{"title":"A"}`, `{"title":"B"}`
	two := append(packed(t, a+"\n"), packed(t, b+"\n")...)
	for name, text := range map[string][]byte{
		"lines":                []byte(a + "\n" + b + "\n"),
		"no end of line":       []byte(a + "\n" + b),
		"blank lines":          []byte("\n" + a + "\n \t\n\n" + b + "\n\n"),
		"Windows":              []byte("\ufeff" + a + "\r\n" + b + "\r\n"),
		"gzip":                 packed(t, a+"\n"+b+"\n"),
		"gzip, in two members": two,
		"gzip with a mark":     packed(t, "\ufeff"+a+"\n"+b+"\n"),
	} {
		titles, c, err := readAll(t, Files{Paths: []string{file(t, "stories", text)}})
		if strings.Join(titles, " ") != "A B" || c.Stories != 2 || c.Skipped != 0 || err != nil {
			t.Errorf("%s: %v, %+v, %v", name, titles, c, err)
		}
	}
	in := Files{Paths: []string{file(t, "a.jsonl", []byte(a)), "-"}, Stdin: iotest.OneByteReader(strings.NewReader(b))}
	if titles, _, err := readAll(t, in); strings.Join(titles, " ") != "A B" || err != nil {
		t.Errorf("a file and standard input: %v, %v", titles, err)
	}
	if titles, c, err := readAll(t, Files{Paths: []string{file(t, "empty", nil)}}); titles != nil || c.Stories != 0 ||
		err != nil {
		t.Errorf("an empty file: %v, %+v, %v", titles, c, err)
	}
}

func TestBadLinesAreTold(t *testing.T) {
	good := file(t, "good", []byte(strings.Repeat(`{"title":"A"}`+"\n", 40_000))) // more than a part
	text := `{"title":"A"}` + "\n\nnonsense\n" + `{"title":7}` + "\n" + `{"title":"B"}` + "\n" + strings.Repeat("x\n", 10)
	bad := file(t, "bad", []byte(text))
	titles, c, err := readAll(t, Files{Paths: []string{good, bad, good}})
	if err != nil || len(titles) != 80_002 || c.Stories != 80_002 || c.Skipped != 12 {
		t.Fatalf("%d stories, %+v, %v", len(titles), c, err)
	}
	want := []BadLine{
		{bad, 3, "not JSON: invalid character 'o' in literal null (expecting 'u')"}, {bad, 4, `"title" is of the wrong kind: number`},
		{bad, 6, "not JSON: invalid character 'x' looking for beginning of value"}, {bad, 7, "not JSON: invalid character 'x' looking for beginning of value"},
		{bad, 8, "not JSON: invalid character 'x' looking for beginning of value"},
	}
	if diff := cmp.Diff(want, c.BadLines); diff != "" {
		t.Error(diff)
	}
}

// A line of 15 MB is read, one of 17 is passed over, and lines are counted on.
func TestLongLines(t *testing.T) {
	long := func(mb int) string { return `{"title":"long","text":"` + strings.Repeat("word ", mb<<20/5) + `"}` }
	text := strings.Join([]string{`{"title":"A"}`, long(15), long(17), `{"title":"B"}`, "x"}, "\n")
	path := file(t, "long", []byte(text))
	titles, c, err := readAll(t, Files{Paths: []string{path}})
	if err != nil || strings.Join(titles, " ") != "A long B" {
		t.Errorf("%v, %v", titles, err)
	}
	want := []BadLine{{path, 3, "it is longer than 16 MB"}, {path, 5, "not JSON: invalid character 'x' looking for beginning of value"}}
	if diff := cmp.Diff(want, c.BadLines); diff != "" {
		t.Error(diff)
	}
	if _, c, err := readAll(t, Files{Paths: []string{file(t, "endless", bytes.Repeat([]byte("x"), 40<<20))}}); c.Skipped != 1 ||
		err != nil {
		t.Errorf("a line without an end: %+v, %v", c, err)
	}
}

// What a broken file had before it broke is read, except half a line.
func TestBrokenFiles(t *testing.T) {
	var text strings.Builder
	for i := range 2000 {
		text.Write(plainLine(i))
		text.WriteByte('\n')
	}
	whole := packed(t, text.String())
	broken := bytes.Clone(whole)
	broken[len(broken)/2] ^= 0xff
	for _, c := range []struct {
		name, want string
		text       []byte
		least      int
	}{
		{"cut short", "the packed file is cut short: unexpected EOF", whole[:len(whole)*3/4], 1000},
		{"cut in its head", "the packed file is cut short: unexpected EOF", whole[:5], 0},
		{"cut in its sum", "the packed file is cut short: unexpected EOF", whole[:len(whole)-4], 2000},
		{"damaged", "", broken, 0},
	} {
		path := file(t, "broken.gz", c.text)
		titles, coverage, err := readAll(t, Files{Paths: []string{path}})
		if err == nil || !strings.Contains(err.Error(), "read "+path+": "+c.want) {
			t.Errorf("%s: error %v", c.name, err)
		}
		if len(titles) < c.least || c.name != "damaged" && coverage.Skipped > 0 {
			t.Errorf("%s: %d stories, %+v", c.name, len(titles), coverage)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, path := range []string{missing, t.TempDir()} {
		if _, err := (Files{Paths: []string{path}}).size(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "read stories: ") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, _, err := readAll(t, Files{Paths: []string{missing}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that has gone: %v", err)
	}
	if n, err := (Files{Paths: []string{"-"}}).size(t.Context()); n != 0 || err != nil {
		t.Errorf("size of standard input: %d, %v", n, err)
	}
}

// Whoever takes may stop, and so may whoever waits, even for an input that
// sends nothing.
func TestStreamEnds(t *testing.T) {
	path := file(t, "many", []byte(strings.Repeat(`{"title":"A"}`+"\n", 200_000)))
	stop, taken := errors.New("enough"), 0
	in := Files{Paths: []string{path}}
	err := stream(t.Context(), in, in.stories, func(*part, content) error {
		if taken++; taken == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || taken != 2 {
		t.Errorf("%v after %d parts", err, taken)
	}
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = io.WriteString(w, `{"title":"A"}`+"\n")
		cancel()
	}()
	in = Files{Paths: []string{"-"}, Stdin: r}
	if err := stream(ctx, in, in.stories, func(*part, content) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// What comes of the parts is taken in their order, however long each takes, and
// no more of them than a few are held at a time.
func TestStreamKeepsOrder(t *testing.T) {
	const parts = 500
	var held, most atomic.Int64
	in := made(func(send func(*part) bool) {
		for i := range int64(parts) {
			most.Store(max(most.Load(), held.Add(1)))
			if !send(&part{read: i}) {
				return
			}
		}
	})
	next, r := int64(0), rand.New(rand.NewPCG(1, 1))
	turns := make([]int, parts)
	for i := range turns {
		turns[i] = r.IntN(1000)
	}
	err := stream(t.Context(), in, func(p *part) int64 {
		for range turns[p.read] {
			runtime.Gosched()
		}
		return p.read * p.read
	}, func(p *part, square int64) error {
		held.Add(-1)
		if p.read != next || square != next*next {
			t.Errorf("part %d with %d comes instead of part %d", p.read, square, next)
		}
		next++
		return nil
	})
	if err != nil || next != parts {
		t.Errorf("%d parts, %v", next, err)
	}
	if bound := int64(6*runtime.GOMAXPROCS(0) + 4); most.Load() > bound {
		t.Errorf("%d parts were held at a time, want at most %d", most.Load(), bound)
	}
}

// made is an input that a test makes.
type made func(send func(*part) bool)

func (made) size(context.Context) (int64, error) { return 0, nil }
func (made) stories(*part) content               { return content{} }
func (m made) forNews() (Input, keeper, error)   { return m, nil, nil }
func (m made) parts(_ context.Context, send func(*part) bool) error {
	m(send)
	return nil
}

// Lines are numbered within their file, and only the first bad ones are kept.
func TestCoverage(t *testing.T) {
	var c Coverage
	add := func(path string, first bool, lines int64, bad ...int64) {
		r := content{count: int(lines) - len(bad), lines: lines}
		for _, n := range bad {
			r.bad = append(r.bad, BadLine{File: path, Line: n, Reason: "bad"})
		}
		c.add(&part{path: path, first: first}, &r)
	}
	add("a", true, 10, 2, 9)
	add("a", false, 10, 1)
	add("b", true, 10, 3)
	add("b", false, 10, 4, 5, 6)
	if c.Stories != 33 || c.Skipped != 7 {
		t.Errorf("%d stories, %d skipped", c.Stories, c.Skipped)
	}
	want := []BadLine{{"a", 2, "bad"}, {"a", 9, "bad"}, {"a", 11, "bad"}, {"b", 3, "bad"}, {"b", 14, "bad"}}
	if diff := cmp.Diff(want, c.BadLines); diff != "" {
		t.Error(diff)
	}
}
