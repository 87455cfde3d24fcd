// This file is part of go-trafilatura, Go package for extracting readable
// content, comments and metadata from a web page. Source available in
// <https://github.com/markusmobius/go-trafilatura>.
//
// Copyright (C) 2021 Markus Mobius
//
// Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
// http://www.apache.org/licenses/LICENSE-2.0
//
// Unless required by applicable law or agreed to in writing, software
// distributed under the License is distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
// See the License for the specific language governing permissions and
// limitations under the License.

// Code in this file is ported from <https://github.com/adbar/trafilatura>
// which available under Apache 2.0 license.

package trafilatura

import (
	nurl "net/url"
	"unicode/utf8"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
)

// Content gives the element that holds the main readable content of a document
// from a URL, which may be nil: what ExtractDocument gives as ContentNode with
// FavorRecall, without comments, fallback and dates. The document stays as it
// is; nil means that there is none.
func Content(doc *html.Node, original *nurl.URL) *html.Node {
	opts := Options{OriginalURL: original, Config: DefaultConfig(), Focus: FavorRecall}

	// Backup document to make sure the original kept untouched
	docBackup := doc
	doc = dom.Clone(doc, true)

	// Clean and convert HTML tags
	docCleaning(doc, opts)
	convertTags(doc, opts)

	// Extract content
	postBody, tmpBodyText := extractContent(doc, opts)

	// Rescue: try to use original/dirty tree
	lenText := utf8.RuneCountInString(tmpBodyText)
	if lenText < opts.Config.MinExtractedSize {
		postBody, tmpBodyText = baseline(dom.Clone(docBackup, true))
	}

	// Size checks
	if utf8.RuneCountInString(tmpBodyText) < opts.Config.MinOutputSize {
		return nil
	}

	// Post cleaning
	postCleaning(postBody)
	return postBody
}
