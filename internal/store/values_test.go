package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestInListHasAFewLengths(t *testing.T) {
	for n, want := range map[int]int{
		1: 8, 7: 8, 8: 8, 9: 16, 20: 32, 32: 32, 33: 64, 250: 256, 500: 512, mostKeys: mostKeys,
	} {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprint("k", i)
		}
		list, values := inList(keys, "before")
		if got := strings.Count(list, "$"); got != want || len(values) != want+1 {
			t.Errorf("%d keys: %d placeholders and %d values, want %d and one more", n, got, len(values), want)
		}
		if !strings.HasPrefix(list, "$2, $3, ") || !strings.HasSuffix(list, fmt.Sprintf(", $%d", want+1)) {
			t.Errorf("%d keys: %s", n, list)
		}
		for i, v := range values[1:] {
			if v != keys[min(i, n-1)] {
				t.Fatalf("%d keys: value %d is %v", n, i, v)
			}
		}
		if values[0] != "before" {
			t.Errorf("the first value is %v", values[0])
		}
	}
}

func TestTimesAndListsComeBackAsTheyWere(t *testing.T) {
	for _, at0 := range []time.Time{{}, time.UnixMilli(1), time.UnixMilli(1_694_606_400_123)} {
		if got := at(ms(at0)); !got.Equal(at0) {
			t.Errorf("%v came back as %v", at0, got)
		}
	}
	for _, texts := range [][]string{nil, {""}, {"a", `b "c"`, "Ким"}} {
		if got := lists(list(texts)); strings.Join(got, "|") != strings.Join(texts, "|") || len(got) != len(texts) {
			t.Errorf("%q came back as %q", texts, got)
		}
	}
	if got := lists("no JSON"); got != nil {
		t.Errorf("no JSON gives %q", got)
	}
}
