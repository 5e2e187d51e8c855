/**
 * Hostile and broken input to the real process under a real master(8): the answer, the log line, and
 * that nothing but the record was touched. After each case the service still serves.
 *
 * Texts and answers: POSTFIX-FLUSH-SPEC 1.5 to 1.7 and rows 5, 26 to 52 of section 11. Where the two
 * differ on purpose, the row says what the original does, and both are asserted.
 */
import { expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Answer, FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { REBUILDING, REBUILT } from "../../src/record/rebuilt_marker.ts";
import { describeServices } from "./services.ts";

const GREETING = "protocol\0queue_flush_protocol\0\0";
const NO_REPLY: Answer = { kind: "closed", bytes: GREETING };
const ADD = "request\0add\0site\0one.example\0queue_id\0ABC123\0\0";

interface Row {
  readonly what: string;
  readonly bytes: string;
  /** The status; null: closed without a reply. */
  readonly status: number | null;
  /** The warning that must be logged; unset: none. */
  readonly warning?: string;
}

const status = (value: number | null): Answer =>
  value === null ? NO_REPLY : { kind: "status", status: value };

const add = (site: string, queue_id: string): string =>
  `request\0add\0site\0${site}\0queue_id\0${queue_id}\0\0`;

const untranslatable = (site: string, why: string): string =>
  `midna_domain_to_ascii_create: Problem translating domain "${site}" to ASCII form: ${why}`;

const ROWS: readonly Row[] = [
  { what: "unknown request (row 40)", bytes: "request\0frob\0\0", status: null },
  { what: "upper case request (row 40)", bytes: "request\0PURGE\0\0", status: null },
  { what: "empty request (row 40)", bytes: "request\0\0\0", status: null },
  { what: "short unknown word (row 44)", bytes: "X\0", status: null },
  {
    what: "first attribute unknown (row 41)",
    bytes: "foo\0bar\0\0",
    status: 3,
    warning: "unexpected attribute foo from flush socket (expecting: request)",
  },
  {
    what: "attributes in the wrong order (row 32)",
    bytes: "request\0add\0queue_id\0A1\0site\0one.example\0\0",
    status: 3,
    warning: "unexpected attribute queue_id from flush socket (expecting: site)",
  },
  {
    what: "attribute missing (row 33)",
    bytes: "request\0add\0site\0one.example\0\0",
    status: 3,
    warning: "missing attribute queue_id in input from flush socket",
  },
  {
    what: "binary",
    bytes: "\xff\xfe\x01\x02\x00\x03\x00\x00",
    status: 3,
    warning: "unexpected attribute ???? from flush socket (expecting: request)",
  },
  { what: "queue ID with a path", bytes: add("one.example", "../../x"), status: 3 },
  { what: "queue ID of 300 characters", bytes: add("one.example", "A".repeat(300)), status: 3 },
  { what: "queue ID with control bytes", bytes: add("one.example", "A\x01\x1b"), status: 3 },
  { what: "empty queue ID", bytes: add("one.example", ""), status: 3 },
  {
    what: "site with a path",
    bytes: add("../../etc/passwd", "A1"),
    status: 4,
    warning: untranslatable("../../etc/passwd", "UIDNA_ERROR_EMPTY_LABEL"),
  },
  {
    what: "site that is no UTF-8 (row 27)",
    bytes: add("\xff\xfe.com", "A1"),
    status: 4,
  },
  { what: "empty site (row 28)", bytes: add("", "A1"), status: 4 },
];

/** What lies in the record; not the mark that a wake-up of ours leaves. */
function recordFiles(instance: PostfixInstance): string[] {
  return readdirSync(join(instance.queue_folder, "flush"), { recursive: true })
    .map(String)
    .filter((name) => name !== REBUILT && name !== REBUILDING)
    .sort();
}

async function send(instance: PostfixInstance, bytes: string): Promise<Answer> {
  const connection = await FlushConnection.open(instance.flushSocket());
  connection.write(bytes);
  return await connection.answer;
}

function warningsSince(instance: PostfixInstance, mark: number): string[] {
  return instance.log
    .linesSince(mark)
    .filter(({ tag, text }) => tag === "postfix/flush" && text.startsWith("warning: "))
    .map(({ text }) => text.slice("warning: ".length));
}

describeServices("bad input", (labTest, service) => {
  const isOurs = service.command !== "flush";

  labTest("each row gets its answer and its line, and leaves no file", {}, async (instance) => {
    for (const row of ROWS) {
      const mark = instance.log.mark();
      const answer = await send(instance, row.bytes);
      expect([row.what, answer]).toEqual([row.what, status(row.status)]);
      if (row.warning !== undefined) {
        const { warning } = row;
        await instance.waitFor(`"${warning}"`, () =>
          warningsSince(instance, mark).includes(warning),
        );
      }
    }
    expect(recordFiles(instance)).toEqual([]);
    expect(await send(instance, ADD)).toEqual(status(0));
    expect(recordFiles(instance)).toEqual(["one_example"]);
  });

  labTest("a client that hangs up, or stalls, stops nobody", {}, async (instance) => {
    const stalled = await FlushConnection.open(instance.flushSocket());
    stalled.write("request\0ad");
    for (let count = 0; count < 20; count++) {
      const gone = await FlushConnection.open(instance.flushSocket());
      gone.write("request\0add\0site\0");
      gone.close();
    }
    expect(await send(instance, ADD)).toEqual(status(0));
    stalled.write("d\0site\0one.example\0queue_id\0DEF456\0\0");
    expect(await stalled.answer).toEqual(status(0));
    expect(instance.record().get("one_example")).toEqual(["ABC123", "DEF456"]);
  });

  labTest(
    "a stalled client is ended by ipc_timeout",
    { args: ["-o", "ipc_timeout=2s"] },
    async (instance) => {
      const silent = await FlushConnection.open(instance.flushSocket());
      const stalled = await FlushConnection.open(instance.flushSocket());
      stalled.write("request\0ad");
      expect(await silent.answer).toEqual(status(3));
      expect(await stalled.answer).toEqual(NO_REPLY);
      await instance.waitFor("the warning", () =>
        warningsSince(instance, 0).includes("timeout while waiting for data from flush socket"),
      );
    },
  );

  labTest("a client that only shuts down writing gets its answer", {}, async (instance) => {
    const connection = await FlushConnection.open(instance.flushSocket());
    connection.write(ADD);
    connection.end();
    expect(await connection.answer).toEqual(status(0));
    const cut = await FlushConnection.open(instance.flushSocket());
    cut.write("request\0add\0site\0one.exam");
    cut.end();
    expect(await cut.answer).toEqual(status(3));
  });

  labTest("an oversized request", {}, async (instance) => {
    const answer = await send(instance, add("x".repeat(100_000), "A1"));
    // The original has no limit: it reads on, and finds that the name is too long.
    expect(answer).toEqual(status(isOurs ? 3 : 4));
    expect(recordFiles(instance)).toEqual([]);
    expect(await send(instance, ADD)).toEqual(status(0));
  });

  if (isOurs) {
    labTest(
      "a log that can't be written, and a missing record (rows 76 and 77)",
      {},
      async (instance) => {
        const flush = join(instance.queue_folder, "flush");
        const log = join(flush, "one_example");
        writeFileSync(log, "OLD1\n");
        chownSync(log, 0, 0);
        chmodSync(log, 0o600);
        const mark = instance.log.mark();
        expect(await send(instance, ADD)).toEqual(status(-1));
        const words = ["request", "send_site", "site", "one.example"];
        expect(await flushRequest(instance.flushSocket(), words)).toEqual(status(-1));
        const text = "open fast flush logfile one_example: Permission denied";
        await instance.waitFor("the warnings", () => {
          const warnings = warningsSince(instance, mark);
          return [`flush_add_path: ${text}`, `flush_send_path: ${text}`].every((each) =>
            warnings.includes(each),
          );
        });
        expect(await Bun.file(log).text()).toBe("OLD1\n");

        renameSync(flush, `${flush}.away`);
        expect(await send(instance, ADD)).toEqual(status(-1));
        expect(await send(instance, "request\0purge\0\0")).toEqual(status(0));
        rmSync(`${flush}.away`, { recursive: true });
        mkdirSync(flush, { mode: 0o700 });
        chownSync(flush, instance.owner.uid, instance.owner.gid);
        expect(await send(instance, ADD)).toEqual(status(0));
        expect(instance.record().get("one_example")).toEqual(["ABC123"]);
        // The process that was asked has not died of it.
        const lines = instance.log.linesSince(0);
        expect(lines.filter(({ text }) => text.includes("exit status"))).toEqual([]);
      },
    );
  }

  labTest("a broken main.cf is one fatal line", {}, async (instance) => {
    const mark = instance.log.mark();
    instance.setMain({ fast_flush_refresh_time: "1x" });
    const pending = send(instance, ADD);
    await instance.waitFor("the fatal line", () =>
      instance.log
        .linesSince(mark)
        .some(
          ({ tag, text }) =>
            tag === "postfix/flush" &&
            text === "fatal: parameter fast_flush_refresh_time: bad time value or unit: 1x",
        ),
    );
    await instance.waitFor("master to see the exit status", () =>
      instance.log
        .linesSince(mark)
        .some(({ tag, text }) => tag === "postfix/master" && text.endsWith("exit status 1")),
    );
    // The client waits for the next process, which master starts a minute later.
    await instance.stop();
    expect((await pending).kind).not.toBe("status");
  });
});
