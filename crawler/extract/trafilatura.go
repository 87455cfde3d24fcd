package extract

import (
	"net/url"

	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// trafilaturaBlocks gives the blocks that go-trafilatura finds. It
// favours recall, uses no second reader and looks for no dates: ours are
// better and its search costs more than the text. The tree stays as it is.
func trafilaturaBlocks(root *html.Node, base *url.URL) []block {
	result, err := trafilatura.ExtractDocument(root, trafilatura.Options{
		OriginalURL:     base,
		ExcludeComments: true,
		Focus:           trafilatura.FavorRecall,
		HtmlDateMode:    trafilatura.Disabled,
	})
	if err != nil || result == nil || result.ContentNode == nil {
		return nil
	}
	return nodeBlocks(result.ContentNode)
}
