#!/bin/bash
# test_callbacks.sh: stages as a third party writes them: the order of all callbacks, a stage of an older header, one in
# C++, one that fails at each call of each callback, one that crashes, one that sleeps.
. "$(dirname "$0")/lib.sh"
need jq
make_key key
STAGES=$BUILD/tests/stages

# pipeline FILE STAGE…: a description with these stages
pipeline() {
    local file=$1
    shift
    jq -n '{dcmchain: 1, name: "test", stages: [$ARGS.positional[] | {stage: .}]}' --args "$@" >"$file"
}
# chain CODE IN OUT PIPELINE ARGUMENT…
chain() {
    local code=$1 in=$2 out=$3 file=$4
    shift 4
    rm -rf "$out"
    run "$code" run -i "$in" -o "$out" -p "$file" --stage-dir "$STAGES" --key-file key "$@"
}
told() { sed -n "s/^info: .*$1: //p" stderr; } # told STAGE: what it logged, in order

crashed() { grep -qE 'crashed|crash: signal|ended by signal' stderr || fail "stderr does not say that it crashed"; }

synthetic in 2
mkdir two && cp in/*'.1#'*.dcm in/*'.2#'*.dcm two # two series of two

# ---- the order of all callbacks ----
pipeline traced.json anonymise extract trace
chain 0 two out traced.json -j 1
told trace >trace
diff -u "$HERE/callbacks.txt" trace || fail "the order of callbacks (above: - as it should be, + as it is)"
equal "study-1/image-1-1.dcm study-1/image-1-2.dcm study-1/image-2-1.dcm study-1/image-2-2.dcm study-1/series-data-1-0.json \
study-1/series-data-2-0.json study-1/trace-0-0.txt study-1/trace-1-0.txt study-1/trace-2-0.txt " \
    "$(cd out && find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' ' ')" "the tree"
# With many threads the calls are the same, and what runs alone is in the same order.
for _ in 1 2 3; do
    chain 0 two out traced.json -j 8
    told trace >parallel
    cmp <(sort trace) <(sort parallel) || fail "the callbacks differ with eight threads"
    cmp <(grep -vE '^(instance|artifact)' trace) <(grep -vE '^(instance|artifact)' parallel) || fail "the order with eight threads"
done
say "the order of all callbacks"

# ---- a stage of an older header, one in C++ ----
pipeline frozen.json anonymise frozen layout
chain 0 two out frozen.json -j 1 --set frozen.number=5
equal "number 5 instance 1.1 instance 2.1 instance 1.2 instance 2.2 " "$(told frozen | tr '\n' ' ')" "the frozen stage"
run 78 check frozen.json --stage-dir "$STAGES" --set frozen.number=12
said "--set frozen.number: expected a whole number from 1 to 9"
say "a stage built against a frozen, shorter header"

pipeline plusplus.json anonymise plusplus layout
chain 0 two out plusplus.json --set plusplus.word=image
equal "image 1 image 2 " "$(find out -path '*plusplus/T1*' -exec cat {} + | sort | tr '\n' ' ')" "the document of the C++ stage"
chain 1 two out plusplus.json --set plusplus.throws=true
crashed
[ ! -d out ] || equal "" "$(ls -A out)" "OUT after an exception that crosses"
say "a stage in C++"

# ---- failures ----
pipeline faulty.json anonymise extract faulty layout
paired() {
    local what
    for what in run study series; do
        equal "$(told faulty | grep -cx "open $what")" "$(told faulty | grep -cx "close $what")" "$1: closes of $what"
    done
}
nothing() { [ ! -d out ] || equal "" "$(ls -A out)" "$1: OUT"; }
for place in run_open:1 study_open:1 series_open:2 instance:4 artifact:6 series_close:2 study_close:1; do
    callback=${place%:*}
    for call in $(seq 1 "${place#*:}"); do
        for how in fail residual unknown crash; do
            code=1
            [ "$how:$callback" = residual:run_open ] || [ "$how" != residual ] || code=4
            # What run_open() refuses is wrong in the description; no run begins.
            [ "$callback" != run_open ] || [ "$how" = crash ] || code=78
            chain "$code" two out faulty.json --set faulty.callback="$callback" --set faulty.call="$call" --set faulty.how="$how"
            nothing "$callback $call $how"
            [ "$how" = crash ] && crashed || paired "$callback $call $how"
        done
    done
done
chain 0 two out faulty.json --set faulty.callback=artifact --set faulty.call=7
say "a stage that fails at call N of each callback"

for call in 1 2 3 4; do # 1 and 2 are heads, whose role goes to the next
    chain 0 two out faulty.json --set faulty.callback=instance --set faulty.call=$call --set faulty.how=drop --report report
    equal 3 "$(count out '*.dcm')" "images where call $call drops"
    equal "1 stage 'faulty': made to drop" "$(jq -r '.studies[].series[].drop_reasons[] | "\(.count) \(.text)"' report)" "the reason"
    paired "drop $call"
    chain 3 two out faulty.json --set faulty.callback=instance --set faulty.call=$call --on-error quarantine --quarantine "aside-$call"
    equal 3 "$(count out '*.dcm')" "images where call $call fails and is set aside"
    equal 1 "$(count "aside-$call" '*.dcm')" "what is set aside"
    paired "quarantine $call"
done
say "a stage that drops, and one whose instances are set aside"

# ---- sleep ----
pipeline plain.json anonymise extract task-writer layout
pipeline sleepy.json anonymise sleepy extract task-writer layout
chain 0 in out sleepy.json -j 1 --set sleepy.longest_ms=0
wanted=$(digest out)
repeats=3
! full || repeats=50
for _ in $(seq $repeats); do
    chain 0 in out sleepy.json -j 8 --set sleepy.longest_ms=0
    equal "$wanted" "$(digest out)" "the digest"
done
chain 0 in out sleepy.json -j 1
wanted=$(digest out)
for _ in $(seq $repeats); do
    chain 0 in out sleepy.json -j 8
    equal "$wanted" "$(digest out)" "the digest with a stage that sleeps at random"
done
say "a stage that sleeps at random changes no byte"
