/**
 * For tests of `watch`: mail for destinations whose server is down, the route to it, and a way to see what is told.
 */

import type { CommandRig } from "./command_rig.ts";
import { MAIL, type Mail, stageMail } from "./queue_service.ts";
import { addPostconf } from "./route_postconf.ts";
import { greeter, rewriteAnswer } from "./route_rig.ts";

/** Where mail for all of them goes. */
export const SERVER = "192.0.2.1:25";
/** A server that takes mail. */
export const UP = greeter("220 mx ESMTP\r\n");
/** Where watchers write down what they do. */
export const STATE = "/var/lib/fastflush/watch";

/** As the clock of a rig has it. */
export const TIME = "Nov 26 09:05:07";

/** What becomes of a message that is delivered. */
export function delivered(queueId: string) {
  const lines = (MAIL[queueId] ?? []).map(
    (address) =>
      `postfix/smtp[1]: ${queueId}: to=<${address}>, relay=mx, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)`,
  );
  return { lines: [...lines, `postfix/qmgr[1]: ${queueId}: removed`] };
}

/** What becomes of a message that is refused for good. */
export function bounced(queueId: string) {
  const line = `postfix/smtp[1]: ${queueId}: to=<${MAIL[queueId]?.[0]}>, relay=mx, delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (no such user)`;
  return { lines: [line, `postfix/qmgr[1]: ${queueId}: removed`] };
}

/** Mail for destinations whose server is down; what is released then is delivered. */
export function stage(mail: Mail = MAIL) {
  const staged = stageMail(mail);
  const { rig, service } = staged;
  rig.machineDisk.makeDirectories("/var/lib");
  addPostconf(rig.programs);
  rig.sockets.listen("/queue/private/rewrite", rewriteAnswer("smtp", "[192.0.2.1]"));
  service.fate = delivered;
  return staged;
}

/** The server is up after so long. */
export function upAfter(rig: CommandRig, seconds: number): void {
  rig.clock.after(seconds * 1000, () => rig.network.listen(SERVER, UP));
}

/** What was printed. */
export function lines(rig: CommandRig): string[] {
  return rig.terminal.outText.trimEnd().split("\n");
}
