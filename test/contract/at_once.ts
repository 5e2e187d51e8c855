/** Runs work in the background, so many pieces at a time, in the order in which they are given. */
export class AtOnce {
  readonly #width: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** What comes of a piece of work. Whoever does not look at it in time need not fear for its failure. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    promise.catch(() => {});
    this.#waiting.push(() => work().then(resolve, reject));
    this.#startNext();
    return promise;
  }

  #startNext(): void {
    const next = this.#running < this.#width ? this.#waiting.shift() : undefined;
    if (next !== undefined) {
      this.#running++;
      void next().then(() => {
        this.#running--;
        this.#startNext();
      });
    }
  }
}
