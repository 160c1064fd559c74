#!/bin/sh
# A training for `clavier worker`: it prints a report after every step and knows nothing of the service.
#
#   clavier worker STUDY -- sh examples/shell/train.sh {x} 10
#
# Usage: train.sh X STEPS. Its metric is `loss`, which falls with every step towards (X - 1)².
set -eu
x=$1
steps=$2
# Where an earlier attempt got to: {"step":3,"values":{…},"checkpoint":"…"}, or empty.
step=$(printf '%s' "${CLAVIER_RESUME:-}" | sed -n 's/.*"step":\([0-9]*\).*/\1/p')
step=${step:-0}
echo "starts after step $step"
while [ "$step" -lt "$steps" ]; do
  step=$((step + 1))
  awk -v x="$x" -v step="$step" 'BEGIN { printf "{\"step\": %d, \"loss\": %.6f, \"checkpoint\": \"step-%d\"}\n", step, (x - 1) ^ 2 + 1 / step, step }'
done
