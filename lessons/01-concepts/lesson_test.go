package main

import (
	"testing"

	"example.com/workbook/lessons/01-concepts/checkout"
	"example.com/workbook/tools/check"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Answers: map[string]any{
			"charges":      checkout.GuessCharges,
			"mails":        checkout.GuessMails,
			"AnswerReplay": checkout.AnswerReplay,
			"AnswerNoKeys": checkout.AnswerNoKeys,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
