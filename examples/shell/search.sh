#!/bin/sh
# Searches the minimum of a function on a Clavier service, by HTTP alone. Needs curl, sed and awk.
#
#   CLAVIER_URL=http://127.0.0.1:8080 sh examples/shell/search.sh
#
# Give it the id of a study as an argument to work on that one: any number of these scripts may share a study.
set -eu
url=${CLAVIER_URL:-http://127.0.0.1:8080}

# post PATH BODY: sends JSON, again if the service is away for a moment, and prints the answer. The key tells the service that it is the same
# request.
post() {
  key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  if answer=$(curl --silent --show-error --fail-with-body --retry 8 --retry-connrefused \
    --header 'content-type: application/json' --header "idempotency-key: $key" \
    ${CLAVIER_KEY:+--header "authorization: Bearer $CLAVIER_KEY"} --data "$2" "$url$1"); then
    printf '%s' "$answer"
  else
    printf '%s\n' "$answer" >&2
    return 1
  fi
}

# member NAME JSON: prints the value of a member. Enough for these answers, which have each of these names once.
member() {
  printf '%s' "$2" | sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"
}

# evaluate X Y: your training. It prints the loss.
evaluate() {
  awk -v x="$1" -v y="$2" 'BEGIN { print (x - 1) ^ 2 + (y + 2) ^ 2 }'
}

study=${1:-}
if [ -z "$study" ]; then
  created=$(post /v1/studies '{
    "name": "by curl",
    "searchSpace": [
      { "type": "float", "name": "x", "low": -5, "high": 5 },
      { "type": "float", "name": "y", "low": -5, "high": 5 }
    ],
    "metrics": [{ "name": "loss" }],
    "budget": { "trials": 20 },
    "objective": { "type": "external", "metrics": [{ "name": "loss", "direction": "minimize" }] }
  }')
  study=$(member id "$created")
fi

while :; do
  # The answer comes as soon as there is a trial, at the latest after waitSeconds.
  asked=$(post "/v1/studies/$study/ask" '{ "worker": "search.sh", "leaseSeconds": 60, "waitSeconds": 30 }')
  if [ -z "$(member token "$asked")" ]; then
    [ "$(member reason "$asked")" = ended ] && break
    sleep 1
    continue
  fi
  trial=/v1/trials/$(member id "$asked")
  token=$(member token "$asked")
  # An evaluation that takes longer than the lease sends a heartbeat every third of it: POST $trial/heartbeat with the token.
  if loss=$(evaluate "$(member x "$asked")" "$(member y "$asked")"); then
    done=$(post "$trial/complete" "{ \"token\": \"$token\", \"values\": { \"loss\": $loss } }")
  else
    done=$(post "$trial/fail" "{ \"token\": \"$token\", \"error\": \"the evaluation failed\" }")
  fi
  echo "trial $(member number "$done"): $(member state "$done"), loss $(member value "$done")"
done
echo "study $study has ended"
