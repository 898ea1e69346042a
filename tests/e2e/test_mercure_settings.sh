#!/bin/bash
# Settings from mercure's page (issue 4, section 2): every example of docs/settings.md works, every wrong one of it is refused
# with exit code 78, its JSON pointer and an empty output folder.
. "$(dirname "$0")/lib.sh"
need jq dcmdump

P=$WORK/persistence
mkdir "$P"
synthetic in 2
mkdir pipelines
sed 's/"name": "mercure"/"name": "research"/' "$SOURCE/pipelines/mercure.json" >pipelines/research.json

module() { # module CODE SETTINGS: one task as mercure starts it
    rm -rf out
    mkdir -m 777 out
    printf '%s' "$2" >settings
    "$PYTHON" - in/task.json settings >task <<'PY'
import json, sys
# The settings as they stand, duplicates too.
task = json.load(open(sys.argv[1]))
task["process"]["settings"] = "HERE"
print(json.dumps(task).replace('"HERE"', open(sys.argv[2]).read()))
PY
    rm -rf work && cp -r in work && cp task work/task.json
    code=0
    MERCURE_IN_DIR=$WORK/work MERCURE_OUT_DIR=$WORK/out MODULE_PERSISTENCE_DIR=$P "$BUILD/dcmchain" run >stdout 2>stderr || code=$?
    cp stderr stderr.module
    [ "$code" = "$1" ] || fail "settings $2: exit code $code, not $1"
}

# --- the examples
awk '/^### /{title=substr($0,5)} /^```json$/{inside=1; next} /^```$/{inside=0} inside{print title "\t" $0}' "$SOURCE/docs/settings.md" |
    sed "s|/pipelines/|$WORK/pipelines/|" >examples
[ "$(wc -l <examples)" -ge 10 ] || fail "too few examples in docs/settings.md"
first() { find out -name '*.dcm' | LC_ALL=C sort | sed -n 1p; }
value() { dcmdump +P "$1" "$(first)" | sed -n 's/.*\[\(.*\)\].*/\1/p' | sed -n 1p; }
task_document() { find out -mindepth 1 -maxdepth 2 -name '*.json' ! -name result.json -print0 | xargs -0 grep -l '"dcmchain"' | sed -n 1p; }
while IFS=$'\t' read -r title settings; do
    module 0 "$settings"
    run 0 check --task task
    [ "$(count out '*.dcm')" = 8 ] || fail "$title: not all images"
    run 0 verify out
    case $title in
    "Shift the dates") grep -q '"shift_days": 365' "$(task_document)" || fail "$title" ;;
    "Keep the year alone") value 0008,0020 | holds -E '^[0-9]{4}0101$' || fail "$title: $(value 0008,0020)" ;;
    "Remove all descriptions") [ -z "$(value 0008,103e)" ] || fail "$title" ;;
    "One flat folder") [ -z "$(find out -mindepth 1 -type d)" ] && first | holds -E '/2\.25\.[0-9]+#2\.25\.[0-9]+\.dcm$' || fail "$title" ;;
    "Find the source again") run 0 lookup find --accession SYNACC0815 --reason test --persistence "$P" ;;
    "Checksums for the receiver") run 0 verify out && grep -q '12 digests checked' stdout || fail "$title: $(cat stdout)" ;;
    "Other folders and names") first | holds '/images/.*/0001.dcm$' || fail "$title" ;;
    "A pipeline of one's own") grep -q '"pipeline": "research"' "$(task_document)" || fail "$title" ;;
    "No result.json") [ ! -e out/result.json ] || fail "$title" ;;
    "Beside another module's settings") grep -q "1 keys do not begin with 'dcmchain.' and were ignored" stderr.module || fail "$title" ;;
    *) [ -e out/result.json ] || fail "$title: no result.json" ;;
    esac
    say "$title"
done <examples

# --- what is refused
sed -n 's/^| `\(.*\)` | `\(\/process[^`]*\)` |$/\1\t\2/p' "$SOURCE/docs/settings.md" >wrong
[ "$(wc -l <wrong)" -ge 10 ] || fail "too few wrong settings in docs/settings.md"
while IFS=$'\t' read -r settings pointer; do
    module 78 "$settings"
    [ -z "$(find out -mindepth 1)" ] || fail "$settings: OUT is not empty"
    said "$pointer"
    ! grep -qE 'Synthetica|SYN-4711-Z|SYNACC0815|99999\.7' stderr || fail "$settings: identity in the text"
    ! grep -q 0f0e0d0c stderr || fail "a key is repeated"
    run 78 check --task task
    said "$pointer"
    say "refused: $settings"
done <wrong

# --- all that is wrong is told at once
module 78 '{"dcmchain.anonymise.datse": "shift", "dcmchain.pipelin": "x", "other": 1}'
said datse
said pipelin
say "all problems at once"

# --- null and nothing are no settings
module 0 '{}'
module 0 'null'
say "no settings"

# --- the shipped pipelines hold the same stages and settings but for what each is named after
stages() { jq -c --arg but "${2:-}" '.stages[] | select(.stage != $but) | if .stage == "layout" then .stage else . end' "$SOURCE/pipelines/$1.json"; }
equal "$(stages mercure)" "$(stages mercure-flat)" "the stages of mercure-flat"
equal "$(stages mercure)" "$(stages mercure-lookup lookup)" "the stages of mercure-lookup"
say "mercure-flat and mercure-lookup de-identify as mercure does"
