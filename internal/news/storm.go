package news

import "time"

// Gust says how many news of one rule fold into one message of a channel.
type Gust struct {
	News int           // more than these are folded; 0: none ever is
	Over time.Duration // in which they come
}

// Storm is a time in which the news of a rule in a channel are folded into one message.
type Storm struct {
	ID      int64
	Rule    string
	Channel string    // without "#"
	Since   time.Time // the first news that counted came then, or later
	Began   time.Time // news are folded from then on
	Busy    time.Time // it ends then if it stays calm
	Head    int64     // the delivery in whose thread the news are listed
	Headed  time.Time // since when that one is
	Ended   time.Time // zero: it goes on
	EndedBy Person    // nobody: it was calm
	Singly  time.Time // after somebody ended it no other one begins until then
}
