package store

import (
	"bufio"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnotherProcessWrites(t *testing.T) {
	_, path := openTemp(t)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "STORE_TEST_ROLE=hold", "SHOP_DB="+path)
	other.Stderr = os.Stderr
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
