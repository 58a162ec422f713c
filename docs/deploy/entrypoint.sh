#!/bin/sh
# What the image runs. Hosting platforms mount a volume that only root may write: started as root, it
# hands the volume's top folder to the user faqbot and goes on as that user.
set -eu
folder=${FAQBOT_KNOWLEDGE:-/knowledge}
if [ "$(id -u)" = 0 ]; then
    # A folder that may only be read needs no other owner.
    chown faqbot: "$folder" || true
    exec setpriv --reuid=faqbot --regid=faqbot --clear-groups "$0" "$@"
fi
# An empty volume gets a starter folder, where the practice's name and number are known.
if [ "${1:-}" = serve ] && [ ! -e "$folder/practice.toml" ] && [ -n "${PRACTICE_NAME:-}" ]; then
    faqbot new "$folder" --name "$PRACTICE_NAME" --phone "${PRACTICE_PHONE:-}"
fi
exec faqbot "$@"
