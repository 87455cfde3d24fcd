package extract

import (
	"slices"
	"strings"
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
	"EEST": 3, "MSK": 3, "МСК": 3, "TRT": 3, "EAT": 3, "IDT": 3, "MSD": 4, "GST": 4, "SAMT": 4, "IRST": 3.5, "AFT": 4.5,
	"PKT": 5, "UZT": 5, "YEKT": 5, "IST": 5.5, "NPT": 5.75, "OMST": 6, "ALMT": 6, "MMT": 6.5,
	"ICT": 7, "WIB": 7, "KRAT": 7, "NOVT": 7, "HKT": 8, "SGT": 8, "PHT": 8, "MYT": 8, "WITA": 8, "AWST": 8, "ULAT": 8, "IRKT": 8,
	"KST": 9, "JST": 9, "WIT": 9, "YAKT": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "VLAT": 10, "AEDT": 11, "MAGT": 11,
	"NZST": 12, "PETT": 12, "NZDT": 13,
}

// zonePlaces are the names of zones that mean standard and daylight time alike.
var zonePlaces = map[string]string{
	"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}

var weekdayStems = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func isMonthOrDay(word string) bool {
	w := strings.ToLower(word)
	if monthOf(w) != 0 {
		return true
	}
	return len(w) >= 3 && slices.Contains(weekdayStems, w[:3])
}
