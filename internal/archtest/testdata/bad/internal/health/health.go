// Package health is built badly.
package health

// Sum has a field for every method.
type Sum struct{ n int }

func (s *Sum) add01() { s.n += 1 }
func (s *Sum) add02() { s.n += 2 }
func (s *Sum) add03() { s.n += 3 }
func (s *Sum) add04() { s.n += 4 }
func (s *Sum) add05() { s.n += 5 }
func (s *Sum) add06() { s.n += 6 }
func (s *Sum) add07() { s.n += 7 }
func (s *Sum) add08() { s.n += 8 }
func (s *Sum) add09() { s.n += 9 }
func (s *Sum) add10() { s.n += 10 }
func (s *Sum) add11() { s.n += 11 }
func (s *Sum) add12() { s.n += 12 }
func (s *Sum) add13() { s.n += 13 }
func (s *Sum) add14() { s.n += 14 }
func (s *Sum) add15() { s.n += 15 }
func (s *Sum) add16() { s.n += 16 }
func (s *Sum) add17() { s.n += 17 }
func (s *Sum) add18() { s.n += 18 }
func (s *Sum) add19() { s.n += 19 }
func (s *Sum) add20() { s.n += 20 }
func (s *Sum) add21() { s.n += 21 }
func (s *Sum) add22() { s.n += 22 }
func (s *Sum) add23() { s.n += 23 }
func (s *Sum) add24() { s.n += 24 }
func (s *Sum) add25() { s.n += 25 }
func (s *Sum) add26() { s.n += 26 }
func (s *Sum) add27() { s.n += 27 }
func (s *Sum) add28() { s.n += 28 }
func (s *Sum) add29() { s.n += 29 }
func (s *Sum) add30() { s.n += 30 }
func (s *Sum) add31() { s.n += 31 }
func (s *Sum) add32() { s.n += 32 }
func (s *Sum) add33() { s.n += 33 }
func (s *Sum) add34() { s.n += 34 }
func (s *Sum) add35() { s.n += 35 }
func (s *Sum) add36() { s.n += 36 }
func (s *Sum) add37() { s.n += 37 }
func (s *Sum) add38() { s.n += 38 }
func (s *Sum) add39() { s.n += 39 }
func (s *Sum) add40() { s.n += 40 }
func (s *Sum) add41() { s.n += 41 } // breaks methods: internal/health.Sum has 41 methods

func five(a, b, c, d, e int) int { return a + b + c + d + e }

func six(a, b, c, d, e, f int) int { return five(a, b, c, d, e) + f } // breaks parameters: six has 6 parameters

func third(a [][]int) (sum int) {
	for _, row := range a {
		for _, n := range row {
			if n > 0 {
				sum += n
			} else if n < -1 {
				sum -= n
			}
		}
	}
	return sum
}

func fourth(a [][]int) (sum int) {
	for _, row := range a {
		for _, n := range row {
			if n > 0 {
				switch { // breaks nesting: nested deeper than 3
				case sum > 0:
					sum += n
				}
			} else if n < -1 {
				for range n { // breaks nesting: nested deeper than 3
					sum -= n
				}
			}
		}
		func() {
			if sum > 9 {
				sum = third(a)
			}
		}()
	}
	return sum
}

const text = "xxxxxxxxxx" // . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . breaks columns: 121 columns beside texts
const wide = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
const lines = `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy`

type trait struct{}
