package deliver

import "time"

// Keep sets how often the claim is renewed while a sink takes its time.
func (c *Channels) Keep(every time.Duration) { c.keep = every }
