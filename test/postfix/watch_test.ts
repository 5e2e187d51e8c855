/**
 * watch with a private Postfix, with the original flush service and with ours: destinations that are down and come up, that
 * greet and defer, behind transport_maps and relayhost; in the background; ended by Ctrl-C.
 *
 * Whatever is started here gives up by itself (--for), should the test not come to its end.
 */
import { expect } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { atTerminal, fastflush, wordsFor } from "./fastflush_command.ts";
import { arrived, deferMail, letterTo } from "./real_mail.ts";
import { describeServices } from "./services.ts";

const ONE = "one.example";
const TWO = "two.example";

function watchWords(instance: PostfixInstance): string[] {
  return ["watch", "--state-dir", join(instance.folder, "state")];
}

function goingOn(instance: PostfixInstance): string[] {
  return [...watchWords(instance), "--yes", "--interval", "1s", "--ceiling", "1s", "--for", "2m"];
}

/** A command that runs while the test goes on, and what it has printed so far. */
function begin(instance: PostfixInstance, ...words: readonly string[]) {
  const child = Bun.spawn(wordsFor(instance, words), { stdout: "pipe", stderr: "pipe" });
  const running = { shown: "", ended: child.exited };
  void (async () => {
    for await (const bytes of child.stdout) {
      running.shown += Buffer.from(bytes).toString();
    }
  })();
  return running;
}

/** Where a destination is, as Postfix's log and ours name it. */
function placeOf(instance: PostfixInstance, site: string): string {
  const { address, port } = instance.destinations.get(site)?.plan ?? {};
  return `[${address}]:${port}`;
}

describeServices("fastflush watch", (labTest, service) => {
  labTest(
    "releases each destination's mail when its server greets",
    { sites: [ONE, TWO] },
    async (instance) => {
      const ids = await deferMail(instance, [ONE, TWO], 2);
      await instance.destinations.get(TWO)?.up();
      const watching = begin(instance, ...goingOn(instance), ONE, TWO);
      await instance.waitFor("the first to be released", () =>
        watching.shown.includes("\n2 messages"),
      );
      await instance.waitFor("a try", () => watching.shown.includes(`${ONE}: not yet: `));
      expect((await instance.deferredIds()).size).toBe(2);
      await instance.destinations.get(ONE)?.up();
      expect(await watching.ended).toBe(0);
      await instance.waitFor("all to be shown", () => watching.shown.includes("\nOf "));
      for (const part of [
        `${ONE}: not yet: ${placeOf(instance, ONE)}: Connection refused; next try `,
        `${ONE}: is back: ${placeOf(instance, ONE)} greets: 220 smtp-sink ESMTP\n2 messages released for delivery`,
        `${TWO}: is back: ${placeOf(instance, TWO)} greets: 220 `,
        "\nOf 4 recipients: 4 delivered, 0 deferred again.\n",
      ]) {
        expect(watching.shown).toContain(part);
      }
      expect([arrived(instance, ONE), arrived(instance, TWO)]).toEqual([
        ids[ONE],
        ids[TWO],
      ] as string[][]);
    },
  );

  if (service.name === "original") {
    labTest(
      "goes the way of relayhost, and Ctrl-C leaves all deferred",
      { sites: [ONE] },
      async (instance) => {
        const relayhost = instance.destinations.get(ONE)?.transport.replace("smtp:", "") ?? "";
        instance.setMain({ transport_maps: "", default_transport: "smtp", relayhost });
        await instance.reload();
        const [id = ""] = await instance.sendMail([letterTo("far.example")]);
        await instance.waitUntilDeferred([id]);
        const place = placeOf(instance, ONE);
        const words = [...watchWords(instance), "--yes", "far.example"];
        const ended = await atTerminal(instance, { interruptAt: ", last: " }, ...words);
        expect(ended.status).toBe(1);
        expect(ended.shown).toMatch(/far\.example: next try in \d\d s; 1 try, last: \[127\./);
        expect(ended.shown).toEndWith(
          "far.example: ended before it was back: its mail stays deferred\r\n",
        );
        expect([...(await instance.deferredIds())]).toEqual([id]);

        await instance.destinations.get(ONE)?.up();
        const back = await fastflush(instance, ...goingOn(instance), "far.example");
        expect(back.status).toBe(0);
        expect(back.stdout).toContain(`far.example: is back: ${place} greets: 220 `);
        expect(arrived(instance, ONE)).toEqual([id]);

        instance.setMain({ default_transport: "discard", relayhost: "" });
        await instance.reload();
        const none = await fastflush(instance, ...goingOn(instance), "far.example");
        expect(none.stdout).toEndWith(
          "far.example: no deferred mail for it: nothing to wait for\n",
        );
      },
    );

    labTest(
      "--probe in the background: one message at a time, until one is delivered; listed, and ended",
      { sites: [ONE, TWO] },
      async (instance) => {
        const ids = await deferMail(instance, [ONE, TWO], 3);
        await instance.destinations.get(ONE)?.up("defers");
        const started = await fastflush(
          instance,
          ...goingOn(instance),
          "--probe",
          "--background",
          ONE,
          TWO,
        );
        expect(started.status).toBe(0);
        const [, pid = ""] = /watcher 1, process (\d+)\./.exec(started.stdout) ?? [];
        const log = join(instance.folder, "state", "1.log");
        expect(started.stdout).toContain(`\nWhat it prints is in ${log}.\n`);
        expect(statSync(log).mode & 0o777).toBe(0o600);
        expect(readFileSync(`/proc/${pid}/stat`, "latin1").split(" ")[5]).toBe(pid);
        const logged = (): string => readFileSync(log, "utf8");
        await instance.waitFor("two tries", () => logged().split(`${ONE}: not yet: `).length > 2);
        expect(logged()).toMatch(/ is deferred again: 4\.3\.0 host .* 450 4\.3\.0 /);
        expect(arrived(instance, ONE)).toEqual([]);

        const again = await fastflush(instance, ...goingOn(instance), TWO);
        expect(again).toMatchObject({ status: 1, stdout: "" });
        expect(again.stderr).toStartWith(
          `${TWO} is watched already, by watcher 1 (process ${pid}): `,
        );
        const part = await fastflush(instance, ...watchWords(instance), "--stop", TWO);
        expect(part.status).toBe(64);

        await instance.destinations.get(ONE)?.down();
        await instance.destinations.get(ONE)?.up();
        await instance.waitFor("the rest to be released", () => logged().includes("\n2 messages"));
        await instance.waitFor("all to arrive", () => arrived(instance, ONE).length === 3);
        expect(arrived(instance, ONE)).toEqual(ids[ONE] as string[]);
        await instance.waitFor("the first to be done", async () => {
          const list = await fastflush(instance, ...watchWords(instance), "--list");
          return !list.stdout.includes(ONE) && list.stdout.includes(`${pid}  `);
        });

        const stopped = await fastflush(instance, ...watchWords(instance), "--stop", TWO);
        expect(stopped).toMatchObject({
          status: 0,
          stdout: `Ended watcher 1 (process ${pid}: ${TWO}).\n`,
        });
        expect(logged()).toEndWith("\nOf 3 recipients: 3 delivered, 0 deferred again.\n");
        const list = await fastflush(instance, ...watchWords(instance), "--list");
        expect(list.stdout).toBe("Nobody watches a destination.\n");
        await instance.waitFor("the process to end", () => !existsSync(`/proc/${pid}`));
        const left = await instance.queue();
        expect(left.map(({ queue_id }) => queue_id).sort()).toEqual(ids[TWO] as string[]);
      },
    );
  }
});
