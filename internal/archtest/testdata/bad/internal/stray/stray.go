// Package astray lies elsewhere.
package astray // breaks packages: lies in folder stray // also breaks packages: internal/stray is not in the table
