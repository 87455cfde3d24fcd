package extract

import (
	"net/url"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
)

// readabilityBlocks returns the blocks of the element that readability takes for
// the article. It uses the tree up.
func readabilityBlocks(root *html.Node, base *url.URL) []block {
	parser := readability.NewParser()
	found, err := parser.ParseAndMutate(root, base)
	if err != nil || found.Node == nil {
		return nil
	}
	return nodeBlocks(found.Node)
}
