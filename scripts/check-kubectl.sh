#!/usr/bin/env bash
# Drives the sandbox's Kubernetes with a stock kubectl (1.30 or newer on PATH). For CI; users need no kubectl.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
node cli/node24.mjs scripts/serve-kubernetes.ts --admin "$work/admin" --robot "$work/robot" > "$work/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
# seen SECONDS COMMAND…: waits until the command succeeds; shared machines are slow at times.
seen() {
  local tenths=$(($1 * 10))
  shift
  for _ in $(seq "$tenths"); do "$@" && return 0; sleep 0.1; done
  return 1
}
started() { [ -s "$work/robot" ] || ! kill -0 "$server" 2> /dev/null; }
seen 60 started && [ -s "$work/robot" ] || { echo "FAIL the server did not start: $(cat "$work/log")" >&2; exit 1; }

k() { HOME="$work" timeout 60 kubectl --kubeconfig "$work/admin" --namespace test "$@"; }
robot() { HOME="$work" timeout 60 kubectl --kubeconfig "$work/robot" --namespace test "$@"; }
checks=0
# same TITLE WANTED GOT: both must be equal
same() {
  checks=$((checks + 1))
  if [ "$2" = "$3" ]; then echo "ok   $1"; else echo "FAIL $1: wanted '$2', got '$3'" >&2; exit 1; fi
}
# says TITLE PATTERN GOT: GOT must hold PATTERN
says() {
  checks=$((checks + 1))
  if grep -qE -- "$2" <<< "$3"; then echo "ok   $1"; else echo "FAIL $1: wanted '$2' in: $3" >&2; exit 1; fi
}
fails() { if "$@" 2>&1; then echo "it succeeded"; fi; }

manifest() {
  cat <<YAML
apiVersion: v1
kind: Namespace
metadata: { name: test }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: podinfo, namespace: test }
spec:
  replicas: 4
  progressDeadlineSeconds: 4
  selector: { matchLabels: { app: podinfo } }
  template:
    metadata: { labels: { app: podinfo } }
    spec:
      containers:
        - name: podinfod
          image: registry/podinfo:$1
          ports: [{ containerPort: 9898 }]
YAML
}
image() { k get deployment podinfo -o 'jsonpath={.spec.template.spec.containers[0].image}'; }

says 'apply creates' 'deployment.apps/podinfo created' "$(manifest 6.0.0 | k apply -f -)"
says 'apply again changes nothing' 'deployment.apps/podinfo unchanged' "$(manifest 6.0.0 | k apply -f -)"
says 'rollout status' 'successfully rolled out' "$(k rollout status deployment/podinfo)"
says 'wait for a condition' 'condition met' "$(k wait --for=condition=Available deployment/podinfo --timeout=20s)"
says 'wait for a field' 'condition met' "$(k wait --for=jsonpath='{.status.readyReplicas}'=4 deployment/podinfo --timeout=20s)"
says 'get shows the columns' 'NAME +READY +UP-TO-DATE +AVAILABLE +AGE' "$(k get deployments)"
says 'get pods shows the status' '1/1 +Running' "$(k get pods)"
says 'describe has events' 'ScalingReplicaSet' "$(k describe deployment podinfo)"
says 'scale' 'scaled' "$(k scale deployment/podinfo --replicas=3)"
k rollout status deployment/podinfo > "$work/out"
same 'scale took effect' 3 "$(k get deployment podinfo -o 'jsonpath={.status.availableReplicas}')"
k set image deployment/podinfo podinfod=registry/podinfo:6.0.1 > "$work/out"
k rollout status deployment/podinfo > "$work/out"
same 'set image' registry/podinfo:6.0.1 "$(image)"
k patch deployment podinfo --patch '{"spec":{"template":{"spec":{"containers":[{"name":"podinfod","image":"registry/podinfo:6.0.2"}]}}}}' > "$work/out"
same 'strategic merge patch' registry/podinfo:6.0.2 "$(image)"
k patch deployment podinfo --type merge --patch '{"metadata":{"annotations":{"note":"x"}}}' > "$work/out"
same 'merge patch' x "$(k get deployment podinfo -o 'jsonpath={.metadata.annotations.note}')"
says 'a failed json patch test' 'rejected our request due to an error in our request' "$(fails k patch deployment podinfo --type json --patch '[{"op":"test","path":"/spec/replicas","value":99}]')"
k rollout undo deployment/podinfo --to-revision=1 > "$work/out"
k rollout status deployment/podinfo > "$work/out"
same 'rollout undo' registry/podinfo:6.0.0 "$(image)"
says 'rollout history' '4 ' "$(k rollout history deployment/podinfo)"
says 'server-side apply conflicts by name' 'conflict with "kubectl".*\.image' "$(manifest 6.0.3 | fails k apply --server-side --field-manager=stepcanary -f -)"
says 'dry run on the server' 'server dry run' "$(manifest 6.0.3 | k apply --server-side --force-conflicts --field-manager=stepcanary --dry-run=server -f -)"
same 'a dry run stores nothing' registry/podinfo:6.0.0 "$(image)"
manifest 6.0.3 | k apply --server-side --force-conflicts --field-manager=stepcanary -f - > "$work/out"
same 'server-side apply by force' registry/podinfo:6.0.3 "$(image)"
says 'diff' '\+.*image: registry/podinfo:6.0.4' "$(manifest 6.0.4 | k diff --server-side --force-conflicts --field-manager=stepcanary -f - || true)"
k set image deployment/podinfo podinfod=registry/podinfo:crash-loop > "$work/out"
says 'rollout status tells the deadline' 'exceeded its progress deadline' "$(fails k rollout status deployment/podinfo)"
says 'get pods tells the crash loop' 'CrashLoopBackOff|Error' "$(k get pods)"
says 'autoscale' 'autoscaled' "$(k autoscale deployment podinfo --min 2 --max 6 --cpu 80%)"
says 'the autoscaler' 'Deployment/podinfo +cpu: <unknown>/80% +2 +6' "$(k get hpa)"
k patch hpa podinfo --patch '{"spec":{"minReplicas":5}}' > "$work/out"
says 'the autoscaler keeps its limits' 'condition met' "$(k wait --for=jsonpath='{.spec.replicas}'=5 deployment/podinfo --timeout=40s)"
says 'create a ConfigMap' 'configmap/colors created' "$(k create configmap colors --from-literal=color=red --from-literal=size=2)"
says 'create a Secret' 'secret/token created' "$(k create secret generic token --from-literal=token=first)"
says 'ConfigMaps and their keys' 'colors +2 ' "$(k get configmaps)"
says 'Secrets, their types and keys' 'token +Opaque +1 ' "$(k get secrets)"
same 'a value in base64' 'Zmlyc3Q=' "$(k get secret token -o jsonpath='{.data.token}')"
says 'a field of another manager' 'conflict with "kubectl-create" using v1: .data.color' "$(fails k apply --server-side -f - <<< '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"colors"},"data":{"color":"blue"}}')"
says 'the autoscaler owns the replicas' 'kube-controller-manager' "$(k get deployment podinfo --show-managed-fields -o jsonpath='{.metadata.managedFields[?(@.subresource=="scale")].manager}')"
k delete hpa podinfo > "$work/out"
says 'auth can-i: the administrator' yes "$(k auth can-i patch deployments)"
says 'auth can-i: nobody' no "$(robot auth can-i patch deployments || true)"
says 'a refusal by RBAC' 'User "robot" cannot get resource "deployments" in API group "apps" in the namespace "test"' "$(fails robot get deployment podinfo)"
says 'who one is' 'Username +robot' "$(robot auth whoami)"
says 'a watch goes on where it was' '"type":"MODIFIED".*"again":"yes"' "$(
  version=$(k get --raw /apis/apps/v1/namespaces/test/deployments | grep -o '"resourceVersion":"[0-9]*"' | head -n 1 | tr -dc 0-9)
  k annotate deployment podinfo again=yes > "$work/out"
  k get --raw "/apis/apps/v1/namespaces/test/deployments?watch=true&resourceVersion=$version&timeoutSeconds=1"
)"
k get deployments --watch --output name > "$work/watch" &
watcher=$!
watched() { [ "$(grep -c podinfo "$work/watch")" -ge "$1" ]; }
seen 30 watched 1 || true
k annotate deployment podinfo seen=yes > "$work/out"
seen 30 watched 2 || true
kill "$watcher" || true
same 'watch tells a change' 2 "$(grep -c podinfo "$work/watch" | awk '{ print ($1 >= 2) ? 2 : $1 }')"
says 'a config map, in protobuf' 'configmap/notes created' "$(k create configmap notes --from-literal=a=b)"
same 'what was sent in protobuf' b "$(k get configmap notes -o 'jsonpath={.data.a}')"
says 'a secret' 'secret/key created' "$(k create secret generic key --from-literal=a=b)"
same 'its value' Yg== "$(k get secret key -o 'jsonpath={.data.a}')"
same 'columns of our own' 'notes b' "$(k get configmap notes --no-headers -o 'custom-columns=N:.metadata.name,A:.data.a' | tr -s ' ')"
for name in kept pruned; do printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, labels: { set: ours } }\n' "$name"; done > "$work/set"
k apply -f "$work/set" > "$work/out"
says 'apply --prune' 'configmap/pruned pruned' "$(head -n 4 "$work/set" | k apply -f - --prune --selector set=ours --prune-allowlist core/v1/ConfigMap)"
says 'a role and its binding' 'rolebinding.rbac.authorization.k8s.io/reader created' "$(k create role reader --verb=get,list --resource=deployments && k create rolebinding reader --role reader --user robot)"
says 'now robot may read' podinfo "$(robot get deployments)"
says 'and not write' 'cannot patch resource "deployments"' "$(fails robot annotate deployment podinfo by=robot)"
says 'create what is there' 'already exists' "$(fails k create configmap notes)"
says 'create a deployment' 'deployment.apps/web created' "$(k create deployment web --image=registry/web:1 --replicas=2 --port=80)"
says 'it rolls out' 'successfully rolled out' "$(k rollout status deployment/web --timeout=30s)"
says 'logs' 'level=info msg="started" image=registry/web:1' "$(k logs deployment/web)"
says 'logs of all' '^\[pod/web-.*ready' "$(k logs --selector app=web --prefix)"
says 'no way into a pod' 'pods/exec: no process stands behind' "$(fails k exec deployment/web -- ls)"
says 'edit' 'edited' "$(KUBE_EDITOR='sed -i s/replicas:.2/replicas:\ 3/' k edit deployment web)"
same 'edit took effect' 3 "$(k get deployment web -o 'jsonpath={.spec.replicas}')"
says 'replace of an older version' 'the object has been modified' "$(k get deployment web -o yaml > "$work/old"; k annotate deployment web a=b > "$work/out"; fails k replace -f "$work/old")"
says 'pause' 'paused' "$(k rollout pause deployment/web)"
k set image deployment/web web=registry/web:2 > "$work/out"
says 'a paused one does not roll' 'registry/web:1' "$(k get replicasets --selector app=web -o wide)"
same 'no second replica set' 1 "$(k get replicasets --selector app=web -o name | wc -l)"
says 'resume' 'resumed' "$(k rollout resume deployment/web)"
says 'restart' 'restarted' "$(k rollout restart deployment/web)"
says 'it rolls again' 'successfully rolled out' "$(k rollout status deployment/web --timeout=30s)"
same 'delete without its pods' 0 "$(k delete deployment web --cascade=orphan > "$work/out"; k get deployments --selector app=web -o name | wc -l)"
same 'pods stay' 3 "$(k get pods --selector app=web | grep -c Running)"
says 'a kind that is not served' "doesn't have a resource type" "$(fails k get cronjobs)"
says 'delete and wait' 'deleted' "$(k delete deployment podinfo --timeout=20s)"
says 'wait for deletion' '^$|condition met' "$(k wait --for=delete pods --selector app=podinfo --timeout=20s)"
same 'pods are gone' '' "$(k get pods --selector app=podinfo -o name)"
echo "$checks checks with kubectl passed"
