/** What keys and looks at the queue make of what is shown. */
import { describe, expect, test } from "bun:test";
import {
  destination,
  NOW_SECONDS,
  sampleOf,
  waitingMessage,
} from "../../../test/support/top_sample.ts";
import { selectedRow } from "./list_state.ts";
import {
  firstState,
  pressed,
  type TopState,
  type Wish,
  withSample,
  withTrouble,
} from "./top_state.ts";

const PAGE_ROWS = 2;

const DESTINATIONS = [
  destination("b.example", 5, { inPerMinute: 3, oldestSeconds: NOW_SECONDS - 50 }),
  destination("a.example", 9, { outPerMinute: 7, reason: "Greylisted" }),
  destination("c.example", 1, { oldestSeconds: NOW_SECONDS - 90_000, reason: "No route" }),
  destination("d.example", 5, { outPerMinute: 1 }),
];
const MESSAGES = [waitingMessage("M1", 10), waitingMessage("M2", 500), waitingMessage("M3", 30)];

const SAMPLE = sampleOf(DESTINATIONS);
const OPENED = sampleOf(DESTINATIONS, {
  opened: { by: "site", name: "a.example", messages: MESSAGES },
});

/** Presses keys by their names; what is longer than a character types nothing. */
function after(state: TopState, ...names: readonly string[]): { state: TopState; wish: Wish } {
  let step: { state: TopState; wish: Wish } = { state, wish: "nothing" };
  for (const name of names) {
    const text = name.length === 1 ? name : "";
    step = pressed(step.state, { name, text }, PAGE_ROWS);
  }
  return step;
}

const first = (): TopState => firstState(SAMPLE, "messages");
const openedState = (): TopState => withSample(after(first(), "return").state, OPENED);

/** Names in their order, letters alone, the selected one a capital. */
function shown({ opened, destinations }: TopState): string {
  const letters = (names: readonly string[], selected: number): string =>
    names.map((name, at) => (at === selected ? name.toUpperCase() : name)).join("");
  return opened === null
    ? letters(
        destinations.shown.map(({ name }) => name.charAt(0)),
        destinations.selected,
      )
    : letters(opened.list?.shown.map(({ queueId }) => queueId.slice(1)) ?? [], -1);
}

describe("keys in the list of destinations", () => {
  const rows: ReadonlyArray<readonly [keys: string, shown: string]> = [
    ["", "Abdc"],
    ["down", "aBdc"],
    ["j j", "abDc"],
    ["j j k", "aBdc"],
    ["up", "Abdc"],
    ["pagedown", "abDc"],
    ["pagedown pagedown", "abdC"],
    ["end", "abdC"],
    ["G pageup", "aBdc"],
    ["G home", "Abdc"],
    ["G g", "Abdc"],
    ["G down", "abdC"],
    ["s", "bAdc"],
    ["> >", "Adbc"],
    ["s s s", "cAdb"],
    ["s s s s", "Abcd"],
    ["s s s s s", "bdAc"],
    ["s s s s s s", "Abdc"],
    ["<", "bdAc"],
    ["r", "cbdA"],
    ["r r", "Abdc"],
    ["r s", "bAdc"],
    ["down s", "Badc"],
    ["/ g r e y", "A"],
    ["/ b . e X", "B"],
    ["/ n o n e", ""],
    ["/ n o n e backspace backspace backspace", "bdC"],
    ["/ b ctrl-u", "aBdc"],
    ["/ b return", "B"],
    ["/ b escape", "aBdc"],
    ["/ b return escape", "aBdc"],
    ["/ e down down", "abDc"],
    ["? x s", "bAdc"],
    ["nonsense", "Abdc"],
  ];
  for (const [keys, expected] of rows) {
    test(keys || "none", () => {
      const { state } = after(first(), ...keys.split(" ").filter((key) => key !== ""));
      expect(shown(state)).toBe(expected);
    });
  }
});

describe("what keys ask for", () => {
  const empty = (): TopState => firstState(sampleOf([]), "messages");
  const rows: ReadonlyArray<
    readonly [what: string, state: () => TopState, keys: string, wish: Wish]
  > = [
    ["q quits", first, "q", "quit"],
    ["Ctrl-C quits", first, "ctrl-c", "quit"],
    ["Ctrl-C quits while a filter is typed", first, "/ ctrl-c", "quit"],
    ["Esc does not quit", first, "escape", "nothing"],
    ["q goes back out of a destination", openedState, "q", "nothing"],
    ["q behind that quits", openedState, "q q", "quit"],
    ["q in a filter is a letter", first, "/ q", "nothing"],
    ["q in the help ends the help", first, "? q", "nothing"],
    ["Enter has the messages looked for", first, "return", "look"],
    ["Enter in an empty list does nothing", empty, "return", "nothing"],
    ["b looks by another grouping", first, "b", "look"],
    ["b in a destination does nothing", openedState, "b", "nothing"],
    ["Ctrl-L draws anew", first, "ctrl-l", "redraw"],
    ["S sends", first, "S", "send"],
    ["W sends and waits", first, "W", "send and wait"],
    ["S sends a message", openedState, "S", "send"],
    ["S without a destination does nothing", empty, "S", "nothing"],
    [
      "S behind a filter that lets nothing through does nothing",
      first,
      "/ x y return S",
      "nothing",
    ],
    ["S before the messages are read does nothing", first, "return S", "nothing"],
    ["S in a filter is a letter", first, "/ S", "nothing"],
  ];
  for (const [what, state, keys, wish] of rows) {
    test(what, () => expect(after(state(), ...keys.split(" ")).wish).toBe(wish));
  }

  test("a space looks, and is part of a filter", () => {
    expect(pressed(first(), { name: " ", text: " " }, PAGE_ROWS).wish).toBe("look");
    const typing = after(first(), "/", "n", "o").state;
    const { state } = pressed(typing, { name: " ", text: " " }, PAGE_ROWS);
    expect(state.destinations.filter).toBe("no ");
    expect(shown(state)).toBe("C");
  });

  test("p pauses, and ends the pause with a look", () => {
    expect(after(first(), "p")).toMatchObject({ state: { isPaused: true }, wish: "nothing" });
    expect(after(first(), "p", "p")).toMatchObject({ state: { isPaused: false }, wish: "look" });
  });

  test("a filter has an end", () => {
    const keys = Array(150).fill("x");
    expect(after(first(), "/", ...keys).state.destinations.filter).toHaveLength(100);
  });
});

describe("an opened destination", () => {
  test("is the selected one, and has no messages before they are read", () => {
    const { state } = after(first(), "down", "return");
    expect(state.opened?.destination.name).toBe("b.example");
    expect(state.opened?.list).toBeNull();
  });

  const rows: ReadonlyArray<readonly [keys: string, shown: string]> = [
    ["", "231"],
    ["r", "132"],
    ["<", "231"],
    ["/ M 3", "3"],
    ["escape", "Abdc"],
    ["left", "Abdc"],
    ["return", "231"],
  ];
  for (const [keys, expected] of rows) {
    test(`keys: ${keys || "none"}`, () => {
      const { state } = after(openedState(), ...keys.split(" ").filter((key) => key !== ""));
      expect(shown(state)).toBe(expected);
    });
  }

  test("its messages are another destination's no more", () => {
    const { state } = after(openedState(), "q", "down", "return");
    expect(withSample(state, OPENED).opened?.list).toBeNull();
  });

  test("keeps its selection with its message", () => {
    const { state } = after(openedState(), "down");
    const later = withSample(
      state,
      sampleOf(DESTINATIONS, {
        opened: {
          by: "site",
          name: "a.example",
          messages: [waitingMessage("M9", 900), ...MESSAGES],
        },
      }),
    );
    const list = later.opened?.list;
    expect(list && selectedRow(list)?.queueId).toBe("M3");
  });

  test("may become empty while it is looked at", () => {
    const later = withSample(openedState(), sampleOf([]));
    expect(later.opened?.destination).toMatchObject({ name: "a.example", messageCount: 0 });
  });
});

describe("a look at the queue", () => {
  test("keeps the selection with its destination, wherever that goes", () => {
    const { state } = after(first(), "down");
    const others = [destination("z.example", 50), destination("y.example", 40)];
    const later = sampleOf([destination("b.example", 1), ...others]);
    expect(shown(withSample(state, later))).toBe("zyB");
  });

  test("selects the one in its place where it is gone", () => {
    const { state } = after(first(), "down");
    const left = DESTINATIONS.filter(({ name }) => name !== "b.example");
    expect(shown(withSample(state, sampleOf(left)))).toBe("aDc");
    expect(shown(withSample(state, sampleOf([])))).toBe("");
  });

  test("of another grouping than is shown changes nothing", () => {
    const { state } = after(first(), "b");
    expect(state.by).toBe("parent");
    expect(withSample(state, SAMPLE)).toBe(state);
    expect(shown(withSample(state, { ...SAMPLE, by: "parent" }))).toBe("Abdc");
  });

  test("of another grouping keeps the filter and the order", () => {
    const { state } = after(first(), ..."> r / d return b".split(" "));
    const { filter, sortColumn, isReversed } = withSample(state, {
      ...SAMPLE,
      by: "parent",
    }).destinations;
    expect({ filter, sortColumn, isReversed }).toEqual({
      filter: "d",
      sortColumn: 1,
      isReversed: true,
    });
  });

  test("ends the trouble that was told", () => {
    const state = withTrouble(first(), "no queue");
    expect(state.trouble).toBe("no queue");
    expect(withSample(state, SAMPLE).trouble).toBe("");
  });

  test("--sort says what comes first", () => {
    expect(shown(firstState(SAMPLE, "out"))).toBe("Adbc");
    expect(shown(firstState(SAMPLE, "destination"))).toBe("Abcd");
  });
});
