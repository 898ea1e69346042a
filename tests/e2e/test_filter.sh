#!/bin/bash
# test_filter.sh: what the filter leaves out is counted with its reason and is no failure; who objects is not published and
# not named. It must not look inside images.
. "$(dirname "$0")/lib.sh"
need jq dcmodify
make_key key
OPTIONS=(--key-file key --set anonymise.project=e2e)
synthetic in 3
first=$(find in -name '*.dcm' | LC_ALL=C sort | sed -n 1p)
dcmodify -nb -i '(0028,0301)=YES' "$first" >/dev/null
total=$(count in '*.dcm')

run 0 run -i in -o out "${OPTIONS[@]}" --report report
equal $((total - 1)) "$(count out '*.dcm')" "images beside the dropped one"
equal 1 "$(jq '[.studies[].series[].drop_reasons[] | select(.text | test("burned-in")).count] | add' report)" "the reason"
run 0 run -i in -o out-none "${OPTIONS[@]}" --set filter.drop=none
equal "$total" "$(count out-none '*.dcm')" "images with the drops off"
say "drops"

# A study of which nothing is left is a failure in mercure, where the input is deleted; elsewhere it is not.
jq '(.stages[] | select(.stage == "filter")).settings.rules = [
    {"name": "everything", "action": "drop", "when": {"sop_class": "standard"}}]' "$BUILD/pipelines/mercure.json" >nothing.json
run 0 run -p nothing.json -i in -o out-nothing "${OPTIONS[@]}"
equal 0 "$(count out-nothing '*')" "files of a study that was dropped whole"
run 1 run -p nothing.json -i in -o out-mercure "${OPTIONS[@]}" --task in/task.json
said "nothing of it is left to publish"
jq '(.stages[] | select(.stage == "filter")).settings.rules[0].action = "quarantine"' nothing.json >hold.json
run 1 run -p hold.json -i in -o out-held "${OPTIONS[@]}"
said "everything"
say "nothing left"

printf '# withdrawn\n  syn-4711-z \n' >objections
run 0 run -i in -o out-objection "${OPTIONS[@]}" --set filter.objections=objections --report report
equal 0 "$(count out-objection '*')" "files of a patient who objects"
equal "$total" "$(jq '[.studies[].series[].drop_reasons[] | select(.text | test("objection")).count] | add' report)" "the count"
! grep -qi 'syn-4711' report stderr stdout || fail "the patient is named"
run 0 run -i in -o out-objection "${OPTIONS[@]}" --set filter.objections=objections --task in/task.json
run 1 run -i in -o out-objection "${OPTIONS[@]}" --set filter.objections=objections --set filter.objection_exit=1
equal 0 "$(count out-objection '*')" "files of a patient who objects"
printf 'somebody-else\n' >objections
run 0 run -i in -o out-other "${OPTIONS[@]}" --set filter.objections=objections
equal $((total - 1)) "$(count out-other '*.dcm')" "images of a patient who does not"
printf '# nobody\n' >objections
run 78 run -i in -o out-empty "${OPTIONS[@]}" --set filter.objections=objections
said "the file holds no value"
say "objections"
