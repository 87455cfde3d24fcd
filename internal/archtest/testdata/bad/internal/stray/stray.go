// Package astray lies elsewhere.
package astray // breaks rooms: package astray lies in folder stray // also breaks rooms: internal/stray is no room of the table
