package script

import (
	"fmt"
	"strings"
)

// ClaimsFile is the script's file with the words that must hold of each flow of a
// sweep.
const ClaimsFile = "claims"

// SplitWords splits a line into words as testscript does. Blanks separate words, single
// quotes enclose a word, two single quotes stand for one, and # begins a comment. $K
// stands for the key, but not within quotes.
func SplitWords(line, key string) ([]string, error) {
	var all []string
	word, in, quoted := "", false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'' && quoted && i+1 < len(line) && line[i+1] == '\'':
			word, i = word+"'", i+1
		case c == '\'':
			quoted, in = !quoted, true
		case !quoted && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			if in {
				all, word, in = append(all, word), "", false
			}
		case !quoted && c == '#':
			if in {
				all = append(all, word)
			}
			return all, nil
		case !quoted && strings.HasPrefix(line[i:], "$K"):
			word, in, i = word+key, true, i+1
		default:
			word, in = word+line[i:i+1], true
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is not closed: %s", line)
	}
	if in {
		all = append(all, word)
	}
	return all, nil
}
