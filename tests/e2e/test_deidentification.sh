#!/bin/bash
# test_deidentification.sh: docs/deidentification.md: its commands run in their order as they stand there, its rules and dates
# do what their tables say, and the pipelines claim what it says that they claim.
. "$(dirname "$0")/lib.sh"
need dcmdump
need_pydicom
PAGE=$SOURCE/docs/deidentification.md
tables() { "$PYTHON" "$HERE/doc_tables.py" "$@"; }

make_key key
mkdir one
tables source one/image.dcm || fail "the image"
OPTIONS=(--key-file key --set anonymise.project=e2e)
for pipeline in mercure research strict; do
    run 0 run -i one -o "claims-$pipeline" -p "$pipeline" "${OPTIONS[@]}"
    tables check-claims "$PAGE" "$pipeline" "claims-$pipeline" || fail "the claims of $pipeline"
done
run 0 run -i one -o claims-whole -p research "${OPTIONS[@]}" --set anonymise.birth_date=table
dcmdump "$(find claims-whole -name '*.dcm')" | holds 'SH \[113100\]' || fail "birth_date=table does not make 113100 true"
say "claims"

tables dates "$PAGE" >modes
equal 6 "$(wc -l <modes)" "modes of dates"
while read -r mode; do
    kept=()
    [ "$mode" != keep ] || kept=(--set 'guard.kept=["date"]')
    run 0 run -i one -o "dates-$mode" "${OPTIONS[@]}" --set "anonymise.dates=$mode" "${kept[@]}"
    tables check-dates "$PAGE" "$mode" "dates-$mode" || fail "dates: $mode"
done <modes
run 78 run -i one -o refused "${OPTIONS[@]}" --set anonymise.dates=keep
say "dates"

tables rules "$PAGE" >rules
for action in keep remove empty dummy replace map-uid hash shift year clean regex truncate; do
    grep -qF "\"action\": \"$action\"" rules || fail "no example of $action"
done
while IFS=$'\t' read -r number rule; do
    run 0 run -i one -o "rule-$number" "${OPTIONS[@]}" --set "anonymise.rules=[$rule]"
    tables check-rule "$PAGE" "$number" "rule-$number" || fail "rule $number"
done <rules
run 4 run -i one -o refused "${OPTIONS[@]}" --set 'anonymise.rules=[{"match": {"attribute": "StationName"}, "action": "keep"}]'
say "rules"

mkdir walk blocks
tables blocks "$PAGE" blocks
synthetic walk/STUDIES 2
cp one/image.dcm walk/STUDIES/example.dcm
printf '%s\n' Zyxwell Synthetica SYN-4711 SYNACC0815 19610217 "Synthetic Hospital" >walk/words.txt
cp blocks/*.json walk/knee.json
equal 1 "$(count blocks '*.json')" "pipelines on the page"
[ "$(count blocks '*.sh')" -ge 8 ] || fail "too few commands on the page"
for block in blocks/*.sh; do
    (cd walk && PATH=$BUILD:$PATH bash -e "../$block" >"$WORK/stdout" 2>"$WORK/stderr") || fail "the page's commands: $(cat "$block")"
done
[ -s walk/changes.jsonl ] && [ -s walk/everything.txt ] || fail "the commands left nothing"
absent walk/words.txt walk/OUT walk/KNEE walk/PINNED
first=$(find walk/KNEE -name '*.dcm' | sed -n 1p)
equal "SITE 7" "$(dicom get "$first" InstitutionName)" "the page's pipeline"
say "the page's commands"
