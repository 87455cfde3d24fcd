// Package util has no name.
package util // breaks rooms: package util says nothing // also breaks rooms: internal/util is no room of the table
