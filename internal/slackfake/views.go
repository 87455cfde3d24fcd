package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// Surface is a modal, or the App Home of one user.
type Surface struct {
	ID       string
	Type     string // modal or home
	User     string
	Title    string
	Callback string
	Metadata string
	Blocks   json.RawMessage
	Updates  int
	Open     bool

	fields map[string]any // as the app sent them
}

// viewChecks are what a view may have, by its type.
var viewChecks = byType(map[string]check{
	"modal": object(fields{"title": plainText(24), "blocks": list(1, 100, viewBlock)}, fields{
		"submit": plainText(24), "close": plainText(24), "private_metadata": text(0, 3000), "callback_id": text(1, 255),
		"clear_on_close": boolean, "notify_on_close": boolean, "external_id": text(0, 255)}),
	"home": object(fields{"blocks": list(0, 100, viewBlock)}, fields{
		"private_metadata": text(0, 3000), "callback_id": text(1, 255), "external_id": text(0, 255)}),
})

// checkView checks a view as Slack does before it shows it.
func checkView(v any) error {
	if err := viewChecks("view", v); err != nil {
		return err
	}
	o, _ := v.(map[string]any)
	blocks, _ := o["blocks"].([]any)
	if err := uniqueIDs(blocks); err != nil {
		return err
	}
	isInput := func(b any) bool { block, _ := b.(map[string]any); return block["type"] == "input" }
	if o["type"] == "modal" && o["submit"] == nil && slices.ContainsFunc(blocks, isInput) {
		return fmt.Errorf("view: submit is required when it has an input")
	}
	return nil
}

// readView reads the view of a call; its type is what the method is for.
func readView(a args, kind string) (*Surface, reply) {
	v, ok := a.value("view")
	o, isObject := v.(map[string]any)
	if !ok || !isObject {
		return nil, refuse("invalid_arguments", "view is no JSON object")
	}
	if err := checkView(v); err != nil {
		return nil, refuse("invalid_arguments", err.Error())
	}
	if o["type"] != kind {
		return nil, refuse("invalid_arguments", "the view is no "+kind)
	}
	title, _ := o["title"].(map[string]any)
	word := func(v any) string { s, _ := v.(string); return s }
	return &Surface{Type: kind, Title: word(title["text"]), Callback: word(o["callback_id"]), Metadata: word(o["private_metadata"]),
		Blocks: encode(o["blocks"]), Open: true, fields: o}, reply{}
}

// openView is views.open.
func openView(s *Server, a args) reply {
	p := s.desk.triggers[a.text("trigger_id")]
	switch {
	case p == nil:
		return refuse("invalid_trigger_id", a.text("trigger_id"))
	case p.uses > 0:
		return refuse("exchanged_trigger_id", "")
	case s.opt.Now().Sub(p.issued) > s.opt.Patience:
		return refuse("expired_trigger_id", "")
	}
	v, bad := readView(a, "modal")
	if bad.code != "" {
		return bad
	}
	p.uses++
	return s.desk.add(v, p.user)
}

func (d *desk) add(v *Surface, user string) reply {
	d.dealt++
	v.ID, v.User = fmt.Sprintf("V%09d", d.dealt), user
	d.views = append(d.views, v)
	return reply{fields: map[string]any{"view": v.show()}}
}

// updateView is views.update.
func updateView(s *Server, a args) reply {
	v, bad := readView(a, "modal")
	if bad.code != "" {
		return bad
	}
	old := s.desk.view(a.text("view_id"))
	switch {
	case old == nil || !old.Open || old.Type != "modal":
		return refuse("not_found", a.text("view_id"))
	case a.text("hash") != "" && a.text("hash") != old.hash():
		return refuse("hash_conflict", "")
	}
	v.ID, v.User, v.Updates = old.ID, old.User, old.Updates+1
	*old = *v
	return reply{fields: map[string]any{"view": v.show()}}
}

// publishView is views.publish.
func publishView(s *Server, a args) reply {
	user := a.text("user_id")
	if err := id("UW")("user_id", user); err != nil {
		return refuse("user_not_found", err.Error())
	}
	v, bad := readView(a, "home")
	if bad.code != "" {
		return bad
	}
	if old := s.desk.home(user); old != nil {
		v.ID, v.User, v.Updates = old.ID, user, old.Updates+1
		*old = *v
		return reply{fields: map[string]any{"view": v.show()}}
	}
	return s.desk.add(v, user)
}

// view finds a view; nil when there is none.
func (d *desk) view(id string) *Surface {
	i := slices.IndexFunc(d.views, func(v *Surface) bool { return v.ID == id })
	if i < 0 {
		return nil
	}
	return d.views[i]
}

// home finds a user's App Home; nil when there is none.
func (d *desk) home(user string) *Surface {
	i := slices.IndexFunc(d.views, func(v *Surface) bool { return v.User == user && v.Type == "home" })
	if i < 0 {
		return nil
	}
	return d.views[i]
}

// Modals returns the modals that a user has open, oldest first.
func (s *Server) Modals(user string) []Surface {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Surface
	for _, v := range s.desk.views {
		if v.User == user && v.Type == "modal" && v.Open {
			all = append(all, *v)
		}
	}
	return all
}

// Home returns a user's App Home.
func (s *Server) Home(user string) (Surface, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.desk.home(user); v != nil {
		return *v, true
	}
	return Surface{}, false
}

func (v *Surface) hash() string { return fmt.Sprintf("%s.%d", v.ID, v.Updates) }

// show returns a view as Slack's answers and payloads do.
func (v *Surface) show() map[string]any {
	shown := maps.Clone(v.fields)
	shown["id"], shown["team_id"], shown["hash"], shown["app_id"], shown["bot_id"] = v.ID, team, v.hash(), app, "B0FAKEBOT"
	shown["private_metadata"], shown["callback_id"], shown["root_view_id"] = v.Metadata, v.Callback, v.ID
	shown["state"] = map[string]any{"values": map[string]any{}}
	return shown
}

// Submit fills a modal in and sends it: values are what was chosen or typed, by
// block_id. Where the app answers with mistakes, the modal stays open and they
// are returned by block_id.
func (p Actor) Submit(viewID string, values map[string][]string) (mistakes map[string]string, err error) {
	s := p.server
	s.mu.Lock()
	v := s.desk.view(viewID)
	if v == nil || !v.Open || v.User != p.id || v.Type != "modal" {
		s.mu.Unlock()
		return nil, fmt.Errorf("submit: %s has no modal %s open", p.id, viewID)
	}
	state, err := v.filled(values)
	payload := p.payload("view_submission")
	shown := v.show()
	shown["state"] = map[string]any{"values": state}
	payload["view"], payload["response_urls"] = shown, []any{}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	e, err := s.Link.deliver(interaction, payload, true)
	if err != nil {
		return nil, err
	}
	return p.answered(v, e)
}

// answered does with a modal what the acknowledgement says.
func (p Actor) answered(v *Surface, e Envelope) (mistakes map[string]string, err error) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(e.Answer) == 0 {
		v.Open = false
		return nil, nil
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
	}
	if err := json.Unmarshal(e.Answer, &answer); err != nil || answer.Action != "errors" || len(answer.Errors) == 0 {
		return nil, fmt.Errorf("submit: the app answered %.200s", e.Answer)
	}
	inputs := v.inputs()
	for id := range answer.Errors {
		if inputs[id] == nil {
			return nil, fmt.Errorf("submit: the app finds a mistake in %q, which is no input", id)
		}
	}
	return answer.Errors, nil
}

// inputs are the input blocks of a view by block_id.
func (v *Surface) inputs() map[string]map[string]any {
	all := map[string]map[string]any{}
	blocks, _ := v.fields["blocks"].([]any)
	for _, b := range blocks {
		o, _ := b.(map[string]any)
		if id, _ := o["block_id"].(string); o["type"] == "input" {
			all[id] = o
		}
	}
	return all
}

// filled is the state of a view that was filled in, or why it cannot be sent.
func (v *Surface) filled(values map[string][]string) (map[string]any, error) {
	inputs := v.inputs()
	for id := range values {
		if inputs[id] == nil {
			return nil, fmt.Errorf("submit: there is no input %q", id)
		}
	}
	state := map[string]any{}
	for id, input := range inputs {
		element, _ := input["element"].(map[string]any)
		chosen := values[id]
		if optional, _ := input["optional"].(bool); len(chosen) == 0 && !optional {
			return nil, fmt.Errorf("submit: %q has to be filled in", id)
		}
		value, err := stateOf(element, chosen)
		if err != nil {
			return nil, fmt.Errorf("submit: %q: %w", id, err)
		}
		action, _ := element["action_id"].(string)
		state[id] = map[string]any{action: value}
	}
	return state, nil
}

// stateOf is what an element holds once values were chosen or typed.
func stateOf(element map[string]any, chosen []string) (map[string]any, error) {
	state := map[string]any{"type": element["type"]}
	if element["type"] == "plain_text_input" {
		state["value"] = nil
		if len(chosen) > 0 {
			state["value"] = chosen[0]
			most, _ := element["max_length"].(json.Number)
			if n, err := most.Int64(); err == nil && utf8.RuneCountInString(chosen[0]) > int(n) {
				return nil, fmt.Errorf("at most %d characters", n)
			}
		}
		return state, nil
	}
	found := []any{}
	for _, value := range chosen {
		options := optionsOf(element)
		i := slices.IndexFunc(options, func(o map[string]any) bool { return o["value"] == value })
		if i < 0 {
			return nil, fmt.Errorf("there is no option %q", value)
		}
		found = append(found, options[i])
	}
	switch {
	case element["type"] == "checkboxes":
		state["selected_options"] = found
	case len(found) > 1:
		return nil, fmt.Errorf("only one can be chosen")
	case len(found) == 1:
		state["selected_option"] = found[0]
	default:
		state["selected_option"] = nil
	}
	return state, nil
}
