#!/bin/sh
# Searches a trade-off of two metrics on a Clavier service, within a limit of a third value, and prints the Pareto front. Needs curl, sed and awk.
#
#   CLAVIER_URL=http://127.0.0.1:8080 sh examples/shell/front.sh
#
# The number of trials is an argument (default 40).
set -eu
url=${CLAVIER_URL:-http://127.0.0.1:8080}
trials=${1:-40}

# send PATH [BODY]: reads a path, or sends JSON to it, and prints the answer.
send() {
  curl --silent --show-error --fail-with-body --retry 8 --retry-connrefused --header 'content-type: application/json' \
    ${CLAVIER_KEY:+--header "authorization: Bearer $CLAVIER_KEY"} ${2:+--data "$2"} "$url$1"
}

# member NAME JSON: prints the value of a member. Enough for these answers, which have each of these names once.
member() {
  printf '%s' "$2" | sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"
}

# evaluate WIDTH DEPTH: your training. It prints accuracy, latency and memory: a wide and deep model is accurate, slow and large.
evaluate() {
  awk -v w="$1" -v d="$2" 'BEGIN {
    printf "{ \"accuracy\": %.4f, \"latency\": %.2f, \"memory\": %.1f }", 1 - 0.5 / (1 + w / 64) - 0.3 / (1 + d), 2 + d * w / 40, w * w * d / 1000
  }'
}

created=$(send /v1/studies "{
  \"name\": \"accurate and fast\",
  \"searchSpace\": [
    { \"type\": \"int\", \"name\": \"width\", \"low\": 8, \"high\": 512, \"scale\": \"log\" },
    { \"type\": \"int\", \"name\": \"depth\", \"low\": 1, \"high\": 8 }
  ],
  \"metrics\": [{ \"name\": \"accuracy\" }, { \"name\": \"latency\" }],
  \"constraints\": [{ \"metric\": \"memory\", \"max\": 500 }],
  \"sampler\": { \"type\": \"quasi-random\" },
  \"budget\": { \"trials\": $trials },
  \"objective\": {
    \"type\": \"external\",
    \"metrics\": [
      { \"name\": \"accuracy\", \"direction\": \"maximize\" },
      { \"name\": \"latency\", \"direction\": \"minimize\" },
      { \"name\": \"memory\", \"direction\": \"minimize\" }
    ]
  }
}")
study=$(member id "$created")

while :; do
  asked=$(send "/v1/studies/$study/ask" '{ "worker": "front.sh", "waitSeconds": 30 }')
  token=$(member token "$asked")
  if [ -z "$token" ]; then
    [ "$(member reason "$asked")" = ended ] && break
    sleep 1
    continue
  fi
  values=$(evaluate "$(member width "$asked")" "$(member depth "$asked")")
  send "/v1/trials/$(member id "$asked")/complete" "{ \"token\": \"$token\", \"values\": $values }" >/dev/null
done

# Accuracy 0.2 and latency 150 are the reference point of the hypervolume. `clavier study front` prints a table.
send "/v1/studies/$study/front?reference=0.2,150&limit=200"
echo
