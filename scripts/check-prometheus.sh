#!/usr/bin/env bash
# Whether a real Prometheus server and what is here of it agree: what the adapter reads, what the server's own PromQL says,
# and what the sandbox's evaluator says, over the same samples. The server is Debian's package, unpacked into the folder given
# (default .cache/prometheus), without root; it listens on 127.0.0.1 only, on a port that the system chooses. About 20 s. Ends with 75 where there is no
# such package to be had.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${1:-.cache/prometheus}
mkdir -p "$cache"
cache=$(realpath "$cache")

if ! command -v prometheus > /dev/null || ! command -v promtool > /dev/null; then
  if [ ! -x "$cache/root/usr/bin/prometheus" ]; then
    # Where the lists of packages are not there yet they need root, as containers of CI have it.
    (cd "$cache" && { apt-get download prometheus || { apt-get update && apt-get download prometheus; }; } > download.log 2>&1) ||
      { cat "$cache/download.log"; echo "no Prometheus to compare with: Debian's package cannot be had here"; exit 75; }
    dpkg-deb --extract "$cache"/prometheus_*.deb "$cache/root"
  fi
  PATH="$cache/root/usr/bin:$PATH"
fi

work=$(mktemp -d)
server=''
end() {
  if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap end EXIT

node cli/node24.mjs scripts/check-prometheus/write-samples.ts "$work/samples.txt"
mkdir "$work/data"
promtool tsdb create-blocks-from openmetrics "$work/samples.txt" "$work/data" > "$work/blocks.log" 2>&1 || { cat "$work/blocks.log"; exit 1; }
printf 'global: { scrape_interval: 15s }\n' > "$work/prometheus.yml"
# bcrypt, at its least cost, of the password that compare.ts knows.
printf 'basic_auth_users: { reader: "%s" }\n' '$2b$04$XBBQcH.UfKH3J5Q1VbijcOsrdDdNYLqkiBcXgwl4UC.A2vY2CJlde' > "$work/web.yml"

prometheus --config.file="$work/prometheus.yml" --web.config.file="$work/web.yml" --storage.tsdb.path="$work/data" \
  --storage.tsdb.retention.time=100y --web.listen-address=127.0.0.1:0 > "$work/server.log" 2>&1 &
server=$!
node cli/node24.mjs scripts/check-prometheus/compare.ts "$server" "$work/server.log" || { tail -n 20 "$work/server.log"; exit 1; }
