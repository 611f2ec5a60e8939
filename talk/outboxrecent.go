package talk

// rememberedSent is how many of the messages that an outbox has sent it knows again.
const rememberedSent = 1000

// recentKeys knows the last messages that were sent, and as what.
type recentKeys struct {
	keys []outboxKey // the oldest first
	ids  map[outboxKey]int64
}

func (r *recentKeys) has(key outboxKey) bool { return r.ids[key] != 0 }

func (r *recentKeys) add(key outboxKey, id int64) {
	if r.has(key) {
		return
	}
	if r.ids == nil {
		r.ids = map[outboxKey]int64{}
	}
	r.ids[key] = id
	r.keys = append(r.keys, key)
	if len(r.keys) > rememberedSent {
		delete(r.ids, r.keys[0])
		r.keys = r.keys[1:]
	}
}
