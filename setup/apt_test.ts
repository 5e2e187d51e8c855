/** What apt-get's simulation says of removals, in the form in which apt 2.6 prints it. */
import { expect, test } from "bun:test";
import { removedPackages } from "./apt.mjs";

test("removedPackages", () => {
  const simulation = `NOTE: This is only a simulation!
The following packages will be REMOVED:
  exim4-base exim4-daemon-light
Remv exim4-daemon-light [4.96-15+deb12u6] [bsd-mailx:amd64 ]
Purg exim4-base [4.96-15+deb12u6] [bsd-mailx:amd64 ]
Inst postfix (3.7.11-0+deb12u1 Debian:12.11/oldstable [amd64])
Conf postfix (3.7.11-0+deb12u1 Debian:12.11/oldstable [amd64])
`;
  expect(removedPackages(simulation)).toEqual(["exim4-daemon-light", "exim4-base"]);
  expect(removedPackages("Inst postfix (3.7.11)\nConf postfix (3.7.11)\n")).toEqual([]);
});
