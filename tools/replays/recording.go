package replays

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/restate"
)

// recordingEnd is the end of a recording's file name.
const recordingEnd = ".journal.json"

// Save writes a recording of each journal into the folder dir. Save makes the folder if it does not
// exist, and returns an error if the folder has files. A recording has the requests, results and answers
// of its journal, so only the owner of the file can read it.
func Save(dir string, journals []Journal) error {
	found, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return hint.New(hint.Setup, "name a folder that you can write to", "cannot save the recordings: %w", err)
	}
	if len(found) > 0 {
		return hint.New(hint.Usage, "name a folder that does not exist yet", "%s is not empty, and this tool overwrites no files", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return hint.New(hint.Setup, "name a folder that you can write to", "cannot save the recordings: %w", err)
	}
	for _, j := range journals {
		text, err := json.MarshalIndent(j, "", " ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, j.ID+recordingEnd), append(text, '\n'), 0o600); err != nil {
			return hint.New(hint.Setup, "free some space (`df -h` and `df -i` show where), then record again", "cannot save the recordings: %w", files.Cause(err))
		}
	}
	return nil
}

// Open returns the journals that are recorded in a folder, in the order of the file names.
//
// Every error is a [hint.Error] of kind Setup: the folder does not exist or has no recordings, or a
// recording is cut off, or a server of another version had the journal.
func Open(dir string) ([]Journal, error) {
	const do = "record again: go tool workbook replays URL --save=DIR"
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, hint.New(hint.Setup, "name the address of an admin API, or a folder with recordings", "%w", err)
	}
	var names []string
	for _, f := range found {
		if strings.HasSuffix(f.Name(), recordingEnd) {
			names = append(names, filepath.Join(dir, f.Name()))
		}
	}
	if len(names) == 0 {
		return nil, hint.New(hint.Setup, do, "%s has no recordings (*%s)", dir, recordingEnd)
	}
	all := make([]Journal, len(names))
	for i, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, hint.New(hint.Setup, do, "%w", err)
		}
		j := &all[i]
		if err := json.Unmarshal(text, j); err != nil {
			return nil, hint.New(hint.Setup, do, "%s is cut off, or is not a recording: %w", name, err)
		}
		if err := restate.CheckVersion(name, j.Server); err != nil {
			return nil, err
		}
		if _, err := decodeID(j.ID); err != nil || j.check() != nil || len(j.Entries) != j.Size {
			return nil, hint.New(hint.Setup, do, "%s is incomplete, or was changed", name)
		}
	}
	return all, nil
}
