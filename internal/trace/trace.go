// Package trace tells the whole way of one story: when it was listed, what was read,
// what the rules said of it, then and today, and what came of that. It reads the store
// beside a running daemon.
package trace
