#!/bin/bash
# test_two_studies.sh: two studies of one patient, run separately: with one key and project they stay one patient's, with
# their intervals and references; with another key or project nothing can be joined.
. "$(dirname "$0")/lib.sh"
need_pydicom
make_key key
make_key other "another key"
for study in first second stranger; do "$PYTHON" "$HERE/clinical.py" "$study" "in-$study" || fail "clinical.py"; done
"$PYTHON" -c 'import sys; sys.path.insert(0, sys.argv[1]); import clinical; print(*clinical.PLANTED, sep="\n")' "$HERE" >planted
two() { "$PYTHON" "$HERE/two_studies.py" "$@"; }

# process OUT KEY PROJECT OPTION…: each study by a run of its own
process() {
    local out=$1 key=$2 project=$3 study
    shift 3
    for study in first second; do
        run 0 run -i "in-$study" -o "$out-$study" -p "$SOURCE/pipelines/research.json" --key-file "$key" \
            --set "anonymise.project=$project" "$@"
    done
    absent planted "$out-first" "$out-second"
}
process shift key liver
two joined shift in-first shift-first in-second shift-second || fail "dates=shift"
process rebase key liver --set anonymise.dates=rebase
two joined rebase in-first rebase-first in-second rebase-second || fail "dates=rebase"
process table key liver --set anonymise.dates=table --set 'anonymise.retain=["patient-characteristics","safe-private"]'
two joined table in-first table-first in-second table-second || fail "dates=table"
say "two runs with one key and project: one patient, intervals, references"

process key2 other liver
process project2 key lung
make_key strange "a third key"
run 0 run -i in-stranger -o stranger -p "$SOURCE/pipelines/research.json" --key-file strange --set anonymise.project=liver
for study in first second; do
    two apart "in-$study" "shift-$study" "key2-$study" stranger || fail "another key"
    two apart "in-$study" "shift-$study" "project2-$study" stranger || fail "another project"
    if two apart "in-$study" "shift-$study" "shift-$study" stranger >/dev/null 2>&1; then fail "the judge finds nothing where all is alike"; fi
done
say "another key, another project: no value in common but the clinical"
