package slackfake

import (
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Fault is what goes wrong with a call. Which calls it meets is said by
// Method, Channel, Nth and Times; what happens by the rest. A fault that
// answers nothing of its own (no Status, Body, Code, Close, Reset) only
// delays.
type Fault struct {
	Method  string // "" is any
	Channel string // name or ID as the call gives it; "" is any
	Nth     int    // the first call it meets, counted from when it is planned; 0 is the next one
	Times   int    // how many calls in a row it meets; 0 is one, less is all of them

	Stored bool          // the call is carried out before it goes wrong
	Delay  time.Duration // before the answer; without Stored, before the call is carried out

	Status     int    // HTTP status; 0 is 200
	RetryAfter string // the header as it stands; "" sends none
	Body       string // sent verbatim
	Code       string // an error code of Slack's, answered as {"ok":false}
	Close      bool   // the connection ends instead of an answer, or within it when there is a Body
	Reset      bool   // the connection is reset instead of an answer
}

type plannedFault struct {
	Fault
	seen int
}

// Plan lets a fault happen. Of several faults that a call could meet the one
// planned first counts.
func (s *Server) Plan(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &plannedFault{Fault: f})
}

// Mend takes back every planned fault.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// meet returns the fault that a call meets, nil when it meets none. Every
// fault that looks at the call counts it.
func (s *Server) meet(method, channel string) *plannedFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var met *plannedFault
	for _, f := range s.faults {
		if f.Method != "" && f.Method != method || f.Channel != "" && f.Channel != channel {
			continue
		}
		f.seen++
		first := max(f.Nth, 1)
		last := first + max(f.Times, 1) - 1
		if f.Times < 0 {
			last = math.MaxInt
		}
		if met == nil && f.seen >= first && f.seen <= last {
			met = f
		}
	}
	return met
}

func (f *Fault) answers() bool {
	return f.Status != 0 || f.Body != "" || f.Code != "" || f.Close || f.Reset
}

// code is how the fault is recorded.
func (f *Fault) code() string {
	switch {
	case f.Code != "":
		return f.Code
	case f.Status != 0:
		return fmt.Sprintf("http_%d", f.Status)
	default:
		return "fault"
	}
}

// answer answers a call as the fault wants it; regular is what would have been
// answered.
func (f *Fault) answer(w http.ResponseWriter, regular reply) {
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	switch {
	case f.Reset:
		reset(w)
	case f.Close:
		if f.Body != "" {
			w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)+1))
			_, _ = io.WriteString(w, f.Body)
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	case f.Code != "":
		reply{code: f.Code, status: f.Status}.write(w)
	case f.Status != 0 || f.Body != "":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(max(f.Status, http.StatusOK))
		body := f.Body
		if body == "" {
			body = "<html><body>" + http.StatusText(f.Status) + "</body></html>"
		}
		_, _ = io.WriteString(w, body)
	default:
		regular.write(w)
	}
}

// reset ends the connection with a TCP reset where that can be done, else
// without an answer.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
