#!/bin/sh
# Makes what the nats-servers of a cluster know each other by: a password, and a certificate of a certificate authority
# that is made for nothing else. Needs openssl. Run in deploy/kubernetes, once:
#
#   ./route-credentials.sh            writes secrets/nats-routes/
#   ./route-credentials.sh <folder> <host>...   for other servers than nats-0.nats, nats-1.nats and nats-2.nats
#
# It changes nothing that is there. Remove tls.crt and tls.key before it, and the certificate is made anew by the same
# authority, which servers that still have the old one accept.
set -eu
umask 077

folder=${1:-secrets/nats-routes}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- nats-0.nats nats-1.nats nats-2.nats
days=3650

mkdir -p "$folder"
cd "$folder"

if [ ! -e routes.conf ]; then
  password=$(openssl rand -hex 32)
  {
    echo "ROUTE_PASSWORD: \"$password\""
    echo "ROUTES: ["
    for host; do
      case $host in
        *:*) echo "  \"nats://route:$password@$host\"" ;;
        *) echo "  \"nats://route:$password@$host:6222\"" ;;
      esac
    done
    echo "]"
  } > routes.conf.new
  mv routes.conf.new routes.conf
fi

if [ ! -e ca.crt ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -days "$days" \
    -subj "/CN=Popple NATS routes" -addext "keyUsage=critical,keyCertSign" 2> /dev/null
fi

if [ ! -e tls.crt ]; then
  names=
  for host; do
    name=${host%:*}
    case $name in
      *[!0-9.]*) names="$names,DNS:$name" ;;
      *) names="$names,IP:$name" ;;
    esac
  done
  {
    echo "subjectAltName=${names#,}"
    # Each server is a client of the others.
    echo "extendedKeyUsage=serverAuth,clientAuth"
  } > extensions
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout tls.key -out request \
    -subj "/CN=nats" 2> /dev/null
  openssl x509 -req -in request -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" -extfile extensions \
    -out tls.crt.new 2> /dev/null
  mv tls.crt.new tls.crt
  rm -f request extensions ca.srl
fi
