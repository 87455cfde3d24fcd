package extract

import (
	"testing"
	"time"
)

func TestPickDate(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	for _, c := range []struct {
		name       string
		zone       *time.Location
		order      dayOrder
		candidates []string
		want       string // RFC 3339; "" for none
	}{
		{"the first", nil, 0, []string{"2024-05-03T10:00:00Z", "2024-05-04T10:00:00Z"}, "2024-05-03T10:00:00Z"},
		{"none", nil, 0, []string{"", "soon"}, ""},
		{"the zone of the same time", nil, 0, []string{"2024-05-03 18:11:01.0", "2024-05-03T18:11:01+02:00"}, "2024-05-03T18:11:01+02:00"},
		{"not the zone of another time", nil, 0, []string{"2024-05-03 18:11:01.0", "2024-05-03T19:30:00+02:00"}, "2024-05-03T18:11:01Z"},
		{"its own zone stays", nil, 0, []string{"2024-05-03T18:11:01Z", "2024-05-03T18:11:01+02:00"}, "2024-05-03T18:11:01Z"},
		{"the time of the same day", nil, 0, []string{"2024-05-03", "2024-05-03T06:00:00+02:00"}, "2024-05-03T06:00:00+02:00"},
		{"not the time of another day", nil, 0, []string{"2024-05-03", "2024-05-04T06:00:00+02:00"}, "2024-05-03T00:00:00Z"},
		{"the source's zone", seoul, 0, []string{"2024-05-03 08:00"}, "2024-05-03T08:00:00+09:00"},
		{"a day in the source's zone", seoul, 0, []string{"2024-05-03"}, "2024-05-03T00:00:00+09:00"},
		{"the page's zone before the source's", seoul, 0, []string{"2024-05-03 08:00", "2024-05-03T08:00:00Z"}, "2024-05-03T08:00:00Z"},
		{"figures in no known order", nil, orderUnknown, []string{"3/4/2024"}, ""},
		{"the day first", nil, dayFirst, []string{"3/4/2024"}, "2024-04-03T00:00:00Z"},
		{"the month first", nil, monthFirst, []string{"3/4/2024"}, "2024-03-04T00:00:00Z"},
		{"a number that is no month", nil, monthFirst, []string{"23/4/2024"}, "2024-04-23T00:00:00Z"},
		{"the future", nil, 0, []string{"2024-07-01T00:00:00Z"}, "2024-06-01T00:00:00Z"},
	} {
		now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
		got := ""
		if at := pickDate(Options{DatesIn: c.zone, Now: now}, c.order, c.candidates); !at.IsZero() {
			got = at.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOrderOf(t *testing.T) {
	for _, c := range []struct {
		languages []string
		want      dayOrder
	}{
		{[]string{"", ""}, orderUnknown}, {[]string{"en"}, orderUnknown}, {[]string{"en-CA"}, orderUnknown},
		{[]string{"en-US"}, monthFirst}, {[]string{"en_US"}, monthFirst}, {[]string{"en", "en-US"}, monthFirst},
		{[]string{"en-GB"}, dayFirst}, {[]string{"en-ZA"}, dayFirst}, {[]string{"fr"}, dayFirst},
		{[]string{"", "de-DE"}, dayFirst}, {[]string{"ru", "en-US"}, dayFirst}, {[]string{"ko-KR"}, orderUnknown},
	} {
		if got := orderOf(c.languages...); got != c.want {
			t.Errorf("%q: got %d, want %d", c.languages, got, c.want)
		}
	}
}

func TestDateInLine(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"erstellt: 01. April 2025, 15:25 In: Politik | Kommentare: 0", "2025-04-01T15:25:00Z"},
		{"By Ada Miles | May 3, 2024 6:05 pm | 12 comments", "2024-05-03T18:05:00Z"},
		{"Publicado el 3 de mayo de 2024 | 5 comentarios", "2024-05-03T00:00:00Z"},
		{"3 May 2024", "2024-05-03T00:00:00Z"},
		{"12 comments", ""},
		{"Chapter 12 Section 2024", ""},
	} {
		got := ""
		for _, d := range (calendar{}).dates(c.line) {
			if _, own := d.label(false); own && got == "" {
				got = d.at.Format(time.RFC3339)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
}

func TestTitleDate(t *testing.T) {
	for _, c := range []struct{ title, want string }{
		{"Ziele und Risiken | DW | 28.04.2023", "2023-04-28"},
		{"Ziele und Risiken – DW – 28.04.2023", "2023-04-28"},
		{"Protokoll vom 28.04.2023", ""},
	} {
		s, err := Article([]byte(`<html lang="de"><title>`+c.title+`</title><h1>Ziele</h1><p>Text`), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if !s.Published.IsZero() {
			got = s.Published.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.title, got, c.want)
		}
	}
}
