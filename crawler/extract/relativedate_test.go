package extract

import (
	"strings"
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
		if at, ok := (calendar{o: Options{Now: now}}).relativeDate(s); !ok || !at.Equal(now.Add(-ago)) {
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
		if at, ok := (calendar{o: Options{Now: now, DatesIn: seoul}}).relativeDate(s); ok {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	if _, ok := (calendar{}).relativeDate("3 hours ago"); ok {
		t.Error("a distance from an unknown time")
	}
}

// TestRelativeDateLanguages reads the same in lists and in lines of pages: three
// hours ago, and yesterday at 17:04.
func TestRelativeDateLanguages(t *testing.T) {
	const threeHours, yesterday = "2026-11-28T09:00:00Z", "2026-11-27T17:04:00Z"
	cases := map[string][2]string{
		"": {"3h ago", "Yesterday 17:04"}, "en": {"about 3 hours ago", "yesterday at 5:04 pm"}, "de": {"vor etwa 3 Stunden", "gestern um 17:04 Uhr"},
		"fr": {"il y a environ 3 heures", "Hier à 17h04"}, "es": {"hace 3 horas", "ayer a las 17:04"}, "pt": {"há 3 horas", "ontem às 17:04"},
		"ca": {"fa 3 hores", "ahir 17:04"}, "it": {"3 ore fa", "ieri alle 17:04"}, "nl": {"3 uur geleden", "gisteren om 17:04"}, "sv": {"för 3 timmar sedan", "i går kl. 17.04"},
		"da": {"for 3 timer siden", "i går kl. 17.04"}, "no": {"for 3 timer siden", "I går kl. 17.04"}, "fi": {"3 tuntia sitten", "eilen klo 17.04"},
		"pl": {"3 godziny temu", "wczoraj, 17:04"}, "cs": {"před 3 hodinami", "včera 17:04"}, "sk": {"pred 3 hodinami", "včera o 17:04"},
		"sl": {"pred 3 urami", "včeraj ob 17:04"}, "hr": {"prije 3 sata", "jučer u 17:04"}, "sr": {"пре 3 сата", "јуче, 17:04"}, "ru": {"3 часа тому назад", "вчера в 17:04"},
		"uk": {"3 години тому", "вчора о 17:04"}, "bg": {"преди 3 часа", "вчера, 17:04"}, "lt": {"prieš 3 valandas", "vakar 17:04"}, "lv": {"pirms 3 stundām", "vakar 17:04"},
		"hu": {"3 órája", "tegnap 17:04"}, "ro": {"acum 3 ore", "ieri, 17:04"}, "el": {"πριν από 3 ώρες", "χθες στις 17:04"}, "tr": {"3 saat önce", "dün 17:04"},
		"ar": {"منذ ٣ ساعات", "أمس الساعة 17:04"}, "he": {"לפני 3 שעות", "אתמול בשעה 17:04"}, "fa": {"۳ ساعت پیش", "دیروز 17:04"}, "hi": {"3 घंटे पहले", "कल 17:04"},
		"th": {"3 ชั่วโมงที่แล้ว", "เมื่อวาน 17:04"}, "vi": {"3 giờ trước", "hôm qua lúc 17:04"}, "id": {"3 jam yang lalu", "kemarin 17:04"},
		"ko": {"3시간 전", "어제 오후 5:04"}, "ja": {"3時間前", "昨日 17:04"}, "zh": {"3个小时前", "昨天17:04"},
	}
	for row := range strings.Lines(relativeText) {
		language := strings.TrimSpace(row[:strings.IndexByte(row, '|')])
		for i, want := range []string{threeHours, yesterday} {
			s := cases[language][i]
			if at, ok := (calendar{o: Options{Now: fetched}}).relativeDate(s); !ok || at.Format(time.RFC3339) != want {
				t.Errorf("%q, %q in a list: %v, %t", language, s, at, ok)
			}
			wantDate(t, language+" "+s, newsPage("", "", "<p>"+s+"</p>", ""), want)
		}
	}
}

// TestRelativeDateForms reads what each of the two readers once had alone.
func TestRelativeDateForms(t *testing.T) {
	for s, want := range map[string]string{
		"1 hour, 20 minutes ago": "2026-11-28T10:40:00Z", "1h 20m ago": "2026-11-28T10:40:00Z", "Mis à jour il y a 3 heures": "2026-11-28T09:00:00Z",
		"منذ ساعتين": "2026-11-28T10:00:00Z", "לפני שעתיים": "2026-11-28T10:00:00Z", "3 године": "", "пре 3 године": "2023-11-28T12:00:00Z", "преди 3 години": "2023-11-28T12:00:00Z",
		"3 napja": "2026-11-25T12:00:00Z", "vừa xong": "2026-11-28T12:00:00Z", "Updated just now": "2026-11-28T12:00:00Z", "hôm nay 10:15": "2026-11-28T10:15:00Z",
		"yesterday at 5 pm": "2026-11-27T17:00:00Z", "어제 오후 5:04": "2026-11-27T17:04:00Z", "昨日17時04分": "2026-11-27T17:04:00Z", "一天前": "2026-11-27T12:00:00Z", "3天之前": "2026-11-25T12:00:00Z",
		"long time ago": "", "3.5 hours ago": "", "3-4 hours ago": "", "1234 hours ago": "", "3 horas ago": "", "日前": "", "3일 전북": "", "yesterday 25:00": "", "today, 3 May": "",
		"for 3 hours": "", "an": "", "vor dem Tag": "",
	} {
		got := ""
		if at, ok := (calendar{o: Options{Now: fetched}}).relativeDate(s); ok {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q in a list: got %q, want %q", s, got, want)
		}
		wantDate(t, s, newsPage("", "", "<p>"+s+"</p>", ""), want)
	}
}

// TestRelativeDateWords reads words that are alike in several languages, forms of
// units that are no stem, and what stands around "now".
func TestRelativeDateWords(t *testing.T) {
	for _, c := range []struct{ lang, text, list, line string }{
		{"", "2 weken geleden", "2026-11-14T12:00:00Z", "2026-11-14T12:00:00Z"},
		{"", "vor 2\u00a0Wochen", "2026-11-14T12:00:00Z", "2026-11-14T12:00:00Z"},
		{"", "3 месяца назад", "2026-08-28T12:00:00Z", "2026-08-28T12:00:00Z"},
		{"", "dzień temu", "2026-11-27T12:00:00Z", "2026-11-27T12:00:00Z"},
		{"", "2 dni temu", "2026-11-26T12:00:00Z", "2026-11-26T12:00:00Z"},
		{"", "לפני חודשיים", "2026-09-28T12:00:00Z", "2026-09-28T12:00:00Z"},
		{"", "לפני 3 שניות", "2026-11-28T11:59:57Z", "2026-11-28T11:59:57Z"},
		{"", "לפני שנה", "2025-11-28T12:00:00Z", "2025-11-28T12:00:00Z"},
		{"", "قبل 11 شهرًا", "2025-12-28T12:00:00Z", "2025-12-28T12:00:00Z"},
		{"", "1 minuut geleden", "2026-11-28T11:59:00Z", "2026-11-28T11:59:00Z"},
		{"", "för 3 år sen", "2023-11-28T12:00:00Z", "2023-11-28T12:00:00Z"},
		{"", "acum 20 de zile", "2026-11-08T12:00:00Z", "2026-11-08T12:00:00Z"},
		{"", "fa 2 dies", "2026-11-26T12:00:00Z", "2026-11-26T12:00:00Z"},
		{"", "just now 10:15", "", "2026-11-28T12:00:00Z"},
		{"", "Now on", "", ""},
		{"hu", "ma 10:15", "2026-11-28T10:15:00Z", "2026-11-28T10:15:00Z"},
		{"nl", "ma 10:15", "", ""},
		{"fi", "ma 10:15", "", ""},
		{"", "ma 10:15", "", ""},
		{"", "for years", "", ""},
		{"", "yesterday 18:04 | Sport", "2026-11-27T18:04:00Z", "2026-11-27T18:04:00Z"},
		{"", "yesterday 18:04 | a story that is told at length", "", "2026-11-27T18:04:00Z"},
	} {
		got := ""
		if at, ok := (calendar{o: Options{Now: fetched}, lang: c.lang}).relativeDate(c.text); ok {
			got = at.Format(time.RFC3339)
		}
		if got != c.list {
			t.Errorf("%q of %q in a list: got %q, want %q", c.text, c.lang, got, c.list)
		}
		wantDate(t, c.text, newsPage(c.lang, "", "<p>"+c.text+"</p>", ""), c.line)
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
