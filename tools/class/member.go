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

// Member describes the membership of this copy of the workbook in a class, now or in the past.
type Member struct {
	Class string `json:"class"` // the address of the class with the join code; "" if the learner has left the class
	Name  string `json:"name"`
	ID    string `json:"id"`
	N     int64  `json:"n"` // the number of the last report
}

// Off is the address that means: leave the class.
const Off = "off"

func classDir(root string) string { return filepath.Join(root, "work", "class") }

func memberFile(root string) string { return filepath.Join(classDir(root), "member.json") }

// Read returns the workbook's membership. Class is "" if the workbook is in no class.
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

// Join makes this workbook report to a class from now on.
func Join(root, class, name string) (Member, error) {
	class, err := parseAddress(class)
	if err == nil {
		err = CheckName(name)
	}
	if err != nil {
		return Member{}, err
	}
	return updateMember(root, func(m *Member) { m.Class, m.Name = class, name })
}

// Leave stops the reports. It keeps the name and the id, in case the learner comes back.
func Leave(root string) error {
	_, err := updateMember(root, func(m *Member) { m.Class = "" })
	return err
}

// updateMember reads the stored membership, changes it with how, and stores it.
func updateMember(root string, how func(*Member)) (m Member, err error) {
	err = notes.Update(memberFile(root), func(old []byte) []byte {
		m = Member{}
		json.Unmarshal(old, &m) // an unreadable file is replaced
		how(&m)
		if m.ID == "" {
			m.ID = newID()
		}
		text, _ := json.MarshalIndent(m, "", "  ")
		return append(text, '\n')
	})
	if err != nil {
		return m, hint.New(hint.Setup, "look at "+classDir(root), "the folder of the class cannot be written: %w", err)
	}
	return m, nil
}

func newID() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// waitingName returns the file name of a report. Sorted names are in the order of the reports.
func waitingName(n int64) string { return fmt.Sprintf("%09d.json", n) }
