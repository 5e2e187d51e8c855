/** The tables of the differential suite, as one. */
import { isPostfixBefore } from "../../lab/postfix_version.ts";
import type { ContractCase, Way } from "./contract_case.ts";
import { BAD_LOG_ROWS } from "./rows_bad_logs.ts";
import { BAD_MESSAGE_ROWS } from "./rows_bad_messages.ts";
import { CUT_ROWS } from "./rows_cut.ts";
import { ELIGIBILITY_ROWS } from "./rows_eligibility.ts";
import { EXACT_ROWS } from "./rows_exact.ts";
import { LOG_ROWS } from "./rows_log.ts";
import { NAME_ROWS } from "./rows_names.ts";
import { PARAMETER_ROWS } from "./rows_parameters.ts";
import { REFRESH_ROWS } from "./rows_refresh.ts";
import { REQUEST_ROWS } from "./rows_requests.ts";
import { SEND_ROWS } from "./rows_send.ts";
import { SEND_FILE_ROWS } from "./rows_send_file.ts";
import { STARTUP_ROWS } from "./rows_startup.ts";

/** Every row. */
export const ROWS: readonly ContractCase[] = [
  ...REQUEST_ROWS,
  ...CUT_ROWS,
  ...ELIGIBILITY_ROWS,
  ...NAME_ROWS,
  ...SEND_ROWS,
  ...SEND_FILE_ROWS,
  ...EXACT_ROWS,
  ...REFRESH_ROWS,
  ...STARTUP_ROWS,
  ...PARAMETER_ROWS,
  ...LOG_ROWS,
  ...BAD_LOG_ROWS,
  ...BAD_MESSAGE_ROWS,
];

/** A row's title: its numbers in section 11, and its name. */
export function titleOf({ rows, name }: Pick<ContractCase, "rows" | "name">): string {
  return rows === undefined ? name : `${rows.join(", ")}: ${name}`;
}

/** The rows that are run that way. */
export function rowsRun(way: Way): ContractCase[] {
  return ROWS.filter((row) => {
    const { only, allArgs, env, fileBytesMax, mainCf, changed } = row;
    if (changed !== undefined && !isPostfixBefore(...changed.since)) {
      return false;
    }
    // What master(8) gives to all its services can't be given to one.
    const isOwn = (allArgs ?? env ?? fileBytesMax ?? mainCf) !== undefined;
    return only === undefined ? way === "stand-alone" || !isOwn : only.way === way;
  });
}
