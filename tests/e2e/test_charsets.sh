#!/bin/bash
# test_charsets.sh: studies in every character set, declared and not: names go in that encoding, and what stays keeps its
# bytes, at the top and in items.
. "$(dirname "$0")/lib.sh"
need_pydicom
make_key key
"$PYTHON" "$HERE/charsets.py" make in || fail "charsets.py make"
mkdir out
for set in in/*; do
    run 0 run -q -i "$set" -o "out/$(basename "$set")" --key-file key --set anonymise.project=e2e \
        --set 'anonymise.clean=["descriptors"]'
done
"$PYTHON" "$HERE/charsets.py" judge out || fail "charsets.py judge"
readable out
say "names are gone and the rest is byte-right in $(find in -mindepth 1 -maxdepth 1 | wc -l) character sets"
