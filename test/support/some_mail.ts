/** For tests of commands: deferred mail in memory, as of the clock's beginning. */
import type { DeferredMessage, WaitingRecipient } from "../../src/index/deferred_mail.ts";
import type { CommandRig } from "./command_rig.ts";

/** A recipient at an ASCII address, deferred for a reason. */
export function waiting(address: string, status = "", reason = ""): WaitingRecipient {
  return { address, site: address.slice(address.lastIndexOf("@") + 1), status, reason };
}

/** A recipient whose host refuses connections. */
export function refused(address: string, host: string): WaitingRecipient {
  return waiting(address, "4.4.1", `connect to ${host}[192.0.2.1]:25: Connection refused`);
}

/** A recipient whose host wants to be asked again. */
export function greylisted(address: string, host: string): WaitingRecipient {
  const said = `450 4.2.0 <${address}>: Greylisted`;
  return waiting(
    address,
    "4.2.0",
    `host ${host}[192.0.2.1] said: ${said} (in reply to RCPT TO command)`,
  );
}

/** A message of that age that is tried again so much later; a negative wait is over. */
export function message(
  rig: CommandRig,
  queueId: string,
  ageSeconds: number,
  waitSeconds: number,
  recipients: readonly WaitingRecipient[],
  more: Partial<DeferredMessage> = {},
): DeferredMessage {
  const nowSeconds = rig.clock.wallMs() / 1000;
  return {
    queueId,
    sender: "s@origin.example",
    arrivalSeconds: nowSeconds - ageSeconds,
    sizeBytes: 1024,
    nextTrySeconds: nowSeconds + waitSeconds,
    recipients,
    ...more,
  };
}
