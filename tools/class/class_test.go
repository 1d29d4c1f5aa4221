package class

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
)

// classroom is a test server that records reports and answers with a given status.
type classroom struct {
	url string

	mu      sync.Mutex
	status  int
	reports []Report
}

func newClassroom(t *testing.T) *classroom {
	t.Helper()
	c := &classroom{status: http.StatusOK}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		var p Report
		body, _ := io.ReadAll(r.Body)
		if json.Unmarshal(body, &p) != nil || r.URL.Path != "/fern/report" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		c.reports = append(c.reports, p)
		w.WriteHeader(c.status)
		io.WriteString(w, `{"kind":2,"what":"another learner has the name otter","hint":"another name"}`)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL + "/fern"
	return c
}

func (c *classroom) setStatus(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

func (c *classroom) takeReports() (all []Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, c.reports = c.reports, nil
	return all
}

func TestReportsGoOutInOrderAndOnce(t *testing.T) {
	c, root := newClassroom(t), t.TempDir()
	m, err := Join(root, c.url+"/", "otter")
	require.NoError(t, err)
	require.Equal(t, c.url, m.Class)
	for lesson := range 3 {
		require.NoError(t, Put(root, Report{Lesson: lesson + 1}))
	}
	require.NoError(t, Send(t.Context(), root))
	require.NoError(t, Send(t.Context(), root))
	heard := c.takeReports()
	require.Len(t, heard, 3)
	for i, p := range heard {
		require.Equal(t, Report{Name: "otter", ID: m.ID, N: int64(i + 1), Lesson: i + 1, Ago: p.Ago}, p)
		require.GreaterOrEqual(t, p.Ago, int64(0))
	}
	why, waiting := Trouble(root)
	require.Empty(t, why)
	require.Zero(t, waiting)
}

// If a class refuses a report for a reason that may pass, the report waits. If the class cannot
// read the report, the report is dropped.
func TestWhatWaitsAndWhatIsDropped(t *testing.T) {
	c, root := newClassroom(t), t.TempDir()
	_, err := Join(root, c.url, "otter")
	require.NoError(t, err)
	require.NoError(t, Put(root, Report{Lesson: 1}))
	for _, status := range []int{http.StatusConflict, http.StatusNotFound, http.StatusTooManyRequests, http.StatusInternalServerError} {
		c.setStatus(status)
		require.EqualError(t, Send(t.Context(), root), "another learner has the name otter")
		why, waiting := Trouble(root)
		require.Equal(t, "another learner has the name otter\nhint: another name", why)
		require.Equal(t, 1, waiting, status)
	}
	c.takeReports()

	first, err := Read(root)
	require.NoError(t, err)
	_, err = Join(root, c.url, "heron")
	require.NoError(t, err)
	c.setStatus(http.StatusOK)
	require.NoError(t, Send(t.Context(), root))
	heard := c.takeReports()
	require.Len(t, heard, 1)
	require.Equal(t, "heron", heard[0].Name, "the report has the learner's new name")
	require.Equal(t, first.ID, heard[0].ID)

	require.NoError(t, Put(root, Report{Lesson: 2}))
	c.setStatus(http.StatusBadRequest)
	require.NoError(t, Send(t.Context(), root))
	why, waiting := Trouble(root)
	require.Empty(t, why)
	require.Zero(t, waiting)
}

func TestOldReportsAreOfNoUse(t *testing.T) {
	c, root := newClassroom(t), t.TempDir()
	_, err := Join(root, c.url, "otter")
	require.NoError(t, err)
	require.NoError(t, Put(root, Report{Lesson: 1}))
	file := filepath.Join(outboxDir(root), waitingName(1))
	text, err := json.Marshal(waiting{time.Now().Add(-maxAge - time.Minute), Report{N: 1}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(outboxDir(root), waitingName(2)), []byte("no JSON"), 0o666))
	require.NoError(t, Send(t.Context(), root))
	require.Empty(t, c.takeReports())
	_, waiting := Trouble(root)
	require.Zero(t, waiting)
}

// If a class accepts a report and never answers, only the process that sends waits.
func TestPutDoesNotWaitForSend(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	root := t.TempDir()
	_, err = Join(root, "http://"+l.Addr().String()+"/fern", "otter")
	require.NoError(t, err)
	require.NoError(t, Put(root, Report{Lesson: 1}))
	sent := make(chan error)
	go func() { sent <- Send(t.Context(), root) }()
	held, err := l.Accept()
	require.NoError(t, err)
	require.NoError(t, Put(root, Report{Lesson: 2}), "Put works while the first report is being sent")
	_, waiting := Trouble(root)
	require.Equal(t, 2, waiting)
	require.NoError(t, held.Close())
	require.ErrorContains(t, <-sent, "the class cannot be reached: ")
}

// The error is a real error of the kernel. It is not from macOS, because the test cannot run there.
func TestFakeMacOSWithoutLocalNetwork(t *testing.T) {
	noRoute := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	require.Contains(t, adviceFor("darwin", noRoute), "Local Network")
	require.NotContains(t, adviceFor("linux", noRoute), "Local Network")
	require.NotContains(t, adviceFor("darwin", refused), "Local Network")
}

func TestLeavingAndComingBack(t *testing.T) {
	c, root := newClassroom(t), t.TempDir()
	none, err := Read(root)
	require.NoError(t, err)
	require.Empty(t, none)
	m, err := Join(root, c.url, "otter")
	require.NoError(t, err)
	require.NoError(t, Leave(root))
	require.NoError(t, Put(root, Report{}))
	require.NoError(t, Send(t.Context(), root))
	require.Empty(t, c.takeReports(), "a learner who has left sends no report")
	again, err := Join(root, c.url, "otter")
	require.NoError(t, err)
	require.Equal(t, m.ID, again.ID)

	require.NoError(t, os.WriteFile(memberFile(root), []byte("{"), 0o666))
	other, err := Join(root, c.url, "otter")
	require.NoError(t, err)
	require.Len(t, other.ID, 32)
}

func TestWhatIsNoClass(t *testing.T) {
	root := t.TempDir()
	for _, c := range []struct{ class, name, what, do string }{
		{"10.0.0.5:8100/fern", "otter", `"10.0.0.5:8100/fern" is not the address of a class`, "begins with http://"},
		{"http://10.0.0.5:8100", "otter", `"http://10.0.0.5:8100" has no join code`, "as in http://10.0.0.5:8100/fernk"},
		{"http:///fern", "otter", "is not the address of a class", ""},
		{"http://10.0.0.5:8100/fern", "", "the class needs a name for you", "NAME=otter"},
		{"http://10.0.0.5:8100/fern", "ann b", `"ann b" is not a name for a class`, "at most 20 letters"},
		{"http://10.0.0.5:8100/fern", "<script>", `is not a name for a class`, "at most 20 letters"},
		{"http://10.0.0.5:8100/fern", "123456789012345678901", `is not a name for a class`, "at most 20 letters"},
	} {
		_, err := Join(root, c.class, c.name)
		require.ErrorContains(t, err, c.what)
		require.Contains(t, hint.Text(err), c.do)
	}
	require.NoDirExists(t, classDir(root))
	require.NoError(t, CheckName("Łucja-2"))
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "work"), nil, 0o666))
	_, err := Join(root, "http://127.0.0.1:1/fern", "otter")
	require.ErrorContains(t, err, "the folder of the class cannot be written: ")
	require.Error(t, Put(root, Report{}))
}
