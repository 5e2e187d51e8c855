// biome-ignore-all lint/suspicious/noTemplateCurlyInString: main.cf's own syntax, not JavaScript's
/**
 * Parameters as the original flush(8) takes them: which values it dies of, in which words, and what it expands
 * references to, to the blank, with its warnings. postconf(1) cannot judge these. More random draws:
 * FUZZ_SEED=N FUZZ_DRAWS=N bun test src/config/flush_agreement_test.ts
 */
import { expect, test } from "bun:test";
import { askOriginalFlush, type Question } from "../../test/support/config_judge.ts";
import { randomFrom } from "../../test/support/random.ts";
import { drawConfiguration } from "../../test/support/random_main_cf.ts";
import { Fatal } from "../effects/fatal.ts";
import { MemoryLog } from "../memory/log.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { loadParameters } from "./load_parameters.ts";
import { parseOverride } from "./override.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_000);
const DRAWS = Number(process.env["FUZZ_DRAWS"] ?? 200);

/** The original is started so many times at once. */
const AT_ONCE = 2;

interface Outcome {
  /** The parameter that the original dies of when nothing else is wrong; null where something was. */
  readonly value: string | null;
  readonly fatal: string | null;
  /** Of the expansion: only the first, since the original goes on for a while after an error. */
  readonly warning: string | null;
}

/** Errors of main.cf's lines: the original logs them before it is told to show its log. */
const OF_LINES = /^DIR\/main\.cf/;

const ENDINGS =
  /^(?:file DIR\/main\.cf: parameter mail_owner: unknown user name value: (.*)|chdir\("(.*)"\): .*)$/;

/** Both are read as text; the one ends the original before, the other after all else is read. */
type Ending = "mailOwner" | "queueDirectory";

function load({ mainCf, overrides = [] }: Question, ending: Ending): Outcome {
  const log = new MemoryLog();
  try {
    const parameters = loadParameters({
      configDirectory: "DIR",
      overrides: overrides.map(parseOverride),
      processName: "flush",
      serviceName: "flush",
      processId: 1,
      hostName: "host.example",
      textFiles: new MemoryTextFiles({ "DIR/main.cf": mainCf }),
      log,
    });
    return { value: printable(parameters[ending]), fatal: null, warning: null };
  } catch (caught) {
    if (!(caught instanceof Fatal)) {
      throw caught;
    }
    const isShown = !OF_LINES.test(caught.message);
    const warnings = log.texts("warning").filter((text) => !OF_LINES.test(text));
    return {
      value: null,
      fatal: isShown ? printable(caught.message) : null,
      warning: warnings[0] === undefined ? null : printable(warnings[0]),
    };
  }
}

async function loadByOriginal(question: Question): Promise<Outcome> {
  const { fatal, warnings } = await askOriginalFlush(question);
  const [, owner, directory] = ENDINGS.exec(fatal ?? "") ?? [];
  const value = owner ?? directory ?? null;
  return {
    value,
    fatal: value === null ? fatal : null,
    warning: warnings[0] ?? null,
  };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

const settings = [
  ..."max_use=0 max_use=-5 max_use=+5 max_use=007 max_use=0x10 max_use=5x max_use=".split(" "),
  ...["max_use=5 6", "max_use=2147483647", "max_use=2147483648", "max_use=4294967297"],
  ...[
    "max_use=-2147483649",
    "max_use=${e} 5",
    "max_use=5${e} ",
    "max_use=$x\nx=5",
    "max_use=\xa05",
  ],
  ..."hash_queue_depth=0 hash_queue_depth=-0 hash_queue_depth=1.5 hash_queue_depth=--1".split(" "),
  ..."max_idle=0 max_idle=0s max_idle=-1d max_idle=5sss max_idle=s5 max_idle= max_idle=h".split(
    " ",
  ),
  ..."ipc_timeout=0 trigger_timeout=0 daemon_timeout=0 fast_flush_purge_time=0d".split(" "),
  ...["1hour", "1x", "1D", "1.5h", "5 d", "+1d", "+s", "-s", "-0s", "-1", "d 3", "0", ""].map(
    refresh,
  ),
  ...["596522h", "596523h", "35791393m", "35791394m", "24854d", "24855d", "3549w"].map(refresh),
  ...["3550w", "2147483647s", "2147483648s", "99999999999999999999s", "596523"].map(refresh),
  ...["${e} 5s", "5${e} s", "${e}\v5s"].map(refresh),
  ..."yes YES nO maybe true 1 y".split(" ").map((value) => `smtputf8_enable=${value}`),
  ...["enable_idna2003_compatibility=", "daemon_table_open_error_is_fatal=${e} yes"],
  ...["smtputf8_enable=yes ${e}", "compatibility_level=", "compatibility_level=x"],
  ..."3.6 1.2.3 1.2.3.4 3. 03.06 -1 1.1023 1.1024 3,6"
    .split(" ")
    .map((v) => `compatibility_level=${v}`),
  ...["compatibility_level=$x\nx=2", "compatibility_level=99999999999"],
  ..."queue_directory hash_queue_names queue_service_name flush_service_name".split(" ").map(empty),
  ..."syslog_name syslog_facility mail_owner postlog_service_name".split(" ").map(empty),
  ..."maillog_file maillog_file_prefixes myhostname mydomain relay_domains".split(" ").map(empty),
  ..."mydestination fast_flush_domains parent_domain_matches_subdomains".split(" ").map(empty),
  ..."multi_instance_name config_directory process_name process_id service_name"
    .split(" ")
    .map(empty),
  "queue_service_name=$e",
  ...["/tmp/x", "/varx/y", "relative", "/var", ""].map((value) => `maillog_file=${value}`),
  "maillog_file=/bc\nmaillog_file_prefixes=/a, /b",
  "maillog_file=/bc\nmaillog_file_prefixes=/a:/b",
  "maillog_file=/bc\nmaillog_file_prefixes=/a /b",
  "maillog_file=/b\nmaillog_file_prefixes={/a /b} /c",
  "maillog_file=/c\nmaillog_file_prefixes=/c/",
  "maillog_file=/c\nmaillog_file_prefixes=,",
  "relay_domains=$-",
  "mydestination=${x",
  "fast_flush_domains=${x?{a}b}",
  "fast_flush_domains=$fast_flush_domains",
  "max_use=${{1}=={99999999999999999999}}",
  "z=$-",
  "myhostname=a.$mydomain",
  "myhostname=a.",
  "myhostname=$myhostname",
];

function refresh(value: string): string {
  return `fast_flush_refresh_time=${value}`;
}

function empty(name: string): string {
  return `${name}=`;
}

for (const setting of settings) {
  test(`the original flush agrees on ${JSON.stringify(setting)}`, async () => {
    const question = { mainCf: `queue_directory=/nowhere\ne=\n${setting}\n` };
    expect(load(question, "queueDirectory")).toEqual(await loadByOriginal(question));
  });
}

const faults = [
  ...[
    "$-",
    "a$",
    "$\x80",
    "${}",
    "$()",
    "${ -}",
    "${x",
    "$(x?{a}",
    "${x-y}",
    "${ x  -y}",
    "${x\v?a}",
  ],
  ...[`\${x?{${"a".repeat(60)}} ${"b".repeat(60)}}`, `\${x-${"a".repeat(60)}}`, "${x?{a}?}"],
  ...["${x?{a}:{b}c}", "${x:{a}:{b}}", "${e:  {a} \t\r b}", "${x?{$x $y} y}", "$(x?{ab{cd)"],
  ...["$({ab{cd} 3)", "$(x?{a}:{b)"],
  ...["=<", "=", "===", "==!", "<>", "", "?", "==~", "==/", "==^", "==:", "==-"].map(comparison),
  ...["==levelx", "==LEVEL", "== level", "==level_", "==9", "==_", "<  lev", "=<level"].map(
    comparison,
  ),
  ...["${{1}}", "${{}}", "${{1} == }", "${{ab$x cd} ==}", "${{1}==$a}", "${{1}\v=={2}}"],
  ...["${{1}=={2}x}", "${{1} == {2}   x ? y}", "${{1}=={2}? {3} : {4} {5}}", "${{1}=={2}?{3} {4}}"],
  ...["${{1}<level{}}", "${{x}==level{y}}", "${{1.2.3.4} >=level {1}}", "${{$-}=={1}}"],
  ...["${{1}=={2}?$-}", "${{1}=={2}:${x-y}}", "${e?${e-}}", "${x?${e-}}"],
  ...["$loop", "${loop}", "${loop?$loop}", "${e:$loop}", "x ${{$deep}=={1}}"],
];

function comparison(operator: string): string {
  return `\${{1} ${operator} {2}}`;
}

for (const fault of faults) {
  test(`the original flush warns alike of ${JSON.stringify(fault)}`, async () => {
    const names = "x=5\ne=\nloop=a$loop b\ndeep=$loop\n";
    const question = { mainCf: `${names}mail_owner=nobody ${fault}\n` };
    expect(load(question, "mailOwner")).toEqual(await loadByOriginal(question));
  });
}

const ALL = "mail_owner = nobody [$user_0][$user_1][$user_2][$user_3]\n";
const DRAWN = ["user_0", "user_1", "user_2", "user_3"];

/** The original's message is cut, which takes nothing from what can be learnt. */
const SHOWN_MAX = 1900;

test(`${DRAWS} random configurations are expanded as the original flush does`, async () => {
  let expanded = 0;
  for (let draw = 0; draw < DRAWS; draw += AT_ONCE) {
    const seeds = Array.from({ length: AT_ONCE }, (_, i) => SEED + draw + i);
    const outcomes = seeds.map(async (seed) => {
      const drawn = drawConfiguration(randomFrom(seed), DRAWN, false);
      const question = { ...drawn, mainCf: `${drawn.mainCf}\n${ALL}` };
      return { seed, question, want: await loadByOriginal(question) };
    });
    for (const { seed, question, want } of await Promise.all(outcomes)) {
      const outcome = load(question, "mailOwner");
      if ((outcome.value?.length ?? 0) < SHOWN_MAX) {
        expanded += outcome.value === null ? 0 : 1;
        // Of several errors the original may come upon another one first.
        const got = { ...outcome, warning: outcome.warning !== null };
        const asked = { seed, question };
        expect({ ...asked, ...got }).toEqual({ ...asked, ...want, warning: want.warning !== null });
      }
    }
  }
  expect(expanded).toBeGreaterThan(DRAWS / 3);
});
