package slackfake

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody is the largest body that is read.
const maxBody = 1 << 20

// args are the arguments of a call: texts when they came as a form, any JSON
// value when they came as JSON.
type args map[string]any

// reply is what a call is answered: fields, or an error code.
type reply struct {
	fields map[string]any
	code   string
	detail string // what is wrong, for an error
	status int    // 0 is 200
	header map[string]string
}

func refuse(code, detail string) reply { return reply{code: code, detail: detail} }

// write answers as Slack does: 200 with JSON, "ok" in it.
func (r reply) write(w http.ResponseWriter) {
	body := map[string]any{"ok": r.code == ""}
	maps.Copy(body, r.fields)
	if r.code != "" {
		body["error"] = r.code
	}
	if r.detail != "" {
		body["errors"] = []string{r.detail}
		body["response_metadata"] = map[string]any{"messages": []string{"[ERROR] " + r.detail}}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	for k, v := range r.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(max(r.status, http.StatusOK))
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // the client went away
	}
}

// readArgs reads a call's arguments from query, form or JSON body. The token
// of the Authorization header becomes the argument "token"; a JSON body cannot
// carry one.
func readArgs(r *http.Request) (args, reply) {
	a := args{}
	a.addForm(r.URL.Query())
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return a, refuse("request_timeout", "the body could not be read")
	}
	switch kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case r.Method == http.MethodGet:
	case r.Method != http.MethodPost:
		return a, refuse("invalid_post_type", "neither GET nor POST")
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return a, refuse("invalid_charset", params["charset"])
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return a, refuse("invalid_form_data", err.Error())
		}
		a.addForm(form)
	case kind == "application/json" && len(body) == 0: // no arguments
	case kind == "application/json":
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if err := decoder.Decode(&a); err != nil {
			return a, refuse("invalid_json", err.Error())
		}
		delete(a, "token")
	default:
		return a, refuse("invalid_post_type", kind)
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		a["token"] = bearer
	}
	for name, v := range a {
		if text, ok := v.(string); ok && !utf8.ValidString(text) {
			return a, refuse("invalid_charset", name)
		}
	}
	return a, reply{}
}

func (a args) addForm(form url.Values) {
	for name, values := range form {
		a[name] = values[0]
	}
}

// text is an argument as text, "" when it is absent.
func (a args) text(name string) string {
	switch v := a[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		return ""
	}
}

// flag is an argument as a boolean.
func (a args) flag(name string, absent bool) bool {
	switch a.text(name) {
	case "":
		return absent
	case "1", "true":
		return true
	default:
		return false
	}
}

// limit is the argument "limit", bounded by what a method takes.
func (a args) limit(most, page int) (n int, ok bool) {
	text := a.text("limit")
	if text == "" {
		return page, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, false
	}
	if n == 0 {
		n = page
	}
	return min(n, page), true
}

// value is an argument that is JSON, be it written as text or not; nil when it
// is absent.
func (a args) value(name string) (v any, ok bool) {
	text, isText := a[name].(string)
	if !isText {
		return a[name], true
	}
	if text == "" {
		return nil, true
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil || decoder.More() {
		return nil, false
	}
	return v, true
}
