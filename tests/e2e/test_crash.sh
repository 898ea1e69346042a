#!/bin/bash
# test_crash.sh: a stage that crashes costs the run the study that it crashed at, no more; under quarantine the instance.
. "$(dirname "$0")/lib.sh"
need jq
need_pydicom
make_key key
export DCMCHAIN_STAGE_PATH=$BUILD/tests/stages:$BUILD/stages

synthetic base 3
"$PYTHON" "$HERE/crash_studies.py" base in || fail "crash_studies.py"
cat >crash.json <<'END'
{"dcmchain": 1, "name": "crash", "stages": [
    {"stage": "crasher"}, {"stage": "anonymise"}, {"stage": "extract"}, {"stage": "task-writer"}, {"stage": "layout"}]}
END
# What a run without the second study makes, and one without the one instance.
mkdir whole rest
cp -r in/1 in/3 whole
cp -r in/* rest
rm rest/2/4.dcm
# (With the same settings: they are part of the policy hash, which the images name.)
expect() {
    rm -rf want-studies want-instances
    run 0 run -i whole -o want-studies -p crash.json --key-file key --set anonymise.project=e2e --set "$1"
    [[ $1 != crasher.how=* ]] || run 0 run -i rest -o want-instances -p crash.json --key-file key --set anonymise.project=e2e --set "$1"
}

staging() { [ -z "$(find "$1" -name '.dcmchain*')" ] || fail "$1: a staging folder was left"; }
images() { (cd "$1" && find . -name '*.dcm' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum); }

for how in fault abort overflow; do
    expect crasher.how=$how
    for jobs in 1 4; do
        rm -rf out set-aside
        run 1 run -i in -o out -p crash.json --key-file key --set anonymise.project=e2e --set crasher.how=$how -j $jobs
        said "a parser or a stage crashed"
        said ", in the stage crasher; the run goes on without it"
        said "it made the stage 'crasher' crash: signal"
        equal "$(images want-studies)" "$(images out)" "$how, $jobs workers: the other studies"
        staging out
        mkdir -m 700 set-aside
        rm -rf out
        run 3 run -i in -o out -p crash.json --key-file key --set anonymise.project=e2e --set crasher.how=$how -j $jobs \
            --on-error quarantine --quarantine set-aside --report report.json
        equal "$(images want-instances)" "$(images out)" "$how, $jobs workers: all but one instance"
        equal 1 "$(find set-aside -name '*.dcm' | wc -l)" "$how: instances set aside"
        cmp -s in/2/4.dcm "$(find set-aside -name '*.dcm')" || fail "$how: another file was set aside"
        said "study 2, series"
        equal 35 "$(jq '[.studies[].counts.published // .studies[].published] | add' report.json)" "$how: published, as the report says"
        staging out
    done
    say "instance(), $how"
done

for callback in artifact study_open study_close; do
    expect crasher.callback=$callback
    rm -rf out
    run 1 run -i in -o out -p crash.json --key-file key --set anonymise.project=e2e --set crasher.callback=$callback -j 4
    equal "$(images want-studies)" "$(images out)" "$callback: the other studies"
    staging out
    say "$callback()"
done

# Without a key file the workers share their random key: what the first published and the second are of one patient.
rm -rf out
run 1 run -i in -o out -p crash.json --set anonymise.project=e2e --set crasher.callback=study_close -j 1
equal 1 "$(find out -name '*.dcm' -print0 | while IFS= read -r -d '' file; do dicom get "$file" PatientID; done | sort -u | wc -l)" "patients"
equal 2 "$(ls out | wc -l)" "studies"
say "one random key for all workers"

# All or nothing in mercure's context.
rm -rf out
mkdir out
code=0
MERCURE_IN_DIR=$WORK/in MERCURE_OUT_DIR=$WORK/out "$BUILD/dcmchain" run -p crash.json --key-file key >stdout 2>stderr || code=$?
equal 1 "$code" "exit code in mercure"
equal "" "$(ls -A out)" "OUT in mercure"
say "mercure: nothing is published"
