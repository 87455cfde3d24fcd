package websub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

// The vectors are those of RFC 4231, section 4.3 (sha256, sha384, sha512), and
// RFC 2202, section 3 (sha1): test case 2, key "Jefe".
const (
	key  = news.Secret("Jefe")
	data = "what do ya want for nothing?"
)

var vectors = map[string]string{
	"sha1":   "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
	"sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	"sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
	"sha512": "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
}

func TestVerify(t *testing.T) {
	for method, digits := range vectors {
		for _, signature := range []string{
			method + "=" + digits, strings.ToUpper(method + "=" + digits), " " + method + "=" + digits + " ",
		} {
			if err := Verify(key, signature, []byte(data)); err != nil {
				t.Errorf("%s: %v", signature, err)
			}
		}
		if err := Verify(key, method+"="+digits, []byte(data+" ")); err == nil {
			t.Errorf("%s: another content is taken", method)
		}
		if err := Verify("jefe", method+"="+digits, []byte(data)); err == nil {
			t.Errorf("%s: another secret is taken", method)
		}
		if err := Verify(key, method+"="+digits[2:], []byte(data)); err == nil {
			t.Errorf("%s: a part of the signature is taken", method)
		}
	}
	for signature, want := range map[string]string{
		"":                                "there is none",
		"sha256":                          "there is none",
		"sha256=":                         "another's",
		"md5=" + vectors["sha1"]:          `method "md5" is unknown`,
		"=" + vectors["sha1"]:             `method "" is unknown`,
		"sha256=" + vectors["sha1"]:       "another's",
		"sha1=zz":                         "hexadecimal",
		"sha1=" + vectors["sha1"][1:]:     "hexadecimal",
		strings.Repeat("x", 1000) + "=00": "is unknown",
	} {
		err := Verify(key, signature, []byte(data))
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 100 {
			t.Errorf("%.80q: %v, want %q", signature, err, want)
		}
	}
}

// FuzzVerify: only who knows the secret gets through.
func FuzzVerify(f *testing.F) {
	for method, digits := range vectors {
		f.Add(method+"="+digits, []byte(data))
	}
	f.Fuzz(func(t *testing.T, signature string, body []byte) {
		const secret = news.Secret("nobody else knows")
		if err := Verify(secret, signature, body); err == nil {
			t.Errorf("%q is taken for %q", signature, body)
		}
		mac := hmac.New(sha256.New, []byte(secret.Reveal()))
		mac.Write(body)
		if err := Verify(secret, "sha256="+hex.EncodeToString(mac.Sum(nil)), body); err != nil {
			t.Error(err)
		}
	})
}
