// Package ui is what the workbook's commands share at the terminal: its modes,
// lines that are folded at its width, single keys, and a question.
package ui
