package extract

import (
	"net/url"

	"golang.org/x/net/html"

	"github.com/copytaster/copytaster/crawler/extract/third_party/trafilatura"
)

// trafilaturaBlocks returns the blocks that trafilatura finds. It favours recall.
// The tree stays as it is.
func trafilaturaBlocks(root *html.Node, base *url.URL) []block {
	content := trafilatura.Content(root, base)
	if content == nil {
		return nil
	}
	return nodeBlocks(content)
}
