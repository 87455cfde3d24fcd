// Package convert turns the queries of other search tools into rules: those of Google
// Alerts, Meltwater, Factiva and Lexis. A query is cut into tokens, put together as its
// tool reads it, and written as nodes. What has no counterpart is left out, and said.
package convert
