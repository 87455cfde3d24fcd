// Package util has no name.
package util // breaks packages: package util says nothing // also breaks packages: is not in the table
