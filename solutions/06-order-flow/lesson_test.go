package main

import (
	"testing"

	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/cause/shop"
	"example.com/workbook/tools/check/rows"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Env:     []string{"RETRY_FIRST=30ms"}, // long enough to be seen
		Words:   rows.Words,
		Causes:  shop.Causes,
		Answers: map[string]any{
			"seconds":     GuessSeconds,
			"AnswerTwice": AnswerTwice,
			"AnswerLost":  AnswerLost,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
