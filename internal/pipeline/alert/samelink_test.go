package alert_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// The second of three sources of one link tells it in other words, which match
// nothing: the third tells what the first one told.
func TestThirdSourceOfOneLink(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		link, title := "https://wire.example/7-summit", "Leaders sign a deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title, Text: "A deal on #arms was signed."}}}
		w.Source("wire", lists)
		w.Source("blog", lists)
		w.Again()
		w.WantPosts(title)
		lists["blog"] = []news.Story{{URL: link, Title: title, Text: "Nothing of note here at all."}}
		w.Again()
		lists["wire"] = []news.Story{{URL: link, Title: title, Text: "A deal on #arms was signed."}}
		for range 3 {
			w.Again()
		}
		w.WantPosts(title)
	})
}

// What a source lists in other words at first, and then in those of another one,
// was told already.
func TestEditBecomesWhatAnotherTold(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		link, title := "https://wire.example/7-summit", "Leaders sign #arms deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title}}}
		w.Source("blog", lists)
		lists["blog"] = []news.Story{{URL: link, Title: "Leaders meet"}}
		for range 2 {
			w.Again()
		}
		w.WantPosts(title)
		lists["blog"] = []news.Story{{URL: link, Title: title}}
		for range 2 {
			w.Again()
		}
		w.WantPosts(title)
	})
}

// A source lists a page under another link, and by then the page says more.
func TestTwinMatchesLater(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Stories = pipetest.Listed("first")
		w.Pages[w.Stories[0].URL] = news.Story{Title: "Leaders sign", Text: "The leaders signed a treaty on the exchange of prisoners after four hours of talks.", Canonical: "https://tass.example/story/7"}
		w.Turn()
		w.WantPosts()
		w.Stories = pipetest.Listed("second")
		w.Pages[w.Stories[0].URL] = news.Story{Title: "Leaders sign", Text: "The leaders signed a treaty on #arms after four hours of talks.", Canonical: "https://tass.example/story/7"}
		w.Again()
		w.WantPosts("Leaders sign")
	})
}

// A page that tells another story every day under one link and title alerts
// every day.
func TestEveryIssueOfAPageIsTold(t *testing.T) {
	for _, full := range []news.FullText{news.FullTextNever, news.FullTextAlways} {
		pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
			src := w.Plan.Sources["tass"]
			src.FullText = full
			w.Plan.Sources["tass"] = src
			w.SetPlan()
			url := "https://tass.example/lottery"
			texts := []string{
				"The winning numbers of Tuesday are 3, 14, 15, 92, 65 and 35. #lottery",
				"The jackpot of Wednesday goes to a baker from Kent with 8, 9, 7, 93, 23 and 84. #lottery",
				"Nobody has won on Thursday since 6, 26, 43, 38, 32 and 79 were on no ticket. #lottery",
			}
			for i, text := range texts {
				w.Stories = []news.Story{{
					URL: url, Title: "Lottery results", Text: text, Summary: text,
					Published: pipetest.Noon.Add(time.Duration(i) * 24 * time.Hour),
				}}
				w.Pages[url] = news.Story{Title: "Lottery results", Text: text}
				w.Turn()
				w.Pass(24 * time.Hour)
				w.Turn()
			}
			if len(w.Posts) != 3 {
				t.Errorf("full text %v: %d posts, want 3", full, len(w.Posts))
			}
		})
	}
}
