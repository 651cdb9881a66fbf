#!/bin/sh
# Makes the passwords and keys of docker-compose.yml that are not there yet; a file of the same name in $GIVEN goes first.
# Each of the folders server, postgres and redis below $SECRETS is a volume that its own container alone can see.
set -eu
umask 022
GIVEN=${GIVEN:-/given}
SECRETS=${SECRETS:-/secrets}

random() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# secret <name> <file>: the given secret, else the one made earlier, else a new one.
secret() {
  if [ -s "$GIVEN/$1" ]; then
    tr -d '\r\n' <"$GIVEN/$1"
  elif [ -s "$2" ]; then
    cat "$2"
  else
    random
  fi
}

# keep <file> <text>: written beside and renamed, so that a half-written secret is never read.
keep() {
  printf '%s' "$2" >"$1.new"
  mv "$1.new" "$1"
}

# A database URL and a redis.conf hold passwords as they are.
plain() {
  case $2 in
    *[!A-Za-z0-9._~-]*)
      echo "deploy/secrets/$1 may hold letters, digits and . _ ~ - alone" >&2
      exit 1
      ;;
  esac
}

postgres=$(secret postgres-password "$SECRETS/postgres/password")
redis=$(secret redis-password "$SECRETS/redis/password")
plain postgres-password "$postgres"
plain redis-password "$redis"

keep "$SECRETS/postgres/password" "$postgres"
keep "$SECRETS/redis/password" "$redis"
keep "$SECRETS/redis/redis.conf" "requirepass $redis
"
keep "$SECRETS/server/database-url" "postgres://ongea:$postgres@postgres:5432/ongea"
keep "$SECRETS/server/redis-url" "redis://:$redis@redis:6379"
keep "$SECRETS/server/secret" "$(secret ongea-secret "$SECRETS/server/secret")"
keep "$SECRETS/server/admin-key" "$(secret admin-key "$SECRETS/server/admin-key")"
echo 'The secrets are there.'
