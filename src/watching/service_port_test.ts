/** Ports by number and by name. */
import { expect, test } from "bun:test";
import { portOf } from "./service_port.ts";

const SERVICES = `# a comment
smtp\t\t2525/tcp\tmail
submissions\t465/tcp\tssmtp smtps urd # Submission over TLS
only-udp 99/udp
`;

test.each([
  ["25", 25],
  ["65535", 65_535],
  ["65536", null],
  ["0", null],
  ["smtp", 2525],
  ["mail", 2525],
  ["smtps", 465],
  ["submission", 587],
  ["lmtp", 24],
  ["only-udp", null],
  ["#", null],
  ["", null],
  ["constructor", null],
] as const)("%p is port %p", (service, port) => {
  expect(portOf(service, SERVICES)).toBe(port);
});
