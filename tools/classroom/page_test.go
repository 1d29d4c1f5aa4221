package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/browser"
	"example.com/workbook/tools/class"
	"example.com/workbook/tools/web"
)

// room60 has a class of sixty learners, whose page is open in a browser.
type room60 struct {
	t   *testing.T
	d   *desk
	dir string
	url string
	b   *browser.Tab
}

const sixty = 60

// Sixty learners report at the same time, and a browser shows the page of their class.
func TestPageOfAClass(t *testing.T) {
	r := &room60{t: t, dir: t.TempDir()}
	r.d = newTestDesk(t, r.dir)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r.url = "http://" + l.Addr().String() + "/" + r.d.code
	stop := r.serve(l)
	r.b = browser.Open(t)
	r.b.Size(1280, 800)
	r.b.Go(r.url + "/")
	r.waitFor(`document.querySelector('#sum').textContent === '0 learners'`)

	r.reportAll(1, func(who int) class.Report {
		return class.Report{Lesson: 1, Tasks: map[string]bool{"1.1": who%3 > 0, "1.2": false, "1.3": false}, Red: []string{"1.1", "1.2"}[min(who%3, 1)],
			Check: "the check", Likely: []string{"the key is made anew on every attempt", "no step was run"}[who%2],
			Guesses: map[string]string{"1.1": []string{"1 charge, 1 email", "2 charges, 1 email"}[min(who%3, 1)]}}
	})
	r.waitFor(fmt.Sprintf(`document.querySelectorAll('#tasks tbody tr').length === %d`, sixty))
	r.testColumns()
	r.testHands()
	r.testGuesses()
	r.testSilence()
	r.testListening()
	r.testLooks()

	stop()
	r.waitFor(`!document.querySelector('#connection').hidden`)
	r.d = newTestDesk(t, r.dir)
	l, err = net.Listen("tcp", strings.Split(r.url, "/")[2])
	require.NoError(t, err)
	r.serve(l)
	r.waitFor(`document.querySelector('#connection').hidden`)
	r.testFlood()
}

func (r *room60) serve(l net.Listener) (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error)
	r.d.addJoinURLs(l)
	go func() { done <- web.Serve(ctx, l, r.d.routes()) }()
	return sync.OnceFunc(func() { cancel(); require.NoError(r.t, <-done) })
}

func (r *room60) waitFor(expression string) { r.t.Helper(); r.b.Until(expression) }

// reportAll sends a report from each learner at the same time.
func (r *room60) reportAll(n int64, of func(who int) class.Report) {
	r.t.Helper()
	var sent sync.WaitGroup
	statuses := make([]int, sixty)
	for who := range sixty {
		sent.Go(func() {
			p := of(who)
			p.Name, p.ID, p.N = fmt.Sprintf("learner-%d", who), learnerID(who), n
			statuses[who], _ = postJSON(r.t, r.url+"/report", p)
		})
	}
	sent.Wait()
	for who, status := range statuses {
		require.Equal(r.t, 200, status, who)
	}
}

func (r *room60) reportOne(who int, n int64, p class.Report) {
	r.t.Helper()
	p.Name, p.ID, p.N = fmt.Sprintf("learner-%d", who), learnerID(who), n
	status, answer := postJSON(r.t, r.url+"/report", p)
	require.Equal(r.t, 200, status, answer)
}

// testColumns expects a column for each task. The column has the number of learners who passed the
// task, and marks the task at which most learners are stuck.
func (r *room60) testColumns() {
	r.t.Helper()
	r.waitFor(`[...document.querySelectorAll('#tasks thead tr:last-child th')].map(e => e.textContent).join() === 'name,last heard,1.1,1.2,1.3,1.4,1.5'`)
	r.waitFor(`[...document.querySelectorAll('#tasks tfoot td')].map(e => e.textContent).join() === ',40,0,0,0,0'`)
	r.waitFor(`document.querySelector('#fails').textContent.startsWith('1.2  40 learners')`)
	r.waitFor(`[...document.querySelectorAll('#fails .words')].map(e => e.textContent).join() === '20 × no step was run,20 × the key is made anew on every attempt,10 × no step was run,10 × the key is made anew on every attempt'`)
	require.Equal(r.t, "1.2 red", browser.Eval[string](r.b, `[...document.querySelectorAll('#tasks tbody tr')].find(r => r.firstChild.textContent === 'learner-1').children[3].getAttribute('aria-label')`))
}

func (r *room60) testHands() {
	r.t.Helper()
	for i, who := range []int{7, 3} {
		r.reportOne(who, 2, class.Report{Hand: yes(), Ago: int64(1000 * (2 - i))})
	}
	r.waitFor(`[...document.querySelectorAll('#hands li')].map(e => e.firstChild.data).join() === 'learner-7 at 1.2,learner-3 at 1.1'`)
	r.b.Click(`#hands button[aria-label="learner-7: seen"]`)
	r.waitFor(`document.querySelectorAll('#hands li').length === 1`)
	r.reportOne(3, 3, class.Report{Hand: no()})
	r.waitFor(`document.querySelector('#hands').textContent === 'nobody'`)
}

// testGuesses expects that the right answer is hidden until somebody asks for it.
func (r *room60) testGuesses() {
	r.t.Helper()
	r.waitFor(`[...document.querySelectorAll('.guess p')].map(e => e.textContent).join('|') === '40 × 2 charges, 1 email|20 × 1 charge, 1 email|show the true numbers'`)
	r.b.Click(`[data-truth="1.1"]`)
	r.waitFor(`document.querySelector('.truth').textContent.startsWith('true: 2 charges, 1 email')`)
	r.b.Click(`[data-truth="1.1"]`)
	r.waitFor(`document.querySelector('.truth').textContent === 'show the true numbers'`)
}

// testSilence expects the name of a learner whose last report is nine minutes old, and expects no
// name if the last report is five minutes old.
func (r *room60) testSilence() {
	r.t.Helper()
	r.waitFor(`document.querySelector('#silent').textContent === 'nobody'`)
	r.d.mu.Lock()
	for who, ago := range map[int]time.Duration{11: 9 * time.Minute, 12: 5 * time.Minute} {
		r.d.room.learners[learnerID(who)].last = time.Now().Add(-ago)
	}
	r.d.room.opened = time.Now().Add(-time.Hour)
	r.d.mu.Unlock()
	r.reportOne(0, 2, class.Report{})
	r.waitFor(`document.querySelector('#silent').textContent === 'learner-11 at 1.2, 9 min'`)
	r.waitFor(`[...document.querySelectorAll('#tasks .is-quiet')].map(e => e.children[0].textContent + e.children[1].textContent).join() === 'learner-11quiet 9 min'`)
}

func (r *room60) testListening() {
	r.t.Helper()
	r.b.Click("#listen")
	r.waitFor(`!document.querySelector('#pause').hidden && document.querySelector('#listen').getAttribute('aria-pressed') === 'true'`)
	r.waitFor(`document.querySelector('#silent').textContent === 'nobody'`)
	r.b.Click("#listen")
	r.waitFor(`document.querySelector('#pause').hidden`)
}

// testLooks expects a page without horizontal overflow, with enough contrast in both
// themes, and with learners' markup shown as text.
func (r *room60) testLooks() {
	r.t.Helper()
	r.reportOne(5, 9, class.Report{Lesson: 1, Tasks: map[string]bool{"1.1": true, "1.2": false}, Red: "1.2", Check: "<img src=x onerror=document.title='bad'>", Likely: "<script>document.title='bad'</script>"})
	r.waitFor(`document.querySelector('#fails').textContent.includes("<script>document.title='bad'</script>")`)
	require.Equal(r.t, "the class", browser.Eval[string](r.b, "document.title"))
	require.False(r.t, browser.Eval[bool](r.b, "document.documentElement.scrollWidth > innerWidth"), "the page is not wider than the window")
	for range 2 {
		require.Empty(r.t, browser.Eval[[]browser.Faint](r.b, browser.Contrast))
		r.b.Shot("class-" + browser.Eval[string](r.b, "document.documentElement.dataset.theme"))
		r.b.Click("#theme")
	}
}

// testFlood sends ten reports from each of sixty learners, as fast as possible. All of them must
// count.
func (r *room60) testFlood() {
	r.t.Helper()
	for n := range int64(10) {
		r.reportAll(20+n, func(int) class.Report {
			return class.Report{Lesson: 1, Tasks: map[string]bool{"1.1": true, "1.2": n == 9, "1.3": false}, Red: "1.3", Likely: "the last one"}
		})
	}
	r.waitFor(`[...document.querySelectorAll('#tasks tfoot td')].map(e => e.textContent).join() === ',60,60,0,0,0'`)
	r.waitFor(`document.querySelector('#fails').textContent.includes('60 × the last one')`)
}
