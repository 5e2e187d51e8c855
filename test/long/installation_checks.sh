# To be sourced by installation_steps.sh: does the flush service serve, by the right program, is its entry as it was,
# and does the operator's command see all that?
#
# `check_state` and `check_service` count what is wrong in `failures`, and say it.

queue=/var/spool/postfix
sites=(alpha bravo charlie delta echo)
declare -i failures=0

wrong() {
  printf '   WRONG after "%s": %s\n' "$step" "$1"
  failures+=1
}

# Tries a command again for 20 s.
until_true() {
  local -i tries
  for ((tries = 0; tries < 200; tries++)); do
    if "$@" 2>/dev/null; then
      return 0
    fi
    sleep 0.1
  done
  return 1
}

# The queue ID of a site's message in the deferred queue, once its record has it.
recorded_id() {
  local id
  id=$(postqueue -j | sed -n "/\"deferred\"/s/.*\"queue_id\": \"\([^\"]*\)\".*\"user@$1\.example\".*/\1/p" | tail -n 1)
  [[ -n $id ]] && grep -qs "$id" "$queue/flush/${1}_example" && echo "$id"
}

none_waits_for() { ! postqueue -j | grep -q "user@$1\.example"; }

waits_for() { postqueue -j | grep -q "user@$1\.example"; }

# The last line of an SMTP reply.
reply() {
  local line
  while IFS= read -r -t 20 -u 9 line && [[ $line == ???-* ]]; do :; done
  echo "${line%$'\r'}"
}

etrn() {
  local answer
  exec 9<>/dev/tcp/127.0.0.1/25
  reply >/dev/null
  printf 'EHLO client.example\r\n' >&9
  reply >/dev/null
  printf 'ETRN %s\r\n' "$1" >&9
  answer=$(reply)
  printf 'QUIT\r\n' >&9
  reply >/dev/null
  exec 9>&-
  [[ $answer == 250\ *[Qq]ueuing\ started* ]] || wrong "ETRN $1: $answer"
}

ask_for() {
  case $1 in
  alpha) etrn alpha.example ;;
  bravo) postqueue -s bravo.example ;;
  charlie) sendmail -qRcharlie.example ;;
  delta) postqueue -i "$(recorded_id delta)" ;;
  echo) send_and_wait echo.example ;;
  esac || wrong "asking for $1 failed"
}

# A message per site is deferred and recorded; each site is asked for in another way, and gets its message alone.
check_service() {
  local site sink
  for site in "${sites[@]}"; do
    printf 'Subject: for %s\n\ntext\n' "$site" | sendmail -f sender@mail.example "user@$site.example"
  done
  for site in "${sites[@]}"; do
    until_true recorded_id "$site" >/dev/null || wrong "mail for $site is not deferred and recorded"
  done
  check_list
  smtp-sink -u postfix 127.0.0.1:2500 10 >/dev/null 2>&1 &
  sink=$!
  until_true sh -c 'ss -Hltn sport = :2500 | grep -q .' || wrong "smtp-sink doesn't listen"
  for site in "${sites[@]}"; do
    waits_for "$site" || wrong "mail for $site went before it was asked for"
    ask_for "$site"
    until_true none_waits_for "$site" || wrong "mail for $site was not delivered"
  done
  kill "$sink"
  wait "$sink" 2>/dev/null || true
  check_processes
  check_status
}

# The operator's command, before it is installed too.
fastflush() { "$(type -P fastflush || echo /root/fastflush/dist/fastflush)" "$@"; }

# Its --wait has to find the log, wherever that is now, and to say in the end what came of the message.
send_and_wait() {
  local said
  said=$(fastflush send --yes --wait "$1" 2>&1) || wrong "fastflush send: status $?"
  grep -qx 'Of 1 recipient: 1 delivered, 0 deferred again\.' <<<"$said" || wrong "fastflush send: $said"
}

# One deferred message for each site is listed.
check_list() {
  local listed expected
  expected=$(printf '%s.example 1\n' "${sites[@]}")
  listed=$(fastflush list --sort destination --json 2>&1) || wrong "fastflush list: status $?"
  listed=$(sed -n 's/.*"item":"destination","name":"\([^"]*\)","messages":\([0-9]*\),.*/\1 \2/p' <<<"$listed")
  [[ $listed == "$expected" ]] || wrong "fastflush list: $listed"
}

# Whose service is in master.cf and answers; status 0 where it is ours.
check_status() {
  local whose=fastflush expected=0 said status=0
  [[ $command != flush ]] || whose=original expected=1
  said=$(fastflush status --json 2>&1) || status=$?
  ((status == expected)) || wrong "fastflush status: status $status"
  [[ $said == *"\"entry\":\"$whose\""*"\"answers\":\"$whose\""* ]] || wrong "fastflush status: $said"
  [[ $said != *'"item":"reason"'* ]] || wrong "fastflush status: $said"
}

flush_pids() {
  local exe
  for exe in /proc/[0-9]*/exe; do
    if [[ $(readlink "$exe") == */flush ]]; then
      basename "$(dirname "$exe")"
    fi
  done
}

# All flush processes are children of the present master, and of the program that master.cf names; ps says so.
check_processes() {
  local pid program master
  program=$(postconf -hx daemon_directory)/$command
  until_true only_children || wrong "a flush process is not a child of master's"
  [[ -n $(flush_pids) ]] || wrong "no flush process runs"
  for pid in $(flush_pids); do
    [[ $(readlink "/proc/$pid/exe") == "$program" ]] || wrong "flush runs $(readlink "/proc/$pid/exe")"
    printf 'root %s, user %s\n' "$(readlink "/proc/$pid/root")" "$(stat -c %U "/proc/$pid")" >>"$out.state"
  done
  ps ax | grep -q "[ ]$command " || wrong "ps doesn't show $command"
}

only_children() {
  local pid
  for pid in $(flush_pids); do
    [[ $(ps -o ppid= "$pid" | tr -d ' ') == $(tr -d ' ' <"$queue/pid/master.pid") ]] || return 1
  done
}

# The entry, the program's file and the record's directory are as they were.
check_state() {
  local now
  [[ $(postconf -Fh flush/unix/command) == "$command "* ]] || wrong "the entry says $(postconf -Mf flush/unix)"
  postconf -M flush/unix | sed "s#\b$command\b#flush#; s/ -o max_use=100000//" >>"$out.state"
  stat -c '%n %a %U %G' "$queue/flush" >>"$out.state"
  if [[ $command != flush ]]; then
    now=$(program_state)
    : "${installed:=$now}"
    [[ $now == "$installed" ]] || wrong "the program changed: $now; was: $installed"
    [[ $(postconf -P flush/unix/max_use) == "flush/unix/max_use = 100000" ]] || wrong "max_use is gone"
  fi
}

program_state() {
  local path
  path=$(postconf -hx daemon_directory)/fastflush
  stat -c '%n %F %a %U %G %s %Y' "$path" "$path/flush"
  sha256sum "$path/flush"
  ls -A "$path"
}
