package admin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each request has the method, the path and the body that the admin API wants.
func TestRequests(t *testing.T) {
	var got, answer string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		got = r.Method + " " + r.URL.String() + " " + string(body)
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	defer server.Close()
	c, ctx := New(server.URL+"/"), t.Context()

	answer = `{"id":"dp_1"}`
	id, err := c.Register(ctx, "http://127.0.0.1:9080", true)
	require.NoError(t, err)
	require.Equal(t, "dp_1", id)
	require.Equal(t, `POST /deployments {"force":true,"uri":"http://127.0.0.1:9080"}`, got)

	answer = `{"rows":[{"id":"dp_1"},{"id":"dp_2"}]}`
	var rows []struct{ ID string }
	require.NoError(t, c.Query(ctx, "SELECT id FROM sys_deployment", &rows))
	require.Equal(t, `POST /query {"query":"SELECT id FROM sys_deployment"}`, got)
	require.Equal(t, "dp_2", rows[1].ID)

	for _, r := range []struct {
		send func() error
		want string
	}{
		{func() error { return c.Remove(ctx, "dp_1") }, "DELETE /deployments/dp_1?force=true "},
		{func() error { return c.Pause(ctx, "inv_1") }, "PATCH /invocations/inv_1/pause "},
		{func() error { return c.Resume(ctx, "inv_1", "dp_1") }, "PATCH /invocations/inv_1/resume?deployment=dp_1 "},
		{func() error { return c.Cancel(ctx, "inv_1") }, "PATCH /invocations/inv_1/cancel "},
		{func() error { return c.Kill(ctx, "inv_1") }, "PATCH /invocations/inv_1/kill "},
	} {
		require.NoError(t, r.send())
		require.Equal(t, r.want, got)
	}

	status, answer = http.StatusConflict, `{"message":"still running"}`
	err = c.Resume(ctx, "inv_1", "dp_1")
	require.EqualError(t, err, `PATCH /invocations/inv_1/resume?deployment=dp_1: 409 {"message":"still running"}`)
	require.True(t, IsConflict(err))
	status = http.StatusNotFound
	require.NoError(t, c.Remove(ctx, "dp_1"), "nothing to remove")
	err = c.Pause(ctx, "inv_1")
	require.Error(t, err)
	require.False(t, IsConflict(err))
}
