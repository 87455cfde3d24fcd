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
