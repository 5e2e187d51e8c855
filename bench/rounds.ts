/**
 * Plays rounds: in each, every player has one turn, in the same order (A B A B), so that all meet the same states of
 * a machine that others use too. Rounds of warm-up come first and do not count.
 */
import type { Bench } from "./section.ts";

/** Whoever takes turns. */
interface Player {
  readonly title: string;
}

/** By player, what came of each turn that counts, in order. */
export class Results<Result> {
  readonly #byTitle = new Map<string, Result[]>();

  add({ title }: Player, result: Result): void {
    const results = this.#byTitle.get(title) ?? [];
    this.#byTitle.set(title, results);
    results.push(result);
  }

  of({ title }: Player): readonly Result[] {
    return this.#byTitle.get(title) ?? [];
  }

  /** One figure of each turn. */
  values(player: Player, pick: (result: Result) => number): number[] {
    return this.of(player).map(pick);
  }

  /** All that have played. */
  titles(): string[] {
    return [...this.#byTitle.keys()];
  }
}

/** What is played. */
export interface Play<Who extends Player, Result> {
  readonly what: string;
  readonly players: readonly Who[];
  /** `number` counts all turns from 0, those of the warm-up too: no two turns have the same. */
  readonly turn: (player: Who, number: number) => Promise<Result>;
  /** The result in a few words. */
  readonly describe: (result: Result) => string;
}

/** The same without a warm-up: for whoever has played already. */
export function warm<B extends Pick<Bench, "rounds">>(bench: B): B {
  return { ...bench, rounds: { ...bench.rounds, warmUp: 0 } };
}

/** Plays all rounds. What a turn throws ends them. */
export async function playRounds<Who extends Player, Result>(
  { rounds, tell }: Pick<Bench, "rounds" | "tell">,
  { what, players, turn, describe }: Play<Who, Result>,
): Promise<Results<Result>> {
  const results = new Results<Result>();
  let number = 0;
  for (let round = 1 - rounds.warmUp; round <= rounds.counted; round++) {
    for (const player of players) {
      const result = await turn(player, number++);
      tell(`${what}, round ${round} of ${rounds.counted}, ${player.title}: ${describe(result)}`);
      if (round > 0) {
        results.add(player, result);
      }
    }
  }
  return results;
}
