/**
 * What is printed when the demonstration is left running: every command as it can be pasted, by root.
 */

import type { PostfixInstance } from "../lab/postfix_instance.ts";
import { PROGRAM } from "./operator.ts";

/** Lines for the screen; `site` is a destination that is still down. */
export function howToUse(instance: PostfixInstance, site: string): string[] {
  const { config_folder, folder, queue_folder, smtp_port, guardian } = instance;
  const destination = instance.destinations.get(site);
  const plan = destination?.plan;
  return [
    "what waits, by destination:",
    `  ${PROGRAM} -c ${config_folder} --cache-dir ${folder}/cache list`,
    "what waits, by message:",
    `  postqueue -c ${config_folder} -p`,
    "the record, one file a destination:",
    `  head ${queue_folder}/flush/*`,
    `bring ${site} up:`,
    `  ${plan?.sink} -u ${plan?.user} -d ${plan?.folder}/${site}/m. ${plan?.address}:${plan?.port} 100 &`,
    "deliver one destination's mail, in three ways (the last one speaks ETRN):",
    `  postqueue -c ${config_folder} -s ${site}`,
    `  sendmail -C ${config_folder} -qR${site}`,
    `  bash -c 'exec 3<>/dev/tcp/127.0.0.1/${smtp_port}; for c in "EHLO me.example" "ETRN ${site}" QUIT; do printf "%s\\r\\n" "$c" >&3; sleep 1; done; cat <&3'`,
    "what arrived:",
    `  ls ${plan?.folder}/*`,
    "the log:",
    `  tail ${folder}/maillog`,
    "end it and remove everything:",
    `  sh ${guardian.end_script}`,
  ];
}
