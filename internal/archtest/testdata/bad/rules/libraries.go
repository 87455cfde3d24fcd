//go:build never

package rules

import (
	_ "github.com/gocolly/colly/v2"   // breaks third party: github.com/gocolly/colly/v2 belongs to crawler
	_ "github.com/google/go-cmp/cmp"  // breaks third party: github.com/google/go-cmp/cmp is for tests
	_ "github.com/someone/something"  // breaks third party: github.com/someone/something belongs to no package yet
	_ "golang.org/x/net/publicsuffix" // breaks third party: golang.org/x/net/publicsuffix belongs to internal/news
	_ "golang.org/x/sync/errgroup"
)
