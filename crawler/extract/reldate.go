package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// units are the stems of words for spans of time, in lower case and in the
// languages in which feeds are read. The longest stem that fits decides.
var units = stemsOf(map[string]string{
	"second": `sec sek seg сек saniye sn detik giây δευτ másodp vteřin ثاني ثوان שני`,
	"minute": `min мин хв хвилин dakika dk menit phút λεπτ perc דק דקות דקה دقيق دقائ minut मिनट นาที`,
	"hour": `hour hr hrs h std stunde heure hora hs ora ore uur uren godz час ч годин saat timm time jam giờ ώρα
		ώρες ώρας óra órá órá hod tunti tunnin tuntia שעה שעות ساع घंटे घंटा sat ชั่วโมง`,
	"day": `day d tag jour día dias dia giorn dag dni dzień dzie день дня дней днів дні gün hari ngày ημέρ μέρ
		nap den dny dní päiv ימים יום يوم أيام dana zi zile วัน दिन`,
	"week": `week woch wk semaine semana settiman wek weken tygodn tydzie недел тиж hafta veck uge uger uke
		minggu tuần εβδομ hét hete týd viik שבוע أسبوع أسابيع tjed`,
	"month": `month monat mois mes meses mês mesi maand miesi меся місяц månad måned bulan tháng μήν hónap měsíc
		kuukau חודש שהר شهر أشهر`,
	"year": `year yr jahr an ans année año ano anos anni anno jaar rok lata lat год года лет рік роки років yıl
		sene år tahun năm χρόν έτος έτη év rok roky vuo שנה שנים سنة سنوات`,
})

// stemsOf turns lists of stems by what they stand for into what each stands for.
func stemsOf(lists map[string]string) map[string]string {
	stems := map[string]string{}
	for unit, list := range lists {
		for stem := range strings.FieldsSeq(list) {
			stems[stem] = unit
		}
	}
	return stems
}

// unitOf returns the span of time that a lower-case word names, "" for none.
func unitOf(word string) string {
	const short = 3 // letters; a shorter stem is a word of its own
	best, unit := 0, ""
	for stem, u := range units {
		whole := len([]rune(stem)) < short
		if len(stem) > best && (word == stem || !whole && strings.HasPrefix(word, stem)) {
			best, unit = len(stem), u
		}
	}
	return unit
}

const (
	one = `an?|one|eine[rmn]?|einem|une?|una?|uno|uma?|een|ett?|en|jedn\w+|один|одну|одна|bir|ένα|μία|egy|yhde\w+|o|un`
	// ahead and behind are what makes a span of time one that has passed.
	agoAhead  = `vor|il y a|hace|há|faz|acum|πριν από|πριν|منذ|قبل|לפני|před|pred|prije|пре|преди|pirms|prieš|för|for`
	agoBehind = `ago|fa|geleden|temu|назад|тому|önce|sedan|siden|yang lalu|lalu|trước|ezelőtt|sitten|atrás|πριν|` +
		`पहले|ที่แล้ว|ที่ผ่านมา|पूर्व`
)

var (
	spanAhead = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:` + agoAhead + `)\s+(?:(\d{1,3})|(?:` + one + `)\b)?\s?([\p{L}\p{M}]+)\.?(?:\s+(?:` + agoBehind + `))?`)
	spanAgo   = regexp.MustCompile(`(?i)(?:(\d{1,3})|\b(?:` + one + `)\b['’]?)?\s?([\p{L}\p{M}]+)\.?\s+(?:` + agoBehind + `)(?:[^\p{L}]|$)`)
	spanWide  = regexp.MustCompile(`(\d{1,3})\s*(秒|分钟|分鐘|分|小时|小時|時間|天|日|周|週間|週|[个個かヶカケ]月|年)(?:之|以)?前`)
	spanKorea = regexp.MustCompile(`(\d{1,3})\s*(초|분|시간|일|주|개월|달|년)\s*전`)
	spanHungy = regexp.MustCompile(`(?i)(\d{1,3})\s(perce|órája|napja|hete|hónapja|éve)\b`)

	// justNow, dayToday and dayBefore are days and moments without a number.
	justNow   = regexp.MustCompile(`(?i)^(?:just now|moments ago|gerade eben|à l['’]instant|ahora mismo|agora mesmo|adesso|zojuist|przed chwilą|только что|щойно|az önce|baru saja|vừa xong|刚刚|剛剛|たった今|방금(?: 전)?|الآن)$`)
	dayToday  = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(today|heute|aujourd['’]hui|hoy|hoje|oggi|vandaag|dzisiaj|dziś|dzis|сегодня|сьогодні|bugün|idag|i dag|hari ini|hôm nay|σήμερα|dnes|tänään|azi|danas|днес|اليوم|היום|今天|今日|本日|오늘)(?:[^\p{L}]|$)`)
	dayBefore = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(yesterday|gestern|hier|ayer|ontem|ieri|gisteren|wczoraj|вчера|вчора|dün|igår|i går|kemarin|hôm qua|χθες|χτες|včera|eilen|jučer|أمس|אתמול|tegnap|昨天|昨日|어제)(?:[^\p{L}]|$)`)
	onlyClock = regexp.MustCompile(`(?i)(\d{1,2})[:.h](\d{2})(?:\s?([ap])\.?m\b\.?)?`)
)

// wideUnits are the spans of time of languages without spaces.
var wideUnits = map[string]string{
	"秒": "second", "분": "minute", "分": "minute", "分钟": "minute", "分鐘": "minute", "小时": "hour", "小時": "hour", "時間": "hour", "시간": "hour", "초": "second",
	"天": "day", "日": "day", "일": "day", "周": "week", "週": "week", "週間": "week", "주": "week", "개월": "month", "달": "month", "年": "year", "년": "year",
	"个月": "month", "個月": "month", "か月": "month", "ヶ月": "month", "カ月": "month", "ケ月": "month",
	"perce": "minute", "órája": "hour", "napja": "day", "hete": "week", "hónapja": "month", "éve": "year",
}

// relative returns the date that a line says by its distance from the fetch:
// "3 hours ago", "gestern, 14:05". Without the time of the fetch there is none.
func (c calendar) relative(line string, evident bool) (shownDate, bool) {
	const longest = 120 // bytes
	if c.o.Now.IsZero() || len(line) > longest {
		return shownDate{}, false
	}
	line = westernDigits(line)
	if justNow.MatchString(strings.Trim(line, around)) {
		return shownDate{reading: reading{at: c.o.Now, timed: true}}, true
	}
	for _, form := range []*regexp.Regexp{spanAhead, spanAgo, spanWide, spanKorea, spanHungy} {
		m := form.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		n, word := 1, strings.ToLower(line[m[4]:m[5]])
		if m[2] >= 0 {
			n, _ = strconv.Atoi(line[m[2]:m[3]])
		}
		unit := wideUnits[word]
		if unit == "" {
			unit = unitOf(word)
		}
		if at, ok := c.since(n, unit); ok {
			return shownDate{reading{at: at, timed: true}, line[:m[0]], line[m[1]:]}, true
		}
	}
	return c.named(line, evident)
}

// since returns the moment that was a span of time before the fetch.
func (c calendar) since(n int, unit string) (time.Time, bool) {
	now := c.o.Now
	switch unit {
	case "second":
		return now.Add(-time.Duration(n) * time.Second), true
	case "minute":
		return now.Add(-time.Duration(n) * time.Minute), true
	case "hour":
		return now.Add(-time.Duration(n) * time.Hour), true
	case "day":
		return now.AddDate(0, 0, -n), true
	case "week":
		return now.AddDate(0, 0, -7*n), true
	case "month":
		return now.AddDate(0, -n, 0), true
	case "year":
		return now.AddDate(-n, 0, 0), true
	}
	return time.Time{}, false
}

// named returns the date of "today" and "yesterday". Both are words of menus
// too, and need a time of day or an element that says it holds a date.
func (c calendar) named(line string, evident bool) (shownDate, bool) {
	back, m := 0, dayToday.FindStringSubmatchIndex(line)
	if m == nil {
		back, m = 1, dayBefore.FindStringSubmatchIndex(line)
	}
	if m == nil {
		return shownDate{}, false
	}
	zone := c.o.DatesIn
	if zone == nil {
		zone = time.UTC
	}
	y, month, d := c.o.Now.In(zone).AddDate(0, 0, -back).Date()
	found := shownDate{reading{at: time.Date(y, month, d, 0, 0, 0, 0, zone)}, line[:m[2]], line[m[3]:]}
	if t := onlyClock.FindStringSubmatchIndex(found.after); t != nil && isJoint(found.after[:t[0]]) {
		hour, minute, _, ok := clockOf(found.after, t)
		if !ok {
			return shownDate{}, false
		}
		found.at = time.Date(y, month, d, hour, minute, 0, 0, zone)
		found.timed = true
		found.after = found.after[t[1]:]
	}
	return found, found.timed || evident
}

// clockOf reads a match of onlyClock.
func clockOf(s string, m []int) (hour, minute, second int, ok bool) {
	hour, _ = strconv.Atoi(s[m[2]:m[3]])
	minute, _ = strconv.Atoi(s[m[4]:m[5]])
	if m[6] >= 0 {
		hour = inHalf(hour, strings.ToLower(s[m[6]:m[7]]))
	}
	return hour, minute, 0, hour < 24 && minute < 60
}
