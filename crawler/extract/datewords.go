package extract

import (
	"slices"
	"strings"
	"time"
)

// zoneHours are the zone names of feeds and bylines, in hours east of
// Greenwich. Names that several zones share have the reading that is usual in
// news; a source's own zone goes before it (zoneOf).
var zoneHours = map[string]float64{
	"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5,
	"BRT": -3, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5, "VET": -4,
	"BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2, "EET": 2, "CAT": 2, "SAST": 2,
	"EEST": 3, "MSK": 3, "TRT": 3, "EAT": 3, "IDT": 3, "MSD": 4, "GST": 4, "SAMT": 4, "IRST": 3.5, "AFT": 4.5,
	"PKT": 5, "UZT": 5, "YEKT": 5, "IST": 5.5, "NPT": 5.75, "OMST": 6, "ALMT": 6, "MMT": 6.5,
	"ICT": 7, "WIB": 7, "KRAT": 7, "NOVT": 7, "HKT": 8, "SGT": 8, "PHT": 8, "MYT": 8, "WITA": 8, "AWST": 8, "ULAT": 8, "IRKT": 8,
	"KST": 9, "JST": 9, "WIT": 9, "YAKT": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "VLAT": 10, "AEDT": 11, "MAGT": 11,
	"NZST": 12, "PETT": 12, "NZDT": 13,
}

// monthStems begin the month names of the languages in which feeds are read,
// January first. The longest stem that fits decides.
var monthStems = [12][]string{
	{"jan", "янв", "ene", "gen", "styc", "led", "січ", "oca", "يناير", "ιαν", "ian", "jaan", "tamm", "saus", "sije", "јан", "яну", "ינואר", "ژانویه", "जनवरी", "জানুয়ারি", "جانفي"},
	{"feb", "фев", "fév", "fev", "lut", "únor", "лют", "şub", "فبراير", "φεβ", "veeb", "helm", "vasar", "velj", "феб", "פברואר", "فوریه", "फरवरी", "फ़रवरी", "ফেব্রুয়ারি", "فيفري"},
	{"mar", "мар", "mär", "maa", "mrt", "břez", "бере", "مارس", "μαρ", "μάρ", "már", "ožu", "kov", "מרץ", "מרס", "मार्च", "মার্চ"},
	{"apr", "апр", "avr", "abr", "kwi", "dub", "квіт", "nis", "huht", "أبريل", "إبريل", "ابريل", "απρ", "ápr", "trav", "baland", "אפריל", "آوریل", "अप्रैल", "এপ্রিল", "أفريل"},
	{"may", "mai", "maj", "мая", "май", "mag", "mei", "květ", "трав", "touk", "مايو", "μαι", "μαΐ", "μάι", "μαϊ", "máj", "maí", "svib", "geg", "мај", "מאי", "मई", "মে", "ماي"},
	{"jun", "июн", "juin", "giu", "cze", "červn", "черв", "haz", "kesä", "يونيو", "ιουν", "ιούν", "jún", "iun", "jūn", "juun", "lipanj", "lipnja", "birž", "јун", "юни", "יוני", "ژوئن", "जून", "জুন", "جوان"},
	{"jul", "июл", "juil", "lug", "lip", "červenec", "července", "лип", "tem", "hein", "يوليو", "ιουλ", "ιούλ", "júl", "iul", "jūl", "juul", "srpanj", "srpnja", "liep", "јул", "юли", "יולי", "ژوئیه", "जुलाई", "জুলাই", "جويلية"},
	{"aug", "авг", "aoû", "aou", "ago", "sie", "srp", "серп", "ağu", "elok", "أغسطس", "αυγ", "αύγ", "ágú", "avg", "agu", "kolov", "rugp", "אוגוסט", "अगस्त", "আগস্ট", "أوت"},
	{"sep", "сен", "set", "wrz", "září", "вер", "eyl", "syys", "سبتمبر", "σεπ", "szep", "ruj", "rugs", "септ", "сеп", "ספטמבר", "سپتامبر", "सितंबर", "सितम्बर", "সেপ্টেম্বর"},
	{"oct", "окт", "okt", "ott", "out", "paź", "říj", "жовт", "eki", "loka", "أكتوبر", "οκτ", "spal", "אוקטובר", "اکتبر", "अक्टूबर", "अक्तूबर", "অক্টোবর"},
	{"nov", "ноя", "lis", "лист", "kas", "marras", "نوفمبر", "νοε", "νοέ", "nóv", "noi", "stud", "lapk", "ное", "нов", "נובמבר", "نوامبر", "नवंबर", "नवम्बर", "নভেম্বর"},
	{"dec", "дек", "déc", "dez", "dic", "gru", "pros", "груд", "ara", "joul", "ديسمبر", "δεκ", "des", "dets", "деце", "дец", "דצמבר", "دسامبر", "दिसंबर", "दिसम्बर", "ডিসেম্বর"},
}

var weekdayStems = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// monthOf gives the month that a lower-case word names, 0 for none.
func monthOf(word string) time.Month {
	if bare, ok := strings.CutPrefix(word, "ב"); ok {
		word = bare // Hebrew's "in"
	}
	best, month := 0, time.Month(0)
	for i, stems := range monthStems {
		for _, stem := range stems {
			if len(stem) > best && strings.HasPrefix(word, stem) {
				best, month = len(stem), time.Month(i+1)
			}
		}
	}
	if slices.Contains(notMonths, word) {
		return 0
	}
	return month
}

// notMonths are weekdays that begin as months do.
var notMonths = []string{"mardi", "martes", "martedì", "maandag", "marți", "maanantai", "maanantaina", "sext", "segunda"}

func isMonthOrDay(word string) bool {
	w := strings.ToLower(word)
	if monthOf(w) != 0 {
		return true
	}
	return len(w) >= 3 && slices.Contains(weekdayStems, w[:3])
}
