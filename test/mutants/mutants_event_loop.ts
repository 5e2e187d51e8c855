/** Faults in the service's event loop, and in what it does with clients. No comparison with the original reaches them. */
import type { Mutant } from "./mutant.ts";

const unseen = "what the original does of it is the kernel's doing, or one client's at a time";
const LOOP = "src/sys/event_loop_test.ts";
const PEERS = "src/sys/peers_test.ts";
const CHANNEL = "src/sys/status_channel_test.ts";
const TIMERS = "src/sys/timer_queue_test.ts";

export const EVENT_LOOP_MUTANTS: readonly Mutant[] = [
  {
    name: "news of a closed descriptor goes to the next one of its number",
    file: "src/sys/event_loop.ts",
    text: " && watch.generation === events[at + DATA_WORD + 1]",
    instead: "",
    red: [{ file: LOOP, test: "never takes news of a closed descriptor" }],
    unseen,
  },
  {
    name: "a watcher is told of what was ready before it stopped",
    file: "src/sys/event_loop.ts",
    text: "    this.#watches[descriptor] = undefined;\n",
    instead: "",
    red: [{ file: LOOP, test: "tells nothing once it is stopped" }],
    unseen,
  },
  {
    name: "a round waits longer than its first timer",
    file: "src/sys/event_loop.ts",
    text: "Math.ceil(nextMs - this.monotonicMs())",
    instead: "this.#waitMsMax",
    red: [{ file: LOOP, test: "waits for the first timer" }],
    unseen,
  },
  {
    name: "turns come before what the kernel tells",
    file: "src/sys/event_loop.ts",
    text: "    this.#tellWatchers(count);\n    this.#runTurns();",
    instead: "    this.#runTurns();\n    this.#tellWatchers(count);",
    red: [{ file: LOOP, test: "tells watchers first" }],
    unseen,
  },
  {
    name: "promises don't go on before the next round",
    file: "src/sys/event_loop.ts",
    text: "        drainMicrotasks();\n",
    instead: "",
    red: [{ file: LOOP, test: "rounds follow each other, and promises go on behind each" }],
    unseen,
  },
  {
    name: "Bun's loop never has its turn while there is work",
    file: "src/sys/event_loop.ts",
    text: "Math.min(ROUNDS_MS_MAX, this.#bunWaitsMsMax)",
    instead: "60 * this.#waitMsMax",
    red: [{ file: LOOP, test: "Bun's loop has its turn between rounds that follow each other" }],
    unseen,
  },
  {
    name: "what the runtime's threads have done is not heard of while a round waits",
    file: "src/sys/event_loop.ts",
    text: "    this.#backgroundCount++;\n",
    instead: "",
    red: [
      {
        file: LOOP,
        test: "Bun's loop tells of what the runtime's threads have done while rounds wait",
      },
    ],
    unseen,
  },
  {
    name: "an exception is the end of the loop",
    file: "src/sys/event_loop.ts",
    text: "    } finally {\n",
    instead:
      "    } catch (thrown) {\n      setImmediate(() => { throw thrown; });\n      return;\n    }\n    {\n",
    red: [{ file: LOOP, test: "not of the loop" }],
    unseen,
  },
  {
    name: "timers of equal time run in any order",
    file: "src/sys/timer_queue.ts",
    text: "?? 0) > dueMs) {",
    instead: "?? 0) >= dueMs) {",
    red: [{ file: TIMERS, test: "in the order of the times, then of the calls" }],
    unseen,
  },
  {
    name: "a timer that was cancelled while others ran is run",
    file: "src/sys/timer_queue.ts",
    text: "if (this.#remove(entry)) {",
    instead: "this.#remove(entry);\n      {",
    red: [{ file: TIMERS, test: "what is cancelled is not run" }],
    unseen,
  },
  {
    name: "a listener goes on to accept once it was stopped",
    file: "src/sys/peers.ts",
    text: "count < ACCEPTS_MAX && !this.#isStopped; count++",
    instead: "count < ACCEPTS_MAX; count++",
    red: [{ file: PEERS, test: "stops at exactly the connection" }],
    unseen,
  },
  {
    name: "what waits overtakes what waited before",
    file: "src/sys/peers.ts",
    text: "    if (this.isBehind) {\n      this.#waiting?.push(bytes);\n      return true;\n    }\n",
    instead: "",
    red: [{ file: PEERS, test: "gets what is written when there is room again" }],
    unseen,
  },
  {
    name: "nobody is told that a slow client has caught up",
    file: "src/sys/peers.ts",
    text: "    this.#events?.drained();\n",
    instead: "",
    red: [{ file: PEERS, test: "is told of when it has caught up" }],
    unseen,
  },
  {
    name: "a client that dies after it has shut down writing is kept",
    file: "src/sys/peers.ts",
    text: "if (!this.#isReading && (flags",
    instead: "if (this.#isReading && (flags",
    red: [{ file: PEERS, test: "is heard to go after it has shut down writing" }],
    unseen,
  },
  {
    name: "the end of master's channel is told of twice",
    file: "src/sys/status_channel.ts",
    text: "      this.#watched.stop();\n      libc.close(this.#descriptor);\n",
    instead: "",
    red: [{ file: CHANNEL, test: "tells the end of the channel once" }],
    unseen,
  },
  {
    name: "master's channel is watched on for as long as a sibling has it",
    file: "src/sys/status_channel.ts",
    text: "      this.#watched.stop();\n      libc.close(this.#descriptor);\n",
    instead: "      this.#watched.close();\n",
    red: [{ file: CHANNEL, test: "is watched no more after its end" }],
    unseen,
  },
  {
    name: "a close drops what was written as soon as there was room",
    file: "src/sys/peers.ts",
    text: 'if (this.#state === "closing" && !this.isBehind) {',
    instead: 'if (this.#state === "closing") {',
    red: [
      {
        file: "test/conformance/peers_conformance_test.ts",
        test: "clients, real > what is written as soon as there is room",
      },
    ],
    unseen,
  },
  {
    name: "a lookup whose connection is gone at once is never told of it",
    file: "src/sys/loop_sockets.ts",
    text: "      events.closed();\n",
    instead: "",
    red: [
      {
        file: "src/sys/unix_sockets_test.ts",
        test: "on the service's loop > that is gone when its first request is sent",
      },
    ],
    unseen,
  },
  {
    name: "a process that once had no descriptor for a client takes none any more",
    file: "src/sys/peers.ts",
    text: "          this.#watch.change(READY.read);\n",
    instead: "",
    red: [{ file: PEERS, test: "serves who came while there was no descriptor" }],
    unseen,
  },
];
