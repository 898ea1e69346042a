# What run.sh is made of: the image's storage, its run as a mercure module, and the counting of checks.
# Sourced; it expects build, source, cache, image, limit_mb and work.
# shellcheck shell=bash disable=SC2154,SC2034
passed=0
failed=0
container=
root=
planted='Synthetica|SYN-4711-Z|SYNACC0815|SYNSTUDY7|1\.2\.826\.0\.1\.99999'

say() { printf '%s\n' "image-test: $*"; }
not() { ! "$@"; }

expect() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        say "FAILED: $what"
        [ ! -s "$work/log" ] || tail -5 "$work/log"
    fi
}

report() {
    say "done"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

# Storage of our own, so that no image of this machine is touched or taken.
start_storage() {
    mkdir -p "$cache"
    export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
    printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >"$cache/policy.json"
}
b() { buildah --root "$cache/storage" --runroot "$cache/run" "$@"; }

finish() {
    [ -z "$container" ] || b umount "$container" >/dev/null 2>&1 || true
    [ -z "$container" ] || b rm "$container" >/dev/null 2>&1 || true
    rm -rf "$work"
}

make_base() {
    b inspect --type image docker.io/library/debian:bookworm-slim >/dev/null 2>&1 && return
    if [ ! -f "$cache/debian.tar" ]; then
        say "making debian:bookworm-slim with debootstrap"
        "$source/tests/image/make-base.sh" "$cache/debian.tar"
    fi
    local base
    base=$(b from scratch)
    b add -q "$base" "$cache/debian.tar" / >/dev/null
    b config --cmd /bin/bash "$base"
    b commit -q --signature-policy "$cache/policy.json" "$base" docker.io/library/debian:bookworm-slim >/dev/null
    b rm "$base" >/dev/null
}

build_image() {
    b build -q --pull-never --layers=false --signature-policy "$cache/policy.json" -t "$image" -t aiml/extraction-anonym:latest \
        -f "$source/Dockerfile" "$source" >"$work/build.log" 2>&1 || {
        tail -30 "$work/build.log"
        exit 1
    }
}

# The bytes of the files of the image: what its layers hold uncompressed, nothing of them is replaced by a later one.
check_size() {
    container=$(b from --pull-never --signature-policy "$cache/policy.json" "$image")
    root=$(b mount "$container")
    local bytes
    bytes=$(b images --json "$image" | jq '.[0].size' | tr -dc '0-9.KMGiB')
    local mb
    mb=$(($(du -s --apparent-size -B1 "$root" | cut -f1) / 1000000))
    say "size: $mb MB of files uncompressed (buildah says $bytes), the limit is $limit_mb MB"
    expect "stays under $limit_mb MB" test "$mb" -lt "$limit_mb"
}

# Docker makes the mount points before the root becomes read-only.
mount_image() {
    mkdir -p "$root/tmp/data" "$root/tmp/output" "$root/tmp/persistence"
    container_config=$(b inspect --type image "$image")
}
label_is() { [ "$(jq -r ".OCIv1.config.Labels[\"$1\"]" <<<"$container_config")" = "$2" ]; }
entry_is() { [ "$(jq -r '.OCIv1.config | .Entrypoint[0] + " " + .Cmd[0]' <<<"$container_config")" = "$1 $2" ]; }

# in_image --uid UID [bwrap options] -- COMMAND: a read-only root, a network of its own with nothing in it, no capabilities.
in_image() {
    local uid=$2
    shift 2
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    bwrap --unshare-all --as-pid-1 --uid "$uid" --gid "$uid" --cap-drop ALL --ro-bind "$root" / --proc /proc --dev /dev \
        --clearenv --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        --setenv HOME / --setenv MERCURE_IN_DIR /tmp/data --setenv MERCURE_OUT_DIR /tmp/output \
        --setenv MONAI_INPUTPATH /tmp/data --setenv MONAI_OUTPUTPATH /tmp/output \
        --setenv HOLOSCAN_INPUT_PATH /tmp/data --setenv HOLOSCAN_OUTPUT_PATH /tmp/output \
        "${options[@]}" --chdir / "$@"
}

# in/ and out/ with the modes that mercure gives them.
new_study() {
    rm -rf "$work/task"
    in=$work/task/in
    out=$work/task/out
    mkdir -p "$out"
    "$build/generate-study" "$in" "${1:-3}" >/dev/null
    chmod 0777 "$in" "$out"
    find "$in" -mindepth 1 -exec chmod 0666 {} +
}

# The module once, with mercure's mounts (and those given beside the uid); its exit code in $code, its output in $work/log.
run_module() {
    local uid=$1
    shift
    code=0
    (
        umask 022
        in_image --uid "$uid" --bind "$in" /tmp/data --bind "$out" /tmp/output "$@" -- /usr/local/bin/dcmchain run
    ) >"$work/log" 2>&1 || code=$?
    return "$code"
}
