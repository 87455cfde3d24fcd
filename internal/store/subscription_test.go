package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

func wished(token, source string) store.Subscription {
	return store.Subscription{
		Token: token, Source: source, URL: "https://" + source + ".example/feed", Hub: "https://hub.example/", Topic: "https://" + source + ".example/self",
		Callback: "https://desk.example/websub", Secret: news.Secret("secret-" + token),
	}
}

func wish(t *testing.T, s *store.Store, w store.Subscription, now time.Time) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error { return tx.Subscriptions.Add(t.Context(), w, now) })
}

func leave(t *testing.T, s *store.Store, token string, now time.Time) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error { return tx.Subscriptions.MarkLeaving(t.Context(), token, now) })
}

// granted reports whether a hub's yes counts.
func granted(t *testing.T, s *store.Store, token string, now time.Time, lease time.Duration) bool {
	t.Helper()
	return must[bool](t)(s.Subscriptions.MarkActive(t.Context(), token, now, now.Add(lease), now.Add(lease*2/3)))
}

func claimSubscriptions(t *testing.T, s *store.Store, now time.Time, limit int) (claims []store.Claim) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) (err error) {
		claims, err = tx.Subscriptions.Claim(t.Context(), now, limit)
		return err
	})
	return claims
}

func subscription(t *testing.T, s *store.Store, token string) store.Subscription {
	t.Helper()
	return must[store.Subscription](t)(s.Subscriptions.Get(t.Context(), token))
}

// active makes a subscription that the hub has said yes to.
func active(t *testing.T, s *store.Store, w store.Subscription) store.Subscription {
	t.Helper()
	wish(t, s, w, noon)
	claimSubscriptions(t, s, noon, 10)
	if !granted(t, s, w.Token, noon, 24*time.Hour) {
		t.Fatal("not granted")
	}
	return subscription(t, s, w.Token)
}

func tokens(t *testing.T, s *store.Store) (all []string) {
	t.Helper()
	for _, sub := range must[[]store.Subscription](t)(s.Subscriptions.List(t.Context())) {
		all = append(all, sub.Token+" "+string(sub.State))
	}
	slices.Sort(all)
	return all
}

func TestSubscriptionFromWishToLease(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if _, err := s.Subscriptions.Get(ctx, "t1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("before the wish: %v", err)
		}
		wish(t, s, wished("t1", "tass"), noon)
		wish(t, s, wished("t2", "tass"), noon.Add(2*time.Hour)) // the same wish again
		got, ok, err := s.Subscriptions.OfSource(ctx, "tass")
		want := wished("t1", "tass")
		want.State, want.Due = store.SubscriptionPending, noon
		if err != nil || !ok || got != want {
			t.Fatalf("got %+v, %v, %v", got, ok, err)
		}
		if granted(t, s, "t1", noon, time.Hour) {
			t.Error("granted before it was asked for")
		}
		claims := claimSubscriptions(t, s, noon, 10)
		if len(claims) != 1 || claims[0].Name != "t1" {
			t.Fatalf("claimed %v", claims)
		}
		if again := claimSubscriptions(t, s, noon, 10); len(again) != 0 {
			t.Errorf("claimed twice: %v", again)
		}
		if err := s.Subscriptions.MarkAsked(ctx, claims[0], noon.Add(10*time.Minute), "not yet", true); err != nil {
			t.Fatal(err)
		}
		if sub := subscription(t, s, "t1"); sub.Tries != 1 || sub.Error != "not yet" || !sub.Due.Equal(noon.Add(10*time.Minute)) {
			t.Errorf("asked: %+v", sub)
		}
		if !granted(t, s, "t1", noon, 24*time.Hour) {
			t.Error("not granted")
		}
		sub := subscription(t, s, "t1")
		if sub.State != store.SubscriptionActive || sub.Tries != 0 || sub.Error != "" ||
			sub.Believed(noon) || !sub.Leased.Equal(noon.Add(24*time.Hour)) {
			t.Errorf("granted: %+v", sub)
		}
		if again := claimSubscriptions(t, s, noon.Add(16*time.Hour), 10); len(again) != 1 {
			t.Errorf("to be renewed: %v", again)
		}
		if sub := subscription(t, s, "t1"); sub.State != store.SubscriptionActive {
			t.Errorf("while it is renewed: %+v", sub)
		}
	})
}

// TestHubThatAnswersFirst: what the hub's question has made of a subscription
// is not undone by the end of the request.
func TestHubThatAnswersFirst(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		wish(t, s, wished("t1", "tass"), noon)
		c := claimSubscriptions(t, s, noon, 10)[0]
		granted(t, s, "t1", noon, 24*time.Hour)
		if err := s.Subscriptions.MarkAsked(t.Context(), c, noon.Add(time.Minute), "http status 500", true); err != nil {
			t.Fatal(err)
		}
		if sub := subscription(t, s, "t1"); sub.Error != "" || !sub.Due.Equal(noon.Add(16*time.Hour)) {
			t.Errorf("got %+v", sub)
		}
	})
}

func TestTryThatIsNotCounted(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		wish(t, s, wished("t1", "tass"), noon)
		c := claimSubscriptions(t, s, noon, 10)[0]
		if err := s.Subscriptions.MarkAsked(t.Context(), c, noon.Add(time.Minute), "", false); err != nil {
			t.Fatal(err)
		}
		if sub := subscription(t, s, "t1"); sub.Tries != 0 {
			t.Errorf("got %+v", sub)
		}
		if granted(t, s, "t1", noon, time.Hour) {
			t.Error("granted, but the hub was never asked")
		}
	})
}

// Anybody who has seen the callback's URL can say that a hub says no, or yes.
func TestForgedAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		deny := func(token string, now time.Time) bool {
			t.Helper()
			return must[bool](t)(s.Subscriptions.MarkDenied(t.Context(), token, "no", now))
		}
		was := active(t, s, wished("t1", "tass"))
		if deny("t1", noon.Add(time.Minute)) {
			t.Error("a no behind a yes is noted")
		}
		if !granted(t, s, "t1", noon.Add(time.Minute), time.Second) {
			t.Error("a hub that repeats itself is not answered")
		}
		if granted(t, s, "t1", noon.Add(time.Hour), 9*24*time.Hour) {
			t.Error("a yes that nobody asked for is answered")
		}
		if sub := subscription(t, s, "t1"); sub != was {
			t.Errorf("became %+v, it was %+v", sub, was)
		}
		later := noon.Add(2 * time.Hour)
		if !deny("t1", later) {
			t.Error("a later no has no effect: the hub is to be asked")
		}
		want := was
		want.Due = later
		if sub := subscription(t, s, "t1"); sub != want {
			t.Errorf("became %+v, want %+v", sub, want)
		}
		claimSubscriptions(t, s, later, 10)
		if deny("t1", later) || deny("t1", later.Add(2*time.Hour)) {
			t.Error("a no is noted while the hub is being asked")
		}
		if !granted(t, s, "t1", later, 24*time.Hour) {
			t.Error("the hub's yes does not count")
		}
	})
}

// A no keeps a hub that was asked from nothing: it is asked again as if it had
// said nothing, and its yes counts.
func TestDeniedSubscription(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		wish(t, s, wished("t1", "tass"), noon)
		if must[bool](t)(s.Subscriptions.MarkDenied(t.Context(), "t1", "no", noon)) {
			t.Error("denied before it was asked for")
		}
		c := claimSubscriptions(t, s, noon, 10)[0]
		must[bool](t)(s.Subscriptions.MarkDenied(t.Context(), "t1", "no", noon))
		if err := s.Subscriptions.MarkAsked(t.Context(), c, noon.Add(10*time.Minute), "not yet", true); err != nil {
			t.Fatal(err)
		}
		sub := subscription(t, s, "t1")
		if sub.State != store.SubscriptionDenied || sub.Error != "no" || !sub.Due.Equal(noon.Add(10*time.Minute)) {
			t.Errorf("got %+v", sub)
		}
		got := claimSubscriptions(t, s, noon.Add(10*time.Minute), 10)
		if len(got) != 1 || subscription(t, s, "t1").State != store.SubscriptionPending {
			t.Errorf("to be asked again: %v, %v", got, tokens(t, s))
		}
		must[bool](t)(s.Subscriptions.MarkDenied(t.Context(), "t1", "no", noon.Add(11*time.Minute)))
		if !granted(t, s, "t1", noon.Add(12*time.Minute), time.Hour) ||
			subscription(t, s, "t1").State != store.SubscriptionActive {
			t.Errorf("the hub's yes does not count: %+v", subscription(t, s, "t1"))
		}
	})
}

func TestLeavingASubscription(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		active(t, s, wished("held", "tass"))
		wish(t, s, wished("never-asked", "ap"), noon)
		for _, token := range []string{"held", "never-asked"} {
			leave(t, s, token, noon)
		}
		if _, ok, err := s.Subscriptions.OfSource(ctx, "tass"); ok || err != nil {
			t.Errorf("it is still the source's: %v", err)
		}
		if granted(t, s, "held", noon, time.Hour) {
			t.Error("granted while it is being left")
		}
		claims := claimSubscriptions(t, s, noon, 10)
		if got := tokens(t, s); len(claims) != 1 || claims[0].Name != "held" || !slices.Equal(got, []string{"held leaving"}) {
			t.Errorf("claimed %v of %v: what no hub holds is forgotten at once", claims, got)
		}
		if !must[bool](t)(s.Subscriptions.MarkEnded(ctx, "held", noon.Add(10*time.Minute))) {
			t.Error("the hub's question is not answered")
		}
		if !must[bool](t)(s.Subscriptions.MarkEnded(ctx, "held", noon.Add(10*time.Minute))) {
			t.Error("the hub's question is not answered twice")
		}
		claimSubscriptions(t, s, noon.Add(11*time.Minute), 10)
		if got := tokens(t, s); len(got) != 0 {
			t.Errorf("left and not forgotten: %v", got)
		}
		active(t, s, wished("mute", "tass"))
		leave(t, s, "mute", noon)
		for i := range 3 {
			now := noon.Add(time.Duration(i) * time.Hour)
			if got := claimSubscriptions(t, s, now, 10); len(got) != 1 {
				t.Errorf("try %d: %v", i, got)
			}
		}
		if got := claimSubscriptions(t, s, noon.Add(4*time.Hour), 10); len(got) != 0 || len(tokens(t, s)) != 0 {
			t.Errorf("a hub that does not answer is asked for ever: %v", got)
		}
		if must[bool](t)(s.Subscriptions.MarkEnded(ctx, "held", noon)) {
			t.Error("what is gone is granted")
		}
	})
}

func TestSubscriptionMovesWithItsHub(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		active(t, s, wished("t1", "tass"))
		other := wished("t2", "tass")
		other.Hub = "https://other.example/"
		wish(t, s, other, noon.Add(time.Minute))
		if got := tokens(t, s); !slices.Equal(got, []string{"t1 active"}) {
			t.Errorf("a list that names another hub every minute moves it every minute: %v", got)
		}
		wish(t, s, other, noon.Add(time.Hour))
		if got := tokens(t, s); !slices.Equal(got, []string{"t1 leaving", "t2 pending"}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestSubscriptionsAreClaimedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for i := range 30 {
			wish(t, s, wished(fmt.Sprint("t", i), fmt.Sprint("s", i)), noon)
		}
		wantClaimedOnce(t, s, 8, func(tx *store.Tx) ([]store.Claim, error) {
			return tx.Subscriptions.Claim(t.Context(), noon, 8)
		})
	})
}
