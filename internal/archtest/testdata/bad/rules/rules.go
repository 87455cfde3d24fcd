// Package rules breaks the rules on imports.
package rules

import _ "github.com/copytaster/copytaster/config" // breaks imports: rules may not import config; it may import internal/news, internal/text

// Set is a set.
type Set struct{}
