#!/bin/bash
# test_stage_author.sh: a stage author's first ten minutes, in an empty folder, against an installed dcmchain and without
# its source: new-stage, build, check, run, its own test; with CMake's package, and with pkg-config alone.
. "$(dirname "$0")/lib.sh"
need jq cmake cc pkg-config
grep -q '^DCMCHAIN_SANITIZE:[^=]*=.' "$BUILD/CMakeCache.txt" && skip "a build with sanitizers is not installed"
make_key key
synthetic in 2
cmake --install "$BUILD" --prefix "$WORK/first" >log || fail "cmake --install: $(tail -5 log)"
mv first prefix # an installed tree may be moved
DCMCHAIN=$WORK/prefix/bin/dcmchain
mkdir empty

cat >author.sh <<'SCRIPT'
set -eu
PATH=$WORK/prefix/bin:$PATH
export CMAKE_PREFIX_PATH=$WORK/prefix
cd "$WORK/empty"
dcmchain new-stage tally
cmake -S tally -B tally/build >log
cmake --build tally/build >>log
dcmchain stages --stage-dir tally/build
dcmchain check tally/pipeline.json --stage-dir tally/build
ctest --test-dir tally/build --output-on-failure >>log
dcmchain run -p tally/pipeline.json --stage-dir tally/build -i "$WORK/in" -o "$WORK/out" --key-file "$WORK/key" --quiet --set tally.label=images
SCRIPT
export WORK
hide=()
if bwrap --ro-bind / / true 2>/dev/null; then # what is not there cannot be used by mistake
    hide=(bwrap --bind / / --dev /dev --tmpfs "$SOURCE" --chdir "$WORK/empty" --)
else
    without "the source was not hidden: bubblewrap cannot run here"
fi
"${hide[@]}" bash "$WORK/author.sh" >stdout 2>stderr || fail "the author's path: $(cat stdout empty/log 2>/dev/null)"
printed "tally          0.1.0    counts the instances of each series"
printed "tally/pipeline.json: well"
equal 4 "$(find out -path '*/tally/*.json' | wc -l)" "documents of the new stage"
find out -path '*/tally/*.json' -exec jq -e '.images == 2' {} + >/dev/null || fail "what the new stage counted"
equal "dcmchain_stage_entry" "$(nm -D --defined-only empty/tally/build/tally.so | awk '{print $3}')" "what the new stage exports"
say "new-stage, built without the source, run beside the shipped stages"

for name in Tally -x 9x 'a b' "$(printf 'a%.0s' $(seq 60))" ../x ''; do
    run 2 new-stage "$name" 2>/dev/null || fail "new-stage '$name'"
done
(cd empty && ! "$DCMCHAIN" new-stage tally 2>/dev/null) || fail "new-stage over a folder that is there"
(cd empty && ! "$DCMCHAIN" new-stage guard 2>../stderr) || fail "new-stage with the name of a shipped stage"
said "there is a stage 'guard' already"
[ ! -e empty/guard ] || fail "new-stage made a folder for a name that is taken"
say "names that new-stage refuses"

# Mistakes of an author: each is told with what was wrong, crashes nothing and publishes nothing.
mkdir mistaken
cat >mistaken/mistaken.c <<'SOURCE'
#include <dcmchain/stage.h>
struct config {
    int64_t mistake;
};
static const struct dcmchain_setting settings[] = {{.key = "mistake",
                                                    .type = DCMCHAIN_SETTING_INTEGER,
                                                    .fallback = "0",
                                                    .maximum = 20,
                                                    .help = "Which one.",
                                                    .offset = offsetof(struct config, mistake)}};
static int64_t mistake; /* for a test alone: a stage has no mutable statics */
static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    (void)context;
    (void)ret_run;
    mistake = ((const struct config *)config)->mistake;
    return mistake == 1 ? DCMCHAIN_E_RANGE : DCMCHAIN_OK;
}
static int series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    (void)context;
    (void)scope;
    return ok && mistake == 2 ? 17 : DCMCHAIN_OK;
}
static int instance(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_instance *instance)
{
    dcmchain_item *root = dcmchain_dataset_root(dcmchain_instance_dataset(instance));
    char *text = NULL;
    switch (mistake) {
    case 3: /* absent */
        return dcmchain_element_get_text(dcmchain_item_find(root, 0x00104000), &text);
    case 4: /* a tag that the dictionary does not know */
        return dcmchain_item_set_text(root, 0x00091001, "x");
    case 5:
        return dcmchain_item_set_text(root, 0x00104000, NULL);
    case 6: /* of the file meta information */
        return dcmchain_item_set_text(root, 0x00020010, "1.2.840.10008.1.2");
    case 7:
        return dcmchain_item_set_text(root, 0x00080018, "no UID");
    case 8:
        return dcmchain_emit(context, scope, "kind", ".json", "{}", 2);
    case 9:
        return -4711;
    case 10:
        return DCMCHAIN_FAIL;
    case 11:
        return dcmchain_item_remove(root, 0x0020000D);
    case 12:
        return dcmchain_item_set_text(root, 0x00280010, "many"); /* Rows, a number */
    default:
        return DCMCHAIN_OK;
    }
}
DCMCHAIN_API const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {.struct_size = sizeof stage,
                                                .abi = DCMCHAIN_STAGE_ABI,
                                                .name = "mistaken",
                                                .version = "0.1.0",
                                                .summary = "makes a mistake",
                                                .settings = settings,
                                                .settings_count = 1,
                                                .setting_size = sizeof settings[0],
                                                .config_size = sizeof(struct config),
                                                .run_open = run_open,
                                                .series_close = series_close,
                                                .instance = instance};
    return &stage;
}
SOURCE
cc -std=c17 -fPIC -shared -Wall -Wextra -Werror -I prefix/include -o mistaken/mistaken.so mistaken/mistaken.c || fail "the stage of mistakes"
sed 's/"tally"}/"mistaken"}/' empty/tally/pipeline.json >mistaken.json
mistake() { # mistake NUMBER CODE WORDS
    rm -rf out-mistaken
    run "$2" run -p mistaken.json --stage-dir mistaken -i in -o out-mistaken --key-file key --set anonymise.project=e2e --set mistaken.mistake="$1"
    said "$3"
    ! grep -q 'crash' stderr || fail "mistake $1: a crash"
    [ "$1" = 0 ] || equal 0 "$(count out-mistaken '*' 2>/dev/null)" "mistake $1: files"
}
mistake 0 0 "done: 1 of 1 study"
mistake 1 78 "stage 'mistaken': run_open() failed: it is outside a limit (result -5)"
mistake 2 1 "series_close() returned 17, which is none of its results"
mistake 3 1 "instance() failed: there is no such thing (result -2)"
mistake 4 1 "instance() failed: there is no such thing (result -2)"
mistake 5 1 "instance() failed: the value is not valid (result -4)"
mistake 6 1 "instance() failed: the value is not valid (result -4)"
mistake 7 1 "the chain left no usable SOP Instance UID"
mistake 8 1 "dcmchain_emit: documents are emitted in series_close and study_close only"
mistake 9 1 "instance() returned -4711, which is none of its results"
mistake 10 1 "instance() failed without a reason: dcmchain_error() gives one"
mistake 11 1 "the chain left no usable Study Instance UID"
mistake 12 1 "instance() failed: the value is not valid (result -4)"
say "mistakes of a stage are told"

# pkg-config alone; and the runner embedded in a program of somebody's own.
export PKG_CONFIG_PATH=$WORK/prefix/lib/pkgconfig:$(echo "$WORK"/prefix/lib/*/pkgconfig)
pkg-config --exists dcmchain || fail "pkg-config does not know dcmchain"
equal "$("$DCMCHAIN" --version | cut -d' ' -f2)" "$(pkg-config --modversion dcmchain)" "the version"
mkdir by-hand
# shellcheck disable=SC2046
cc -std=c17 -fPIC -shared -Wall -Wextra -Werror -o by-hand/tally.so empty/tally/tally.c $(pkg-config --cflags --libs dcmchain) || fail "building with pkg-config"
"$DCMCHAIN" help tally --stage-dir by-hand >stdout || fail "a stage built with pkg-config"
printed "label"
cat >embed.c <<'SOURCE'
#include <dcmchain/chain.h>
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments)
{
    struct dcmchain_chain_options options = {.struct_size = sizeof options, .pipeline = "mercure"};
    struct dcmchain_run_options run = {.struct_size = sizeof run, .dry_run = 1};
    dcmchain_chain *chain = NULL;
    dcmchain_report *report = NULL;
    char *text = NULL;
    if (count != 3 || dcmchain_chain_open(&options, &chain, &text) != DCMCHAIN_OK) {
        return 10;
    }
    run.input_folder = arguments[1];
    run.key_file = arguments[2];
    if (dcmchain_chain_run(chain, &run, &report, &text) != DCMCHAIN_OK || dcmchain_report_tree(report, &text) != DCMCHAIN_OK) {
        return 11;
    }
    fputs(text, stdout);
    dcmchain_free(text);
    dcmchain_report_free(report);
    dcmchain_chain_free(chain);
    return 0;
}
SOURCE
# shellcheck disable=SC2046
cc -std=c17 -Wall -Wextra -Werror -o embed embed.c $(pkg-config --cflags --libs dcmchain) || fail "building an embedding program"
LD_LIBRARY_PATH=$(pkg-config --variable=libdir dcmchain) ./embed in key >stdout || fail "an embedding program ended with $?"
"$DCMCHAIN" run -i in --dry-run --key-file key 2>/dev/null | cmp - stdout || fail "the tree of an embedding program"
say "pkg-config, and the runner in another program"

# find_package from another project, with its version.
mkdir other
cat >other/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(other LANGUAGES C)
find_package(dcmchain 0.1 REQUIRED)
add_executable(embed ../embed.c)
target_link_libraries(embed PRIVATE dcmchain::dcmchain)
CMAKE
(cmake -S other -B other/build -DCMAKE_PREFIX_PATH="$WORK/prefix" && cmake --build other/build) >log 2>&1 || fail "find_package: $(tail -20 log)"
other/build/embed in key | cmp - stdout || fail "the tree of a program that found the package"
sed -i 's/dcmchain 0.1/dcmchain 7.0/' other/CMakeLists.txt
! cmake -S other -B other/build-7 -DCMAKE_PREFIX_PATH="$WORK/prefix" >log 2>&1 || fail "find_package takes another version"
say "find_package"

# The library exports what its headers declare, and nothing else.
library=$(find prefix -name 'libdcmchain.so' | sed -n 1p)
nm -D --defined-only "$library" | awk '{print $3}' | grep -v '^DCMCHAIN_' | sed 's/@.*//' | LC_ALL=C sort -u >exported
! grep -v '^dcmchain_' exported || fail "symbols that are not ours"
while read -r symbol; do
    grep -rqw "$symbol" prefix/include || fail "$symbol is exported and in no header"
done <exported
readelf -d "$library" | holds 'SONAME.*libdcmchain\.so\.[0-9]' || fail "no SONAME"
say "what is installed"
