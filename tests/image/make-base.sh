#!/bin/sh
# Makes a tar of a Debian 12 root like debian:bookworm-slim with debootstrap, for machines without a registry.
# usage: make-base.sh FILE.tar
set -eu
tar=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase bookworm "$folder" >"$folder.log" 2>&1 || {
    tail -5 "$folder.log" >&2
    exit 1
}
rm -f "$folder.log"
# What the slim image leaves out too.
find "$folder/usr/share/doc" -type f ! -name copyright -delete
rm -rf "$folder"/usr/share/man/* "$folder"/usr/share/info/* "$folder"/usr/share/locale/* \
    "$folder"/usr/share/lintian "$folder"/var/cache/apt/* "$folder"/var/lib/apt/lists/* "$folder"/var/log/*
tar -C "$folder" --numeric-owner -cf "$tar.part" .
mv "$tar.part" "$tar"
