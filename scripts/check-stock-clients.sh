#!/usr/bin/env bash
# Runs every command of docs/outside.md against a sandbox, with the AWS CLI and kubectl on PATH, and checks what comes
# back. In the page, `sh sandbox` starts the sandbox, each `sh` block is run, and each comment `says: PATTERN` after a
# block must match (grep -E) what the block printed. Ends the sandbox by its process id. For CI; users need neither client.
set -uo pipefail
cd "$(dirname "$0")/.."
page=docs/outside.md
for client in aws kubectl; do
  command -v "$client" > /dev/null || { echo "$client: not on PATH; install it, or leave this check to CI" >&2; exit 2; }
done
# Nobody's own configuration, credentials or endpoints take part; nothing waits for a pager.
work=$(mktemp -d)
for name in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\|KUBECONFIG\)=.*/\1/p'); do unset "$name"; done
export HOME="$work" AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=2

# blocks INFO: writes each block with that info string to $work/INFO.N, and the patterns after it to $work/INFO.N.says
blocks() {
  awk -v info="$1" -v out="$work/${1// /-}" '
    !inside && /^```/ { inside = 1; taken = ($0 == "```" info); if (taken) file = sprintf("%s.%03d", out, ++n); next }
    inside && /^```$/ { inside = 0; if (!taken) file = ""; next }
    inside && taken { print > file }
    !inside && file != "" && /^<!-- says: .* -->$/ { sub(/^<!-- says: /, ""); sub(/ -->$/, ""); print > (file ".says") }
  ' "$page"
}
blocks 'sh sandbox'
blocks sh

bash -c "exec $(cat "$work/sh-sandbox.001") --port 0" > "$work/log" 2>&1 &
sandbox=$!
end() {
  kill "$sandbox" 2> /dev/null
  wait "$sandbox" 2> /dev/null
  rm -rf "$work"
}
trap end EXIT
for _ in $(seq 600); do grep -q 'export KUBECONFIG' "$work/log" && break; kill -0 "$sandbox" || break; sleep 0.1; done
eval "$(grep '^  export ' "$work/log")"
if [ -z "${KUBECONFIG:-}" ]; then echo "FAIL the sandbox did not start: $(cat "$work/log")" >&2; exit 1; fi

checks=0
for block in "$work"/sh.???; do
  # In this shell, so that variables and functions last to the next block.
  began=$SECONDS
  eval "$(cat "$block")" > "$work/out" 2>&1
  printf '== %s s: %s\n' "$((SECONDS - began))" "$(head -n 1 "$block")"
  [ -e "$block.says" ] || continue
  while IFS= read -r pattern; do
    checks=$((checks + 1))
    if grep -qE -- "$pattern" "$work/out"; then echo "ok   $pattern"; continue; fi
    printf 'FAIL wanted "%s" of:\n%s\n-- but got:\n' "$pattern" "$(cat "$block")" >&2
    cat "$work/out" >&2
    echo '-- the sandbox said:' >&2
    tail -n 20 "$work/log" >&2
    exit 1
  done < "$block.says"
done
[ "$checks" -gt 0 ] || { echo "FAIL $page: has no checks" >&2; exit 1; }

# npm passes SIGTERM on and does not wait: the sandbox is gone when it has removed its kubeconfig and nobody answers.
kill "$sandbox"
answers() { node -e 'fetch(process.argv[1]).then(() => {}, () => process.exit(1))' "$AWS_ENDPOINT_URL"; }
for _ in $(seq 100); do [ -e "$KUBECONFIG" ] || answers || break; sleep 0.5; done
if [ -e "$KUBECONFIG" ] || answers; then echo 'FAIL the sandbox did not end within 50 s of SIGTERM' >&2; exit 1; fi
echo "$checks checks with $(aws --version 2>&1 | cut -d' ' -f1) and kubectl passed in $SECONDS s"
