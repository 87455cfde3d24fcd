package pages_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// beside opens the store of a daemon for writing.
func beside(t testing.TB, storage string) *store.Store {
	t.Helper()
	s, _, err := store.OpenBeside(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// revise has the outlet of a story write something else, of which the words of changes are kept.
func revise(t testing.TB, s *store.Store, id int64, title string, changes ...news.Change) {
	t.Helper()
	was, err := s.Stories.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r := news.Revision{
		Seen: time.Now(), Title: was.Title, Text: was.Summary, Changes: changes,
		Kinds: []news.RevisionKind{news.RevisedHeadline, news.RevisedText},
	}
	is := *was.Story
	is.Title = title
	err = s.InTx(t.Context(), func(tx *store.Tx) error { return tx.Stories.Revise(t.Context(), &is, r, false) })
	if err != nil {
		t.Fatal(err)
	}
}

// TestChanges: what an outlet changed is shown by words, each marked for those who see no colours,
// and as text, whatever it is.
func TestChanges(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "c.db")
	h := open(t, storage, "", "speaks to the press")
	s := beside(t, storage)
	revise(t, s, 1, "Kim 0 speaks to lawyers", news.Change{
		Field: news.FieldTitle, Before: "Kim 0 speaks to", Went: "the press", Came: "lawyers",
	}, news.Change{Field: news.FieldBody, Before: "words that", Came: "truly", After: "differ"})
	revise(t, s, 1, "金正恩会见普京", news.Change{Field: news.FieldTitle, Went: "Kim 0 speaks to lawyers", Came: "金正恩会见普京"})
	body := ask(h, "GET", "/story?id=1").Body.String()
	onlyOurs(t, "story", body)
	for _, want := range []string{
		`<span class="tag">headline</span>`, `speaks to <del><span class="hidden">went: </span>the press<span`,
		`<ins><span class="hidden">came: </span>lawyers<span`, `came: </span>金正恩会见普京<`, `</del> <ins>`, `… words that <ins><span class="hidden">came: </span>truly<span class="hidden">; </span></ins> differ …`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for i, p := range payloads {
		next := payloads[(i+1)%len(payloads)]
		c := news.Change{Field: news.FieldName(next), Before: p, Went: next, Came: p + next, After: next}
		revise(t, s, int64(i+2), p, c)
		onlyOurs(t, p, ask(h, "GET", fmt.Sprint("/story?id=", i+2)).Body.String())
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE revision SET body = '', diff = '' WHERE story_id = 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if body := ask(h, "GET", "/story?id=1").Body.String(); !strings.Contains(body, "is kept no more") || strings.Contains(body, "<ins>") {
		t.Error("a change whose words were pruned shows some")
	}
	if c := news.RevisedHeadline; !strings.Contains(body, string(c)) {
		t.Errorf("the page does not say what kind of change: %s", c)
	}
}

// TestShownMessages: the page of a story shows what its messages say, those that were sent as they
// look by now and those that cannot be sent as they would.
func TestShownMessages(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "", `speaks of <b>ships</b>`)
	body := ask(h, "GET", "/story?id=1").Body.String()
	onlyOurs(t, "story", body)
	for _, want := range []string{
		`<summary>What it says</summary><p class="line">🟠 <strong>HIGH</strong> · <a href="http://127.0.0.1`,
		`<p class="quote">Story `, `<p class="small">kim: Kim</p></details>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s\n%s", want, body)
		}
	}
	parked := regexp.MustCompile(`/story\?id=\d+`).FindString(ask(h, "GET", "/deliveries?state=parked").Body.String())
	body = ask(h, "GET", parked).Body.String()
	onlyOurs(t, "story", body)
	for _, want := range []string{`<strong>URGENT</strong> · `, `<strong>HIGH</strong> · `, `📌 `} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of %s lacks %s\n%s", parked, want, body)
		}
	}
}
