# What `.ci/run` and `.ci/proofs` have in common; both source it, with `results` set to the folder of Jest's results.

rm -rf "$results"
mkdir -p "$results"
failed=0
# Names of what must have run a test: a result file up to its first dot, or a kind of tests.
expected=()

finish() {
  local status=$?
  trap - EXIT
  node scripts/count-tests.mjs "$results" "${expected[@]}" || status=1
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

step() { printf '\n== %s %s\n' "$(date +%H:%M:%S)" "$*"; }

# An npm script that runs Jest, whose results go to a file of this name.
tests() {
  local name=$1 script=$2
  shift 2
  npm run --silent "$script" -- --json --outputFile="$results/$name.json" "$@" || failed=1
}

install_packages() {
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# The README's tour is pasted into bash and zsh.
need_zsh() {
  command -v zsh > /dev/null || install_packages zsh
}

# Drives the proofs in a browser. Chromium comes without a font, and pictures need one.
need_browser() {
  command -v "${CHROMIUM:-chromium}" > /dev/null && [ -n "$(find /usr/share/fonts -name 'DejaVu*' -print -quit 2> /dev/null)" ] ||
    install_packages chromium fonts-dejavu-core || {
    echo 'there is no Chromium, or no font for it: both are needed, and their tests are not skipped' >&2
    exit 1
  }
}

# --- servers: a missing one is a failure, never a skip
install_server() {
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y "$1"
}

start_postgres() {
  if ! command -v pg_ctlcluster > /dev/null || [ -z "$(ls /etc/postgresql 2> /dev/null)" ]; then
    install_server postgresql
    # A server of our own, on loopback: the tests connect without a password.
    sed -i -E '/^host.*127\.0\.0\.1/s/[a-z0-9-]+$/trust/' /etc/postgresql/*/main/pg_hba.conf
    pg_ctlcluster --skip-systemctl-redirect "$(ls /etc/postgresql)" main stop || true
  fi
  pg_ctlcluster --skip-systemctl-redirect "$(ls /etc/postgresql)" main start
}

start_mariadb() {
  local fresh=0
  if [ ! -x /usr/sbin/mariadbd ]; then
    install_server mariadb-server
    fresh=1
  fi
  mkdir -p /run/mysqld
  chown mysql: /run/mysqld
  start-stop-daemon --start --oknodo --background --exec /usr/sbin/mariadbd -- --user=mysql
  if [ "$fresh" = 1 ]; then
    for _ in $(seq 60); do
      mariadb -e "alter user root@localhost identified via mysql_native_password using password('')" && break
      sleep 0.5
    done
  fi
}

start_redis() {
  command -v redis-server > /dev/null || install_server redis-server
  redis-server --daemonize yes --bind 127.0.0.1 -::1 --port 6379 --save "" --appendonly no
}

# Started by its test, as a server of its own.
need_pgbouncer() {
  command -v pgbouncer > /dev/null || [ -x /usr/sbin/pgbouncer ] || install_packages pgbouncer
}

# The same.
need_nats() {
  command -v nats-server > /dev/null || [ -x /usr/sbin/nats-server ] || install_server nats-server
}

need_servers() {
  need_pgbouncer
  need_nats
  local server
  for server in postgres mariadb redis; do
    if ! node scripts/test-server.mjs "$server" 0; then
      echo "starting $server"
      "start_$server" || true
      # Makes the database as well; gives up after this many seconds.
      node scripts/test-server.mjs "$server" 60 || {
        echo "$server does not answer: it is needed, and its tests are not skipped" >&2
        exit 1
      }
    fi
  done
}

# --- libraries of other languages, whose tokens and verifiers are held against ours
need_other_languages() {
  /usr/bin/python3 -c 'import jwt, cryptography' && /usr/bin/perl -MCrypt::JWT -e 1 ||
    install_packages python3-jwt python3-cryptography libcrypt-jwt-perl || {
    echo 'there is no PyJWT or no Crypt::JWT: both are needed, and their tests are not skipped' >&2
    exit 1
  }
}
