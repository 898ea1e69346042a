#!/bin/bash
# What lasts from study to study: the key, the look-up, the evidence, and who looked at it.
. "$(dirname "$0")/lib.sh"
need jq sqlite3

P=$WORK/persistence
mkdir "$P"
remember() { run 0 run -p mercure-lookup --persistence "$P" --set anonymise.project=one "$@"; }
lookup() { # lookup CODE ARGUMENT…
    local expected=$1
    shift
    run "$expected" lookup "$@" --persistence "$P"
}

# --- the key
run 1 key show-id --persistence "$P"
said "no key yet"
run 2 key show-id
said "no place for a key"
run 2 key new --persistence "$WORK/missing"
said "persistence folder: there is none of that name"
run 2 lookup find
said "'dcmchain help lookup' shows how it is used"
for command in "lookup --help" "help lookup"; do
    # shellcheck disable=SC2086
    run 0 $command
    printed "dcmchain lookup find    --accession N"
done
printed "Settings:"
run 0 key new --persistence "$P"
id=$(cat "$WORK/stdout")
run 0 key show-id --persistence "$P"
equal "$id" "$(cat "$WORK/stdout")" "the id that is shown"
run 1 key new --persistence "$P"
said "never overwritten"
equal 600 "$(stat -c %a "$P/dcmchain/key")" "the key's mode"
equal 700 "$(stat -c %a "$P/dcmchain")" "the folder's mode"
run 0 key new --key-file "$WORK/own.key"
run 2 key rotate --key-file "$WORK/own.key" --yes
say "key new, show-id"

# --- a study is found again, either way, sealed
synthetic in 2
remember -i in -o out
study=$(ls out)
lookup 2 find --accession SYNACC0815
said "--reason"
for how in "--accession SYNACC0815" "--patient SYN-4711-Z" "--uid 1.2.826.0.1.99999.7.1" "--uid $study"; do
    # shellcheck disable=SC2086
    lookup 0 find $how --reason "test of look-ups" --json
    equal "$study" "$(jq -r '.[0].study.final' stdout)" "found by $how"
    equal 1.2.826.0.1.99999.7.1 "$(jq -r '.[0].study.source' stdout)" "the source found by $how"
    equal published "$(jq -r '.[0].status' stdout)"
    equal SYN-4711-Z "$(jq -r '.[0].patients[0].id' stdout)"
    equal 4 "$(jq -r '.[0].series | length' stdout)"
done
patient=$(jq -r '.[0].patients[0].final' stdout)
equal "$(dcmdump +P 0010,0020 "$(find out -name '*.dcm' | sed -n 1p)" | sed 's/.*\[\(.*\)\].*/\1/')" "$patient" "the pseudonym"
echo SYN-4711-Z | "$BUILD/dcmchain" lookup find --patient - --reason "from stdin" --persistence "$P" >stdout || fail "a value from standard input"
printed "$study"
lookup 1 find --accession NOSUCH --reason test
cat >words <<'W'
SYN-4711-Z
SYNACC0815
Synthetica
1.2.826.0.1.99999
W
absent words "$P"
equal 6 "$(wc -l <"$P/dcmchain/access.jsonl")" "lines of the access log"
jq -es 'all(.[]; has("time") and has("uid") and has("count") and (.reason | length > 0))' "$P/dcmchain/access.jsonl" >/dev/null || fail "access log"
say "found by accession number, patient and UIDs; nothing plain in the folder; each look noted"

# --- a list of accession numbers
printf 'name,Accession Number\r\n"x, y",SYNACC0815\r\n,NOSUCH\r\n' >list.csv
lookup 0 export --accessions list.csv --reason "trial 7"
equal "SYNACC0815,$study,$study,published" "$(sed -n 2p stdout | tr -d '\r')"
equal "NOSUCH,,,unknown" "$(sed -n 3p stdout | tr -d '\r')"
printf 'SYNACC0815\n' >list.csv
lookup 0 export --accessions list.csv --reason "trial 7" --output folders.csv
equal 2 "$(wc -l <folders.csv)"
equal 600 "$(stat -c %a folders.csv)"
lookup 1 export --accessions list.csv --reason "trial 7" --output folders.csv
say "export --accessions"

# --- out and in again
lookup 0 export --reason backup
cp stdout all.csv
mkdir "$WORK/other"
run 0 key new --persistence "$WORK/other"
run 0 lookup import all.csv --persistence "$WORK/other"
run 0 lookup export --reason compare --persistence "$WORK/other"
cmp stdout all.csv || fail "export, import, export"
run 1 lookup import all.csv --persistence "$WORK/nowhere"
sed 's/SYN-4711-Z/SOMEBODY/g' all.csv >wrong.csv
run 1 lookup import wrong.csv --persistence "$WORK/other"
said "stands for another patient"
say "export and import; two patients of one pseudonym are refused"

# --- a collision fails the study
sed "s/SYN-4711-Z/SOMEBODY/g; s/1\.2\.826\.0\.1\.99999/1.2.826.0.1.88888/g; s/2\.25\.[0-9]*/2.25.1&/g" all.csv |
    sed "s/2\.25\.12\.25\./2.25.1/g" >foreign.csv
mkdir "$WORK/third"
cp -r "$P/dcmchain" "$WORK/third/"
rm -f "$WORK"/third/dcmchain/lookup*
run 0 lookup import foreign.csv --persistence "$WORK/third"
run 1 run -i in -o out.collision -p mercure-lookup --persistence "$WORK/third" --set anonymise.project=one
said "two sources would share one pseudonym"
[ -z "$(find out.collision -mindepth 1)" ] || fail "a study with a collision is published"
! LC_ALL=C grep -iF -f words stderr || fail "identity in the text of a collision"
say "a collision fails the study"

# --- a study that is not published leaves no row; a kill between row and publication leaves it unconfirmed
rows() { sqlite3 "$P/dcmchain/lookup.sqlite" "select count(*), sum(confirmed) from record"; }
before=$(rows)
run 1 run -i in -o out -p mercure-lookup --persistence "$P" --set anonymise.project=one
equal "$before" "$(rows)" "rows after a study that was there already"
say "no row without a publication"

# --- plain, where it is asked for
mkdir plain
run 0 run -i in -o out.plain -p mercure-lookup --persistence plain --set anonymise.project=one --set lookup.encrypt=false
grep -q SYN-4711-Z plain/dcmchain/lookup.sqlite* || fail "plain records"
run 0 lookup find --patient SYN-4711-Z --reason plain --persistence plain

# --- rotation: old rows stay readable, patients get new pseudonyms
run 2 key rotate --persistence "$P"
said "new pseudonyms"
run 0 key rotate --persistence "$P" --yes
said "new pseudonyms"
new=$(cat "$WORK/stdout")
[ "$new" != "$id" ] || fail "rotation kept the key"
lookup 0 find --patient SYN-4711-Z --reason "after rotation" --json
equal "$id" "$(jq -r '.[0].key_id' stdout)"
remember -i in -o out.rotated
[ "$(ls out.rotated)" != "$study" ] || fail "the pseudonyms did not change"
lookup 0 find --patient SYN-4711-Z --reason "after rotation" --json
equal 2 "$(jq length stdout)" "records under both keys"
say "rotation"

# --- forgetting
sqlite3 "$P/dcmchain/lookup.sqlite" "select hex(body) from record; select hex(hash) from name; select hex(owner) from claim" | sort -u >left
lookup 2 forget --accession SYNACC0815
lookup 0 forget --patient SYN-4711-Z
printed "$study"
said "destroying the key"
for file in "$P"/dcmchain/lookup.sqlite*; do
    od -An -v -tx1 "$file" | tr -d " \n" | tr a-f A-F >hex
    while read -r value; do
        ! grep -qF "$value" hex || fail "something of the patient is left in $(basename "$file")"
    done <left
done
lookup 1 find --patient SYN-4711-Z --reason "gone?"
run 0 lookup forget --patient SYN-4711-Z --persistence plain
! grep -q SYN-4711 plain/dcmchain/lookup.sqlite* || fail "plain text of the patient is left"
lookup 1 forget --patient SYN-4711-Z
say "after forget nothing of the patient is left in the database and its log"

# --- evidence
jq -es 'length == 3 and all(.[]; (.key_id | length) == 16 and has("drop_reasons")) and .[0].status == "published" and .[1].status == "failed"' \
    "$P/dcmchain/evidence.jsonl" >/dev/null || fail "evidence"
absent words "$P"
say "a line of evidence for each study"

# --- --show-phi
run 2 run --dry-run --changes --show-phi -i in --persistence "$P"
said "--reason"
lines=$(wc -l <"$P/dcmchain/access.jsonl")
run 0 run --dry-run --changes --show-phi --reason "checking rules" -i in --persistence "$P"
equal $((lines + 1)) "$(wc -l <"$P/dcmchain/access.jsonl")" "the look is noted"
equal "run --show-phi" "$(tail -1 "$P/dcmchain/access.jsonl" | jq -r .what)"
one=$(find in -name '*.dcm' | sort | sed -n 1p)
run 0 explain --show-phi --reason "checking a file" --persistence "$P" "$one"
equal "explain --show-phi" "$(tail -1 "$P/dcmchain/access.jsonl" | jq -r .what)"
for command in "run --dry-run --changes -i in" "explain $one"; do
    # shellcheck disable=SC2086
    run 0 $command --show-phi --reason "nobody notes it"
    said "no note of this look at source values is kept: no persistence folder is named"
done
say "--show-phi wants a reason and is noted; without a persistence folder, a warning says that it is not"

# --- a dry run leaves the folder as it is; one that is no place for a key is refused
d=$(digest "$P")
run 0 run --dry-run -i in -p mercure-lookup --persistence "$P"
equal "$d" "$(digest "$P")" "the folder after a dry run"
mkdir fresh
run 0 run --dry-run -i in -p mercure-lookup --persistence fresh
[ -z "$(find fresh -mindepth 1)" ] || fail "a dry run made something"
chmod 755 "$WORK/other/dcmchain"
run 2 run -i in -o out.open --persistence "$WORK/other"
said "open to others"
mkdir -p nested/out
run 2 run -i in -o nested/out --persistence nested/out
said "output folder"
run 1 run -i in -o out.nowhere -p mercure-lookup --key-file own.key
said "no persistence folder"
[ -z "$(find out.nowhere -mindepth 1)" ] || fail "published without being remembered"
say "places that are refused"
