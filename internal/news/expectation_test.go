package news

import (
	"testing"
	"time"
)

func TestWeekdays(t *testing.T) {
	const sun, mon, tue, wed, thu, fri, sat = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6
	for want, w := range map[string]Weekdays{
		"":                mon | tue | wed | thu | fri | sat | sun,
		"Mon":             mon,
		"Sun":             sun,
		"Mon-Fri":         mon | tue | wed | thu | fri,
		"Sat,Sun":         sat | sun,
		"Fri-Sun":         fri | sat | sun,
		"Mon,Sun":         mon | sun,
		"Mon,Tue,Thu-Sat": mon | tue | thu | fri | sat,
		"Mon,Wed,Fri,Sun": mon | wed | fri | sun,
	} {
		if got := w.String(); got != want {
			t.Errorf("%07b is %q, want %q", w, got, want)
		}
	}
	if none := Weekdays(0); !none.Has(time.Wednesday) || none.String() != "" {
		t.Error("no days named are not all of them")
	}
	if week := Weekdays(mon | tue | wed | thu | fri); week.Has(time.Saturday) || !week.Has(time.Friday) {
		t.Error("Mon-Fri has other days")
	}
}
