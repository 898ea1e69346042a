# lib.sh: what the end-to-end scripts share; each sources it first. It makes a folder of its own ($WORK, gone at the end)
# and must not write anywhere else. Run by hand: tests/e2e/test_edges.sh (BUILD=… for another build than build/release).
# shellcheck shell=bash
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=${SOURCE:-$(cd "$HERE/../.." && pwd)}
BUILD=${BUILD:-$SOURCE/build/release}
SAMPLES=$SOURCE/../shared/samples
PYTHON=/usr/bin/python3 # Debian's, which has python3-pydicom
unset MERCURE_IN_DIR MERCURE_OUT_DIR MODULE_PERSISTENCE_DIR DCMCHAIN_STAGE_PATH
WORK=$(mktemp -d "${TMPDIR:-/tmp}/dcmchain-e2e-XXXXXX")
trap 'chmod -R u+rwX "$WORK"; rm -rf "$WORK"' EXIT
cd "$WORK"

fail() {
    echo "FAILED: $*" >&2
    [ ! -s "$WORK/stderr" ] || { echo "--- the last stderr:"; tail -30 "$WORK/stderr"; } >&2
    exit 1
}
say() { echo "ok: $*"; }
skip() { echo "skipped: $*"; exit 77; }
# What cannot be done here is said; the rest of the script goes on.
without() { echo "not done here: $*"; }

need() { # need TOOL…: skips the script where one is missing
    local tool
    for tool in "$@"; do command -v "$tool" >/dev/null || skip "there is no $tool"; done
}
need_pydicom() { "$PYTHON" -c 'import pydicom' 2>/dev/null || skip "there is no python3-pydicom"; }
has_samples() { # has_samples FOLDER: whether ../shared has it
    [ -d "$SAMPLES/$1" ] || { without "$1: ../shared/samples is not there"; return 1; }
}
KEEP_ALL=(--set filter.drop=none) # what the filter leaves out by default is a matter of its own tests
full() { [ -n "${DCMCHAIN_TEST_FULL:-}" ]; }

# run CODE ARGUMENT…: runs dcmchain, output to $WORK/stdout and $WORK/stderr, and expects its exit code.
run() {
    local expected=$1 code=0
    shift
    "$BUILD/dcmchain" "$@" >"$WORK/stdout" 2>"$WORK/stderr" || code=$?
    [ "$code" = "$expected" ] || fail "dcmchain $* ended with $code, not $expected"
}
said() { grep -qF -- "$1" "$WORK/stderr" || fail "stderr does not say: $1"; }
printed() { grep -qF -- "$1" "$WORK/stdout" || fail "stdout does not say: $1"; }
# holds PATTERN: as grep -q, at the end of a pipe: it reads to the end, so that no writer dies of SIGPIPE.
holds() {
    local found=0
    grep -q "$@" || found=$?
    cat >/dev/null
    return "$found"
}
equal() { [ "$1" = "$2" ] || fail "${3:-}: expected '$1', found '$2'"; }
count() { find "$1" -type f -name "$2" | wc -l; } # count FOLDER NAME-PATTERN

make_key() { # make_key FILE [WORD]: the same key for the same word
    (umask 077 && printf '%s' "dcmchain ${2:-tests}" | sha256sum | cut -c1-64 >"$1")
}
synthetic() { # synthetic FOLDER [INSTANCES [SIDE]]: a study of four series with invented identity
    "$BUILD/generate-study" "$@" || fail "generate-study"
}
dicom() { "$PYTHON" "$HERE/dicom.py" "$@"; } # dicom COMMAND…: with pydicom, a reader that shares nothing with ours

# digest FOLDER: all names, modes and bytes of a tree, and the times of its files, in one line.
digest() {
    (cd "$1" && find . -mindepth 1 \( -type d -printf '%P/ %m\n' -o -printf '%P %y %m %Ts\n' \) | LC_ALL=C sort &&
        find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum) | sha256sum | cut -c1-64
}
tree() { (cd "$1" && find . -mindepth 1 \( -type d -printf '%P/\n' -o -printf '%P\n' \) | LC_ALL=C sort); }

# absent WORDS FOLDER…: no line of the file WORDS is in any byte or name of the folders.
absent() {
    local words=$1 folder
    shift
    [ -s "$words" ] || fail "there is no word to look for"
    for folder in "$@"; do
        if LC_ALL=C grep -raiF -l -f "$words" "$folder" >"$WORK/found"; then
            head -5 "$WORK/found" | while read -r file; do LC_ALL=C grep -aioF -f "$words" "$file" | sort | uniq -c | head -5; done >&2
            fail "source values are in the bytes of $(wc -l <"$WORK/found") files of $folder"
        fi
        find "$folder" -mindepth 1 -printf '%P\n' >"$WORK/names"
        ! LC_ALL=C grep -aiF -f "$words" "$WORK/names" || fail "source values are in the names of $folder"
    done
}
# readable FOLDER: every image is read to its end by dcmdump, every document by jq.
readable() {
    local file
    while IFS= read -r -d '' file; do
        dcmdump -q "$file" >/dev/null 2>"$WORK/dcmdump" || fail "dcmdump does not read $file: $(cat "$WORK/dcmdump")"
    done < <(find "$1" -type f -name '*.dcm' -print0)
    while IFS= read -r -d '' file; do
        jq -e 'type == "object"' "$file" >/dev/null || fail "jq does not read $file"
    done < <(find "$1" -type f -name '*.json' -print0)
}
# judged IN OUT: other programs read all of OUT, its pixel data is IN's, its names are safe, and nothing that identifies
# somebody in IN is in it, nor in what the program last said.
judged() {
    readable "$2"
    dicom judge "$1" "$2" >"$WORK/words" || fail "pydicom's judgement on $2"
    absent "$WORK/words" "$2" "$WORK/stderr" "$WORK/stdout"
}
