/** For tests of send and preview: a command line over a queue in memory, in which a service moves messages. */
import { CommandRig } from "./command_rig.ts";
import { type Mail, QueueService } from "./queue_service.ts";

/** Three messages for three sites. */
export const MAIL: Mail = {
  A1: ["u@one.example"],
  A2: ["u@two.example"],
  A3: ["u@mail.one.example", "v@two.example"],
};

/** A command line, a service over this mail, and what is logged with postlog(1). */
export function stage(mail: Mail = MAIL) {
  const rig = new CommandRig();
  const service = new QueueService(rig, mail);
  const logged: string[] = [];
  rig.programs.add("postlog", (args) => {
    logged.push(args.at(-1) ?? "");
    return {};
  });
  return { rig, service, logged };
}

/** Runs a command, 5 ms to a turn. */
export async function runWhileTimePasses(
  rig: CommandRig,
  ...words: readonly string[]
): Promise<number> {
  let isDone = false;
  const work = rig.run(...words).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await Promise.resolve();
    rig.clock.advance(5);
  }
  return await work;
}
