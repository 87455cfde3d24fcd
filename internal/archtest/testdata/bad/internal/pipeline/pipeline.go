// Package pipeline may not set up a store of its own.
package pipeline

import (
	_ "github.com/copytaster/copytaster/internal/store/storetest" // breaks imports: internal/pipeline may not import internal/store/storetest
)

type trait struct{} // breaks type names: a type trait stands in internal/app, internal/health, internal/pipeline
