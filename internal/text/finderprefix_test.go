package text

import "testing"

// TestFindPrefixes looks for terms in * of every kind of script.
func TestFindPrefixes(t *testing.T) {
	cases := []struct{ term, text string }{
		{"missile", "missiles"}, {"пуск", "пусковой"}, {"صاروخ", "صاروخية"}, {"טיל", "טילים"}, {"กิม", "กิมจิ"},
		{"핵실험", "핵실험장에서"}, {"金", "金正恩"}, {"ミサイル", "ミサイルテスト"}, {"2026", "2026er"}, {"मिसाइल", "मिसाइलों"},
	}
	b := NewIndexer()
	var numbers []int
	for _, c := range cases {
		n, _, _ := b.Add(c.term, Look{Prefix: true})
		numbers = append(numbers, n)
	}
	f := NewFinder(b.Index(nil), 0)
	for i, c := range cases {
		f.Find(c.text)
		if !f.Marked(uint32(numbers[i])) {
			t.Errorf("%s* is not found in %s", c.term, c.text)
		}
		f.Forget()
	}
}

// TestFindPrefixesWhateverElseIsSought looks for beginnings that alone are too
// short for what may be written before them, and in a phrase are not.
func TestFindPrefixesWhateverElseIsSought(t *testing.T) {
	for _, order := range [][]string{{"כב", "שלום כב"}, {"שלום כב", "כב"}} {
		b := NewIndexer()
		numbers := map[string]uint32{}
		for _, words := range order {
			n, _, _ := b.Add(words, Look{Prefix: true})
			numbers[words] = uint32(n)
		}
		f := NewFinder(b.Index(nil), 0)
		f.Find("שלום הכבד")
		if f.Marked(numbers["כב"]) || !f.Marked(numbers["שלום כב"]) {
			t.Errorf("added as %q: found %v and %v", order, f.Marked(numbers["כב"]), f.Marked(numbers["שלום כב"]))
		}
	}
}

func TestFindCharactersWithMarks(t *testing.T) {
	for term, text := range map[string]string{"金": "金\u0308", "김": "김\u302E", "ー": "ー\u3099"} {
		b := NewIndexer()
		n, _, _ := b.Add(term, Look{Prefix: true})
		f := NewFinder(b.Index(nil), 0)
		if f.Find(text); !f.Marked(uint32(n)) {
			t.Errorf("%s* is not found in %q", term, text)
		}
	}
}
