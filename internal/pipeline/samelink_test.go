package pipeline_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// The second of three sources of one link tells it in other words, which match
// nothing: the third tells what the first one told.
func TestThirdSourceOfOneLink(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		link, title := "https://wire.example/7-summit", "Leaders sign a deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title, Text: "A deal on #arms was signed."}}}
		w.source("wire", lists)
		w.source("blog", lists)
		w.again()
		w.wantPosts(title)
		lists["blog"] = []news.Story{{URL: link, Title: title, Text: "Nothing of note here at all."}}
		w.again()
		lists["wire"] = []news.Story{{URL: link, Title: title, Text: "A deal on #arms was signed."}}
		for range 3 {
			w.again()
		}
		w.wantPosts(title)
	})
}

// What a source lists in other words at first, and then in those of another one,
// was told already.
func TestEditBecomesWhatAnotherTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		link, title := "https://wire.example/7-summit", "Leaders sign #arms deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title}}}
		w.source("blog", lists)
		lists["blog"] = []news.Story{{URL: link, Title: "Leaders meet"}}
		for range 2 {
			w.again()
		}
		w.wantPosts(title)
		lists["blog"] = []news.Story{{URL: link, Title: title}}
		for range 2 {
			w.again()
		}
		w.wantPosts(title)
	})
}

// A source lists a page under another link, and by then the page says more.
func TestTwinMatchesLater(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.pageSource()
		w.stories = listed("first")
		w.pages[w.stories[0].URL] = news.Story{Title: "Leaders sign", Text: "The leaders signed a treaty on the exchange of prisoners after four hours of talks.", Canonical: "https://tass.example/story/7"}
		w.turn()
		w.wantPosts()
		w.stories = listed("second")
		w.pages[w.stories[0].URL] = news.Story{Title: "Leaders sign", Text: "The leaders signed a treaty on #arms after four hours of talks.", Canonical: "https://tass.example/story/7"}
		w.again()
		w.wantPosts("Leaders sign")
	})
}

// A page that tells another story every day under one link and title alerts
// every day.
func TestEveryIssueOfAPageIsTold(t *testing.T) {
	for _, full := range []news.FullText{news.FullTextNever, news.FullTextAlways} {
		each(t, func(t *testing.T, w *world) {
			src := w.plan.Sources["tass"]
			src.FullText = full
			w.plan.Sources["tass"] = src
			w.setPlan()
			url := "https://tass.example/lottery"
			texts := []string{
				"The winning numbers of Tuesday are 3, 14, 15, 92, 65 and 35. #lottery",
				"The jackpot of Wednesday goes to a baker from Kent with 8, 9, 7, 93, 23 and 84. #lottery",
				"Nobody has won on Thursday since 6, 26, 43, 38, 32 and 79 were on no ticket. #lottery",
			}
			for i, text := range texts {
				w.stories = []news.Story{{URL: url, Title: "Lottery results", Text: text, Summary: text, Published: noon.Add(time.Duration(i) * 24 * time.Hour)}}
				w.pages[url] = news.Story{Title: "Lottery results", Text: text}
				w.turn()
				w.pass(24 * time.Hour)
				w.turn()
			}
			if len(w.posts) != 3 {
				t.Errorf("full text %v: %d posts, want 3", full, len(w.posts))
			}
		})
	}
}
