/**
 * Descriptors that master(8) has opened for its children: made non-blocking, which whoever shares them shares too, and
 * watched. Throws Fatal where that can't be: a child of master's without its descriptors is of no use.
 */
import { Fatal } from "../effects/fatal.ts";
import { OsError } from "../effects/os_error.ts";
import { type EventLoop, READY, type ReadyListener, type Watch } from "./event_loop.ts";
import { check, errno, libc } from "./libc.ts";

const FIONBIO = 0x5421;

/** Tells `listener` when there is something to read; `action` begins the text of what is thrown: "listen on". */
export function watchInherited(
  loop: EventLoop,
  descriptor: number,
  action: string,
  listener: ReadyListener,
): Watch {
  try {
    check(libc.ioctl(descriptor, FIONBIO, Int32Array.of(1)), errno[0], "ioctl");
    return loop.watch(descriptor, READY.read, listener);
  } catch (caught) {
    throw caught instanceof OsError
      ? new Fatal(`${action} descriptor ${descriptor}: ${caught.text}`)
      : caught;
  }
}
