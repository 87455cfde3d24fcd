// Package app may import everything but the commands.
package app

import (
	_ "github.com/copytaster/copytaster/config"
	_ "github.com/copytaster/copytaster/internal/archtest" // breaks imports: internal/app may not import internal/archtest
	_ "github.com/copytaster/copytaster/internal/demo"
	_ "github.com/copytaster/copytaster/internal/store/storetest" // breaks imports: internal/app may not import internal/store/storetest
)

type trait struct{}
