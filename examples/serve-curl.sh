#!/bin/sh
# A recording to a server, by curl. Start one first, and take the token that it prints:
#
#   undertone serve
#   TOKEN=ut_… examples/serve-curl.sh call.wav
set -eu
url="${URL:-http://127.0.0.1:8150}"
sound="$1"
ask() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $TOKEN" "$@"; }

# The words, each segment with its emotion, in OpenAI's format
ask --form "file=@$sound" --form model=whisper-1 --form response_format=verbose_json "$url/v1/audio/transcriptions"
echo

# Subtitles
ask --form "file=@$sound" --form model=whisper-1 --form response_format=srt "$url/v1/audio/transcriptions"

# The whole analysis
ask --header "Content-Type: audio/wav" --data-binary "@$sound" "$url/v1/audio/emotions?diarize=true"
echo

# A job, which goes on without a client that waits
id="$(ask --form "file=@$sound" --form "file=@$sound" "$url/v1/jobs" | sed 's/^{"id":"\([^"]*\).*/\1/')"
until ask "$url/v1/jobs/$id" | grep --quiet '"status":"finished"'; do sleep 1; done
ask "$url/v1/jobs/$id/results"
ask --request DELETE "$url/v1/jobs/$id"
