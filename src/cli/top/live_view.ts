/**
 * `fastflush top` at a terminal: looks at the queue now and then, shows what it is, and does what keys ask for.
 *
 * However long a look takes, looking takes no more than LOOKING_SHARE of a processor. What can't be looked at is told, and
 * looked at again. The terminal is given back whatever happens.
 */
import type { Timer } from "../../effects/clock.ts";
import type { Key, Screen } from "../../effects/screen.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools } from "../command_tools.ts";
import { answerTo } from "../consent.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { clockText } from "../local_time_text.ts";
import { openMail } from "../open_mail.ts";
import { ageText } from "../printable.ts";
import { type PointedAt, sendPointedAt } from "../release/send.ts";
import { selectedRow } from "./list_state.ts";
import { Painter } from "./painter.ts";
import { destinationSelection, messageSelection } from "./pointed_at.ts";
import { type Frame, pageRowsOf, screenLines } from "./screen_lines.ts";
import { Sampler } from "./take_sample.ts";
import { firstState, pressed, type TopState, withSample, withTrouble } from "./top_state.ts";

const MS_PER_SECOND = 1000;
const LOOKING_SHARE = 0.1;
/** Of the lines on a screen, those that a preview needs for what is said around its table. */
const PREVIEW_LINES_AROUND = 8;
const PREVIEW_ROWS_MIN = 5;

/** A look that takes long is no news: the screen stays what it is meanwhile. */
const NO_PROGRESS = { show: () => {}, bar: () => {}, clear: () => {} };

/** How to look. */
export interface LiveOptions {
  readonly intervalSeconds: number;
  readonly isAscii: boolean;
  /** Whose mail it is; empty: the usual instance's. Printable. */
  readonly where: string;
}

export class LiveView {
  readonly #tools: CommandTools;
  readonly #options: LiveOptions;
  readonly #painter: Painter;
  readonly #ended = Promise.withResolvers<void>();
  #sampler: Sampler;
  #state: TopState;
  #screen: Screen;
  #timer: Timer | null = null;
  #looking: Promise<void> | null = null;
  #waitSeconds: number;

  /** With what was seen first, by this sampler. Takes the terminal. */
  constructor(tools: CommandTools, options: LiveOptions, sampler: Sampler, state: TopState) {
    this.#tools = tools;
    this.#options = options;
    this.#painter = new Painter(tools.terminal.hasColours);
    this.#sampler = sampler;
    this.#state = state;
    this.#waitSeconds = options.intervalSeconds;
    this.#screen = this.#openScreen();
  }

  /** Returns when it was quit. */
  async run(): Promise<void> {
    try {
      this.#draw();
      this.#schedule();
      await this.#ended.promise;
    } finally {
      this.#timer?.cancel();
      this.#screen.leave();
    }
    await this.#looking;
  }

  #openScreen(): Screen {
    this.#painter.forget();
    return this.#tools.terminal.openScreen({
      onKey: (key) => this.#take(key),
      onRedraw: () => this.#redraw(),
      onGone: () => this.#ended.resolve(),
    });
  }

  #take(key: Key): void {
    const { state, wish } = pressed(this.#state, key, pageRowsOf(this.#screen.size()));
    this.#state = state;
    if (state.isPaused) {
      this.#timer?.cancel();
    }
    this.#draw();
    switch (wish) {
      case "nothing":
        return;
      case "look":
        this.#look();
        return;
      case "redraw":
        this.#redraw();
        return;
      case "send":
      case "send and wait":
        this.#send(wish === "send and wait").catch(this.#ended.reject);
        return;
      case "quit":
        this.#ended.resolve();
    }
  }

  #redraw(): void {
    this.#painter.forget();
    this.#draw();
  }

  #draw(): void {
    const lines = screenLines(this.#state, this.#screen.size(), this.#frame());
    this.#screen.draw(this.#painter.changes(lines));
  }

  #frame(): Frame {
    const { isAscii, where } = this.#options;
    const time = clockText(this.#tools.toLocalTime(this.#state.sample.atSeconds * MS_PER_SECOND));
    return { isAscii, where, when: `${time}, every ${ageText(this.#waitSeconds)}` };
  }

  #schedule(): void {
    if (!this.#state.isPaused) {
      const waitMs = this.#waitSeconds * MS_PER_SECOND;
      this.#timer = this.#tools.clock.after(waitMs, () => this.#look());
    }
  }

  /** Unless that is being done: what is shown by then is looked at. */
  #look(): void {
    if (this.#looking !== null) {
      return;
    }
    this.#timer?.cancel();
    this.#looking = this.#lookNow()
      .then(() => {
        this.#looking = null;
        this.#draw();
        this.#schedule();
      })
      .catch(this.#ended.reject);
  }

  async #lookNow(): Promise<void> {
    const beganMs = this.#tools.processorMs();
    try {
      const mail = await openMail(this.#tools, NO_PROGRESS);
      try {
        const { by, opened } = this.#state;
        if (this.#sampler.by !== by) {
          this.#sampler = new Sampler(this.#tools, by);
        }
        const sample = this.#sampler.take(mail, opened?.destination.name ?? null);
        this.#state = withSample(this.#state, sample);
      } finally {
        mail.close();
      }
    } catch (caught) {
      if (!(caught instanceof CommandError)) {
        throw caught;
      }
      this.#state = withTrouble(this.#state, caught.message);
    }
    const leastMs = (this.#tools.processorMs() - beganMs) / LOOKING_SHARE;
    this.#waitSeconds = Math.max(this.#options.intervalSeconds, leastMs / MS_PER_SECOND);
  }

  /** On the ordinary screen, as `send` does it; back again when Enter is pressed. */
  async #send(isFollowed: boolean): Promise<void> {
    this.#timer?.cancel();
    this.#screen.leave();
    await this.#looking;
    this.#timer?.cancel();
    try {
      await sendPointedAt(this.#tools, await this.#pointedAt(isFollowed));
    } catch (caught) {
      if (!(caught instanceof CommandError)) {
        throw caught;
      }
      this.#tools.terminal.err(`${caught.message}\n`);
    }
    if ((await answerTo(this.#tools, "Press Enter to go back: ")) === null) {
      this.#ended.resolve();
      return;
    }
    this.#screen = this.#openScreen();
    this.#draw();
    this.#look();
  }

  async #pointedAt(isFollowed: boolean): Promise<PointedAt> {
    const { opened, destinations, by } = this.#state;
    const room = this.#screen.size().rows - PREVIEW_LINES_AROUND;
    const how = { isFollowed, rowsShownMax: Math.max(room, PREVIEW_ROWS_MIN) };
    const message = opened?.list == null ? null : selectedRow(opened.list);
    if (message !== null) {
      const selected = encodeUtf8(message.queueId);
      return { selection: messageSelection(message.queueId), selected, ...how };
    }
    const destination = opened?.destination ?? selectedRow(destinations);
    if (destination === null) {
      throw new CommandError(EXIT.found, "Nothing is selected.");
    }
    const mail = await openMail(this.#tools);
    try {
      const selection = destinationSelection(mail, by, destination.name);
      return { selection, selected: `${by} ${destination.name}`, ...how };
    } finally {
      mail.close();
    }
  }
}

/** Looks at the queue for the first time, with a line on the terminal that says how far that is. Throws CommandError. */
export async function firstLook(
  tools: CommandTools,
  sampler: Sampler,
  sort: string,
): Promise<TopState> {
  const mail = await openMail(tools);
  try {
    return firstState(sampler.take(mail, null), sort);
  } finally {
    mail.close();
  }
}
