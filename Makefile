# One-line aliases of the workbook tool. What a verb does: go tool workbook --help
VERBS := lesson check watch hint solution progress reset catchup save run crash shop order deploy start record replay replays agenda class hand timings slides doctor offline
SETTINGS := N PORT SHOP NODES DELAY SEED ROLLS TOKEN AMOUNT SHORT RUNS ALL OFFLINE PLATFORMS YES NAME TITLE ORDER PLAN START CLASS LISTEN NEW DOWN ENV ONLY SAVE OPEN
verb := $(firstword $(MAKECMDGOALS))

# The shell gets what was typed in variables, since a quote, a space or a ; may be in it.
typed := $(foreach s,$(SETTINGS),$(if $(filter command,$(origin $s)),$s))
$(foreach s,$(typed),$(eval override $s := $$(value $s))$(eval export $s))
export WORKBOOK_TYPED := $(typed)
export WORKBOOK_GOALS := $(MAKECMDGOALS)

.PHONY: help $(VERBS) test gate matrix mutants soak bench recordings cut
help:
	@WORKBOOK_GOALS=--help exec $(SHELL) tools/start.sh workbook

ifneq ($(filter $(verb),$(VERBS)),)
$(verb):
	@exec $(SHELL) tools/start.sh workbook
# The words behind a verb are arguments of the tool. make takes them for goals, so there
# is a rule for everything, which does nothing.
MAKEFLAGS += -rs $(if $(filter output-sync,$(.FEATURES)),--output-sync=none)
%:
	@:
endif

# For those who write the workbook: go tool author --help
test gate matrix mutants soak bench recordings cut:
	@WORKBOOK_GOALS=$@ exec $(SHELL) tools/start.sh author
