package alert_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

const leaders = "The leaders of the two countries met on Wednesday at the spaceport and talked for more than four hours.\n" +
	"They agreed to send artillery shells, and 15 people were killed in the attack that overshadowed the meeting."

// alerted is a world whose story was alerted at noon to the channels, by a rule that finds
// "leaders" and "artillery".
func alerted(w *pipetest.World, severity news.Severity, channels ...string) {
	w.T.Helper()
	w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
		m := news.Match{Rule: "talks", Hash: "1", Severity: severity, To: channels}
		for _, field := range []struct {
			name news.FieldName
			text string
		}{{news.FieldTitle, s.Title}, {news.FieldBody, s.Text}} {
			for term, concept := range map[string]string{"leaders": "kim", "artillery": "arms"} {
				if at := strings.Index(strings.ToLower(field.text), term); at >= 0 {
					m.Evidence = append(m.Evidence, news.Evidence{
						Term: term, Concept: concept, Field: field.name, Start: at, End: at + len(term),
						Text: field.text[at : at+len(term)],
					})
				}
			}
		}
		if both := slices.ContainsFunc(m.Evidence, func(e news.Evidence) bool { return e.Concept == "arms" }); !both {
			return nil
		}
		return []news.Match{m}
	})
	src := w.Plan.Sources["tass"]
	src.FullText = news.FullTextAuto
	w.Plan.Sources["tass"] = src
	w.SetPlan()
	w.Stories = []news.Story{{URL: pipetest.PageURL, Title: "Leaders meet", Published: pipetest.Noon.Add(-time.Minute)}}
	w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders meet", Text: leaders}
	w.Turn()
	if len(w.Posts) != max(1, len(channels)) {
		w.T.Fatalf("%d posts, want one for each of %v", len(w.Posts), channels)
	}
	w.Posts, w.PageRead = nil, 0
}

// page changes the page of the story.
func page(w *pipetest.World, title, text string) {
	w.Pages[pipetest.PageURL] = news.Story{Title: title, Text: text}
}

// texts are the notifications of what was posted.
func texts(posts []notify.Message) (all []string) {
	for _, m := range posts {
		all = append(all, m.Text)
	}
	return all
}

// wantTexts says how the notifications begin.
func wantTexts(w *pipetest.World, want ...string) {
	w.T.Helper()
	got := texts(w.Posts)
	if len(got) != len(want) {
		w.T.Fatalf("told %q, want %q", got, want)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			w.T.Errorf("told %q, want %q first", got[i], want[i])
		}
	}
}

// said is all that a message says.
func said(m notify.Message) string {
	var b strings.Builder
	for _, p := range m.Body {
		for _, r := range p.Runs {
			b.WriteString(cmp.Or(r.Text, r.Time.UTC().Format("15:04")))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestCorrectionReachesEveryChannel(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		alerted(w, news.High, "desk", "world")
		page(w, "Leaders sign", strings.Replace(leaders, "artillery shells", "aid", 1))
		w.Until(5 * time.Minute)
		const want = "HEADLINE CHANGED · Leaders sign · it was: Leaders meet · No longer matches: arms"
		wantTexts(w, want, want)
		for _, m := range w.Posts {
			if m.Thread == "" || !m.Broadcast {
				t.Errorf("thread %q, broadcast %v", m.Thread, m.Broadcast)
			}
			if body := said(m); !strings.Contains(body, "They agreed to send artillery shells aid") {
				t.Errorf("it says %s", body)
			}
		}
		w.Turn()
		if len(w.Edits) != 2 {
			t.Fatalf("%d messages were edited, want both", len(w.Edits))
		}
		for _, m := range w.Edits {
			c := m.State.Corrected
			if m.Headline != "Leaders sign" || c == nil || c.Was != "Leaders meet" || !slices.Equal(c.Lost, []string{"arms"}) ||
				!c.At.Equal(pipetest.Noon.Add(5*time.Minute)) {
				t.Errorf("the message shows %q, %+v", m.Headline, c)
			}
		}
	})
}

// TestWorthOfEdits: what is told in the thread, what in the channel, and what only by an
// edit of the message.
func TestWorthOfEdits(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		severity                news.Severity
		title, text             string
		told, broadcast, edited bool
	}{
		{"a headline", news.Normal, "Leaders sign", leaders, true, false, true},
		{"a headline of an urgent alert", news.Urgent, "Leaders sign", leaders, true, true, true},
		{"a note of correction", news.Info, "", leaders + "\nCorrection: the name of the spaceport.", true, false, true},
		{"a number", news.Normal, "", strings.Replace(leaders, "15", "21", 1), true, false, true},
		{"a word", news.Normal, "", strings.Replace(leaders, "Wednesday", "Tuesday", 1), false, false, true},
		{"a word of a high alert", news.High, "", strings.Replace(leaders, "Wednesday", "Tuesday", 1), true, true, true},
		{"a word that is put in", news.High, "", strings.Replace(leaders, "agreed to", "agreed not to", 1), true, true, true},
		{"a match that is lost", news.Normal, "", strings.Replace(leaders, "artillery shells", "aid", 1), true, false, true},
		{"a paragraph more", news.High, "", leaders + "\nThe foreign ministry said late in the evening that it watched the talks with concern.", false, false, true},
		{"a counter", news.Urgent, "", leaders + "\n12 comments", false, false, false},
		{
			"a page that asks for consent", news.Urgent, "", "We and our 842 partners store and access personal data, like browsing data, on your device.\n" +
				"Selecting accept enables tracking technologies to support the purposes shown below, for example measuring advertising.", false, false, false,
		},
		{
			"a page that keeps crawlers out", news.Urgent, "Access denied", "Please verify that no machine is reading. Checking your browser takes a moment.",
			false, false, false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				alerted(w, tt.severity, "desk")
				page(w, cmp.Or(tt.title, "Leaders meet"), tt.text)
				w.Until(16 * time.Minute)
				w.Turn()
				told := len(w.Posts) == 1
				if told != tt.told || told && w.Posts[0].Broadcast != tt.broadcast || (len(w.Edits) > 0) != tt.edited {
					t.Errorf("told %q, %d edits", texts(w.Posts), len(w.Edits))
				}
				if n := len(w.Edits); n > 0 && w.Edits[n-1].State.Corrected == nil {
					t.Error("the message does not show that the story was changed")
				}
			})
		})
	}
}

// TestEditsBecomeOne: while the channel rests, edits of one story become one reply, from
// the first words to the last; taken back, they leave nothing to tell or show.
func TestEditsBecomeOne(t *testing.T) {
	for _, back := range []bool{false, true} {
		pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
			w.Plan.Pace = time.Hour
			alerted(w, news.High, "desk")
			for i, n := range []string{"17", "19", "21"} {
				page(w, "Leaders meet", strings.Replace(leaders, "15", n, 1))
				w.Until([]time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute}[i])
			}
			if back {
				page(w, "Leaders meet", leaders)
			}
			w.Until(time.Hour)
			w.Until(2 * time.Hour)
			if back {
				wantTexts(w)
				n, dead := len(w.Edits), w.States()[news.StateDead]
				if dead > 0 || n == 0 || w.Edits[n-1].State.Corrected != nil {
					t.Errorf("%d are dead, %d edits, the message shows a change", dead, n)
				}
				return
			}
			wantTexts(w, "TEXT CHANGED · Leaders meet · tass")
			if body := said(w.Posts[0]); !strings.Contains(body, "15 21 people") || strings.Contains(body, "19") {
				t.Errorf("it says %s", body)
			}
		})
	}
}

func TestWithdrawals(t *testing.T) {
	notice := func(title, text string) func(w *pipetest.World) {
		return func(w *pipetest.World) { page(w, title, text) }
	}
	for _, tt := range []struct {
		name      string
		do        func(w *pipetest.World)
		kind      string
		told      string
		says      string
		sentAfter time.Duration
	}{
		{
			"page gone", func(w *pipetest.World) { delete(w.Pages, pipetest.PageURL) }, "withdrawn", "PAGE GONE · Leaders meet",
			"Between 12:05 and 12:20, the page vanished from tass (404)", 20 * time.Minute,
		},
		{
			"withdrawn in place of the text", notice("Leaders meet", "This story has been withdrawn."), "retracted", "WITHDRAWN · Leaders meet",
			"Between 12:05 and 12:15, tass withdrew the story. It says: “This story has been withdrawn.”", 15 * time.Minute,
		},
		{"killed in the headline", notice("KILL: Leaders meet", leaders), "killed", "KILLED · Leaders meet", "tass killed the story", 15 * time.Minute},
		{
			"held", notice("Leaders meet", "Please do not use this story until it was checked.\n"+leaders), "held", "HELD · Leaders meet",
			"tass asked not to use the story until it is checked", 15 * time.Minute,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.MaxAge = time.Minute * 3 // stops no correction of what was sent
				alerted(w, news.High, "desk", "world")
				w.Until(5 * time.Minute)
				tt.do(w)
				w.Until(tt.sentAfter)
				w.WantRevisions(tt.kind)
				wantTexts(w, tt.told, tt.told)
				if body := said(w.Posts[0]); !strings.Contains(body, tt.says) || !w.Posts[0].Broadcast {
					t.Errorf("it says %s", body)
				}
				if s := w.Story(); s.Title != "Leaders meet" || s.Text != leaders {
					t.Errorf("the words changed: %+v", s.Story)
				}
				w.Until(70 * time.Minute)
				wantTexts(w, tt.told, tt.told)
				if shown := w.Edits[len(w.Edits)-1].State; shown.Withdrawn == nil || shown.Corrected != nil {
					t.Errorf("the message shows %+v", shown)
				}
				page(w, "Just a moment", "Checking your browser. Please verify that you are human to continue to the site.")
				w.Until(2 * time.Hour)
				wantTexts(w, tt.told, tt.told)
				page(w, "Leaders meet", leaders)
				w.Until(5 * time.Hour)
				w.WantRevisions(tt.kind, "restored")
				wantTexts(w, tt.told, tt.told, "RESTORED · Leaders meet", "RESTORED · Leaders meet")
				if shown := w.Edits[len(w.Edits)-1].State; shown.Withdrawn != nil || shown.Restored == nil {
					t.Errorf("the message shows %+v", shown)
				}
			})
		})
	}
}

// TestNoticeInTheList: what the list says, the list takes back, and the page does not.
func TestNoticeInTheList(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		alerted(w, news.Normal, "desk")
		w.Stories[0].Title = "WITHDRAWN: Leaders meet"
		w.Again()
		w.WantRevisions("retracted")
		w.Again()
		wantTexts(w, "WITHDRAWN · Leaders meet")
		w.Stories[0].Title = "Leaders meet"
		w.Again()
		w.WantRevisions("retracted", "restored")
		wantTexts(w, "WITHDRAWN · Leaders meet", "RESTORED · Leaders meet")
	})
}

// TestNoticeOfItsOwn: an agency kills a story by another one. Its other stories stand.
func TestNoticeOfItsOwn(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		alerted(w, news.Normal, "desk")
		other := news.Story{URL: "https://tass.example/other", Title: "Factory burns", Published: pipetest.Noon}
		w.Pages[other.URL] = news.Story{Title: other.Title, Text: "A factory of artillery burned down on Tuesday night."}
		w.Stories = append([]news.Story{other}, w.Stories...)
		w.Again()
		wantTexts(w, "NORMAL · Factory burns")
		w.Posts = nil
		kill := news.Story{URL: "https://tass.example/kill", Title: "KILL: Leaders meet", Published: pipetest.Noon}
		w.Pages[kill.URL] = news.Story{Title: kill.Title, Text: "Please kill the story on artillery. A kill is mandatory."}
		w.Stories = append([]news.Story{kill}, w.Stories...)
		w.Again()
		w.WantRevisions("killed")
		w.WantRevisionsOf(other)
		wantTexts(w, "KILLED · Leaders meet")
		if body := said(w.Posts[0]); !strings.Contains(body, "It says: “KILL: Leaders meet”") {
			t.Errorf("it says %s", body)
		}
		w.Until(25 * time.Hour) // the page goes on to stand
		w.WantRevisions("killed")
		wantTexts(w, "KILLED · Leaders meet")
	})
}

// TestCarriers: a withdrawal says who still carries the news.
func TestCarriers(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		alerted(w, news.High, "desk")
		lists := map[string][]news.Story{"tass": w.Stories, "wire": nil}
		w.Source("wire", lists)
		copied := news.Story{URL: "https://wire.example/a", Title: "Leaders meet", Published: pipetest.Noon}
		w.Pages[copied.URL] = news.Story{Title: copied.Title, Text: leaders}
		lists["wire"] = []news.Story{copied}
		w.Until(10 * time.Minute)
		delete(w.Pages, pipetest.PageURL)
		w.Until(20 * time.Minute)
		wantTexts(w, "PAGE GONE · Leaders meet · tass · Still carried by wire")
	})
}

// TestDenseLooks: the page of a severe alert is looked at more often, also when the alert
// was raised only later.
func TestDenseLooks(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		alerted(w, news.Urgent, "desk")
		for _, step := range []struct {
			until time.Duration
			looks int
		}{
			{4 * time.Minute, 0}, {5 * time.Minute, 1}, {15 * time.Minute, 2}, {30 * time.Minute, 3}, {time.Hour, 4},
			{2 * time.Hour, 5}, {4 * time.Hour, 6}, {8 * time.Hour, 7}, {12 * time.Hour, 8}, {24 * time.Hour, 9},
			{48 * time.Hour, 9},
		} {
			if w.Until(step.until); w.PageRead != step.looks {
				t.Errorf("%v after the alert the page was looked at %d times, want %d", step.until, w.PageRead, step.looks)
			}
		}
	})
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Until(65 * time.Minute)
		w.Stories[0].Title = "Leaders meet #urgent"
		w.Until(2 * time.Hour) // the list's new headline has the page looked at, and the plan goes on
		looks := w.PageRead
		if w.Until(4 * time.Hour); w.PageRead != looks+1 {
			t.Errorf("%d looks, %d before: want that after 4 hours", w.PageRead, looks)
		}
	})
}

// TestHostilePage: a page that flips with every look fills neither store nor channel.
func TestHostilePage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		alerted(w, news.Urgent, "desk")
		loads := 0
		w.OnPage = func(news.Story) {
			loads++
			page(w, fmt.Sprintf("Leaders meet, says %c", 'a'+loads), strings.Replace(leaders, "15", fmt.Sprint(15+loads), 1))
			if loads%2 == 0 {
				page(w, "Leaders meet", "This story has been withdrawn.")
			}
		}
		w.Until(48 * time.Hour)
		if loads != 9 || len(w.Posts) > 14 {
			t.Errorf("%d looks, told %q", loads, texts(w.Posts))
		}
	})
}

// TestDeathBeforeTheReply: whoever dies between look and reply loses neither.
func TestDeathBeforeTheReply(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		alerted(w, news.Urgent, "desk")
		delete(w.Pages, pipetest.PageURL)
		w.Until(9 * time.Minute)
		w.OnSend = func(notify.Message) error {
			pipetest.Die()
			return nil
		}
		w.Pass(time.Minute)
		for range 3 {
			if err := w.Pipe.Dispatch(t.Context()); err != nil {
				t.Fatal(err)
			}
			jobs := w.Jobs
			w.Jobs = nil
			w.RunToDeath(jobs)
		}
		w.WantRevisions("withdrawn")
		wantTexts(w)
		w.OnSend = nil
		w.Pipe = w.Daemon()
		if err := w.Pipe.SetPlan(t.Context(), w.Plan, pipeline.Start); err != nil {
			t.Fatal(err)
		}
		w.Live(10 * time.Minute)
		wantTexts(w, "PAGE GONE · Leaders meet")
	})
}
