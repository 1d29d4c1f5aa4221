package class

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/notes"
)

// Member is a workbook that is, or was, in a class.
type Member struct {
	Class string `json:"class"` // its address with the join code; "" when it was left
	Name  string `json:"name"`
	ID    string `json:"id"`
	N     int64  `json:"n"` // of the last report
}

// Off in the place of an address leaves the class.
const Off = "off"

func folder(root string) string { return filepath.Join(root, "work", "class") }

func memberFile(root string) string { return filepath.Join(folder(root), "member.json") }

// Read is the workbook's membership. In none, its Class is "".
func Read(root string) (m Member, err error) {
	text, err := os.ReadFile(memberFile(root))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	return m, err
}

// Join has this workbook tell a class from now on.
func Join(root, class, name string) (Member, error) {
	class, err := address(class)
	if err == nil {
		err = CheckName(name)
	}
	if err != nil {
		return Member{}, err
	}
	return change(root, func(m *Member) { m.Class, m.Name = class, name })
}

// Leave has it tell nobody any more. Who they were is kept, to come back.
func Leave(root string) error {
	_, err := change(root, func(m *Member) { m.Class = "" })
	return err
}

func change(root string, how func(*Member)) (m Member, err error) {
	err = notes.Update(memberFile(root), func(old []byte) []byte {
		m = Member{}
		json.Unmarshal(old, &m) // what cannot be read is made anew
		how(&m)
		if m.ID == "" {
			m.ID = newID()
		}
		text, _ := json.MarshalIndent(m, "", "  ")
		return append(text, '\n')
	})
	if err != nil {
		return m, hint.New(hint.Setup, "look at "+folder(root), "the class's folder cannot be written: %w", err)
	}
	return m, nil
}

func newID() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// waitingName sorts as the reports were made.
func waitingName(n int64) string { return fmt.Sprintf("%09d.json", n) }
