package main

import (
	"testing"

	"example.com/workbook/lessons/01-concepts/checkout"
	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/cause/shop"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Causes:  shop.Causes,
		Answers: map[string]any{
			"charges":      checkout.GuessCharges,
			"mails":        checkout.GuessMails,
			"AnswerReplay": checkout.AnswerReplay,
			"AnswerNoKeys": checkout.AnswerNoKeys,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
