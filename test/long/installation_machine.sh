# To be sourced inside a copy of a clean Debian: Postfix as an administrator has set it up, and how it starts there.
#
# All mail for `sites` goes to port 2500 of this machine, where nobody listens until a test does.

configure() {
  local site maps=
  ip link set lo up
  for site in "${sites[@]}"; do
    maps+=" {$site.example = smtp:[127.0.0.1]:2500}"
  done
  postconf myhostname=mail.example inet_protocols=ipv4
  # One by one: of several new ones postconf(1) writes now this, now that first, and main.cf is compared.
  postconf "transport_maps=inline:{$maps }"
  postconf "fast_flush_domains=$(printf "%s.example " "${sites[@]}")"
  # Settings of the administrator's, which nothing may undo.
  postconf -F 'flush/unix/command=flush -o { import_environment = MAIL_CONFIG LANG } -o syslog_facility=mail'
  : >/var/log/mail.log
  chown root:adm /var/log/mail.log
  rsyslogd
}

# As Debian does it where there is no systemd, with its preparation of the jail; later releases only know systemd.
service() {
  if [[ -x /etc/init.d/postfix ]]; then
    invoke-rc.d postfix "$1"
  else
    postfix "$1"
  fi
}
