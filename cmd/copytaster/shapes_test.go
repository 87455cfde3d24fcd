package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/demo"
	"github.com/copytaster/copytaster/internal/slackfake"
)

// said are commands that together print all that a verb can say in JSON, by the
// label of its block in docs/reference.md. They run in one folder, in this order.
var said = []struct{ label, command string }{
	{"check", `copytaster check -c wrong.yaml --format json`},
	{"check", `copytaster check -c right.yaml --verbose --format json`},
	{"check", `copytaster check -c right.yaml --online --format json`},
	{"check", `copytaster check -c wrong-online.yaml --online --format json`},
	{"discover", `copytaster discover $SITE/vostok/ --format json -c site.yaml`},
	{"test", `copytaster test -c failing.yaml --format json`},
	{"explain", `copytaster explain -c right.yaml --format json story.txt`},
	{"backtest", `copytaster backtest -c right.yaml --from stories.jsonl --diff other.yaml --format json`},
	{"backtest", `copytaster backtest -c right.yaml --from stories.jsonl --news --format json`},
	{"extract", `copytaster extract --explain --format json $SITE/vostok/rss.xml page.html stories.jsonl`},
	{"import", `copytaster import -c right.yaml --source vostok stories.jsonl --format json`},
	{"convert", `copytaster convert --from lexis queries.txt --format json`},
	{"crawl", `copytaster crawl -c right.yaml vostok --format json`},
	{"crawl --dry-run", `copytaster crawl -c right.yaml vostok --dry-run --format json`},
	{"run --once", `copytaster run -c right.yaml --once --format json`},
	{"apart", `copytaster apart -c right.yaml $SITE/harbour/2023/09/13/kim-putin-summit --by Anna --format json`},
	{"snooze", `copytaster snooze -c right.yaml 4h --channel news --rule both --source vostok --by Anna --why live --format json`},
	{"recall", `copytaster recall -c right.yaml --rule kim --since 1h --why wide --dry-run --by Anna --format json`},
	{"recall", `copytaster recall -c right.yaml --rule kim --since 1h --channel news --why wide --by Anna --format json`},
	{"why", `copytaster why -c right.yaml Kim Jong Un --format json`},
	{"recall", `copytaster recall -c right.yaml --undo 1 --by Bob --format json`},
	{"pause", `copytaster pause -c right.yaml --channel news --for 2h --why move --by Anna --format json`},
	{"run --once", `copytaster run -c right.yaml --once --format json`},
	{"status", `copytaster status -c right.yaml --format json`},
	{"resume", `copytaster resume -c right.yaml --by Bob --format json`},
	{"deliveries", `copytaster deliveries -c right.yaml --format json`},
	{"deliveries show", `copytaster deliveries show 1 -c right.yaml --format json`},
	{"why", `copytaster why -c right.yaml Kim Jong Un --format json`},
	{"why", `copytaster why -c right.yaml $SITE/vostok/never --format json`},
	{"status", `copytaster status -c right.yaml --format json`},
	{"doctor", `copytaster doctor -c right.yaml --format json`},
	{"send-test", `copytaster send-test news -c right.yaml --format json`},
	{"version", `copytaster version --format json`},
	{"pause", `copytaster pause -c right.yaml --why move --by Anna --format json`},
	{"restore", `copytaster backup -c right.yaml b.db >/dev/null && copytaster restore -c right.yaml b.db --format json`},
	{"resume", `copytaster resume -c right.yaml --by Anna --format json`},
	{"move", `copytaster move -c right.yaml --to moved.db --dry-run --format json`},
	{"move", `copytaster move -c right.yaml --to moved.db --format json`},
}

// TestJSONShapes: what verbs print in JSON has the shapes of docs/reference.md.
func TestJSONShapes(t *testing.T) {
	shapes := map[string][]any{}
	for _, b := range blocks(t, textOf(t, reference)) {
		if b.language == "json" && b.reason == "" {
			shapes[b.label] = values(t, b.text)
		}
	}
	dir, env, workspace := jsonWorld(t)
	seen := map[string]bool{}
	for _, s := range said {
		seen[s.label] = true
		cmd := exec.CommandContext(t.Context(), "sh", "-c", s.command)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		printed, err := cmd.Output()
		if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) {
			t.Errorf("$ %s: %v\n%s", s.command, err, complaints.String())
			continue
		}
		if len(printed) == 0 {
			t.Errorf("$ %s: %v\n%s", s.command, err, complaints.String())
			continue
		}
		for _, v := range values(t, string(printed)) {
			for _, wrong := range closest(shapes[s.label], v) {
				t.Errorf("$ %s: %s is not in the block `json %s` of %s", s.command, wrong, s.label, reference)
			}
		}
	}
	for _, m := range workspace.Messages("news") {
		seen["metadata"] = true
		metadata, err := json.Marshal(map[string]any{"event_type": m.EventType, "event_payload": m.EventPayload})
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range closest(shapes["metadata"], values(t, string(metadata))[0]) {
			t.Errorf("the metadata of a message: %s is not in the block `json metadata` of %s", wrong, reference)
		}
	}
	for label := range shapes {
		if !seen[label] {
			t.Errorf("%s: nothing was printed for the block `json %s`", reference, label)
		}
	}
	delete(shapes, "metadata") // is no type of ours
	checkTags(t, shapes)
}

// jsonWorld returns a folder with all files that the commands of said need, and
// their environment: a news site and a Slack on this machine.
func jsonWorld(t *testing.T) (dir string, env []string, workspace *slackfake.Server) {
	t.Helper()
	site, err := demo.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	site.Advance(time.Minute) // there are further reports
	workspace = slackfake.New(slackfake.Options{Channels: []slackfake.Channel{
		{Name: "news", Member: true}, {Name: "closed", Archived: true},
	}})
	if err := workspace.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = workspace.Close() })
	dir = t.TempDir()
	to := strings.NewReplacer("SITE", site.URL, "SLACK", workspace.URL(), "TOKEN", slackfake.DefaultToken)
	if err := fs.WalkDir(os.DirFS("testdata/json"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join("testdata/json", name))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), []byte(to.Replace(string(text))), 0o600)
	}); err != nil {
		t.Fatal(err)
	}
	return dir, []string{"SITE=" + site.URL, "XDG_RUNTIME_DIR="}, workspace
}

// values returns the JSON values that follow each other in a text, at least one.
func values(t *testing.T, text string) []any {
	t.Helper()
	var all []any
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var v any
		if err := d.Decode(&v); errors.Is(err, io.EOF) && len(all) > 0 {
			return all
		} else if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		all = append(all, v)
	}
}

// closest returns the misfits of a value with the shape that it fits best.
func closest(shapes []any, value any) []string {
	best := []string{"all of it"}
	for i, shape := range shapes {
		if wrong := misfits(shape, value, ""); i == 0 || len(wrong) < len(best) {
			best = wrong
		}
	}
	return best
}

// misfits returns the places of a JSON value that its shape does not have. A key
// in capitals stands for every key, a text in capitals for every value, and one
// value of a list for all of them.
func misfits(shape, value any, at string) []string {
	if name, ok := shape.(string); ok && allCapitals.MatchString(name) {
		return nil
	}
	switch value := value.(type) {
	case nil:
		return nil
	case map[string]any:
		keys, ok := shape.(map[string]any)
		if !ok {
			return []string{at + " {}"}
		}
		var wrong []string
		for key, v := range value {
			inner, ok := keys[key]
			if !ok {
				inner, ok = anyKey(keys)
			}
			if !ok {
				wrong = append(wrong, at+"."+key)
				continue
			}
			wrong = append(wrong, misfits(inner, v, at+"."+key)...)
		}
		return wrong
	case []any:
		list, ok := shape.([]any)
		if !ok || len(list) != 1 {
			return []string{at + " []"}
		}
		var wrong []string
		for _, v := range value {
			wrong = append(wrong, misfits(list[0], v, at+"[]")...)
		}
		return wrong
	default:
		if reflect.TypeOf(shape) != reflect.TypeOf(value) {
			return []string{fmt.Sprintf("%s (%v)", at, value)}
		}
		return nil
	}
}

func TestMisfits(t *testing.T) {
	const shape = `{"n": 1, "list": [{"a": ""}], "by": {"DAY": 1}, "more": "CLAUSE"}`
	for _, tt := range []struct{ value, want string }{
		{`{"n": 2, "list": [], "by": {"2025-11-03": 3}, "more": {"x": 1}}`, ""},
		{`{"n": null, "list": [{"a": "x"}, {}]}`, ""},
		{`{"n": "1"}`, ".n (1)"},
		{`{"list": [{"a": "", "b": 1}]}`, ".list[].b"},
		{`{"list": {}}`, ".list {}"},
		{`{"n": []}`, ".n []"},
		{`{"m": 1}`, ".m"},
	} {
		got := strings.Join(misfits(values(t, shape)[0], values(t, tt.value)[0], ""), " ")
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.value, got, tt.want)
		}
	}
}

func anyKey(keys map[string]any) (any, bool) {
	for key, v := range keys {
		if allCapitals.MatchString(key) {
			return v, true
		}
	}
	return nil, false
}

// checkTags: the blocks have each key that a type of the commands, or of what
// the daemon says to them, writes; and no key that nothing writes.
func checkTags(t *testing.T, shapes map[string][]any) {
	t.Helper()
	documented := map[string]bool{}
	for _, alternatives := range shapes {
		namesOf(alternatives, documented)
	}
	tagged := map[string]bool{}
	for _, name := range sources(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		answers := answering.MatchString(name)
		for _, m := range jsonTag.FindAllStringSubmatch(string(text), -1) {
			tagged[m[1]] = true
			if answers && !documented[m[1]] {
				t.Errorf("%s writes the JSON key %q, which %s does not have", name, m[1], reference)
			}
		}
	}
	for key := range documented {
		if !tagged[key] && !allCapitals.MatchString(key) {
			t.Errorf("%s has the JSON key %q, which nothing writes", reference, key)
		}
	}
}

// answering matches the folders whose types are answers of commands.
var answering = regexp.MustCompile(`/(cmd/copytaster|internal/app|internal/probe|internal/trace)/`)

var allCapitals = regexp.MustCompile(`^[A-Z]{2,}$`)

var jsonTag = regexp.MustCompile("`json:\"([a-z_]+)[,\"]")

// sources returns the Go files of the module, without the tests.
func sources(t *testing.T) []string {
	t.Helper()
	var all []string
	if err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			all = append(all, filepath.ToSlash(name))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// namesOf collects the names of all keys of a JSON value.
func namesOf(value any, names map[string]bool) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			namesOf(v, names)
		}
	case map[string]any:
		for key, v := range value {
			names[key] = true
			namesOf(v, names)
		}
	}
}
