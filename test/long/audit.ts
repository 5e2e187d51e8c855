/** What npm-audit(1) has said: advisories, none, or nothing. Pure. */

/** What comes of an audit. */
export type AuditVerdict =
  | { readonly kind: "clean" }
  /** Each as "PACKAGE RANGE: SEVERITY: TITLE". */
  | { readonly kind: "found"; readonly advisories: readonly string[] }
  /** The registry could not be asked. */
  | { readonly kind: "unanswered"; readonly why: string };

/** What is used of `npm audit --json`. */
interface AuditReport {
  readonly message?: string;
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
}

interface Vulnerability {
  readonly name: string;
  readonly severity: string;
  readonly range: string;
  /** Advisories, or names of packages by way of which it is vulnerable. */
  readonly via: readonly (string | { readonly title: string })[];
}

/** Takes the output of `npm audit --json` apart. */
export function judgeAudit(output: string): AuditVerdict {
  const report = parse(output);
  if (report?.vulnerabilities === undefined) {
    return { kind: "unanswered", why: report?.message ?? `no report: ${output.trim()}` };
  }
  const advisories = Object.values(report.vulnerabilities).map(({ name, range, severity, via }) => {
    const titles = via.map((each) => (typeof each === "string" ? `by way of ${each}` : each.title));
    return `${name} ${range}: ${severity}: ${titles.join("; ")}`;
  });
  return advisories.length === 0 ? { kind: "clean" } : { kind: "found", advisories };
}

function parse(output: string): AuditReport | null {
  try {
    return JSON.parse(output) as AuditReport;
  } catch {
    return null;
  }
}
