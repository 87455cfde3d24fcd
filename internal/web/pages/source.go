package pages

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
)

// sourceSheet is what the page of one source shows.
type sourceSheet struct {
	app.SourceRecord
	Config  news.Source
	Days    timeline
	Notice  string
	Rests   bool // its host may not be asked yet
	Overdue bool // it is due, and waits for its turn
}

// timeline is a picture of how a source fared, a row for each day and a cell for each hour.
type timeline struct {
	Cells   []hourCell
	Labels  []dayLabel
	Hours   []label
	Rows    []dayCount // the same as a table
	Summary string     // in words, for those who do not see it
	Height  int
}

type hourCell struct {
	X, Y  int
	Class string
	Bad   bool // also to be seen without colours
	Says  string
}

type dayLabel struct {
	Y    int
	Text string
}

// dayCount is how many hours of a day came to what.
type dayCount struct {
	Day                           string
	Read, Unchanged, Failed, Part int
}

// Ways how an hour is shown, by what package health says of it.
var hourLooks = map[byte]struct{ class, says string }{
	'.': {"none", "not crawled"}, 'o': {"read", "read"}, 'u': {"same", "not modified"}, 'f': {"failed", "failed"},
	'm': {"part", "failed in part"},
}

// Days of the picture, and its steps, in units of its own.
const (
	timelineDays = 14
	dayStep      = 26
)

// timelineOf draws how a source fared on each of the last days.
func timelineOf(s *site, r *app.SourceRecord) (t timeline) {
	now := s.Now().In(s.zone())
	y, m, d := now.Date()
	first := time.Date(y, m, d-timelineDays+1, 0, 0, 0, 0, s.zone())
	t.Height = timelineDays*dayStep + 24
	rows := map[string]int{}
	for day := range timelineDays {
		name := first.AddDate(0, 0, day).Format("Mon 2 Jan")
		rows[name] = day
		t.Labels = append(t.Labels, dayLabel{day*dayStep + 16, first.AddDate(0, 0, day).Format("Mon 2")})
		t.Rows = append(t.Rows, dayCount{Day: name})
	}
	began := first.UTC().Truncate(time.Hour)
	for i, hour := range r.Timeline.Between(began, now) {
		at := began.Add(time.Duration(i) * time.Hour).In(s.zone())
		day, shown := rows[at.Format("Mon 2 Jan")]
		look := hourLooks[byte(hour)]
		if !shown || look.class == "" { // where midnight is half past an hour, the first began the day before
			continue
		}
		t.Rows[day].count(byte(hour))
		t.Cells = append(t.Cells, hourCell{
			inset + at.Hour()*cellStep, day * dayStep, look.class, hour == 'f' || hour == 'm', at.Format("Mon 2 Jan, 15:04") + ": " + look.says,
		})
	}
	for hour := 0; hour < hours; hour += 3 {
		t.Hours = append(t.Hours, label{inset + hour*cellStep, fmt.Sprintf("%02d", hour)})
	}
	t.Summary = summaryOf(t.Rows)
	return t
}

func (c *dayCount) count(hour byte) {
	switch hour {
	case 'o':
		c.Read++
	case 'u':
		c.Unchanged++
	case 'f':
		c.Failed++
	case 'm':
		c.Part++
	}
}

// summaryOf says in a sentence how a source fared.
func summaryOf(days []dayCount) string {
	sum := dayCount{}
	for _, d := range days {
		sum.Read, sum.Unchanged = sum.Read+d.Read, sum.Unchanged+d.Unchanged
		sum.Failed, sum.Part = sum.Failed+d.Failed, sum.Part+d.Part
	}
	all := sum.Read + sum.Unchanged + sum.Failed + sum.Part
	if all == 0 {
		return fmt.Sprintf("No crawl of the last %d days is kept.", len(days))
	}
	var parts []string
	for _, part := range []struct {
		hours int
		said  string
	}{{sum.Read, "read"}, {sum.Unchanged, "not modified"}, {sum.Failed, "failed"}, {sum.Part, "failed in part"}} {
		if part.hours > 0 {
			parts = append(parts, fmt.Sprintf("%s in %d", part.said, part.hours))
		}
	}
	return fmt.Sprintf("Crawled in %s of the last %d days: %s.", text.Plural(all, "hour"), len(days), strings.Join(parts, ", "))
}

// source shows one source: how it fared, its rhythm, and what it listed last.
func (s *site) source(r *http.Request) (sheet, error) {
	q := r.URL.Query()
	src, ok := s.SourceNamed(q.Get("name"))
	if !ok {
		return sheet{}, notFoundError("There is no source of this name in the config.")
	}
	record, err := s.SourceRecord(r.Context(), src)
	if errors.Is(err, store.ErrNotFound) {
		return sheet{}, notFoundError("This source is new in the config. It is there as soon as the config is in force.")
	}
	if err != nil {
		return sheet{}, err
	}
	v := sourceSheet{SourceRecord: record, Config: src, Days: timelineOf(s, &record)}
	now := s.Now()
	v.Rests, v.Overdue = record.Free.After(now), !record.Next.After(now)
	switch q.Get("tried") {
	case "now":
		since, _ := strconv.ParseInt(q.Get("at"), 10, 64)
		v.Notice = triedNotice(s, &v, time.UnixMilli(since))
	case "running":
		v.Notice = "Nothing was done: it was being crawled at that moment."
	}
	return sheet{Frame: "source", Title: strings.TrimSpace("Source " + src.Name), At: "/sources", Data: v}, nil
}

// triedNotice says what has come of a source that was to be crawled at once, since a time.
func triedNotice(s *site, v *sourceSheet, since time.Time) string {
	switch {
	case v.Crawling:
		return "It is being crawled."
	case !v.Overdue && !v.Crawled.Before(since):
		return "It was crawled " + s.when(v.Crawled) + "."
	case v.Rests:
		return "It is crawled when its host may be asked again, at " + s.when(v.Free) + "."
	case !v.Overdue:
		return "It is crawled when its host may be asked again, at " + s.when(v.Next) + "."
	}
	return "It is crawled as soon as its host may be asked."
}

// tryNow has a source crawled at once, then shows its page.
func (s *site) tryNow(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	name, tried, at := r.PostForm.Get("name"), "now", s.Now()
	switch err := s.TryNow(r.Context(), name, s.visitorOf(r).by()); {
	case errors.Is(err, app.ErrCrawled):
		tried = "running"
	case errors.Is(err, store.ErrNotFound):
		s.refuse(w, r, http.StatusNotFound, "There is no source of this name that is crawled.")
		return
	case err != nil:
		s.refuseDeed(w, r, err, "a source cannot be tried", "source", name)
		return
	}
	to := url.Values{"name": {name}, "tried": {tried}, "at": {strconv.FormatInt(at.UnixMilli(), 10)}}
	http.Redirect(w, r, "/source?"+to.Encode(), http.StatusSeeOther)
}
