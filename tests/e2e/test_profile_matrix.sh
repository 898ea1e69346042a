#!/bin/bash
# test_profile_matrix.sh: every row of table E.1-1 and every attribute in no row, under every option, alone and combined, at
# the top and three sequences deep, in three encodings and as UN; every SOP class where the object has its say.
. "$(dirname "$0")/lib.sh"
need_pydicom
make_key key
cat >pipeline.json <<'END'
{"dcmchain": 1, "name": "matrix", "stages": [
  {"stage": "anonymise", "settings": {"project": "e2e", "birth_date": "table", "series_description": "table"}},
  {"stage": "layout"}]}
END
matrix() { "$PYTHON" "$HERE/profile_matrix.py" "$@"; }

if [ -d "$SOURCE/../shared/ps3.15" ]; then
    matrix tables . "$SOURCE/../shared/ps3.15" || fail "the tables"
else
    without "comparing the tables: ../shared/ps3.15 is not there"
fi

combination() { # combination IN RETAIN CLEAN: with the options as they stand in JSON arrays, without blanks
    local options=() name
    for name in ${2//,/ } ${3//,/ }; do options+=("$name"); done
    rm -rf out
    run 0 run -q -i "$1" -o out --key-file key -p pipeline.json \
        --set "anonymise.retain=[$(quoted "$2")]" --set "anonymise.clean=[$(quoted "$3")]"
    matrix judge "$1" out "${options[@]}" || fail "the options: $2 $3"
}
quoted() { [ -z "$1" ] || printf '"%s"' "${1//,/\",\"}"; }

matrix make in
matrix make classes classes
combination classes "" ""
combination in "" ""
for option in uids device-identity institution-identity patient-characteristics full-dates modified-dates safe-private; do
    combination in "$option" ""
done
for option in descriptors structured-content graphics; do
    combination in "" "$option"
done
combination in uids,device-identity,institution-identity,patient-characteristics,full-dates,safe-private \
    descriptors,structured-content,graphics
combination in device-identity,institution-identity,patient-characteristics,modified-dates \
    descriptors,structured-content,graphics
if full; then
    for retain in uids device-identity institution-identity patient-characteristics safe-private; do
        for more in full-dates modified-dates; do
            for clean in descriptors structured-content graphics; do
                combination in "$retain,$more" "$clean"
            done
        done
    done
fi
say "every row, option column and VR does what the table says"
