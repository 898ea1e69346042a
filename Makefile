# `make help` lists what can be made. Everything is built below build/; nothing else is touched.
JOBS ?= $(shell nproc)
IMAGE ?= aiml/extraction-anonymisation:latest
CMAKE ?= cmake
# Thread sanitizers want a fixed layout of memory, where the system lets them have it.
FIXED := $(shell setarch -R true 2>/dev/null && echo setarch -R)

# $(call configure,FOLDER,COMPILER,COMPILER FOR C++,OPTIONS)
configure = CC=$(2) CXX=$(3) $(CMAKE) -S . -B $(1) -DDCMCHAIN_WERROR=ON $(4) >$(1).log || { cat $(1).log; exit 1; }
compile = $(CMAKE) --build $(1) -j $(JOBS) -- --no-print-directory
watched = TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp $(FIXED)
suite = ctest --output-on-failure -j $(JOBS) --test-dir

.PHONY: all demo test test-full check-fast asan tsan clang tidy format fuzz coverage bench bench-scale instructions build image-test install help clean

all: ## build everything into build/release
	@.ci/dependencies demo
	@mkdir -p build
	@$(call configure,build/release,gcc,g++,)
	@$(call compile,build/release)

demo: all ## make a synthetic study, run the mercure pipeline on it, show what comes out
	@tests/demo.sh build/release

FUZZ_SECONDS ?= 10
test: all clang asan tsan ## all tests, the suites under the sanitizers too (up to 15 minutes)
	@$(suite) build/release
	@$(suite) build/asan -LE e2e
	@$(watched) $(suite) build/tsan -LE e2e
	@$(watched) $(suite) build/tsan -R 'e2e_test_(callbacks|same_bytes|study|together)$$'
	@$(MAKE) --no-print-directory fuzz SECONDS=$(FUZZ_SECONDS)
	@.ci/dependencies image
	@tests/image/run.sh build/release

test-full: export DCMCHAIN_TEST_FULL = 1
test-full: FUZZ_SECONDS = 225
test-full: test tidy ## the same with the counts that the issues name, and the linter

check-fast: ## the unit suites alone, in seconds
	@$(call compile,build/release)
	@ctest --test-dir build/release -LE e2e --output-on-failure -j $(JOBS)

clang: ## build with clang, warnings are errors
	@.ci/dependencies test
	@mkdir -p build
	@$(call configure,build/clang,clang,clang++,-DBUILD_TESTING=ON)
	@$(call compile,build/clang)

asan: ## build with the address and undefined behaviour sanitizers
	@.ci/dependencies test
	@mkdir -p build
	@$(call configure,build/asan,gcc,g++,-DDCMCHAIN_SANITIZE=address$(comma)undefined)
	@$(call compile,build/asan)

tsan: ## build with the thread sanitizer
	@.ci/dependencies test
	@mkdir -p build
	@$(call configure,build/tsan,gcc,g++,-DDCMCHAIN_SANITIZE=thread)
	@$(call compile,build/tsan)

comma := ,

SECONDS ?= 60
fuzz: ## run every fuzz target for SECONDS (60) each, or TARGETS="dataset rules"
	@.ci/dependencies fuzz
	@mkdir -p build
	@$(call configure,build/fuzz,clang,clang++,-DDCMCHAIN_FUZZ=ON -DDCMCHAIN_SANITIZE=fuzzer-no-link$(comma)address$(comma)undefined)
	@$(CMAKE) --build build/fuzz -j $(JOBS) --target fuzz_targets fuzz-seeds -- --no-print-directory
	@tests/fuzz/run.sh build/fuzz $(SECONDS) $(TARGETS)

tidy: clang ## clang-tidy over our sources; its findings are errors
	@.ci/dependencies tidy
	@tests/tidy.sh build/clang

format: ## format all sources with clang-format
	@.ci/dependencies tidy
	@git ls-files '*.c' '*.h' '*.cc' | xargs clang-format -i

bench: all ## time it against cp -r and other tools (BENCH_ROUNDS=7, BENCH_COUNT=100 per cent of each corpus)
	@.ci/dependencies bench
	@/usr/bin/python3 tests/bench/bench.py build/release

bench-scale: all ## how its cost grows from 1,000 to 100,000 files
	@/usr/bin/python3 tests/bench/bench.py build/release scale

instructions: all ## store how many instructions a file takes, which test_instructions checks
	@UPDATE=1 BUILD=build/release bash tests/e2e/test_instructions.sh

install: all ## install below /usr/local (PREFIX=… for elsewhere)
	@$(CMAKE) --install build/release $(if $(PREFIX),--prefix $(PREFIX),)

image-test: all ## build the image with buildah and run it as mercure does (no Docker needed)
	@.ci/dependencies image
	@tests/image/run.sh build/release

build: ## build the Docker image aiml/extraction-anonymisation:latest
	docker build -t $(IMAGE) -t aiml/extraction-anonym:latest .

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

clean: ## remove build/
	rm -rf build
