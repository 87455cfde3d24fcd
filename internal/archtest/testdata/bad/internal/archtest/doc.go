// Package archtest is empty.
package archtest
