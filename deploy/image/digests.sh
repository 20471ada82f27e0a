#!/bin/sh
# Prints the images that Popple runs and is built from, each pinned to what its tag is now. Needs docker and a registry.
#
#   deploy/image/digests.sh >> .env                 for compose.yaml and `docker compose build`
#   deploy/image/digests.sh --kustomize             entries for `images` in deploy/kubernetes/kustomization.yaml
#
# A tag can be given to another image at any time; a digest is the image. So pin when you have tried a set of images, and
# print anew to take patches.
set -eu

compose=$(dirname "$0")/../../compose.yaml
form=${1:-env}
case $form in
  env | --kustomize) ;;
  *)
    echo "usage: $0 [--kustomize]" >&2
    exit 2
    ;;
esac

# Every ${NAME_IMAGE:-default} that is not built here.
grep -o '\${[A-Z_]*_IMAGE:-[^}]*}' "$compose" | grep -v '{POPPLE_' | sort -u | tr -d '${}' | while IFS= read -r line; do
  variable=${line%%:-*}
  image=${line#*:-}
  docker pull --quiet "$image" > /dev/null
  digest=$(docker image inspect --format '{{index .RepoDigests 0}}' "$image")
  digest=${digest##*@}
  case $digest in
    sha256:*) ;;
    *)
      echo "$0: the registry gives no digest for $image" >&2
      exit 1
      ;;
  esac
  if [ "$form" = env ]; then
    echo "$variable=$image@$digest"
  else
    # The manifests' own images; Popple's is the one that you pushed, whose digest docker push prints.
    case $variable in
      NATS_IMAGE | NATS_EXPORTER_IMAGE)
        printf '  - name: %s\n    digest: %s\n' "${image%:*}" "$digest"
        ;;
    esac
  fi
done
