//go:build !hyperscan

package main

// peersInC are measured with -tags hyperscan only, see hyperscan.go.
func peersInC() []engine { return nil }
