/**
 * Makes the pictures of `fastflush top` in docs/pictures: the built program in a terminal of 80 x 24, on a private
 * Postfix with real deferred mail, drawn by Chromium. Run by `npm run pictures`; needs root, Postfix and chromium.
 *
 * What is shown is real, so that queue IDs and times differ each time. Ends with a status other than 0, and why, where
 * a picture can't be made.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PostfixInstance } from "../lab/postfix_instance.ts";
import { runOrThrow } from "../lab/run.ts";
import { ScreenEmulator } from "../test/support/screen_emulator.ts";
import { screenPicture } from "./screen_picture.ts";

const ROOT = dirname(import.meta.dir);
const PROGRAM = join(ROOT, "dist", "fastflush");
const PICTURES = join(ROOT, "docs", "pictures");

/** Messages by destination. */
const MAIL: Readonly<Record<string, number>> = {
  "example.com": 42,
  "mail.example.net": 23,
  "lists.example.org": 17,
  "customer-portal.department-of-works.example": 9,
  "shop.example": 6,
  "museum.example": 4,
  "xn--mnchen-3ya.example": 3,
  "example.info": 2,
  "old-relay.example": 1,
};
/** They answer, and want to be asked again. */
const BUSY = ["mail.example.net", "shop.example"];
/** It comes up while it is watched. */
const BACK = "lists.example.org";

const ENTER = "\r";
const DOWN = "\x1b[B";

/** Looks at the queue between two messages that come. */
const LETTERS_MEANWHILE = 12;
const PAUSE_MS = 900;

function letters(site: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    from: "shop@origin.example",
    to: [`customer${index + 1}@${site}`],
    subject: "your order",
  }));
}

/** Writes what the screen shows to a file of that name. */
async function draw(screen: ScreenEmulator, name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fastflush-picture-"));
  try {
    const { html, width, height } = screenPicture(screen.terminal);
    const page = join(folder, "screen.html");
    writeFileSync(page, html);
    mkdirSync(PICTURES, { recursive: true });
    await runOrThrow([
      "chromium",
      ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
      `--user-data-dir=${folder}/profile`,
      `--window-size=${width},${height}`,
      `--screenshot=${join(PICTURES, name)}`,
      `file://${page}`,
    ]);
    console.log(`docs/pictures/${name}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withTop(
  instance: PostfixInstance,
  env: Readonly<Record<string, string>>,
  body: (screen: ScreenEmulator) => Promise<void>,
): Promise<void> {
  const cache = join(instance.folder, "cache");
  const where = ["-c", instance.config_folder, "--cache-dir", cache];
  const words = [PROGRAM, ...where, "top", "--interval", "1s"];
  const screen = new ScreenEmulator(words, { env, isAlone: true });
  try {
    await screen.waitFor("Enter open");
    await body(screen);
  } finally {
    await screen.close();
  }
}

/** More comes for some, and what was deferred for one is delivered. */
async function letTimePass(instance: PostfixInstance): Promise<void> {
  await instance.destinations.get(BACK)?.up();
  for (let count = 1; count <= LETTERS_MEANWHILE; count++) {
    await instance.sendMail([...letters("example.com", 3), ...letters("museum.example", 1)]);
    if (count === LETTERS_MEANWHILE / 2) {
      await runOrThrow([PROGRAM, "-c", instance.config_folder, "send", "--yes", BACK]);
    }
    await Bun.sleep(PAUSE_MS);
  }
}

async function drawAll(instance: PostfixInstance): Promise<void> {
  await withTop(instance, {}, async (screen) => {
    await letTimePass(instance);
    await draw(screen, "top.png");
    screen.type(`${DOWN}${ENTER}`);
    await screen.waitFor("sorted by age");
    await draw(screen, "top_messages.png");
    screen.type(`q/museum${ENTER}S`);
    await screen.waitFor("[y/N]");
    await draw(screen, "top_send.png");
  });
  await withTop(instance, { NO_COLOR: "1" }, async (screen) => {
    await letTimePass(instance);
    await draw(screen, "top_without_colours.png");
  });
}

const instance = await PostfixInstance.create({
  name: "fastflush-pictures",
  sites: Object.keys(MAIL),
});
try {
  await instance.start();
  for (const site of BUSY) {
    await instance.destinations.get(site)?.up("defers");
  }
  const all = Object.entries(MAIL).flatMap(([site, count]) => letters(site, count));
  await instance.waitUntilDeferred(await instance.sendMail(all));
  await drawAll(instance);
} finally {
  await instance.remove();
}
