package main

import (
	"testing"

	"example.com/workbook/lessons/02-basic-service/receipts"
	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/cause/shop"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Causes:  shop.Causes,
		Answers: map[string]any{
			"AnswerError":  receipts.AnswerError,
			"AnswerKilled": receipts.AnswerKilled,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
