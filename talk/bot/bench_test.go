package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/confab-go/confab/internal/cputime"
	"github.com/confab-go/confab/talk/bot"
)

// BenchmarkDeliveries takes deliveries to their handlers: verified, remembered, decoded, routed and handled.
func BenchmarkDeliveries(b *testing.B) {
	const kinds = 4096
	var handled atomic.Int64
	all := make([]*bot.Delivery, kinds)
	for i := range all {
		d, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, in(fmt.Sprintf("room%d", i%100), "/deploy api prod"))
		if err != nil {
			b.Fatal(err)
		}
		all[i] = d
	}
	// The memory is smaller than the number of deliveries, which therefore can come again and again.
	robot, err := bot.New(bot.WithServer(bot.Server{URL: address, Secret: secret}), bot.WithReplayMemory(kinds/4, 0), bot.WithQueue(1<<30, 0))
	if err != nil {
		b.Fatal(err)
	}
	nothing := func(context.Context, *bot.Context) error { return nil }
	for i := range 20 {
		robot.Command(fmt.Sprintf("/command%d {x}", i), nothing)
	}
	robot.Command("/deploy {service} [env]", func(_ context.Context, c *bot.Context) error {
		if c.Arg("env") == "prod" {
			handled.Add(1)
		}
		return nil
	})
	b.SetBytes(int64(len(all[0].Body)))
	b.ReportAllocs()
	i, before := 0, cputime.Used()
	for b.Loop() {
		r, err := all[i%kinds].Request(b.Context(), "http://127.0.0.1/")
		if err != nil {
			b.Fatal(err)
		}
		w := httptest.NewRecorder()
		if robot.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatalf("delivery %d: %d %s", i, w.Code, w.Body)
		}
		i++
	}
	if err := robot.Shutdown(b.Context()); err != nil || handled.Load() != int64(i) {
		b.Fatalf("%d of %d handled, %v", handled.Load(), i, err)
	}
	b.ReportMetric(float64(i)/(cputime.Used()-before).Seconds(), "deliveries/s-of-a-core")
}

// BenchmarkVerify is the part of it that an attacker without the secret can ask for.
func BenchmarkVerify(b *testing.B) {
	d, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, said("anna", "hi"))
	if err != nil {
		b.Fatal(err)
	}
	secrets := secretsOf(b, bot.Server{URL: address, Secret: secret2})
	b.ReportAllocs()
	for b.Loop() {
		r, err := d.Request(b.Context(), "http://127.0.0.1/")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := bot.Verify(r, secrets); err == nil {
			b.Fatal("verified")
		}
	}
}
