package export_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/confab-go/confab/internal/cli/export"
	"github.com/confab-go/confab/talk"
)

var errNetwork = errors.New("the network is gone")

// endless gives messages with the ids from 1 up to a number, and fails after another one.
func endless(count, failAfter int64, asked *[]int64) export.Source {
	return func(_ context.Context, last int64) iter.Seq2[*talk.Message, error] {
		*asked = append(*asked, last)
		return func(yield func(*talk.Message, error) bool) {
			for id := last + 1; id <= count; id++ {
				if id > failAfter {
					yield(nil, errNetwork)
					return
				}
				m := &talk.Message{ID: id, Token: room.Token, ActorType: talk.ActorUser, ActorID: "alice", Timestamp: noon, Message: fmt.Sprintf("number %d", id)}
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

func TestUpdateGoesOnWhereItWasCutOff(t *testing.T) {
	t.Parallel()
	const count = 12_345
	for _, format := range export.Formats() {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			var asked []int64
			whole, err := export.Update(t.Context(), t.TempDir(), room, format, false, endless(count, count, &asked), nil)
			if err != nil || whole.New != count {
				t.Fatalf("%+v, %v", whole, err)
			}
			want, err := os.ReadFile(whole.Path)
			if err != nil {
				t.Fatal(err)
			}
			asked = nil
			for _, reach := range []int64{11_000, 11_001} { // and once more, before the next checkpoint
				if _, err := export.Update(t.Context(), folder, room, format, false, endless(count, reach, &asked), nil); !errors.Is(err, errNetwork) {
					t.Fatalf("cut off: %v", err)
				}
				if _, err := os.Stat(filepath.Join(folder, "messages."+format.Extension())); err == nil {
					t.Error("half a file is there")
				}
			}
			result, err := export.Update(t.Context(), folder, room, format, false, endless(count, count, &asked), nil)
			if err != nil || result.New != count || result.Messages != count {
				t.Errorf("%+v, %v", result, err)
			}
			if got := fmt.Sprint(asked); got != "[0 10000 10000]" {
				t.Errorf("it asked for what comes after %s", got)
			}
			if got, err := os.ReadFile(result.Path); err != nil || string(got) != string(want) {
				t.Errorf("the file differs from one made in one go, %v", err)
			}
			if left, err := filepath.Glob(filepath.Join(folder, ".messages*")); err != nil || len(left) != 0 {
				t.Errorf("there is %q left, %v", left, err)
			}
		})
	}
}

func TestUpdateInFullBeginsAnew(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var asked []int64
	if _, err := export.Update(t.Context(), folder, room, export.JSONL, false, endless(9000, 8000, &asked), nil); !errors.Is(err, errNetwork) {
		t.Fatal(err)
	}
	if _, err := export.Update(t.Context(), folder, room, export.JSONL, true, endless(10, 10, &asked), nil); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 || fmt.Sprint(asked) != "[0 0]" {
		t.Errorf("asked after %v; there is %v, %v", asked, entries, err)
	}
}
