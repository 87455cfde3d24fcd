package demo

import "slices"

// Compare compares what was told with what had to be.
func Compare(told, expected []Telling) (missing, surplus []Telling) {
	return without(expected, told), without(told, expected)
}

// without takes some from all, each as often as it is there.
func without(all, some []Telling) []Telling {
	left := slices.Clone(all)
	for _, t := range some {
		if i := slices.Index(left, t); i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
	}
	return left
}
