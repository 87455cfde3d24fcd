package replay

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/wordindex"
	"github.com/copytaster/copytaster/rules"
)

// began is when the first story of an archive was seen.
var began = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

var exactLives = flag.Uint64("exact-lives", 1, "archives that TestIndexIsExact makes")

// fillEnv makes the test's program fill the index of a store until it is killed.
const fillEnv = "COPYTASTER_TEST_FILL"

// fillSegment fills a segment of the index of words.
func fillSegment(ctx context.Context, s *store.Store, segment int64) error {
	var b wordindex.Builder
	return s.Words.Fill(ctx, segment, func(stories []*news.Story) iter.Seq2[int, []byte] {
		for _, story := range stories {
			b.Add(story)
		}
		return b.Rows
	})
}

// fillForEver says on its output how far it is.
func fillForEver(storage string) error {
	s, err := store.Open(context.Background(), silent, storage)
	if err != nil {
		return err
	}
	_, newest, err := s.Words.Bounds(context.Background())
	whole := wordindex.SegmentOf(newest + 1)
	for i := int64(0); err == nil; i++ {
		if whole > 0 {
			err = fillSegment(context.Background(), s, i%whole)
		}
		fmt.Print(".")
	}
	return errors.Join(err, s.Close())
}

// life is an archive to which all happens that happens to archives.
type life struct {
	ruleWriter
	t       *testing.T
	storage string
	s       *store.Store
	written rules.Definition
	rules   []Version // one rule each
	all     Version
	listed  int // stories
	pruned  time.Time

	past           []string // what happened
	matches, known int
}

func (l *life) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatalf("after %v: %v", l.past, err)
	}
}

func (l *life) inTx(fn func(tx *store.Tx) error) {
	l.t.Helper()
	l.must(l.s.InTx(l.t.Context(), fn))
}

// exec runs a statement, as a daemon of any version might.
func (l *life) exec(query string, args ...any) {
	l.t.Helper()
	l.inTx(func(tx *store.Tx) error {
		_, err := tx.ExecContext(l.t.Context(), query, args...)
		return err
	})
}

func (l *life) open() {
	l.t.Helper()
	var err error
	l.s, err = store.Open(l.t.Context(), silent, l.storage)
	l.must(err)
}

// origin is what the config knows of a source.
func (l *life) origin(source string) news.Origin {
	o := news.Origin{Source: source}
	if source == "tass" {
		o.Tags = []string{"wire"}
	}
	return o
}

func (l *life) story() *news.Story {
	l.listed++
	s := &news.Story{URL: fmt.Sprintf("https://example.org/kim-putin/%d", l.listed),
		Origin:   news.Origin{Source: oneOf(l.ruleWriter, "tass", "yonhap", "ap")},
		Language: oneOf(l.ruleWriter, "en", "ru", ""), Section: oneOf(l.ruleWriter, "World", ""),
		Outlet: oneOf(l.ruleWriter, "Reuters", ""), FirstSeen: began.Add(time.Duration(l.listed) * 2 * time.Minute)}
	if s.Key = s.URL; l.often(70) {
		s.Published = s.FirstSeen.Add(-time.Duration(l.IntN(600)) * time.Minute)
	}
	l.retell(s)
	return s
}

// list lists stories, a few of which wait for their page, and one in five alerts. Their segment has
// fewer than it could.
func (l *life) list() {
	var imported []*news.Story
	for range 40 {
		imported = append(imported, l.story())
	}
	_, err := l.s.Archive.Add(l.t.Context(), imported)
	l.must(err)
	l.inTx(func(tx *store.Tx) error {
		for i := range 20 {
			s := l.story()
			n := store.NewStory{Story: s, KeyedAs: s.Origin.Source, Fingerprint: news.FingerprintOf(s.Origin.Source, s),
				Waiting: i%4 == 0, Host: "example.org"}
			if err := tx.Stories.Add(l.t.Context(), n); err != nil {
				return err
			}
			if i%2 == 0 {
				continue
			}
			a := news.Alert{Cluster: s.Cluster, Story: s.ID, Channel: "news", Rules: []string{"r"}, Created: s.FirstSeen}
			if _, err := tx.Alerts.Add(l.t.Context(), a, 0, false); err != nil {
				return err
			}
		}
		return nil
	})
	l.exec(`UPDATE delivery SET state = 'sent'`)
	if _, newest := l.bounds(); l.often(60) {
		next := (wordindex.SegmentOf(newest)+1)*wordindex.SegmentSize - int64(l.IntN(80))
		query := `UPDATE sqlite_sequence SET seq = max(seq, $1) WHERE name = 'story'`
		if l.s.Postgres() != nil {
			query = `SELECT setval(pg_get_serial_sequence('story', 'id'), greatest($1, (SELECT max(id) FROM story)))`
		}
		l.exec(query, next)
	}
}

func (l *life) bounds() (oldest, newest int64) {
	oldest, newest, err := l.s.Words.Bounds(l.t.Context())
	l.must(err)
	return oldest, newest
}

// some are some of the stories that are there.
func (l *life) some() []*news.Story {
	oldest, newest := l.bounds()
	var ids []int64
	for range 200 {
		ids = append(ids, oldest+l.Int64N(newest-oldest+1))
	}
	found, err := l.s.Archive.Some(l.t.Context(), store.Span{}, ids)
	l.must(err)
	return found
}

// complete reads pages that stories wait for.
func (l *life) complete() {
	now := began.AddDate(0, 1, 0).Add(time.Duration(len(l.past)) * time.Hour)
	l.inTx(func(tx *store.Tx) error {
		claims, err := tx.Pages.Claim(l.t.Context(), now, store.PageLimits{FreeBy: now, Limit: 20, PerHost: 20, Hung: 1})
		for _, c := range claims {
			if err == nil {
				err = tx.Pages.Complete(l.t.Context(), c, l.completed(c.Story), true, now)
			}
		}
		return err
	})
}

func (l *life) completed(id int64) *news.Story {
	s := &news.Story{ID: id, Language: "en"}
	l.retell(s)
	return s
}

func (l *life) revise(kinds ...news.RevisionKind) {
	for _, story := range l.some() {
		l.retell(story)
		l.inTx(func(tx *store.Tx) error {
			r := news.Revision{Seen: story.FirstSeen, Kinds: kinds, By: news.ByPage}
			return tx.Stories.Revise(l.t.Context(), story, r, true)
		})
	}
}

func (l *life) withdraw() { l.revise(news.RevisedText, news.RevisedHeld) }

// older changes texts as a version did that knew no index.
func (l *life) older() {
	for _, story := range l.some() {
		column := oneOf(l.ruleWriter, "title", "summary", "body")
		l.exec(`UPDATE story SET `+column+` = $1, waiting = 0 WHERE id = $2`, l.text(1), story.ID)
	}
}

// fill fills segments as far as all of their stories are there.
func (l *life) fill() {
	_, newest := l.bounds()
	for segment := range wordindex.SegmentOf(newest + 1) {
		if l.often(70) {
			l.must(fillSegment(l.t.Context(), l.s, segment))
		}
	}
}

func (l *life) fillAgain() {
	stale, err := l.s.Words.StaleSegments(l.t.Context(), l.IntN(20))
	l.must(err)
	for _, segment := range stale {
		l.must(fillSegment(l.t.Context(), l.s, segment))
	}
}

func (l *life) prune() {
	l.pruned = began.Add(time.Duration(l.listed/(2+l.IntN(4))) * 2 * time.Minute)
	_, err := l.s.Prune(l.t.Context(), store.Ages{Texts: l.pruned, Compared: l.pruned})
	l.must(err)
	_, err = l.s.Words.Prune(l.t.Context())
	l.must(err)
}

// kill has a process fill the index, and kills it while it does.
func (l *life) kill() {
	l.must(l.s.Close())
	defer l.open()
	cmd := exec.CommandContext(l.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fillEnv+"="+l.storage)
	out, err := cmd.StdoutPipe()
	l.must(err)
	l.must(cmd.Start())
	for range 1 + l.IntN(6) {
		_, err := out.Read(make([]byte, 1))
		l.must(err)
	}
	l.must(cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
}

// restore goes back to a backup after more has happened.
func (l *life) restore() {
	if store.IsPostgres(l.storage) {
		return
	}
	backup := filepath.Join(l.t.TempDir(), "backup.db")
	l.must(l.s.Backup(l.t.Context(), backup))
	l.list()
	l.revise()
	l.fill()
	l.must(l.s.Close())
	_, _, err := store.Restore(l.t.Context(), silent, l.storage, backup, time.Now())
	l.must(err)
	l.open()
}

// move moves the store.
func (l *life) move(to string) {
	l.must(l.s.Close())
	_, err := store.Relocate(l.t.Context(), silent, l.storage, to, time.Now(), nil)
	l.must(err)
	l.storage = to
	l.open()
}

// check compares the counts of all rules with those of the whole archive.
func (l *life) check() {
	l.t.Helper()
	since := oneOf(l.ruleWriter, time.Time{}, began.Add(time.Duration(l.IntN(l.listed+1))*2*time.Minute))
	archive := ArchiveOf(l.s, since, l.origin)
	want, err := Backtest(l.t.Context(), archive, Options{Rules: l.all, Zone: time.UTC})
	l.must(err)
	if len(want.ByRule) != len(l.rules) {
		l.t.Fatalf("%d rules of %d", len(want.ByRule), len(l.rules))
	}
	for i := range l.rules {
		got, err := BacktestNewest(l.t.Context(), archive, Options{Rules: l.rules[i], Zone: time.UTC})
		l.must(err)
		had, wanted := got.ByRule[0], want.ByRule[i]
		if had.Matches != wanted.Matches || !maps.Equal(had.ByDay, wanted.ByDay) || got.Stories != want.Stories {
			l.t.Fatalf("since %v after %v: %s matches %d of %d stories by the index, %d of %d without\n%+v", since, l.past,
				wanted.Rule, had.Matches, got.Stories, wanted.Matches, want.Stories, l.written.Rules[i])
		}
		l.matches += wanted.Matches
	}
}

// TestIndexIsExact: whatever happens to an archive, each of many rules of all kinds matches by the
// index of words what it matches of all stories.
func TestIndexIsExact(t *testing.T) {
	for seed := range *exactLives {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { liveThrough(t, seed) })
	}
}

func liveThrough(t *testing.T, seed uint64) {
	l := &life{ruleWriter: ruleWriter{rand.New(rand.NewPCG(seed, 9))}, t: t, storage: storetest.SQLite(t)}
	l.written = l.definition(16)
	l.all = compile(t, l.written)
	for i := range l.written.Rules {
		one := l.written
		one.Rules = one.Rules[i : i+1]
		l.rules = append(l.rules, compile(t, one))
		if need := l.all.Set.NeedOf(i); need.Known() {
			l.known++
		}
	}
	l.open()
	t.Cleanup(func() { _ = l.s.Close() })
	happens := []struct {
		name string
		do   func()
	}{
		{"list", l.list}, {"complete", l.complete}, {"revise", func() { l.revise() }}, {"withdraw", l.withdraw}, {"older", l.older},
		{"fill", l.fill}, {"fill again", l.fillAgain}, {"prune", l.prune}, {"kill", l.kill}, {"restore", l.restore},
	}
	for _, to := range []string{storetest.NewPostgres(t), storetest.NewSQLite(t), ""} {
		l.past = append(l.past, "list, fill")
		for range 4 {
			l.list()
		}
		l.fill()
		l.check()
		for _, i := range l.Perm(len(happens)) {
			l.past = append(l.past, happens[i].name)
			happens[i].do()
			l.check()
		}
		if to != "" {
			l.past = append(l.past, "move")
			l.move(to)
			l.check()
		}
	}
	t.Logf("%d stories were listed; %d matches were compared; something is known of %d rules of %d", l.listed, l.matches,
		l.known, len(l.rules))
	if l.matches < 1000 || l.known < len(l.rules)/2 {
		t.Error("too few to say anything")
	}
}
