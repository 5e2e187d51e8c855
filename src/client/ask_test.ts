/** The client over a service in memory: each way in which a service can answer, or not. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { type MemoryService, MemoryUnixSockets, type Serve } from "../memory/unix_sockets.ts";
import { type Answer, ask, GREETING_MS, PROBE_MS } from "./ask.ts";

const GREETING = "protocol\0queue_flush_protocol\0\0";
/** What is sent where no greeting comes. */
const PROBE = "request\0fastflush_preview\0version\x001\0sites\0\0\0";
const REQUEST = "request\0fastflush_sites\0version\x001\0\0";
const ITEM = "item\0site\0logfile\0one_example\0\0";
const END = "status\x000\0logs\x001\0\0";

/** Asks a service, and tells what came of it in one line. */
async function told(serve: Serve, during?: (clock: MemoryClock) => void): Promise<string> {
  const sockets = new MemoryUnixSockets();
  sockets.listen("flush", serve);
  const clock = new MemoryClock();
  const items: string[] = [];
  const asking = ask({ sockets, clock, path: "flush" }, { name: "sites" }, (item) => {
    items.push(`${item.item} ${[...item.attributes].join(" ")}`);
  });
  await Promise.resolve();
  during?.(clock);
  return [...items, text(await asking)].join("; ");
}

function text(answer: Answer): string {
  switch (answer.kind) {
    case "done":
      return `done ${answer.status} ${[...answer.totals].join(" ")}`;
    case "unreachable":
      return `unreachable ${answer.error.message}`;
    case "mute":
    case "incomplete":
      return `${answer.kind}: ${answer.why}`;
    default:
      return answer.kind;
  }
}

/** Greets, and answers a request with these pieces before it closes. */
function answering(...pieces: readonly string[]): Serve {
  return (service) => {
    service.write(GREETING);
    return (request) => {
      expect(request).toBe(REQUEST);
      for (const piece of pieces) {
        service.write(piece);
      }
      service.close();
    };
  };
}

/** Says this at once, before a request, and closes. */
function saying(words: string): Serve {
  return (service) => {
    service.write(words);
    service.close();
    return () => {};
  };
}

const rows: ReadonlyArray<readonly [what: string, serve: Serve, told: string]> = [
  ["a report in one piece", answering(ITEM + END), "site logfile,one_example; done 0 logs,1"],
  ["a report byte by byte", answering(...ITEM, ...END), "site logfile,one_example; done 0 logs,1"],
  ["a status alone", answering("status\x003\0\0"), "done 3 "],
  ["-1", answering("status\x004294967295\0\0"), "done -1 "],
  ["what comes behind the end is ignored", answering(`${END}${ITEM}`), "done 0 logs,1"],
  ["no answer", answering(), "unknown"],
  [
    "half a report",
    answering(ITEM),
    "site logfile,one_example; incomplete: the report broke off before its end",
  ],
  ["half an item", answering("item\0si"), "incomplete: the report broke off before its end"],
  [
    "no report",
    answering("hello\0world\0\0"),
    "incomplete: the report is malformed: neither item nor status",
  ],
  ["another greeting", saying("220 relay.example ESMTP\r\n"), "stranger"],
  ["half a greeting", saying("protocol\0queue"), "mute: it hung up without a greeting"],
  ["nothing", saying(""), "mute: it hung up without a greeting"],
];

describe("ask", () => {
  for (const [what, serve, expected] of rows) {
    test(what, async () => {
      expect(await told(serve)).toBe(expected);
    });
  }

  test("sends nothing before the greeting is complete", async () => {
    const log: string[] = [];
    const serve: Serve = (service) => {
      service.write(GREETING.slice(0, 9));
      log.push("half greeted");
      queueMicrotask(() => {
        log.push("greeted");
        service.write(GREETING.slice(9));
      });
      return (request) => {
        log.push(request);
        service.write(END);
      };
    };
    expect(await told(serve)).toBe("done 0 logs,1");
    expect(log).toEqual(["half greeted", "greeted", REQUEST]);
  });

  test("waits for a greeting for so long, and for a report as long as it takes", async () => {
    const silent: Serve = () => () => {};
    const late = await told(silent, (clock) => clock.advance(GREETING_MS));
    expect(late).toBe("mute: no greeting within 20 seconds");
    let asked: MemoryService | null = null;
    const slow: Serve = (service) => {
      asked = service;
      service.write(GREETING);
      return () => {};
    };
    const answer = await told(slow, (clock) => {
      clock.advance(100 * GREETING_MS);
      asked?.write(END);
    });
    expect(answer).toBe("done 0 logs,1");
  });
});

describe("ask where no greeting comes for a while", () => {
  /** Greets so late, and tells each connection's requests. */
  function late(log: string[], clock: MemoryClock, afterMs: number): Serve {
    return (service) => {
      const requests: string[] = [];
      clock.after(afterMs, () => service.write(GREETING));
      return (request) => {
        requests.push(request);
        log.push(`${requests.length}: ${request.split("\0")[1]}`);
        if (request.includes("rebuild")) {
          service.write(END);
        }
      };
    };
  }

  /** Asks for what changes the record. */
  async function rebuild(serve: (clock: MemoryClock) => Serve, steps: number): Promise<string> {
    const sockets = new MemoryUnixSockets();
    const clock = new MemoryClock();
    sockets.listen("flush", serve(clock));
    const asking = ask({ sockets, clock, path: "flush" }, { name: "rebuild" }, () => {});
    for (let step = 0; step < steps; step++) {
      await Bun.sleep(0);
      clock.advance(PROBE_MS);
    }
    return text(await asking);
  }

  test("a service that hangs up at what it does not know is the original's, before Postfix 3.6", async () => {
    const requests: string[] = [];
    const silent: Serve = (service) => (request) => {
      requests.push(request);
      service.close();
    };
    expect(await rebuild(() => silent, 1)).toBe("unknown");
    expect(requests).toEqual([PROBE]);
  });

  test("one that answers without a greeting is ours, with Postfix before 3.6", async () => {
    const requests: string[] = [];
    const silent: Serve = (service) => (request) => {
      requests.push(request);
      queueMicrotask(() => service.write(request === PROBE ? "status\x000\0\0" : END));
    };
    expect(await rebuild(() => silent, 1)).toBe("done 0 logs,1");
    expect(requests).toEqual([PROBE, "request\0fastflush_rebuild\0version\x001\0\0"]);
  });

  test("one that says something else is none", async () => {
    const strange: Serve = (service) => () => service.write("220 relay.example\r\n");
    expect(await rebuild(() => strange, 1)).toBe("stranger");
  });

  test("a slow one is asked once, when it greets", async () => {
    const log: string[] = [];
    expect(await rebuild((clock) => late(log, clock, 3 * PROBE_MS), 7)).toBe("done 0 logs,1");
    expect(log).toEqual(["1: fastflush_preview", "1: fastflush_rebuild"]);
  });

  test("one that is quick enough is asked nothing else", async () => {
    const log: string[] = [];
    expect(await rebuild((clock) => late(log, clock, PROBE_MS - 1), 1)).toBe("done 0 logs,1");
    expect(log).toEqual(["1: fastflush_rebuild"]);
  });
});

describe("ask where no connection comes about", () => {
  for (const code of ["ENOENT", "ECONNREFUSED", "EACCES"]) {
    test(code, async () => {
      const sockets = new MemoryUnixSockets();
      sockets.fail("flush", code);
      const socket = { sockets, clock: new MemoryClock(), path: "flush" };
      const answer = await ask(socket, { name: "sites" }, () => {});
      expect(answer).toMatchObject({ kind: "unreachable", error: { code } });
    });
  }

  test("tries again while too many clients wait", async () => {
    const sockets = new MemoryUnixSockets();
    sockets.fail("flush", "EAGAIN");
    const clock = new MemoryClock();
    const asking = ask({ sockets, clock, path: "flush" }, { name: "sites" }, () => {});
    await Bun.sleep(0);
    sockets.listen("flush", answering(END));
    clock.advance(100);
    expect(text(await asking)).toBe("done 0 logs,1");
  });

  test("gives up after some time of that", async () => {
    const sockets = new MemoryUnixSockets();
    sockets.fail("flush", "EAGAIN");
    const clock = new MemoryClock();
    let answer: Answer | null = null;
    const asking = ask({ sockets, clock, path: "flush" }, { name: "sites" }, () => {});
    void asking.then((value) => {
      answer = value;
    });
    for (let tries = 0; tries < 100; tries++) {
      expect(answer).toBeNull();
      await Bun.sleep(0);
      clock.advance(100);
    }
    expect(text(await asking)).toBe("unreachable connect: Resource temporarily unavailable");
  });
});
