package extract

import (
	"testing"
	"time"
)

func TestRelativeDatesOfLists(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	now := time.Date(2024, 5, 3, 18, 4, 5, 0, time.UTC) // 4 May, 03:04:05 in Seoul
	const hour, day = time.Hour, 24 * time.Hour
	for s, ago := range map[string]time.Duration{
		"3 hours ago": 3 * hour, "3h ago": 3 * hour, "an hour ago": hour, "a day ago": day, "1 hr. ago": hour,
		"5 minutes ago": 5 * time.Minute, "5m ago": 5 * time.Minute, "40 secs ago": 40 * time.Second, "0 minutes ago": 0,
		"1 hour, 20 minutes ago": 80 * time.Minute, "1h 20m ago": 80 * time.Minute, "2 weeks ago": 14 * day, "about 3 hours ago": 3 * hour,
		"Updated 3 hours ago": 3 * hour, "Published: 3 hours ago": 3 * hour, "(3 hours ago)": 3 * hour, "3\u00a0HOURS AGO": 3 * hour,
		"vor 3 Stunden": 3 * hour, "vor einer Stunde": hour, "vor 2 Tagen": 2 * day, "il y a 3 heures": 3 * hour, "il y a une heure": hour,
		"hace 3 horas": 3 * hour, "Hace 2 días": 2 * day, "há 3 horas": 3 * hour, "3 ore fa": 3 * hour, "un'ora fa": hour, "3 uur geleden": 3 * hour,
		"för 3 timmar sedan": 3 * hour, "for 3 timer siden": 3 * hour, "3 tuntia sitten": 3 * hour, "3 godziny temu": 3 * hour, "5 min. temu": 5 * time.Minute,
		"před 3 hodinami": 3 * hour, "3 часа назад": 3 * hour, "час назад": hour, "5 минут назад": 5 * time.Minute, "3 години тому": 3 * hour,
		"3 saat önce": 3 * hour, "πριν από 3 ώρες": 3 * hour, "منذ 3 ساعات": 3 * hour, "منذ ٣ ساعات": 3 * hour, "منذ ساعة": hour, "منذ ساعتين": 2 * hour,
		"לפני 3 שעות": 3 * hour, "לפני שעה": hour, "3 jam yang lalu": 3 * hour, "3 giờ trước": 3 * hour, "3시간 전": 3 * hour, "3분전": 3 * time.Minute,
		"3時間前": 3 * hour, "３時間前": 3 * hour, "3小时前": 3 * hour, "3个小时前": 3 * hour, "3小時前": 3 * hour, "3天前": 3 * day, "3 घंटे पहले": 3 * hour, "acum 3 ore": 3 * hour,
		"just now": 0, "방금 전": 0, "刚刚": 0,
	} {
		if at, ok := relativeDate(s, now, nil); !ok || !at.Equal(now.Add(-ago)) {
			t.Errorf("%q: %v, %t, want %v", s, at, ok, now.Add(-ago))
		}
	}
	for s, want := range map[string]string{
		"yesterday": "2024-05-03T00:00:00+09:00", "Today, 01:30": "2024-05-04T01:30:00+09:00", "Yesterday at 6:04 pm": "2024-05-03T18:04:00+09:00",
		"heute, 01:30 Uhr": "2024-05-04T01:30:00+09:00", "hier à 18h04": "2024-05-03T18:04:00+09:00", "сегодня в 01:30": "2024-05-04T01:30:00+09:00",
		"I går kl. 18.04": "2024-05-03T18:04:00+09:00", "昨天18:04": "2024-05-03T18:04:00+09:00", "오늘 오전 1:30": "2024-05-04T01:30:00+09:00",
		"yesterday, 18:04 UTC": "2024-05-03T18:04:00Z", "2 months ago": "2024-03-03T18:04:05Z", "3 years ago": "2021-05-03T18:04:05Z",
		"yesterday 25:00": "", "todayish": "", "today's top 10": "", "yesterday, 3 May": "", "tomorrow": "", "in 3 hours": "", "3 hours": "", "ago": "", "3 ago": "",
		"3 hours ago in Paris": "", "3-4 hours ago": "", "3 hours 4 ago": "", "1234 hours ago": "", "3.5 hours ago": "", "half an hour ago": "", "soon": "", "": "",
		"Closed 3 years ago, the bridge is open again": "", "vor dem Tag": "", "3 hours ago?": "",
	} {
		got := ""
		if at, ok := relativeDate(s, now, seoul); ok {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	if _, ok := relativeDate("3 hours ago", time.Time{}, nil); ok {
		t.Error("a distance from an unknown time")
	}
}

// Dates of lists: the first that is one, and none that is far in the future.
func TestListDate(t *testing.T) {
	now := time.Date(2024, 5, 3, 18, 4, 5, 0, time.UTC)
	for language, want := range map[string]string{"": "", "de": "2024-04-03", "en-US": "2024-03-04", "en": ""} {
		at, ok := listDate("3/4/2024", Options{Now: now, Language: language})
		if got := at.Format(time.DateOnly); ok != (want != "") || ok && got != want {
			t.Errorf("in %q: %s, %t", language, got, ok)
		}
	}
	c := feedContext{o: Options{Now: now}}
	for _, x := range []struct {
		candidates []string
		want       string
	}{
		{[]string{"", "soon", "2 hours ago"}, "2024-05-03T16:04:05Z"},
		{[]string{"2024-05-04T18:04:05Z"}, "2024-05-03T18:04:05Z"},
		{[]string{"2081-01-20", "2024-05-01"}, "2024-05-01T00:00:00Z"}, // of Nepal's calendar
		{[]string{"2081-01-20"}, ""},
	} {
		got := ""
		if at := c.date(x.candidates...); !at.IsZero() {
			got = at.Format(time.RFC3339)
		}
		if got != x.want {
			t.Errorf("%q: got %q, want %q", x.candidates, got, x.want)
		}
	}
}
