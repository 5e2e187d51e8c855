/**
 * The Debian packages that set-up installs where they are missing: all of them, and why.
 *
 * What a minimal Debian has anyway (dpkg, coreutils, util-linux, …) is not listed.
 */

/** @typedef {"start" | "test" | "mutants" | "fuzz" | "simulate" | "faults" | "soak" | "sockets" | "pictures" | "advisories" | "bench" | "trial" | "installation" | "record" | "test:matrix" | "package" | "test:packages" | "test:long"} Task what set-up is asked for: the npm script's name */

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {readonly Task[]} neededBy
 * @property {readonly string[]} programs those of its programs that the project calls
 * @property {string} why
 */

/**
 * What brings a type of lookup tables, and the server that such tables ask.
 *
 * @param {string} name
 * @param {string} why
 * @param {readonly string[]} programs
 * @returns {DebianPackage}
 */
const forTables = (name, why, programs = []) => ({
  name,
  neededBy: ["test", "sockets", "test:long"],
  programs,
  why,
});

/** @type {readonly DebianPackage[]} */
export const DEBIAN_PACKAGES = [
  {
    name: "postfix",
    neededBy: [
      "start",
      "test",
      "mutants",
      "bench",
      "record",
      "faults",
      "soak",
      "sockets",
      "pictures",
      "test:long",
    ],
    programs: [
      ...["postfix", "postconf", "postmap", "postqueue", "postsuper", "qshape", "sendmail"],
      "smtp-source",
    ],
    why: "the mail system whose flush service this is: demo, tests and benchmark run private instances of it",
  },
  {
    name: "perl",
    neededBy: ["test", "bench", "sockets", "test:long"],
    programs: [],
    why: "what qshape(1), which comes with Postfix, is written in: more of it than a minimal Debian has",
  },
  {
    name: "gcc",
    neededBy: ["test", "bench"],
    programs: ["gcc"],
    why: "compiles the benchmark's load generator and bare server",
  },
  {
    name: "libc6-dev",
    neededBy: ["test", "bench"],
    programs: [],
    why: "the C library's headers, for the same two programs",
  },
  {
    name: "tzdata",
    neededBy: ["test", "mutants", "sockets", "test:long"],
    programs: [],
    why: "the time zone in which the tests of the log read the original's lines",
  },
  forTables("postfix-cdb", "cdb: tables"),
  forTables("postfix-lmdb", "lmdb: tables"),
  forTables("postfix-pcre", "pcre: tables"),
  forTables("postfix-sqlite", "sqlite: tables"),
  forTables("sqlite3", "makes the databases that sqlite: tables are about", ["sqlite3"]),
  forTables("postfix-ldap", "ldap: tables"),
  forTables("slapd", "the LDAP server of the tests, private instances of it", ["slapd", "slapadd"]),
  forTables("ldap-utils", "puts entries into it", ["ldapadd", "ldapmodify"]),
  forTables("postfix-pgsql", "pgsql: tables"),
  forTables("postgresql", "the SQL server of the tests, private instances of it"),
  forTables("postfix-mysql", "mysql: tables"),
  forTables("mariadb-server-core", "another SQL server, private instances of it", ["mariadbd"]),
  forTables("memcached", "the server of memcache: tables, private instances of it", ["memcached"]),
  {
    name: "strace",
    neededBy: ["test", "sockets", "test:long"],
    programs: ["strace"],
    why: "shows what the service asks of the kernel (test/security)",
  },
  {
    name: "mandoc",
    neededBy: ["test"],
    programs: ["mandoc"],
    why: "reads the manual pages, and says what is wrong with them",
  },
  {
    name: "zsh",
    neededBy: ["test"],
    programs: ["zsh"],
    why: "one of the shells that complete fastflush's command lines",
  },
  {
    name: "fish",
    neededBy: ["test"],
    programs: ["fish"],
    why: "another",
  },
  {
    name: "prometheus",
    neededBy: ["test"],
    programs: ["promtool"],
    why: "checks the metrics and the alert rules",
  },
  {
    name: "prometheus-node-exporter",
    neededBy: ["test"],
    programs: ["prometheus-node-exporter"],
    why: "reads the metrics from a file, as it would on a mail server: private instances of it",
  },
  {
    name: "systemd",
    neededBy: ["test"],
    programs: ["systemd-analyze"],
    why: "checks the units of contrib/systemd; it need not run",
  },
  {
    name: "dpkg-dev",
    neededBy: ["package", "test:packages", "test:long"],
    programs: ["dpkg-gencontrol"],
    why: "writes the Debian package's control file",
  },
  {
    name: "xz-utils",
    neededBy: ["test", "package", "test:packages", "test:long"],
    programs: ["xz"],
    why: "compresses the Debian package",
  },
  {
    name: "git",
    neededBy: ["package", "test:packages", "test:long"],
    programs: ["git"],
    why: "says when the packaged sources were changed last",
  },
  {
    name: "lintian",
    neededBy: ["test:packages", "test:long"],
    programs: ["lintian"],
    why: "finds what is wrong with a Debian package",
  },
  {
    name: "chromium",
    neededBy: ["pictures"],
    programs: ["chromium"],
    why: "makes pictures of what a terminal shows",
  },
  {
    name: "fonts-dejavu-core",
    neededBy: ["pictures"],
    programs: [],
    why: "the letters on them",
  },
  {
    name: "debootstrap",
    neededBy: ["trial", "installation", "test:matrix", "test:packages", "test:long"],
    programs: ["debootstrap"],
    why: "makes the clean Debian in which the tests of test/long try the README's commands",
  },
];
