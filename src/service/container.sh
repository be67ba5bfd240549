#!/bin/sh
# An image for containers: zairyu serve --print-container > image.sh, then, as root, sh image.sh /usr/local/bin/zairyu
# The base comes from Debian's own packages, none from a registry. Needs: apt-get install debootstrap buildah
# Then, for example:
#   podman run --read-only --tmpfs /tmp -p 127.0.0.1:8480:8480 -v zairyu:/var/lib/zairyu -v /etc/zairyu/secrets:/secrets:ro \
#     -e ZAIRYU_PUBLIC_URL=https://registration.example.jp -e ZAIRYU_DATABASE_FILE=/secrets/database zairyu
# The secrets must be readable by user 8480 alone: chown 8480 FILE; chmod 400 FILE.
set -eu
program=${1:?usage: image.sh PROGRAM [NAME]}
name=${2:-zairyu}
base=$(mktemp -d)
trap 'rm -rf "$base" "$base.tar"' EXIT
chmod 0755 "$base"
debootstrap --variant=minbase --include=ca-certificates bookworm "$base" "${MIRROR:-http://deb.debian.org/debian}"
rm -rf "$base"/var/cache/apt/archives/*.deb "$base"/var/lib/apt/lists/*
echo 'zairyu:x:8480:8480::/var/lib/zairyu:/usr/sbin/nologin' >>"$base/etc/passwd"
echo 'zairyu:x:8480:' >>"$base/etc/group"
install -d -o 8480 -g 8480 -m 0700 "$base/var/lib/zairyu"
install -m 0755 "$program" "$base/usr/local/bin/zairyu"
# As an archive, in which owners and modes stay.
tar -C "$base" -cf "$base.tar" .
container=$(buildah from scratch)
buildah add --quiet "$container" "$base.tar" /
buildah config --user 8480:8480 --workingdir /var/lib/zairyu --volume /var/lib/zairyu --port 8480 --stop-signal SIGTERM \
    --env ZAIRYU_DATA=/var/lib/zairyu --env ZAIRYU_LISTEN=0.0.0.0:8480 --env ZAIRYU_BEHIND_PROXY=true \
    --entrypoint '["/usr/local/bin/zairyu"]' --cmd serve "$container"
buildah commit --quiet --rm "$container" "$name"
