package main

import (
	"testing"

	"example.com/workbook/lessons/02-basic-service/receipts"
	"example.com/workbook/tools/check"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Answers: map[string]any{
			"AnswerError":  receipts.AnswerError,
			"AnswerKilled": receipts.AnswerKilled,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
