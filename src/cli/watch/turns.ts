/**
 * One at a time: what reads the queue and releases messages, of destinations that are watched at the same time.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does this when all that was given before is done, however that ended. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => {});
    return await turn;
  }
}
