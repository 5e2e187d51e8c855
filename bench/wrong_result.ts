/**
 * The benchmark's one error of its own: something measured did not do what it was asked to.
 *
 * A figure of a wrong result is worth nothing, so none is printed: its section ends with this message, the others go on,
 * and the benchmark ends with a non-zero exit status.
 */
export class WrongResult extends Error {
  override readonly name = "WrongResult";
}
