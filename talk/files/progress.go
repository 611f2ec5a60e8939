package files

import "sync"

// progress tells the caller how far a transfer is. It never goes back, as when a part is sent again, and is silent once
// the transfer has ended.
type progress struct {
	report func(done, total int64)

	mu    sync.Mutex
	total int64
	last  int64
	ended bool
}

func newProgress(report func(done, total int64), total int64) *progress {
	return &progress{report: report, total: total, last: -1}
}

// at tells that so many bytes are done.
func (p *progress) at(done int64) {
	if p.report == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if done > p.last && !p.ended {
		p.last = done
		p.report(done, p.total)
	}
}

// end tells, if all went well, that everything is done, and is the end of all telling.
func (p *progress) end(done int64, ok bool) {
	if p.report == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if ok && !p.ended && (done > p.last || p.total != done) {
		p.report(done, done)
	}
	p.ended = true
}
