#!/bin/sh
# Makes what the samples with TLS need: certificates.sh DIRECTORY HOST...
# An authority (ca.pem, and ca.yaml for who trusts it), and for each HOST a certificate of it, its key, and both as a Secret.
set -eu
umask 077
mkdir -p "$1"
cd "$1"
shift
new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
secret() { # NAME TYPE, then pairs of a key and the file that holds its value
  printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: istio-system}\ntype: %s\nstringData:\n' "$1" "$2"
  shift 2
  while [ $# -gt 0 ]; do
    printf '  %s: |\n' "$1"
    sed 's/^/    /' "$2"
    shift 2
  done
}
if [ ! -e ca.pem ]; then
  openssl req -x509 $new -subj /CN=samples -days 30 -keyout ca.key -out ca.pem 2>> openssl.log
  secret samples-ca Opaque ca.crt ca.pem > ca.yaml
fi
for host; do
  openssl req $new -subj "/CN=$host" -keyout "$host.key" -out "$host.csr" 2>> openssl.log
  printf 'subjectAltName=DNS:%s\n' "$host" > "$host.ext"
  openssl x509 -req -in "$host.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile "$host.ext" \
    -out "$host.pem" 2>> openssl.log
  secret "$(printf %s "$host" | tr . -)" kubernetes.io/tls tls.crt "$host.pem" tls.key "$host.key" > "$host.yaml"
done
