/** What is shown of a state, on screens of several sizes. */
import { describe, expect, test } from "bun:test";
import stringWidth from "string-width";
import {
  destination,
  NOW_SECONDS,
  sampleOf,
  waitingMessage,
} from "../../../test/support/top_sample.ts";
import { onceText } from "./once_text.ts";
import { type Frame, type Line, pageRowsOf, screenLines } from "./screen_lines.ts";
import { firstState, pressed, type TopState, withSample, withTrouble } from "./top_state.ts";

const FRAME: Frame = { isAscii: false, where: "", when: "12:00:00, every 5 s" };
const SIZE = { columns: 80, rows: 24 };

const LONG = "mail.department-of-something.example.com";
const DESTINATIONS = [
  destination("one.example", 1500, { history: [100, 800, 1500], inPerMinute: 700, reasonCount: 2 }),
  destination(LONG, 20, { oldestSeconds: NOW_SECONDS - 90_000, outPerMinute: 2.04 }),
  destination("日本.example", 3, { oldestSeconds: NOW_SECONDS - 30, reason: "Très occupé" }),
];

function textOf(line: Line | undefined): string {
  return (line ?? []).map(({ text }) => text).join("");
}

function texts(state: TopState, size = SIZE, frame = FRAME): string[] {
  return screenLines(state, size, frame).map((line) => textOf(line).trimEnd());
}

function press(state: TopState, ...names: readonly string[]): TopState {
  let pressedState = state;
  for (const name of names) {
    const text = name.length === 1 ? name : "";
    pressedState = pressed(pressedState, { name, text }, pageRowsOf(SIZE)).state;
  }
  return pressedState;
}

const first = (): TopState => firstState(sampleOf(DESTINATIONS), "messages");

function openedState(): TopState {
  const messages = [
    waitingMessage("4QABCD1", 90_000, { recipientCount: 3, sender: "<>" }),
    waitingMessage("4QABCD2", 60),
  ];
  const opened = { by: "site", name: "one.example", messages } as const;
  return withSample(press(first(), "return"), sampleOf(DESTINATIONS, { opened }));
}

describe("80 x 24", () => {
  test("all destinations", () => {
    const shown = texts(first());
    expect(shown.slice(0, 8)).toEqual([
      " fastflush top                                              12:00:00, every 5 s",
      "1,523 deferred messages, 1.5 MiB, oldest 1 h. In 12, out 0.5 a minute          ▄",
      "3 destinations, sorted by messages",
      " MESSAGES IN/MIN OUT/MIN OLDEST DESTINATION         TREND     MOST COMMON REASON",
      ">   1,500    700       0    1 h one.example               ▁▄█ 4.4.1 connect: Co…",
      "       20      0     2.0    1 d mail.depa…ample.com         ▄ 4.4.1 connect: Co…",
      "        3      0       0   30 s 日本.example                ▄ Très occupé",
      "",
    ]);
    expect(shown.slice(-3)).toEqual([
      "one.example: 2 of 1,500 recipients: 4.4.1 connect: Connection refused",
      "",
      "Enter open  / filter  s sort  b group  S send  p pause  ? help  q quit",
    ]);
  });

  test("in ASCII", () => {
    const shown = texts(first(), SIZE, { ...FRAME, isAscii: true });
    expect(shown.slice(4, 7)).toEqual([
      ">   1,500    700       0    1 h one.example               .=@ 4.4.1 connect: Co~",
      "       20      0     2.0    1 d mail.depa~ample.com         = 4.4.1 connect: Co~",
      "        3      0       0   30 s ??.example                  = Tr?s occup?",
    ]);
    expect(shown.join("")).toMatch(/^[\x20-\x7e]*$/);
  });

  test("an opened destination", () => {
    const shown = texts(openedState());
    expect(shown.slice(2, 6)).toEqual([
      "one.example: the oldest of 1,500 messages: 2 messages, sorted by age",
      " QUEUE ID           SIZE    AGE  NEXT TRY RECIPIENT        REASON",
      ">4QABCD1         1.0 KiB    1 d  in 5 min u@one.example +2 4.4.1 connect to mx[…",
      " 4QABCD2         1.0 KiB  1 min  in 5 min u@one.example    4.4.1 connect to mx[…",
    ]);
    expect(shown.slice(-3)).toEqual([
      "From <> to u@one.example +2: 4.4.1 connect to mx[192.0.2.1]:25: Connection refus",
      "ed",
      "/ filter  s sort  S send this message  p pause  ? help  q back",
    ]);
  });

  const lines: ReadonlyArray<readonly [what: string, state: () => TopState, line: string]> = [
    ["another order", () => press(first(), "s", "r"), "3 destinations, sorted by in/min, reversed"],
    [
      "a filter",
      () => press(first(), "/", "1", "0", "x", "backspace", "return"),
      '0 of 3 destinations with "10", sorted by messages',
    ],
    ["a filter that lets nothing through", () => press(first(), "/", "%"), "Nothing matches."],
    [
      "a filter being typed",
      () => press(first(), "/", "o"),
      "Filter: o_  (Enter keeps it, Esc clears it)",
    ],
    ["a destination that was not read yet", () => press(first(), "return"), "Reading..."],
    ["another grouping that was not read yet", () => press(first(), "b"), "Reading..."],
    ["no mail", () => firstState(sampleOf([]), "messages"), "No mail is deferred here."],
    ["the help", () => press(first(), "?"), "p               pause; space looks at the queue now"],
    ["trouble", () => withTrouble(first(), "The queue is gone."), "The queue is gone."],
    [
      "a pause",
      () => press(first(), "p"),
      " fastflush top                                      PAUSED, 12:00:00, every 5 s",
    ],
  ];
  for (const [what, state, line] of lines) {
    test(what, () => expect(texts(state())).toContain(line));
  }

  test("files that can't be read are told", () => {
    const sample = sampleOf(DESTINATIONS);
    const totals = { ...sample.totals, unreadableCount: 2 };
    const shown = texts(firstState({ ...sample, totals }, "messages"));
    expect(shown[1]).toStartWith("1,523 deferred messages, 2 unreadable, 1.5 MiB, ");
  });

  test("nothing is known of what comes and goes at first", () => {
    const sample = sampleOf(DESTINATIONS, { inPerMinute: null, outPerMinute: null });
    expect(texts(firstState(sample, "messages"))[1]).toContain(". In -, out - a minute");
  });

  test("of a name of wide characters that leaves no room for the time, all that there is room for", () => {
    const where = `/etc/${"日".repeat(20)}`;
    const [line] = screenLines(first(), SIZE, { ...FRAME, where });
    expect(textOf(line).trimEnd()).toBe(` fastflush top ${where}`);
    expect(stringWidth(textOf(line))).toBe(80);
  });

  test("whose mail it is, where that is not the usual instance's", () => {
    const frame = { ...FRAME, where: "/etc/postfix-out" };
    expect(texts(first(), SIZE, frame)[0]).toStartWith(" fastflush top /etc/postfix-out   ");
  });

  test("pages: the selection is on the page that is shown", () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      destination(`d${index}.example`, 100 - index),
    );
    const state = firstState(sampleOf(many), "messages");
    expect(pageRowsOf(SIZE)).toBe(17);
    expect(texts(press(state, "pagedown"))[4]).toStartWith(">      83 ");
    expect(texts(press(state, "pagedown", "up"))[20]).toStartWith(">      84 ");
    expect(texts(press(state, "end"))[4 + 39 - 34]).toStartWith(">      61 ");
  });
});

describe("styles", () => {
  const styleOf = (row: number, text: string): string | undefined =>
    screenLines(first(), SIZE, FRAME)[row]?.find((span) => span.text.trim() === text)?.style;
  test.each([
    [3, "MESSAGES", "sorted"],
    [3, "OLDEST", "heading"],
    [4, "one.example", "selected"],
    [4, "700", "selected"],
    [5, "1 d", "bad"],
    [5, "2.0", "good"],
    [6, "30 s", "good"],
    [6, "▄", "quiet"],
  ] as const)("line %p: %s is %s", (row, text, style) => expect(styleOf(row, text)).toBe(style));

  test("more that comes than goes is doubtful", () => {
    const state = press(first(), "down");
    const line = screenLines(state, SIZE, FRAME)[4] ?? [];
    expect(line.find(({ text }) => text.trim() === "700")?.style).toBe("doubtful");
    expect(line.find(({ text }) => text.trim() === "1 h")?.style).toBe("doubtful");
  });
});

describe("any size", () => {
  for (const columns of [1, 2, 3, 9, 10, 20, 39, 40, 61, 79, 80, 132, 300]) {
    for (const rows of [1, 2, 3, 5, 8, 9, 10, 24, 100]) {
      test(`${columns} x ${rows}: as many lines, each as wide`, () => {
        const states = [first(), openedState(), press(first(), "?"), press(first(), "/", "x")];
        for (const state of states) {
          const lines = screenLines(state, { columns, rows }, FRAME);
          expect(lines).toHaveLength(rows);
          for (const line of lines) {
            expect(stringWidth(textOf(line))).toBe(columns);
          }
        }
      });
    }
  }

  test("40 x 10: what matters most stays", () => {
    expect(texts(first(), { columns: 40, rows: 10 })).toEqual([
      " fastflush top      12:00:00, every 5 s",
      "1,523 deferred messages, 1.5 MiB, oldes…",
      "3 destinations, sorted by messages",
      " MESSAGES OLDEST DESTINATION  MOST COMM…",
      ">   1,500    1 h one.example  4.4.1 con…",
      "       20    1 d mail.d…e.com 4.4.1 con…",
      "        3   30 s 日本.example Très occu…",
      "",
      "one.example: 2 of 1,500 recipients: 4.4…",
      "Enter open  / filter  s sort  b group  …",
    ]);
  });
});

test("--once is a screen without keys, of which nothing is selected", () => {
  const text = onceText(first(), null, { ...FRAME, when: "12:00:00" });
  const lines = text.split("\n");
  expect(lines).toHaveLength(8);
  expect(lines[0]).toMatch(/^ fastflush top {50,}\d\d:\d\d:\d\d$/);
  expect(lines[4]).toStartWith("    1,500    700 ");
  expect(onceText(first(), 40, { ...FRAME, isAscii: true }).split("\n")[1]).toHaveLength(40);
});
