#!/bin/bash
# test_together.sh: runs into one OUT at the same time: each study is published once and whole, by one of them; the other
# says why it is not, or replaces it whole.
. "$(dirname "$0")/lib.sh"
need jq
need_pydicom
make_key key
rounds=4
! full || rounds=40
synthetic one 4 64
"$PYTHON" "$HERE/crash_studies.py" one in || fail "crash_studies.py"
mkdir left right
mv in/1 left
mv in/2 right
for side in left right; do ln in/3/* $side; done # the third study is both's
COMMON=(--key-file key --set anonymise.project=e2e --quiet -j 2)
A=(--set task-writer.checksums=true) # what tells a run of one from a run of the other
study() { (cd "$1" && { find . -printf '%p %y %m\n' | LC_ALL=C sort; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; } | sha256sum | cut -c1-16); }
studies() { local name; for name in $(ls -A "$1"); do printf '%s %s\n' "$name" "$(study "$1/$name")"; done; }

for side in left right; do
    run 0 run -i $side -o want-$side "${COMMON[@]}"
    run 0 run -i $side -o want-$side-a "${COMMON[@]}" "${A[@]}"
    studies want-$side >$side.plain
    studies want-$side-a >$side.a
done
both() { # both IN IN2 ARGUMENT…: two runs at once, the first with A; their codes in $first and $second
    local in=$1 in2=$2
    shift 2
    "$BUILD/dcmchain" run -i "$in" -o out "${COMMON[@]}" "${A[@]}" "$@" >/dev/null 2>stderr.1 &
    local pid=$!
    second=0
    "$BUILD/dcmchain" run -i "$in2" -o out "${COMMON[@]}" "$@" >/dev/null 2>stderr.2 || second=$?
    first=0
    wait $pid || first=$?
    cat stderr.1 stderr.2 >stderr
}
told() { # told WHAT: whoever did not publish all says why; one at least did not
    [ "$first $second" != "0 0" ] || fail "$1: both published the same study"
    local number=0 code
    for code in $first $second; do
        number=$((number + 1))
        [ "$code" = 0 ] || { [ "$code" = 1 ] && grep -q "is in the output folder already" stderr.$number; } || fail "$1: code $code, and it does not say why"
    done
}
# no_mixture FILE…: every study in OUT is a line of these files, and nothing else is there
no_mixture() {
    local line
    studies out >now
    while read -r line; do
        grep -hqxF -- "$line" "$@" || fail "a study is a mixture: $line"
    done <now
}

for round in $(seq "$rounds"); do
    rm -rf out
    both left left
    told "the same input twice"
    no_mixture left.a left.plain
    equal 2 "$(wc -l <now)" "the same input twice: studies"
done
say "the same input twice: each study is one's, the other says that it is there"

for round in $(seq "$rounds"); do
    rm -rf out
    both left right
    told "inputs that share a study"
    no_mixture left.a right.plain
    equal 3 "$(wc -l <now)" "inputs that share a study: studies"
    rm -rf out
    both left right --existing skip
    equal "0 0" "$first $second" "inputs that share a study, skip"
    no_mixture left.a right.plain
    equal 3 "$(wc -l <now)" "inputs that share a study, skip: studies"
done
say "two inputs that share a study"

rm -rf out
run 0 run -i left -o out "${COMMON[@]}"
for round in $(seq "$rounds"); do
    both left left --existing replace
    equal "0 0" "$first $second" "replacing at once"
    no_mixture left.a left.plain
    equal 2 "$(grep -cF "$(awk '{ print $1 }' left.a)" now)" "replacing at once: studies"
done
say "two that replace the same studies"

# All or nothing, twice at once: the studies of one run, not some of each.
jq '.publish = "run"' "$SOURCE/pipelines/mercure.json" >all.json
run 0 run -i left -o want-all "${COMMON[@]}" -p all.json
run 0 run -i left -o want-all-a "${COMMON[@]}" "${A[@]}" -p all.json
studies want-all >all.plain
studies want-all-a >all.a
for round in $(seq "$rounds"); do
    rm -rf out
    both left left -p all.json
    studies out >now
    [ $((first + second)) = 1 ] || [ $((first + second)) = 2 ] || fail "all or nothing: codes $first, $second"
    if [ $first = 0 ] || [ $second = 0 ]; then
        cmp -s now all.a || cmp -s now all.plain || fail "all or nothing: a mixture"
    else # each met what the other had begun, and took its own back
        equal "" "$(cat now)" "all or nothing: OUT after both failed"
    fi
done
say "two runs that publish all or nothing"
