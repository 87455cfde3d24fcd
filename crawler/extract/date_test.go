package extract

import (
	"testing"
	"time"
)

// dates are dates as feeds and pages write them; want "" is none at all.
var dates = []struct{ in, zone, want string }{
	{"2024-05-03T18:04:05+09:00", "", "2024-05-03T18:04:05+09:00"},
	{"2024-05-03T18:04:05.389Z", "", "2024-05-03T18:04:05Z"},
	{"2024-05-03T18:04:05", "Asia/Seoul", "2024-05-03T18:04:05+09:00"},
	{"2024-05-03T18:04", "", "2024-05-03T18:04:00Z"},
	{"2024-05-03 18:04:05 +0900", "", "2024-05-03T18:04:05+09:00"},
	{"2024-05-03 18:04:05 UTC", "Asia/Seoul", "2024-05-03T18:04:05Z"},
	{"2024-05-03", "Asia/Seoul", "2024-05-03T00:00:00+09:00"},
	{"20240503", "", "2024-05-03T00:00:00Z"},
	{"20240503T180405", "", "2024-05-03T18:04:05Z"},
	{"20240503180405", "", "2024-05-03T18:04:05Z"},
	{"1714752245", "", "2024-05-03T16:04:05Z"},
	{"1714752245000", "", "2024-05-03T16:04:05Z"},
	{"Fri, 03 May 2024 18:04:05 GMT", "Asia/Seoul", "2024-05-03T18:04:05Z"},
	{"Fri, 3 May 2024 18:04:05 +0900", "", "2024-05-03T18:04:05+09:00"},
	{"Fri, 03 May 2024 18:04:05 KST", "", "2024-05-03T18:04:05+09:00"},
	{"Fri, 03 May 2024 18:04:05 MSK", "", "2024-05-03T18:04:05+03:00"},
	{"Fri, 03 May 2024 18:04:05 EDT", "", "2024-05-03T18:04:05-04:00"},
	{"Fri, 03 May 2024 18:04:05 CST", "", "2024-05-03T18:04:05-06:00"},
	{"Fri, 03 May 2024 18:04:05 CST", "Asia/Shanghai", "2024-05-03T18:04:05+08:00"},
	{"Fri, 03 May 2024 18:04:05 XYZ", "", ""},
	{"Fri, 03 May 24 18:04:05 GMT", "", "2024-05-03T18:04:05Z"},
	{"Friday, 03-May-24 18:04:05 GMT", "", "2024-05-03T18:04:05Z"},
	{"Fri May  3 18:04:05 2024", "", "2024-05-03T18:04:05Z"},
	{"Fri May  3 18:04:05 MSK 2024", "", "2024-05-03T18:04:05+03:00"},
	{"May 3, 2024 6:04 PM", "", "2024-05-03T18:04:00Z"},
	{"May 3, 2024, 12:04 a.m.", "", "2024-05-03T00:04:00Z"},
	{"3 May 2024", "", "2024-05-03T00:00:00Z"},
	{"Sept. 3, 2024", "", "2024-09-03T00:00:00Z"},
	{"2024년 5월 3일 오후 3:04", "Asia/Seoul", "2024-05-03T15:04:00+09:00"},
	{"2024년 5월 3일 15시 04분", "Asia/Seoul", "2024-05-03T15:04:00+09:00"},
	{"입력 2024.05.03 15:04", "Asia/Seoul", "2024-05-03T15:04:00+09:00"},
	{"2024. 5. 3. 오전 12:04", "", "2024-05-03T00:04:00Z"},
	{"2024年5月3日 15時04分", "Asia/Tokyo", "2024-05-03T15:04:00+09:00"},
	{"2024年05月03日15:04", "Asia/Shanghai", "2024-05-03T15:04:00+08:00"},
	{"Пт, 03 мая 2024 12:00:00 +0300", "", "2024-05-03T12:00:00+03:00"},
	{"3 мая 2024 г. 12:00", "Europe/Moscow", "2024-05-03T12:00:00+03:00"},
	{"12:00, 3 июня 2024", "", "2024-06-03T12:00:00Z"},
	{"3. Mai 2024, 17:47 Uhr", "Europe/Berlin", "2024-05-03T17:47:00+02:00"},
	{"mardi 3 décembre 2024 à 17h47", "Europe/Paris", "2024-12-03T17:47:00+01:00"},
	{"3 de mayo de 2024", "", "2024-05-03T00:00:00Z"},
	{"erstellt: 01. April 2025, 15:25", "", "2025-04-01T15:25:00Z"},
	{"03.05.2024 18:04", "", "2024-05-03T18:04:00Z"},
	{"13/05/2024", "", "2024-05-13T00:00:00Z"},
	{"05/13/2024", "", "2024-05-13T00:00:00Z"},
	{"05/04/2024", "", ""},
	{"30 February 2024", "", ""},
	{"2024-13-03", "", ""},
	{"2024-05-03T25:00:00", "", ""},
	{"1970-01-01T00:00:00Z", "", ""},
	{"0001-01-01T00:00:00Z", "", ""},
	{"yesterday", "", ""},
	{"5 minutes ago", "", ""},
	{"May or June 2024", "", ""},
	{"12345", "", ""},
}

func TestParseDate(t *testing.T) {
	for _, c := range dates {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, ok := parseDate(c.in, zone)
		got := ""
		if ok {
			got = at.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.in, c.zone, got, c.want)
		}
	}
}

func TestMonthNames(t *testing.T) {
	for month, names := range map[time.Month][]string{
		time.January:   {"january", "januar", "janvier", "enero", "gennaio", "января", "stycznia", "janeiro", "ocak", "ledna", "січня"},
		time.March:     {"march", "märz", "mars", "marzo", "марта", "março", "maart", "marca", "mart", "березня", "maaliskuuta"},
		time.May:       {"may", "mai", "mayo", "maggio", "мая", "maja", "maio", "mei", "května", "травня", "mayıs"},
		time.June:      {"june", "juni", "juin", "junio", "giugno", "июня", "czerwca", "haziran", "června", "червня"},
		time.July:      {"july", "juli", "juillet", "julio", "luglio", "июля", "lipca", "temmuz", "července", "липня"},
		time.September: {"september", "septembre", "settembre", "setembro", "сентября", "września", "eylül", "září", "вересня"},
		time.November:  {"november", "novembre", "noviembre", "ноября", "listopada", "kasım", "листопада", "marraskuuta"},
		time.December:  {"december", "dezember", "décembre", "diciembre", "декабря", "grudnia", "aralık", "prosince", "грудня"},
		0:              {"friday", "mardi", "at", "uhr", "года", "von", "the"},
	} {
		for _, name := range names {
			if got := monthOf(name); got != month {
				t.Errorf("%s is %s, want %s", name, got, month)
			}
		}
	}
}
