// Package config is as it should be.
package config

// Config is a configuration.
type Config struct{}
