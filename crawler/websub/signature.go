package websub

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the Recommendation's oldest method; HMAC does not need collisions to be hard
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// Verify checks the X-Hub-Signature header of a push, "method=hex digits", over
// its body (section 7.1). The methods are sha1, sha256, sha384 and sha512. It
// takes as long for a signature that is nearly right as for one that is not.
func Verify(secret news.Secret, signature string, body []byte) error {
	method, digits, ok := strings.Cut(strings.TrimSpace(signature), "=")
	if !ok {
		return errors.New("verify signature: there is none")
	}
	digest := digestOf(method)
	if digest == nil {
		return fmt.Errorf("verify signature: the method %.20q is unknown", method)
	}
	sent, err := hex.DecodeString(digits)
	if err != nil {
		return errors.New("verify signature: it is not written in hexadecimal digits")
	}
	mac := hmac.New(digest, []byte(secret.Reveal()))
	mac.Write(body) // a hash.Hash never returns an error
	if !hmac.Equal(sent, mac.Sum(nil)) {
		return errors.New("verify signature: it is another's, or the content was changed")
	}
	return nil
}

// digestOf is the hash function of a method, nil for an unknown one.
func digestOf(method string) func() hash.Hash {
	switch strings.ToLower(method) {
	case "sha1":
		return sha1.New
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return nil
}
