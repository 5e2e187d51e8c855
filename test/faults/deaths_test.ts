/**
 * Sudden deaths under load: of the service's processes, one every moment, and of master(8) with them. Whatever was
 * answered with OK is in the record afterwards; no line is torn.
 *
 * Short: a few deaths; long: a minute of them. Again with another seed: LOAD_SEED=N.
 */
import { expect, test } from "bun:test";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { pick, type Random, randomFrom } from "../support/random.ts";
import { type LoadedService, SEED, withLoadedService } from "./loaded_service.ts";
import { FAULT_LIMIT_MS, scaled, tellFigures } from "./scale.ts";

/** A process lives about so long: some die before their first answer, some in the middle of a walk. */
const LIFE_MS_MAX = 200;

/** Answers between two deaths: a service that is down all the time loses nothing. */
const ANSWERS_BETWEEN = 50;

/** Kills one process of the service, chosen by the seed. */
function killOne(instance: PostfixInstance, random: Random): boolean {
  const pids = instance.flushPids("fastflush/flush");
  if (pids.length === 0) {
    return false; // master(8) starts one for the next client.
  }
  process.kill(pick(random, pids), "SIGKILL");
  return true;
}

/** Kills master(8), and starts another one. Its children see that it is gone, and finish what they have. */
async function killMaster(instance: PostfixInstance): Promise<boolean> {
  const pid = instance.masterPid();
  if (pid === undefined) {
    throw new Error("kill the master: it does not run");
  }
  process.kill(pid, "SIGKILL");
  await instance.waitFor("master to be gone", () => instance.masterPid() === undefined);
  await instance.start();
  return true;
}

const DEATHS = [
  { who: "the service", kill: killOne, deaths: scaled(8, 250) },
  { who: "master(8)", kill: killMaster, deaths: scaled(2, 40) },
];

async function dieAgainAndAgain(
  service: LoadedService,
  { kill, deaths }: (typeof DEATHS)[number],
): Promise<void> {
  const random = randomFrom(SEED);
  for (let done = 0; done < deaths; ) {
    await service.answered(ANSWERS_BETWEEN);
    await Bun.sleep(random(LIFE_MS_MAX));
    done += (await kill(service.instance, random)) ? 1 : 0;
  }
}

for (const row of DEATHS) {
  test(
    `${row.who} is killed again and again under load - nothing answered is missing (LOAD_SEED=${SEED})`,
    () =>
      withLoadedService([], async (service) => {
        service.begin({ purges: true });
        await dieAgainAndAgain(service, row);
        await service.stop();
        await service.expectRecord();
        const { answers, failed, recorded, deferred_again } = service.load;
        // Had nobody lost an answer, nobody would have been killed at work.
        expect(failed.length).toBeGreaterThan(0);
        const counts = { answers, unanswered: failed.length, recorded: recorded.length };
        tellFigures(`${row.who} killed`, { times: row.deaths, ...counts, deferred_again });
      }),
    FAULT_LIMIT_MS,
  );
}
