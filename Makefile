# One-line aliases of the workbook tool. What a verb does: go tool workbook --help
VERBS := lesson check watch hint solution progress reset catchup save run crash shop order start record replay agenda class hand timings slides doctor offline
SETTINGS := N PORT SHOP DELAY SEED ROLLS TOKEN AMOUNT SHORT RUNS ALL OFFLINE PLATFORMS YES NAME TITLE ORDER PLAN START CLASS LISTEN NEW DOWN
verb := $(firstword $(MAKECMDGOALS))
typed = $(filter command,$(origin $1))
set := $(foreach s,$(SETTINGS),$(if $(call typed,$s),'$s=$($s)'))
words := $(wordlist 2,99,$(MAKECMDGOALS)) $(set)

# make itself checks for Go, because without Go there is no tool that could. A Go before
# 1.21 can neither read go.mod nor fetch a newer Go.
go := $(word 3,$(shell cd / && go version 2>/dev/null))
ifeq ($(go),)
$(error there is no go on the PATH; hint: install Go 1.25 or later, from https://go.dev/dl/)
endif
ifneq ($(filter go1.1% go1.20%,$(go)),)
$(error $(go) is too old; hint: install Go 1.25 or later, from https://go.dev/dl/)
endif

.PHONY: help $(VERBS) test gate matrix mutants soak bench recordings cut
help:
	@echo "workbook: building the tool (seconds; longer the first time)"
	@go tool workbook --help

ifneq ($(filter $(verb),$(VERBS)),)
# Only CLASS and NAME are read from the environment. Another program may have put the
# other names there.
$(foreach s,PORT ROLLS ALL OFFLINE DOWN PLAN START,$(if $(filter environment,$(origin $s)),$(info workbook: $s before make is not read; hint: put it after make: make $(verb) $s=…)))
# The words behind a verb are arguments of the tool. make takes them for goals, so each
# gets a rule that does nothing.
$(foreach w,$(wordlist 2,99,$(MAKECMDGOALS)),$(eval $(w):;@:))
$(verb):
	@echo "workbook: building the tool (seconds; longer the first time)"
	@go tool workbook $(verb) $(words)
endif

# For those who write the workbook: go tool author --help
test gate matrix mutants soak bench recordings cut:
	@go tool author $@ $(set)
