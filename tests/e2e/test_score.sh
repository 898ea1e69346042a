#!/bin/bash
# test_score.sh: over a hundred objects of many classes with identity planted everywhere, scored element by element against what
# the tables ask (tests/score): every action right, no planted word in any file, no error for dciodvfy that was not there.
. "$(dirname "$0")/lib.sh"
need_pydicom
make_key key
"$PYTHON" "$SOURCE/tests/score/make.py" set || fail "the set is not made"

for pipeline in mercure research strict; do
    [ -f "$SOURCE/pipelines/$pipeline.json" ] || { without "pipeline $pipeline"; continue; }
    run 0 run -q -i set/in -o "out-$pipeline" -p "$SOURCE/pipelines/$pipeline.json" --key-file key --set anonymise.project=e2e \
        "${KEEP_ALL[@]}"
    "$PYTHON" "$SOURCE/tests/score/judge.py" set "out-$pipeline" "$pipeline" || fail "the score of $pipeline"
    [ "$pipeline" = mercure ] || full || { without "dciodvfy on $pipeline: DCMCHAIN_TEST_FULL is not set"; continue; }
    command -v dciodvfy >/dev/null || { without "conformance: there is no dciodvfy"; continue; }
    "$PYTHON" "$SOURCE/tests/score/validity.py" set "out-$pipeline" || fail "conformance of $pipeline"
done
say "every planted element is treated as the standard's table asks"
