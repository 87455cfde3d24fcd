// Package archtest holds the code of copytaster to the rules of its house: who
// may import whom, how large each part may be, what it may be called. It has no
// code but its tests; run them with `go test ./internal/archtest`.
//
// Each rule is a row of the table in house_test.go: what it asks, why, and the
// check that finds all violations at once. The same checks run over the small
// module in testdata/bad, which breaks every rule at the lines that say so.
package archtest
