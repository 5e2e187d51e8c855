/** Faults in the twins in memory: a simulation over them would be about another world. */
import type { Mutant } from "./mutant.ts";
import { type OperatorFault, redIn } from "./operator_fault.ts";

const refused = redIn("test/conformance/permissions_conformance_test.ts")("files in memory refuse");
const peers = redIn("test/conformance/peers_conformance_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "in memory: a file is renamed into a directory where one may not write",
    file: "src/memory/files.ts",
    text: '        this.#requireChangeable(target, "rename");\n',
    instead: "",
    red: refused,
  },
  {
    name: "in memory: anybody sets the times of an open file",
    file: "src/memory/files.ts",
    text: '      requireOwner(inode, this.#identity, "utime");\n      inode.atimeNs = atimeNs;',
    instead: "      inode.atimeNs = atimeNs;",
    red: refused,
  },
  {
    name: "in memory: a file is given to a group that its owner is not in",
    file: "src/memory/files.ts",
    text: "this.#identity.uid !== 0 && this.#identity.gid !== gid",
    instead: "this.#identity.uid < 0",
    red: refused,
  },
  {
    name: "in memory: what a mode says of the group is not heard",
    file: "src/memory/permissions.ts",
    text: "identity.gid === inode.gid ? inode.mode >> 3 : inode.mode",
    instead: "inode.mode",
    red: refused,
  },
  {
    name: "in memory: what is written behind a close is taken",
    file: "src/memory/peers.ts",
    text: "!this.#isReading || this.#isClosing || ",
    instead: "!this.#isReading || ",
    red: peers("in memory > what a client does not read is kept"),
  },
  {
    name: "in memory: there is room before all has been handed over",
    file: "src/memory/peers.ts",
    text: '    if (this.#waitingText === "") {\n      this.#events?.drained();',
    instead: "    if (this.#isReading) {\n      this.#events?.drained();",
    red: peers("in memory > nobody hears that there is room"),
  },
  {
    name: "in memory: a descriptor that is being cut is anybody's",
    file: "src/memory/process.ts",
    text: "    if (this.#inBackground.has(descriptor)) {",
    instead: "    if (this.#isKilled) {",
    red: redIn("src/memory/files_test.ts")("whoever uses a descriptor while its file is being cut"),
  },
];

/** Nothing of this is in the program. */
export const MEMORY_MUTANTS: readonly Mutant[] = FAULTS.map((fault) => ({
  ...fault,
  unseen: "the twins are not in the program",
}));
