package store

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Some tests need a second process: this binary under another role.
func TestMain(m *testing.M) {
	switch os.Getenv("STORE_TEST_ROLE") {
	case "":
		os.Exit(m.Run())
	case "insert":
		insertFive()
	case "hold":
		holdTheWriter()
	}
}

// insertFive writes five rows and says so after each.
func insertFive() {
	db, err := Open(os.Getenv("SHOP_DB"))
	must(err)
	for i := range 5 {
		must(db.InsertShipmentIfAbsent(context.Background(), shipment(fmt.Sprintf("o-%d", i))))
		fmt.Println(i)
	}
}

// holdTheWriter is in a transaction, in which nothing has been said yet, until
// its input ends.
func holdTheWriter() {
	db, err := Open(os.Getenv("SHOP_DB"))
	must(err)
	must(db.Write(context.Background(), func(*sql.Tx) error {
		fmt.Println("held")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}))
}

func child(role, path, failpoint string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_ROLE="+role, "SHOP_DB="+path, "SHOP_FAILPOINT="+failpoint)
	cmd.Stderr = os.Stderr
	return cmd
}

func TestFailpointKillsRightAfterTheCommit(t *testing.T) {
	db, path := openTemp(t)
	file := filepath.Join(t.TempDir(), "failpoint")
	require.NoError(t, os.WriteFile(file, []byte("3\n"), 0o666))

	out, err := child("insert", path, file).Output()
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended)
	assert.Equal(t, syscall.SIGKILL, ended.Sys().(syscall.WaitStatus).Signal())
	assert.Equal(t, "0\n1\n", string(out), "it never got to say that the third was written")
	assert.Len(t, texts(t, db, "SELECT id FROM shipments"), 3, "but it was")
	assert.NoFileExists(t, file, "so that the next one lives")

	out, err = child("insert", path, file).Output()
	require.NoError(t, err)
	assert.Equal(t, "0\n1\n2\n3\n4\n", string(out))
	assert.Len(t, texts(t, db, "SELECT id FROM shipments"), 5)
}

func TestFailpointWithoutTheVariable(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("failpoint", []byte("1"), 0o666))
	_, path := openTemp(t)
	_, err := child("insert", path, "").Output()
	require.NoError(t, err)
	assert.FileExists(t, "failpoint")
}

func TestFailpointWithNothingInIt(t *testing.T) {
	_, path := openTemp(t)
	for _, text := range []string{"", "0", "-1", "soon"} {
		file := filepath.Join(t.TempDir(), "failpoint")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		_, err := child("insert", path, file).Output()
		require.NoError(t, err, "%q", text)
	}
}

func TestAnotherProcessWrites(t *testing.T) {
	_, path := openTemp(t)
	other := child("hold", path, "")
	in, err := other.StdinPipe()
	require.NoError(t, err)
	out, err := other.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)

	// The other has said nothing yet in its transaction, and has the lock: this
	// is _txlock=immediate, which no pragma could tell.
	impatient := openReadyAt(t, path)
	err = impatient.InsertShipment(t.Context(), shipment("o-1"))
	assert.True(t, IsRetryable(err), "%v", err)
	assert.False(t, IsConflict(err) || IsInvalid(err), "%v", err)
	found, err := impatient.FindShipment(t.Context(), "o-1")
	require.NoError(t, err, "who reads does not wait")
	assert.Nil(t, found)

	require.NoError(t, in.Close())
	require.NoError(t, other.Wait())
	require.NoError(t, impatient.InsertShipment(t.Context(), shipment("o-1")))
}

// openReadyAt opens a file whose schema is there, without a transaction of its
// own, and waits for nobody.
func openReadyAt(t *testing.T, path string) *DB {
	t.Helper()
	writer, err := pool(path, 1, writing(quickly))
	require.NoError(t, err)
	reader, err := pool(path, 1, reading(quickly))
	require.NoError(t, err)
	db := &DB{writer: writer, reader: reader}
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}
