// Package util has no name.
package util // breaks packages: package util says nothing // also breaks packages: internal/util is no package of the table
