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

// monthStems begin the month names of the languages of the starter catalogue
// and Europe's larger ones, January first. The longest stem that fits decides.
var monthStems = [12][]string{
	{"jan", "янв", "ene", "gen", "styc", "led", "січ", "oca", "يناير"},
	{"feb", "фев", "fév", "fev", "lut", "únor", "лют", "şub", "فبراير"},
	{"mar", "мар", "mär", "maa", "mrt", "břez", "бере", "مارس"},
	{"apr", "апр", "avr", "abr", "kwi", "dub", "квіт", "nis", "huht", "أبريل"},
	{"may", "mai", "maj", "мая", "май", "mag", "mei", "květ", "трав", "touk", "مايو"},
	{"jun", "июн", "juin", "giu", "cze", "červn", "черв", "haz", "kesä", "يونيو"},
	{"jul", "июл", "juil", "lug", "lip", "červenec", "července", "лип", "tem", "hein", "يوليو"},
	{"aug", "авг", "aoû", "aou", "ago", "sie", "srp", "серп", "ağu", "elok", "أغسطس"},
	{"sep", "сен", "set", "wrz", "září", "вер", "eyl", "syys", "سبتمبر"},
	{"oct", "окт", "okt", "ott", "out", "paź", "říj", "жовт", "eki", "loka", "أكتوبر"},
	{"nov", "ноя", "lis", "лист", "kas", "marras", "نوفمبر"},
	{"dec", "дек", "déc", "dez", "dic", "gru", "pros", "груд", "ara", "joul", "ديسمبر"},
}

var weekdayStems = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// monthOf gives the month that a lower-case word names, 0 for none.
func monthOf(word string) time.Month {
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
var notMonths = []string{"mardi", "martes", "martedì", "maandag", "marți"}

func isMonthOrDay(word string) bool {
	w := strings.ToLower(word)
	if monthOf(w) != 0 {
		return true
	}
	return len(w) >= 3 && slices.Contains(weekdayStems, w[:3])
}
