// Package extract uses the words of the formats it reads.
package extract

import _ "log/slog" // breaks purity: crawler/extract is pure, and log/slog is not

// Article reads an article.
func Article(items []int) {}

type event struct{} // breaks names: the word for event is alert or delivery
