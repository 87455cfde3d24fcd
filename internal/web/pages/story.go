package pages

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/docs"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify"
)

// Bounds of what is asked, and of what a page of one story shows.
const (
	mostAsked    = 4000 // bytes
	mostVerdicts = 20   // rules that do not match
)

// traced is what the page of a story shows.
type traced struct {
	Asked string
	Wrong string // why there is nothing to show
	Way   *trace.Way

	Search *trace.Search // for words
	Rules  []trace.Ruling
	More   int // rules that are left out

	Answers map[int64]answerable // by alert
	Snoozed map[int64][]app.Snoozed
	Shown   map[int64][]notify.Part // what messages say, by delivery
	Said    string                  // what came of an answer that was given here
}

// story shows the whole way of one story.
func (s *site) story(r *http.Request) (sheet, error) {
	q := r.URL.Query()
	v := traced{
		Asked: strings.TrimSpace(q.Get("url")), Said: saidOf(q),
		Answers: map[int64]answerable{}, Snoozed: map[int64][]app.Snoozed{},
	}
	p := sheet{Frame: "story", Title: "Story", At: "/story", Data: &v}
	id, err := strconv.ParseInt(q.Get("id"), 10, 64)
	switch {
	case q.Get("id") != "" && (err != nil || id < 1):
		return p, notFoundError("That is no number of a story.")
	case id > 0:
		v.Way, err = s.WhyStory(r.Context(), id)
	case v.Asked == "":
		return p, nil
	case len(v.Asked) > mostAsked:
		v.Asked = v.Asked[:mostAsked]
		v.Wrong = "That is too long for a URL, and for words to look for."
		return p, nil
	case !trace.IsLink(v.Asked):
		done, err := readArchive(r.Context(), s) // a link to words may be on any site
		if err != nil {
			return p, err
		}
		defer done()
		found, err := s.Search(r.Context(), v.Asked)
		v.Search, v.Wrong = &found, found.Wrong
		return p, err
	default:
		v.Way, err = s.Why(r.Context(), v.Asked)
	}
	if err != nil {
		return p, err
	}
	if v.Way.Story != nil {
		v.Asked = v.Way.Story.URL
		all, err := s.Snoozes(r.Context())
		if err != nil {
			return p, err
		}
		for _, z := range all {
			v.Snoozed[z.Alert] = append(v.Snoozed[z.Alert], z)
		}
		if v.Shown, err = app.Messages(r.Context(), s.Window, v.Way.Alerts); err != nil {
			return p, err
		}
		for _, a := range v.Way.Alerts {
			if v.Answers[a.ID], err = s.answerableOf(r.Context(), a.ID, v.Way.Story.ID); err != nil {
				return p, err
			}
		}
	}
	v.Rules = v.Way.Rules
	if more := len(v.Rules) - mostVerdicts; more > 0 {
		v.Rules, v.More = v.Rules[:mostVerdicts], more
	}
	return p, nil
}

// documents lists the documents.
func documents(*http.Request) (sheet, error) {
	var all []docs.Manual
	for _, name := range docs.Names() {
		d, _, err := docs.Find(name)
		if err != nil {
			return sheet{}, err
		}
		all = append(all, d)
	}
	return sheet{Frame: "documents", Title: "Documents", At: docs.Prefix, Data: all}, nil
}

// document shows a document.
func document(r *http.Request) (sheet, error) {
	d, ok, err := docs.Find(r.PathValue("name"))
	if err == nil && !ok {
		err = notFoundError("There is no such document.")
	}
	return sheet{Frame: "document", Title: d.Title, At: docs.Prefix, Data: d}, err
}
