#!/bin/sh
# `make demo`: a synthetic study through the mercure pipeline, and what comes out. usage: demo.sh BUILD
set -eu
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/generate-study" "$folder/in" 3
echo "The input: $(find "$folder/in" -name '*.dcm' | wc -l) images in 4 series, two of them called 'T2 TSE AX', with mercure's .tags and task.json"
echo
echo "\$ dcmchain run -i in -o out --set anonymise.project=demo"
"$build/dcmchain" run -i "$folder/in" -o "$folder/out" --set anonymise.project=demo
cd "$folder/out"
echo
echo "The output:"
# A folder's files follow it: '/' sorts before every other character.
find . -mindepth 1 | sed 's|^\./||' | tr / '\001' | LC_ALL=C sort | tr '\001' / | sed 's|[^/]*/|    |g'
echo
echo "One extracted document (the first lines):"
find . -path '*extracted-data*' -name 'T1*.json' -exec jq . {} \; | head -25
echo "  …"
echo
echo "The task document (without its list of files):"
find . -mindepth 2 -maxdepth 2 -name '*.json' -exec jq 'del(.dcmchain.files) | .dcmchain.stages |= map(.id)' {} \;
echo
echo "Is anything of the patient left?"
if grep -raE 'Synthetica|SYN-4711-Z|SYNACC0815|SYNSTUDY7|1\.2\.826\.0\.1\.99999' .; then
    echo "yes: this is a bug"
    exit 1
fi
echo "no: neither name, ID, accession number, study ID nor any UID of the input is found in the output"
