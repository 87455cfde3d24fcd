package rules

// Try runs a test that is not written beside a rule as if it were. ok is true
// when it goes as it wants; else reason says why not, and is "" when there is
// no such rule.
func (s *Set) Try(rule string, t TestCase) (reason string, ok bool) {
	for i, name := range s.names {
		if name == rule {
			e := s.try(uint32(i), &t)
			if e.Matched == t.Want {
				return "", true
			}
			return t.reason(&e), false
		}
	}
	return "", false
}
