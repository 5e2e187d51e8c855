/**
 * Parameters as main.cf and -o set them, with the built-in defaults behind them, expanded when asked for.
 *
 * Defaults take part in every lookup, as with postconf -x. (The original knows a default only once it
 * has read that parameter, so that what a reference to one gives depends on the program and on the
 * order; here it is always the documented value.)
 */
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { expand } from "./expand.ts";
import { MacroError } from "./macro_error.ts";
import type { ParameterRow } from "./parameter_rows.ts";
import { PARAMETERS } from "./parameters.ts";

/** The domain where neither main.cf nor the host name tells one. */
const DEFAULT_DOMAIN = "localdomain";

export class ParameterTable {
  private readonly defaults = new Map<string, string>();

  constructor(
    private readonly values: ReadonlyMap<string, string>,
    hostName: string,
    private readonly log: Log,
  ) {
    for (const row of Object.values<ParameterRow>(PARAMETERS)) {
      if (row.default !== null) {
        this.defaults.set(row.name, row.default);
      }
    }
    // In this order: each is undefined while the other's default is made, as in the original.
    this.setDefault("myhostname", () => this.qualified(hostName));
    this.setDefault("mydomain", () => domainOf(this.valueOf("myhostname")));
  }

  /** An expanded value, empty where there is none. Warns and throws Fatal where it has errors. */
  valueOf(name: string): string {
    const lookup = (other: string) => this.values.get(other) ?? this.defaults.get(other);
    try {
      return expand(lookup(name) ?? "", lookup);
    } catch (caught) {
      if (caught instanceof MacroError) {
        this.log.warning(caught.message);
        throw new Fatal("dictionary mail_dict: macro processing error");
      }
      throw caught;
    }
  }

  private setDefault(name: string, make: () => string): void {
    if (!this.values.has(name)) {
      this.defaults.set(name, make());
    }
  }

  private qualified(hostName: string): string {
    if (hostName.includes(".")) {
      return hostName;
    }
    return `${hostName}.${this.values.has("mydomain") ? this.valueOf("mydomain") : DEFAULT_DOMAIN}`;
  }
}

function domainOf(hostName: string): string {
  const dot = hostName.indexOf(".");
  return dot < 0 ? DEFAULT_DOMAIN : hostName.slice(dot + 1);
}
