#!/bin/bash
# test_conformance.sh: dciodvfy reports nothing on an output that it did not report on the input: the samples and the files
# that come with pydicom, by the shipped pipelines; and the guard stops none of them. Prints both counts.
. "$(dirname "$0")/lib.sh"
need dciodvfy
need_pydicom
make_key key
mkdir sources
if has_samples various; then
    for file in "$SAMPLES"/various/*; do cp "$file" "sources/samples-$(basename "$file")"; done
fi
for file in /usr/lib/python3/dist-packages/pydicom/data/{test_files,charset_files}/*.dcm; do
    [ ! -f "$file" ] || cp "$file" "sources/pydicom-$(basename "$file")"
done
[ -n "$(ls sources)" ] || skip "there are no files to try"

for pipeline in mercure research strict; do
    [ -f "$SOURCE/pipelines/$pipeline.json" ] || { without "pipeline $pipeline"; continue; }
    mkdir "out-$pipeline"
    for file in sources/*; do
        mkdir in && cp "$file" in/
        # What is broken, or holds nothing to publish, fails: a matter of other tests.
        code=0
        "$BUILD/dcmchain" run -q -i in -o "out-$pipeline/$(basename "$file")" -p "$SOURCE/pipelines/$pipeline.json" \
            --key-file key --set anonymise.project=e2e "${KEEP_ALL[@]}" >stdout 2>stderr || code=$?
        [ "$code" != 4 ] || fail "the guard stops $(basename "$file") in $pipeline"
        case $code in 0 | 1) ;; *) fail "dcmchain ends with $code on $(basename "$file") in $pipeline" ;; esac
        [ "$code" = 0 ] || rm -rf "out-$pipeline/$(basename "$file")"
        rm -rf in
    done
    "$PYTHON" "$HERE/conformance.py" sources "out-$pipeline" || fail "conformance of $pipeline"
done
for folder in mercure-study mercure-study-phi mercure-edge; do
    has_samples "$folder" || continue
    for pipeline in mercure research strict; do
        run 0 run -q -i "$SAMPLES/$folder" -o "out-$pipeline-$folder" -p "$pipeline" --key-file key --set anonymise.project=e2e "${KEEP_ALL[@]}"
    done
done
say "no output has an error that its input did not have"
