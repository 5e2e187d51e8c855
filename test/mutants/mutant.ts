/**
 * What a mutant is: a fault that could have been made in src/, and the tests that must turn red for it.
 *
 * A row of a table, plain data. A mutant's text stands exactly once in its file, or it is out of date; and it
 * changes what the program does, not whether it can be built.
 */

/** A test that must turn red. */
export interface Expected {
  readonly file: string;
  /** A part of its title. */
  readonly test: string;
}

/** What is planted. */
export interface Fault {
  /** As a reviewer would put it. */
  readonly name: string;
  readonly file: string;
  /** What stands in the file, exactly once. */
  readonly text: string;
  readonly instead: string;
}

/** A row. */
export interface Mutant extends Fault {
  /** Fastest first: what comes behind one that is red is not run. */
  readonly red: readonly [Expected, ...Expected[]];
  /** Why no comparison with the original shows it, where other tests have to. */
  readonly unseen?: string;
}

/** Red in the differential suite: a case that is run stand-alone, by (a part of) its title. */
export function standalone(test: string): readonly [Expected] {
  return [{ file: "test/contract/standalone_test.ts", test }];
}

/** A case that takes a real master(8). */
export function underMaster(test: string): readonly [Expected] {
  return [{ file: "test/contract/master_test.ts", test }];
}

/** A case of several clients, or of the life of processes. */
export function life(test: string): readonly [Expected] {
  return [{ file: "test/contract/life_test.ts", test }];
}

/** The text of the fault's file with the fault in it. Throws where the table is out of date. */
export function plant(mutant: Fault, source: string): string {
  const { name, file, text, instead } = mutant;
  const first = source.indexOf(text);
  if (first < 0) {
    throw new Error(`mutant ${name}: its text is no longer in ${file}`);
  }
  if (source.includes(text, first + 1)) {
    throw new Error(`mutant ${name}: its text stands more than once in ${file}`);
  }
  return source.slice(0, first) + instead + source.slice(first + text.length);
}
