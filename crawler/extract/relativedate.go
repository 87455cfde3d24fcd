package extract

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// span is a unit of time: of the clock, or of the calendar.
type span struct {
	clock        time.Duration
	days, months int
}

// spanWords are the units as languages write them behind a number.
var spanWords = wordTable([]spanRow{
	{span{clock: time.Second}, `s sec secs second seconds sekunde sekunden seconde secondes segundo segundos secondo secondi
		seconden sekund sekunder sekuntia sekundy sekundę sekunda секунда секунды секунд секунду сек saniye
		δευτερόλεπτα ثانية ثوان ثواني שניות detik giây 초 秒 秒钟 秒鐘 วินาที`},
	{span{clock: time.Minute}, `m min mins minute minutes minuten minuto minutos minuti minut minuter minutter minuuttia minuutti
		minuty minutę minuta minutami minúta minúty minút хв хвилина хвилини хвилин хвилину мин минута
		минуты минут минуту dk dakika λεπτό λεπτά دقيقة دقائق דקה דקות menit minit phút 분 分 分钟 分鐘 मिनट perce
		perccel دقیقه นาที`},
	{span{clock: time.Hour}, `h hr hrs hour hours stunde stunden std heure heures hora horas ora ore oră uur uren timme timmar
		time timer tunti tuntia godzina godziny godzin godzinę godz hodina hodiny hodinou hodinami час часа
		часов ч година години годин годину sat sata sati saat ώρα ώρες ساعة ساعات שעה שעות jam giờ 시간 時間 小时
		小時 घंटा घंटे órája órával ساعت ชั่วโมง`},
	{span{clock: 2 * time.Minute}, `دقيقتين`}, {span{clock: 2 * time.Hour}, `ساعتين שעתיים`}, {span{days: 2}, `يومين יומיים`},
	{span{days: 1}, `d day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dagar dager dage
		päivä päivää dzień dni den dny dnem dni dana dan день дня дней днів дні gün μέρα μέρες ημέρα ημέρες
		يوم أيام יום ימים hari ngày 일 日 天 दिन napja nappal zi zile روز วัน`},
	{span{days: 7}, `w wk wks week weeks woche wochen semaine semaines semana semanas settimana settimane weken vecka
		veckor uge uger uke uker viikko viikkoa tydzień tygodnie tygodni týden týdny týdnem неделя недели
		недель неделю тиждень тижні тижнів hafta εβδομάδα εβδομάδες أسبوع أسابيع שבוע שבועות minggu tuần 주 週
		週間 周 सप्ताह हफ्ते săptămână săptămâni هفته สัปดาห์`},
	{span{months: 1}, `mo mos month months monat monate monaten mois mes meses mês mese mesi maand maanden månad månader
		måned måneder kuukausi kuukautta miesiąc miesiące miesięcy měsíc měsíce měsíci месяц месяца месяцев
		місяць місяці місяців ay μήνα μήνες شهر أشهر חודש חודשים bulan tháng 개월 か月 ヶ月 月 个月 個月 महीने lună
		luni ماه เดือน`},
	{span{months: 12}, `y yr yrs year years jahr jahre jahren an ans année années año años ano anos anno anni jaar år vuosi
		vuotta rok lata lat roky год года лет рік роки років yıl χρόνο χρόνια سنة سنوات שנה שנים tahun năm 년
		年 साल ani سال ปี`},
})

type spanRow struct {
	of    span
	words string
}

func wordTable(rows []spanRow) map[string]span {
	table := map[string]span{}
	for _, row := range rows {
		for w := range strings.FieldsSeq(row.words) {
			table[w] = row.of
		}
	}
	return table
}

// besideSpans are the words around an amount of time: those that say it has
// passed since, those for one, and those that say nothing here.
var besideSpans = wordKinds(map[byte]string{
	'<': `ago vor hace há ha fa geleden sedan siden sitten temu před pred prije pre назад тому önce lalu lepas
		πριν منذ قبل לפני trước 전 前 पहले ezelőtt acum پیش atrás ที่แล้ว ที่ผ่านมา ilya`,
	'1': `a an one ein eine einer einem un une una um uma uno en ett et één ένα μία`,
	'-': `about and und et y e i и og och ja από yang för for the ca updated published posted last
		aktualisiert veröffentlicht publié publicado actualizado mise jour mis à обновлено опубликовано`,
})

func wordKinds(words map[byte]string) map[string]byte {
	table := map[string]byte{}
	for kind, all := range words {
		for w := range strings.FieldsSeq(all) {
			table[w] = kind
		}
	}
	return table
}

// dayWords are the days that are named by their distance from today.
var dayWords = map[int]string{
	0: `today heute aujourd'hui aujourd’hui hoy hoje oggi vandaag idag сегодня сьогодні dziś dzisiaj dnes
		bugün σήμερα اليوم היום 오늘 今日 今天 आज tänään ma azi امروز วันนี้`,
	-1: `yesterday gestern hier ayer ontem ieri gisteren igår вчера вчора wczoraj včera dün χθες أمس אתמול
		kemarin semalam 어제 昨日 昨天 कल eilen tegnap دیروز เมื่อวาน`,
}

// inOneWord parts what is written as one word, and joins what is one.
var inOneWord = strings.NewReplacer("il y a", "ilya", "i dag", "idag", "i går", "igår", "前", " 前", "전", " 전", "个小时", "小时", "個小時", "小時")

// longestRelative bounds, in bytes, what is read as a date by its distance: such
// a date is a few words long.
const longestRelative = 80

// relativeDate reads a date that is written as a distance from now: "3 hours
// ago", "yesterday, 18:04". Every word of it must be known.
func relativeDate(s string, now time.Time, zone *time.Location) (time.Time, bool) {
	if now.IsZero() || len(s) > longestRelative {
		return time.Time{}, false
	}
	if zone == nil {
		zone = time.UTC
	}
	s = strings.Join(strings.Fields(inOneWord.Replace(strings.ToLower(plainDigits(s)))), " ")
	if at, ok := byDayWord(s, now.In(zone), zone); ok {
		return at, true
	}
	switch strings.TrimRight(s, ".!") {
	case "now", "just now", "right now", "moments ago", "gerade eben", "à l'instant", "à l’instant", "ahora mismo", "только что", "щойно",
		"방금", "방금 전", "たった今", "刚刚", "剛剛", "刚才":
		return now, true
	}
	return bySpan(relativeWords(s), now)
}

// byDayWord reads "today, 18:04" and the like: the day is put in for its word.
func byDayWord(s string, now time.Time, zone *time.Location) (time.Time, bool) {
	for ahead, words := range dayWords {
		for word := range strings.FieldsSeq(words) {
			rest, ok := strings.CutPrefix(s, word)
			if !ok {
				continue
			}
			if rest = spellClock(rest); saysMore(rest) {
				continue
			}
			return parseDate(now.AddDate(0, 0, ahead).Format(time.DateOnly)+" "+rest, zone)
		}
	}
	return time.Time{}, false
}

// saysMore reports whether more than a time of day stands behind the word for a
// day.
func saysMore(rest string) bool {
	const words = 4 // "at 18:04 UTC", and one more
	if r, _ := utf8.DecodeRuneInString(rest); unicode.IsLetter(r) || len(strings.Fields(rest)) > words {
		return true
	}
	clock, timed, _ := findTime(rest)
	if !timed {
		return strings.Trim(rest, " .,") != ""
	}
	return number.MatchString(rest[:clock.start])
}

// relativeWords cuts a text into its words and numbers.
func relativeWords(s string) []string {
	var words []string
	start, kind := 0, 0
	for i, r := range s + " " {
		is := 0
		switch {
		case unicode.IsDigit(r):
			is = 1
		case unicode.IsLetter(r) || unicode.IsMark(r):
			is = 2
		case !strings.ContainsRune(" .,:;|·'’-()", r):
			return nil // it says more
		}
		if is != kind {
			if kind != 0 {
				words = append(words, s[start:i])
			}
			start, kind = i, is
		}
	}
	return words
}

// bySpan goes back from now by amounts of time; a unit without a number is one.
func bySpan(words []string, now time.Time) (time.Time, bool) {
	const none = -1
	at, n, passed, found := now, none, false, false
	for i, w := range words {
		unit, isUnit := spanWords[w]
		amount, err := strconv.Atoi(w)
		kind := besideSpans[w]
		beforeUnit := i+1 < len(words) && spanWords[words[i+1]] != span{}
		switch {
		case err == nil && n == none && len(w) <= 3:
			n = amount
		case kind == '1' && n == none && beforeUnit:
			n = 1
		case isUnit && (n != none || kind == 0):
			n = max(n, -n) // none is one
			at = at.Add(-time.Duration(n)*unit.clock).AddDate(0, -n*unit.months, -n*unit.days)
			n, found = none, true
		case kind == '<':
			passed = true
		case kind == '-':
		default:
			return time.Time{}, false
		}
	}
	return at, found && passed && n == none
}
