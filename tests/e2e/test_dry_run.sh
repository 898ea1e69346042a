#!/bin/bash
# test_dry_run.sh: a dry run prints the tree that a real run makes, creates nothing anywhere, also where nothing can be
# created, and tells what would happen to which element without a value.
. "$(dirname "$0")/lib.sh"
need jq
make_key key
synthetic in 3
OPTIONS=(--key-file "$WORK/key" --set anonymise.project=e2e)

same_tree() { # same_tree NAME IN ARGUMENT…: dry, then real
    local name=$1 in=$2
    shift 2
    run 0 run -i "$in" --dry-run "${OPTIONS[@]}" "$@"
    cp stdout "dry-$name"
    run 0 run -i "$in" -o "out-$name" "${OPTIONS[@]}" "$@"
    tree "out-$name" >"real-$name"
    diff -u "real-$name" "dry-$name" || fail "$name: the tree"
}
same_tree synthetic in
same_tree flat in --set layout.image_path='{kind}-{instance}/{Modality}' --set layout.study_folder='x-{StudyInstanceUID}'
same_tree one-thread in -j 1
cmp dry-synthetic dry-one-thread || fail "the dry run depends on threads"
if has_samples mercure-study; then same_tree mercure-study "$SAMPLES/mercure-study/in"; fi
if has_samples mercure-study-phi; then same_tree mercure-study-phi "$SAMPLES/mercure-study-phi/in"; fi
say "the tree of a dry run is that of a real run"

# Without a key file there is no real run whose names it could print: it says so first.
run 0 run -i in --dry-run
equal 1 "$(head -1 stdout | grep -c '^no key file: ')" "the first line without a key file"
equal "$(sed 1d stdout | wc -l)" "$(wc -l <real-synthetic)" "the lines without a key file"
grep -qx '<Study 1>/anonymised-images/T2 TSE AX-2/00003.dcm' stdout || fail "the tree without a key file"
! grep -qE '2\.25\.' stdout || fail "names of a throw-away key are printed"
say "without a key file"

# It creates nothing: neither here nor where nothing can be created, nor in a folder that is there already.
before=$(find . -printf '%P %T@ %s\n' | grep -vE '^(stdout|stderr|before)? ' | LC_ALL=C sort | sha256sum)
run 0 run -i in -o out-synthetic --dry-run "${OPTIONS[@]}" --existing replace
run 0 run -i in -o nowhere --dry-run "${OPTIONS[@]}" --quarantine aside --on-error quarantine --report -
run 2 run -i in -o nowhere --dry-run "${OPTIONS[@]}" --phi-map map
equal "$before" "$(find . -printf '%P %T@ %s\n' | grep -vE '^(stdout|stderr|before)? ' | LC_ALL=C sort | sha256sum)" "what a dry run leaves"
if bwrap --ro-bind / / true 2>/dev/null; then
    bwrap --ro-bind / / --dev /dev -- "$BUILD/dcmchain" run -i "$WORK/in" --dry-run "${OPTIONS[@]}" >stdout 2>stderr || fail "read-only"
    cmp stdout real-synthetic || fail "the tree on a read-only file system"
    bwrap --ro-bind / / --dev /dev --unshare-user --uid 4242 --gid 4242 --chdir / -- \
        "$BUILD/dcmchain" run -i "$WORK/in" -o "$WORK/out-synthetic" --dry-run "${OPTIONS[@]}" --existing replace --changes >stdout 2>stderr ||
        fail "read-only, as another user"
    head -"$(wc -l <real-synthetic)" stdout | cmp - real-synthetic || fail "the tree on a read-only file system, as another user"
    say "on a read-only file system"
else
    without "the read-only file system: bubblewrap cannot run here"
fi
if command -v strace >/dev/null && strace -f -o trace true 2>/dev/null; then
    strace -f -e trace=openat,open,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,symlink,symlinkat,truncate,ftruncate,link,linkat \
        -o trace "$BUILD/dcmchain" run -i in --dry-run "${OPTIONS[@]}" >stdout 2>stderr || fail "under strace"
    ! grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC)|mkdir|unlink|rename|symlink|truncate|link\(' trace | grep -vE 'readlink|/dev/(null|tty)|= -1' || fail "a dry run that writes"
    say "no call that makes or changes a file"
fi

# --changes: every element by its rule, values masked, the same text for any number of threads.
run 0 run -i in --dry-run --changes "${OPTIONS[@]}" -j 1
cp stdout changes
run 0 run -i in --dry-run --changes "${OPTIONS[@]}" -j 8
cmp changes stdout || fail "--changes depends on threads"
grep -q '^study 1, series 4$' changes || fail "series in --changes"
grep -Eq '\(0010,0020\) +PatientID +pseudonym +3 .*\*\*\*\*.*PS3.15 E.1-1' changes || fail "Patient ID in --changes"
grep -Eq '\(0008,1140\)/\(0008,1155\) +ReferencedSOPInstanceUID' changes || fail "a nested element in --changes"
dicom values in 2>/dev/null >words || printf '%s\n' Synthetica SYN-4711-Z SYNACC0815 1.2.826.0.1.99999 >words
! grep -qaiF -f words changes || fail "source values in --changes"
run 0 run -i in --dry-run --changes --json "${OPTIONS[@]}"
sed -n '/^{/p' stdout >ndjson
jq -e -s 'length > 50 and all(has("study") and has("series") and has("tag") and has("action") and has("rule") and has("stage") and has("count"))' ndjson >/dev/null ||
    fail "--changes as NDJSON"
equal "$(grep -cE '^  \(' changes)" "$(wc -l <ndjson)" "changes as text and as NDJSON"
! grep -qaiF -f words stdout stderr || fail "source values in NDJSON"
run 2 run -i in -o out --changes "${OPTIONS[@]}"
run 2 run -i in -o out --show-phi "${OPTIONS[@]}"
run 0 run -i in --dry-run --changes --show-phi --reason "a test of dcmchain" "${OPTIONS[@]}"
printed Synthetica
say "--changes"

# Progress: a bar on a terminal, which is taken away at the end.
jq -n '{dcmchain: 1, name: "slow", stages: [{stage: "anonymise"}, {stage: "sleepy", settings: {longest_ms: 500}}, {stage: "layout"}]}' >slow.json
if command -v script >/dev/null; then
    script -qec "TERM=xterm '$BUILD/dcmchain' run -i in --dry-run -p slow.json --stage-dir '$BUILD/tests/stages' ${OPTIONS[*]@Q} -j 2" /dev/null >screen </dev/null ||
        fail "on a terminal"
    grep -qE $'\r\033\\[K\\[[#-]{8,24}\\] process +[0-9]+ %  [0-9]+/12 files  [0-9.]+ k?B/[0-9.]+ kB  [0-9.]+ k?B/s  ([0-9]+:[0-9]{2}|-:--) left' screen ||
        fail "no bar with rate and time left: $(tr '\r\033' '\n?' <screen | head -5)"
    grep -q '00003.dcm' screen || fail "no tree on the terminal"
    say "progress on a terminal"
else
    without "progress on a terminal: there is no script(1)"
fi
if full; then # a line every five seconds
    run 0 run -i in --dry-run -p slow.json --stage-dir "$BUILD/tests/stages" --set sleepy.longest_ms=4000 "${OPTIONS[@]}" -j 2
    grep -qE '^process +[0-9]+ %  [0-9]+/12 files ' stderr || fail "no line of progress where there is no terminal"
    say "progress without a terminal"
fi
